"""Text on a terminal: its colors, and the lines that begin with the program's name."""

from __future__ import annotations

from collections.abc import Iterable

from helm_cleaner.text import make_printable

# What is shown, and how: parameters of ECMA-48's SGR.
_STYLES = {
    "error": "1;31",
    "warning": "1;33",
    "good": "1;32",
    "hint": "36",
    "title": "1",
    "aside": "2",
    "removed": "31",
    "added": "32",
    "range": "36",
}


def paint(style: str, text: str, *, color: bool = True) -> str:
    """The text in one of the styles. color: whether there may be any."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if color and text else text


def format_notes(notes: Iterable[str]) -> str:
    """A line of the program's own for each note: `helm-cleaner: NOTE`."""
    return "".join(f"helm-cleaner: {make_printable(note)}\n" for note in notes)


def format_usage_error(message: str, hint: str, prog: str = "helm-cleaner") -> str:
    """The message about a command line: `PROG: error: MESSAGE`, and below it the hint if there is one."""
    error = f"{prog}: error: {make_printable(message)}\n"
    return error + (f"    hint: {make_printable(hint)}\n" if hint else "")
