"""helm-cleaner fix."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator

from helm_cleaner import safe_write
from helm_cleaner.cli.configuration import Settings, add_configuration_options, describe_excluded
from helm_cleaner.cli.console import may_color, print_diagnostics, print_notes, print_text, stdout_is_terminal
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import read_file
from helm_cleaner.cli.notes import notes
from helm_cleaner.cli.options import Parser, add_section_option
from helm_cleaner.cli.search import Given, read_files
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.cli.umbrellas import FilesBeside
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.fixing.fix import FixReport, Setting, fix_files
from helm_cleaner.fixing.history import Rewrite
from helm_cleaner.output import unified
from helm_cleaner.output.text import format_position
from helm_cleaner.section import drop_advice
from helm_cleaner.sources import Repository
from helm_cleaner.text import make_printable, pluralize, shorten

# A file is mounted there, or its folder may not be written to; the file itself may.
_NOT_REPLACEABLE = (errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS)


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner fix",
        description="Rewrites what has exactly one meaning in the section, in place, wherever validate finds it: "
        "missing quotes, the case of listed values, misspelled fields, flat resources, pull secrets as {name: x} or a "
        "single one, and a tag inside image or below it. Every other byte and comment stays. Prints what is still "
        "wrong afterwards.",
        examples=[
            "helm-cleaner fix --diff values.yaml",
            "helm-cleaner fix values.yaml environments/",
        ],
    )
    p.add_argument("files", metavar="FILE|DIR", nargs="+", help="files and folders, as for validate")
    p.add_argument("--suggested", action="store_true",
                   help="also apply what is only suggested, such as the field nearest to an unknown one")  # fmt: skip
    p.add_argument("--diff", action="store_true", help="print what would change, as a unified diff, and write nothing")
    add_section_option(p, several=True)
    add_configuration_options(p)
    return p


def run(argv: list[str]) -> int:
    """Runs the command over all files, whatever is wrong with one. Returns the worst exit code of the contract."""
    args = parser().parse_args(argv)
    if "-" in args.files:
        raise UsageError("stdin (-) cannot be rewritten", "name a file", "helm-cleaner fix")
    settings = Settings(args, "helm-cleaner fix")
    given = read_files(args.files, settings)
    beside = FilesBeside()
    keep = settings.keep if settings.ignores_anything(given.files) else None
    setting = Setting(settings.sections, beside.read, Repository(settings.charts, given.layers), keep=keep)
    report = fix_files(given.files, setting, also_suggested=args.suggested)
    unwritten = list(_write(given, report, diff=args.diff))
    done = "can be fixed" if args.diff else "fixed"
    failed = {d.location.file for d in unwritten}
    fixed = [f for f in report.rewrites if f.location.file not in failed]
    lines = (
        f"{format_position(f.location)}: {done}: {make_printable(shorten(f'{f.path}: {f.what}'))}\n" for f in fixed
    )
    print_text("".join(lines))
    after = [file._replace(content=report.contents[file.name]) for file in given.files]
    checked = setting._replace(keep=None).check(after).findings if setting.keep else report.checked.findings
    wrong = [*given.wrong, *given.skipped, *beside.unread.values(), *unwritten, *report.refusals, *checked]
    wrong = drop_advice(settings.drop_ignored(wrong, after, args.files))
    print_diagnostics(wrong, failed=True)
    found = [_count(name, paths, fixed, done) for name, paths in given.by_name.items() if paths and os.path.isdir(name)]
    found += describe_excluded(given.excluded)
    by_name = {} if settings.as_in_folder else given.by_name
    found += notes(by_name, report.checked.holding, report.checked.umbrellas, wrong, settings.sections)
    print_notes(found)
    if given.wrong or unwritten or report.checked.is_unusable:
        return 2
    return int(any(d.severity == "error" for d in wrong))


def _count(name: str, paths: list[str], fixed: list[Rewrite], done: str) -> str:
    """The note that says in how many files of a folder something was rewritten."""
    touched = len({f.location.file for f in fixed if f.location.file in paths})
    return f"{make_printable(name)}: {done} in {touched} of {pluralize(len(paths), 'file')}"


def _write(given: Given, report: FixReport, *, diff: bool) -> Iterator[Diagnostic]:
    """Writes the files that have changed, or their diffs; yields what is not written, in either case."""
    folders = {path: name for name, paths in given.by_name.items() if os.path.isdir(name) for path in paths}
    written: dict[str, bytes] = {}
    for name, content in {file.name: file.content for file in given.files}.items():
        new, target = report.contents[name], os.path.realpath(name)
        if new == content or written.get(target) == new:
            continue
        try:
            _check_unchanged(name, content, folders.get(name))
            if diff:
                terminal = stdout_is_terminal()
                color = terminal and may_color()
                write_stdout(unified.unified_diff(content, new, name, terminal=terminal, color=color))
            else:
                replace(name, new)
            written[target] = new
        except InputError as e:
            yield from e.diagnostics


def _check_unchanged(name: str, content: bytes, folder: str | None) -> None:
    """InputError if a file must not be written. content: as it was read; folder: the argument in which it was found."""
    target = os.path.realpath(name)
    reason, hint = "", ""
    if folder is not None and not target.startswith(os.path.join(os.path.realpath(folder), "")):
        reason, hint = f"it is a link to {target}, outside of {folder}", "name the file itself to rewrite it"
    elif not os.path.isfile(target):
        reason, hint = "it is not a regular file", "the file is unchanged"
    elif not os.access(target, os.W_OK):
        reason, hint = os.strerror(errno.EACCES), "the file is unchanged"
    elif read_file(name) != content:
        reason, hint = "it has changed since it was read", "the file is as that change left it: run fix again"
    if reason:
        raise InputError.of("file", f"cannot be written: {reason}", Location(name), hint)


def replace(file: str, content: bytes) -> None:
    """Replaces a file's content, whole or not at all; links, mounts and the file's mode are kept.

    InputError if it cannot be written.
    """
    target = os.path.realpath(file)
    try:
        was = os.stat(target)
        if not stat.S_ISREG(was.st_mode):
            raise OSError(0, "it is not a regular file")
        with open(target, "r+b"):  # without write permission, the file must not be replaced
            pass
        if was.st_nlink > 1:
            safe_write.overwrite(target, content)
            return
        try:
            safe_write.write(target, content, stat.S_IMODE(was.st_mode), (was.st_uid, was.st_gid))
        except OSError as e:
            if e.errno not in _NOT_REPLACEABLE:
                raise
            safe_write.overwrite(target, content)
    except OSError as e:
        hint = "the file is unchanged"
        raise InputError.of("file", f"cannot be written: {e.strerror or e}", Location(file), hint) from None
