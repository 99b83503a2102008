"""Text that may be shown: nothing in it that moves a cursor, and none of it without end."""

from __future__ import annotations

_LONGEST = 600


def printable(text: str) -> str:
    """The text with everything escaped that would move a terminal's cursor, or worse."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shortened(text: str) -> str:
    """A message or a hint without the middle of what is long in it: a value may be of any size."""
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]} … {len(text) - 2 * half} characters … {text[-half:]}"
