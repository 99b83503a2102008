"""helm-cleaner fix."""

from __future__ import annotations

import errno
import os
import stat

from helm_cleaner import places, wholefile
from helm_cleaner.actions.fix import fix
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import read_file
from helm_cleaner.cli.options import Parser, add_section_option
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.cli.talk import may_color, say, say_diagnostics, stdout_is_terminal
from helm_cleaner.diagnostics import CleanerError, InputError, Location
from helm_cleaner.names import SECTION
from helm_cleaner.output import unified
from helm_cleaner.output.text import position
from helm_cleaner.text import printable, shortened

# A file is mounted there, or its folder may not be written to; the file itself may.
_NOT_REPLACEABLE = (errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS)


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner fix",
        description="Rewrites what has exactly one meaning in the section of values files, in place: missing quotes, "
        "the case of listed values, misspelled keys, flat resources, {name: x} in imagePullSecrets, and a tag inside "
        "image. Every other byte and comment stays. Prints what is still wrong afterwards.",
        examples=[
            "helm-cleaner fix --diff values.yaml",
            "helm-cleaner fix values.yaml",
        ],
    )
    p.add_argument("files", metavar="FILE", nargs="+", help="values files")
    p.add_argument("--diff", action="store_true", help="print what would change, as a unified diff, and write nothing")
    add_section_option(p)
    return p


def run(argv: list[str]) -> int:
    """Runs the command on every file, even if one fails. Returns the highest exit code."""
    args = parser().parse_args(argv)
    if "-" in args.files:
        raise UsageError("helm-cleaner fix: error: - is stdin, which cannot be rewritten\n    hint: give a file's name")
    code = 0
    for file in args.files:
        try:
            code = max(code, _fix(file, args.section or (SECTION,), args.diff))
        except CleanerError as e:
            say_diagnostics(e.diagnostics, failed=True)
            code = max(code, e.exit_code)
    return code


def _fix(file: str, path: tuple[str, ...], diff: bool) -> int:
    content = read_file(file)
    result = fix(content, file, path)
    if not result.found:
        say_diagnostics(places.find([places.File(file, content, False)], [path]).findings)
        say(f"helm-cleaner: {printable(file)}: no {'.'.join(path)} section\n")
        return 0
    if result.content != content:
        if diff:
            terminal = stdout_is_terminal()
            color = terminal and may_color()
            write_stdout(unified.diff(content, result.content, file, terminal=terminal, color=color))
        else:
            replace(file, result.content)
    done = "can be fixed" if diff else "fixed"
    lines = (f"{position(f.location)}: {done}: {printable(shortened(f'{f.path}: {f.what}'))}\n" for f in result.fixes)
    say("".join(lines))
    say_diagnostics(result.diagnostics, failed=True)
    return int(any(d.severity == "error" for d in result.diagnostics))


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
            wholefile.overwrite(target, content)
            return
        try:
            wholefile.write(target, content, stat.S_IMODE(was.st_mode), (was.st_uid, was.st_gid))
        except OSError as e:
            if e.errno not in _NOT_REPLACEABLE:
                raise
            wholefile.overwrite(target, content)
    except OSError as e:
        hint = "the file is unchanged"
        raise InputError.of("file", f"cannot be written: {e.strerror or e}", Location(file), hint) from None
