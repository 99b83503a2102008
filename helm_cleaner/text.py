"""Makes text safe to print: no control characters, and a limited length."""

from __future__ import annotations

_LONGEST = 600


def printable(text: str) -> str:
    """The text with every control character escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shortened(text: str) -> str:
    """A message or a hint with the middle of a long text cut out: a value in it may have any size."""
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]} … {len(text) - 2 * half} characters … {text[-half:]}"
