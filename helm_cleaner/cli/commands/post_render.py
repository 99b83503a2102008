"""helm-cleaner post-render."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from helm_cleaner.actions import post_render
from helm_cleaner.cli.files import not_manifests, read_overrides
from helm_cleaner.cli.streams import check_piped, read_stdin, write_stdout
from helm_cleaner.diagnostics import CleanerError, InputError, Location
from helm_cleaner.names import SECTION, STDIN
from helm_cleaner.paths import Path
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.yamltext.stream import Stream

if TYPE_CHECKING:
    from helm_cleaner.cli.options import Parser
    from helm_cleaner.values import ParsedValues
    from helm_cleaner.values.set_flags import Flag


# Helm 3 with --output-dir writes the files itself and pipes nothing. Exit 0 would look like a patched release.
_NOTHING = "stdin is empty: no manifests were piped in, so nothing was checked or patched"
_NOTHING_HINT = (
    "in a pipe, the command before helm-cleaner failed (a broken pipe): see its messages; as a post-renderer, leave "
    "out --output-dir, with which Helm 3 writes unpatched files and pipes nothing"
)
_CONTENT = re.compile(rb"^(?!---|\.\.\.|[ \t]*#|[ \t]*\r?$)", re.MULTILINE)  # a chart may render comments alone
_ENOUGH = 4096  # of a stream, to see that it is not empty


class Arguments(NamedTuple):
    """The command's options."""

    files: Sequence[str] = ()
    flags: Sequence[Flag] = ()
    no_defaults: bool = False
    warn_only: bool = False
    require_target: bool = False
    no_rollout: bool = False
    section: Path | None = None
    before: str | None = None
    after: str | None = None
    ignore: Sequence[str] = ()


def parser() -> Parser:
    """The command's options."""
    from helm_cleaner.cli.options import Parser, add_ignore_option, add_value_options

    p = Parser(
        prog="helm-cleaner post-render",
        description="Reads the manifests that Helm rendered from stdin, and writes them to stdout with the cleaner "
        "section merged with the defaults, checked and patched. No other byte changes. If the section is invalid, "
        "nothing is written.",
        epilog="HELM_CLEANER_VALUES names values files too, separated as in PATH; they come before -f. "
        "HELM_CLEANER_IGNORE has codes like --ignore, separated by commas.",
        examples=[
            "helm upgrade --install plx polyaxon/polyaxon -f values.yaml --post-renderer helm-cleaner",
            "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner > manifests.yaml",
        ],
    )
    add_value_options(p)
    p.add_argument("--no-defaults", action="store_true", help="leave missing fields missing")
    p.add_argument("--warn-only", action="store_true",
                   help="report what is wrong, but pass the manifests through unchanged, and exit 0")  # fmt: skip
    p.add_argument("--require-target", action="store_true",
                   help="fail if the manifests contain no agent ConfigMap (hooks alone are let through)")  # fmt: skip
    p.add_argument("--no-rollout", action="store_true", help="leave the checksum annotations alone")
    add_ignore_option(p)
    for option, what in (("--before", "before it is patched"), ("--after", "after it is patched")):
        p.add_argument(option, metavar="COMMAND",
                       help=f"pass the stream through another post-renderer {what}; runs without a shell")  # fmt: skip
    return p


def parse(argv: list[str]) -> Arguments:
    """Parses the command line. UsageError if it is invalid."""
    if not argv:  # the usual case under Helm, without the import of argparse
        return Arguments()
    return Arguments(**vars(parser().parse_args(argv)))


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parse(argv)
    before, after = _command("--before", args.before), _command("--after", args.after)
    check_piped()
    content = read_stdin()
    if not content[:_ENOUGH].strip() and not content.strip():
        raise InputError.of("no-manifests", _NOTHING, Location(STDIN), _NOTHING_HINT)
    if before:
        content = _run("--before", before, [content])
    stream = Stream(content)
    try:
        overrides = read_overrides(args.files, args.flags)
        options = post_render.Options(
            overrides,
            fill=not args.no_defaults,
            rollout=not args.no_rollout,
            require_target=args.require_target,
            path=_section_path(args, overrides),
            ignore=_ignored(args.ignore),
        )
        is_list = stream.may_be_resource_list()
        if is_list and (code := _answer(stream, options, after, warn_only=args.warn_only)) is not None:
            return code
        result = post_render.render(stream, options)
        if (
            result.notes
            and _CONTENT.search(content)
            and (wrong := not_manifests(stream, "helm-cleaner", "helm-cleaner validate"))
        ):
            raise wrong
    except CleanerError as e:
        if not args.warn_only:
            raise
        note = "the manifests pass through unchanged (--warn-only)"
        result = post_render.RenderedStream([content], e.diagnostics, [note])
    write_stdout([_run("--after", after, result.pieces)] if after else result.pieces)
    if result.diagnostics or result.notes:
        from helm_cleaner.cli.console import print_diagnostics, print_notes

        print_diagnostics(result.diagnostics)
        print_notes(result.notes)
    return 0


def _command(option: str, command: str | None) -> list[str]:
    """The words of another post-renderer's command; none if it is not given."""
    if command is None:  # the usual case under Helm
        return []
    from helm_cleaner.cli.other_renderers import split_command

    return split_command(option, command)


def _run(option: str, words: list[str], pieces: Sequence[bytes | memoryview]) -> bytes:
    from helm_cleaner.cli.other_renderers import run_renderer

    return run_renderer(option, words, pieces)


def _section_path(args: Arguments, overrides: ParsedValues | None) -> Path:
    if overrides is None:  # the usual case under Helm
        return args.section or (SECTION,)
    from helm_cleaner.cli.umbrellas import section_path

    return section_path(args.section, args.files, overrides)


def _ignored(codes: Sequence[str]) -> frozenset[str]:
    if not codes and not os.environ.get("HELM_CLEANER_IGNORE"):  # the usual case under Helm
        return frozenset()
    from helm_cleaner.cli.ignore import ignored_codes

    return ignored_codes(codes, "helm-cleaner post-render")


def _answer(stream: Stream, options: post_render.Options, after: list[str], *, warn_only: bool) -> int | None:
    """Answers as a KRM function, also on an error; None if the stream is not a ResourceList."""
    from helm_cleaner.actions import krm_function
    from helm_cleaner.cli.console import print_diagnostics, print_notes

    answer = krm_function.answer(stream, options, warn_only=warn_only)
    if answer is None:
        return None
    is_passed_on = after and not answer.error
    write_stdout([_run("--after", after, answer.pieces)] if is_passed_on else answer.pieces)
    print_diagnostics(answer.diagnostics, failed=answer.error is not None)
    print_notes(answer.notes)
    return answer.error.exit_code if answer.error else 0
