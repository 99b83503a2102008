"""stdin and stdout as bytes; a closed one, or a full disk, is told like any other input that cannot be used."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable

from helm_cleaner.cli.errors import UsageError
from helm_cleaner.diagnostics import InputError, Location

STDIN = "<stdin>"


def is_piped() -> bool:
    """Whether stdin may hold something: a pipe or a file does, a terminal and /dev/null do not."""
    if sys.stdin is None:
        return False
    try:
        return not stat.S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode)
    except OSError:  # not a file of the system's
        return True


def check_piped() -> None:
    """UsageError where stdin is a terminal: nobody types manifests, and waiting for them looks like work."""
    if sys.stdin is not None and sys.stdin.isatty():
        hint = "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner …"
        raise UsageError(f"helm-cleaner: error: no manifests are piped in\n    hint: {hint}")


def read_stdin() -> bytes:
    """All of stdin. InputError where it is closed, or cannot be read."""
    if sys.stdin is None:
        raise InputError.of("stdin", "stdin is closed", Location(STDIN), "pipe something in")
    try:
        return sys.stdin.buffer.read()
    except OSError as e:
        message = f"cannot be read: {e.strerror or e}"
        raise InputError.of("stdin", message, Location(STDIN), "pipe something in") from None


def write_stdout(pieces: Iterable[bytes | memoryview]) -> None:
    """Writes the pieces, large ones past Python's own buffer. InputError where they have nowhere to go.

    A reader that has gone is a BrokenPipeError still, for the boundary.
    """
    if sys.stdout is None:
        raise InputError.of("stdout", "stdout is closed", Location("<stdout>"), "give the output somewhere to go")
    try:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.flush()
    except OSError as e:
        forget_stdout()
        if isinstance(e, BrokenPipeError):
            raise
        raise InputError.of("stdout", f"cannot be written: {e.strerror or e}", Location("<stdout>")) from None


def forget_stdout() -> None:
    """Lets what Python still holds go nowhere: it must not find out once more at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
