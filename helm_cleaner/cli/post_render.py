"""helm-cleaner post-render."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from helm_cleaner import postrender
from helm_cleaner.cli.files import read_overrides
from helm_cleaner.diagnostics import CleanerError, InputError, Location

if TYPE_CHECKING:
    from helm_cleaner.overrides import Flag


class Arguments(NamedTuple):
    """The command's options."""

    files: Sequence[str] = ()
    flags: Sequence[Flag] = ()
    no_defaults: bool = False
    warn_only: bool = False
    require_target: bool = False
    no_rollout: bool = False


def parse(argv: list[str]) -> Arguments:
    """The command line's meaning; UsageError where it has none."""
    if not argv:  # as Helm calls it, mostly: argparse need not be loaded
        return Arguments()
    from helm_cleaner.cli.options import Parser, add_value_options

    p = Parser(
        prog="helm-cleaner post-render",
        description="Reads the manifests that Helm rendered on stdin and writes them to stdout with the cleaner's "
        "section merged with defaults, checked and patched. No other byte changes. Where the section is invalid, "
        "nothing is written.",
        epilog="HELM_CLEANER_VALUES names values files too, separated as in PATH; they come before -f.",
    )
    add_value_options(p)
    p.add_argument("--no-defaults", action="store_true", help="leave missing fields missing")
    p.add_argument("--warn-only", action="store_true",
                   help="say what is wrong, but pass the manifests on as they came, and exit 0")  # fmt: skip
    p.add_argument("--require-target", action="store_true",
                   help="fail where the manifests hold no agent ConfigMap (hooks alone are let through)")  # fmt: skip
    p.add_argument("--no-rollout", action="store_true", help="leave the checksum annotations alone")
    return Arguments(**vars(p.parse_args(argv)))


def run(argv: list[str]) -> int:
    """Runs the command; the exit code of the contract, CleanerError or UsageError for the boundary."""
    args = parse(argv)
    gc.disable()  # documents are forgotten as they go, without cycles; looking for some takes a twentieth of the time
    stream = _stdin()
    try:
        options = postrender.Options(
            read_overrides(args.files, args.flags), not args.no_defaults, not args.no_rollout, args.require_target
        )
        result = postrender.render(stream, options)
    except CleanerError as e:
        if not args.warn_only:
            raise
        note = "the manifests pass through as they came (--warn-only)"
        result = postrender.Result([stream], e.diagnostics, [note])
    _write(result.pieces)
    if result.diagnostics or result.notes:
        from helm_cleaner.cli.talk import say, say_diagnostics

        say_diagnostics(result.diagnostics)
        say("".join(f"helm-cleaner: {note}\n" for note in result.notes))
    return 0


def _stdin() -> bytes:
    if sys.stdin is None:
        raise InputError.of("stdin", "stdin is closed", Location(postrender.STREAM), "pipe Helm's manifests in")
    return sys.stdin.buffer.read()


def _write(pieces: list[bytes | memoryview]) -> None:
    """Writes the pieces past Python's own buffer: a large stream is not copied once more."""
    if sys.stdout is None:
        raise InputError.of("stdout", "stdout is closed", Location("<stdout>"), "give the manifests somewhere to go")
    out = sys.stdout.fileno()
    try:
        for piece in pieces:
            view = memoryview(piece)
            while view:
                view = view[os.write(out, view) :]
    except BrokenPipeError:
        raise
    except OSError as e:
        raise InputError.of("stdout", f"cannot be written: {e.strerror}", Location("<stdout>")) from None
