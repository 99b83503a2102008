"""Messages to the user: on stderr, or wherever they can be seen."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.helm.user_stderr import user_stderr
from helm_cleaner.output.text import text


def say(message: str, failed: bool = False) -> None:
    """Says plain text. failed: whether the command fails. A stderr that is closed or full is no error."""
    _say(message, message, failed)


def say_diagnostics(diagnostics: Iterable[Diagnostic], failed: bool = False) -> None:
    """Says diagnostics, in colour where that reaches a terminal (and the user does not object)."""
    diagnostics = list(diagnostics)
    if diagnostics:
        _say(text(diagnostics), text(diagnostics, colour=True), failed)


def may_colour() -> bool:
    """Whether a terminal may be written to in colour (no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def stdout_is_terminal() -> bool:
    """Whether the product goes to a person's eyes."""
    return sys.stdout is not None and sys.stdout.isatty()


def _say(plain: str, coloured: str, failed: bool) -> None:
    colour = may_colour()
    try:
        stream, path = user_stderr(failed)
        if stream is not None:
            with stream:
                stream.write(_bytes(coloured if colour and stream.isatty() else plain))
            if path is None:
                return
            plain = f"helm-cleaner: messages were written to {path}\n{plain}"
        if sys.stderr is not None:
            sys.stderr.buffer.write(_bytes(coloured if colour and sys.stderr.isatty() else plain))
            sys.stderr.flush()
    except (OSError, ValueError):
        pass


def _bytes(text: str) -> bytes:
    return text.encode(errors="backslashreplace")  # a name in it may be of any bytes
