"""stdin and stdout as bytes. A closed stream or a full disk is reported like any other unusable input."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable

from helm_cleaner.cli.errors import UsageError
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.names import STDIN


def is_piped() -> bool:
    """Whether something is piped in: stdin is a pipe or a file, not a terminal or /dev/null."""
    if sys.stdin is None:
        return False
    try:
        return not stat.S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode)
    except OSError:  # not a file of the system's
        return True


def check_piped() -> None:
    """Raises UsageError if stdin is a terminal: waiting for someone to type manifests would look like a hang."""
    if sys.stdin is not None and sys.stdin.isatty():
        hint = "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner …"
        raise UsageError("no manifests are piped in", hint)


def read_stdin() -> bytes:
    """All of stdin. InputError if it is closed or cannot be read."""
    if sys.stdin is None:
        raise InputError.of("stdin", "stdin is closed", Location(STDIN), "pipe something in")
    try:
        return sys.stdin.buffer.read()
    except OSError as e:
        message = f"cannot be read: {e.strerror or e}"
        raise InputError.of("stdin", message, Location(STDIN), "pipe something in") from None


def write_stdout(pieces: Iterable[bytes | memoryview]) -> None:
    """Writes the pieces, large ones past Python's own buffer. InputError where they have nowhere to go.

    BrokenPipeError if the reader has exited.
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
    """Discards what is still buffered, so that Python does not report the same error again on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
