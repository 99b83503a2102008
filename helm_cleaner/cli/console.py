"""Messages to the user: on stderr, or wherever the user can see them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable

from helm_cleaner.cli.errors import UsageError
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.helm.user_stderr import open_user_stderr
from helm_cleaner.output.terminal import format_notes, format_usage_error
from helm_cleaner.output.text import format_text


def print_diagnostics(diagnostics: Iterable[Diagnostic], *, failed: bool = False) -> None:
    """Prints diagnostics, in color on a terminal unless the user disabled it. failed: whether the command fails."""
    diagnostics = list(diagnostics)
    if diagnostics:
        _print(lambda color: format_text(diagnostics, color=color), failed=failed)


def print_notes(notes: Iterable[str]) -> None:
    """Prints a line for each note."""
    print_text(format_notes(notes))


def print_usage_error(error: UsageError) -> None:
    """Prints what is wrong with the command line."""
    print_text(format_usage_error(error.message, error.hint, error.prog), failed=True)


def print_text(message: str, *, failed: bool = False) -> None:
    """Prints text as it is."""
    if message:
        _print(lambda _: message, failed=failed)


def may_color() -> bool:
    """Whether the environment allows color (no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def stdout_is_terminal() -> bool:
    """Whether stdout is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def _print(message: Callable[[bool], str], *, failed: bool) -> None:
    """Prints a message, which is given whether it may have color. A stderr that is closed or full is not an error."""
    color, head = may_color(), ""
    try:
        stream, path = open_user_stderr(failed=failed)
        if stream is not None:
            stream.write(_bytes(message(color and stream.isatty())))
            if path is None:
                return
            head = format_notes([f"messages were written to {path}"])
        if sys.stderr is not None:
            sys.stderr.buffer.write(_bytes(head + message(color and sys.stderr.isatty())))
            sys.stderr.flush()
    except (OSError, ValueError):
        pass


def _bytes(text: str) -> bytes:
    return text.encode(errors="backslashreplace")  # a file name in it may contain any bytes
