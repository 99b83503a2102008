"""Text: made safe to print, quoted and counted."""

from __future__ import annotations

import json
import re

from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_LONGEST = 600
_NOT_PLAIN = re.compile("[^\\n -~]")


def pluralize(number: int, noun: str) -> str:
    """How many there are: `1 error`, `2 errors`, `12,000 errors`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def make_printable(text: str) -> str:
    """The text on one line, safe to print.

    Escapes such as `\\n` and `\\u202e` stand for control characters, for marks that change the direction of the text,
    and for all else that does not show what it is.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def escape_json(text: str) -> str:
    """JSON, of any number of lines, in which its own escapes stand for what `make_printable` escapes."""
    return _NOT_PLAIN.sub(_escape_in_json, text)


def _escape_in_json(found: re.Match[str]) -> str:
    char = found[0]
    return char if char.isprintable() else json.dumps(char)[1:-1]


def quote(value: Any) -> str:
    """A value in a message, as in JSON: a text in double quotes."""
    return json.dumps(value, ensure_ascii=False)


def shorten(text: str) -> str:
    """A message or a hint without the middle of a long text, because a value in it may have any size."""
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]} … {len(text) - 2 * half} characters … {text[-half:]}"


def join_words(words: Iterable[str]) -> str:
    """The words as a list: `a`, `a and b`, `a, b and c`."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
