"""JSON as Go's encoding/json reads it: no NaN, no Infinity, and no number that a float64 cannot hold.

Python's own reader takes all of these, and would spend seconds on the digits of a long integer.
"""

from __future__ import annotations

import json

from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, NoReturn

_MOST_DIGITS = 310  # the largest float64 has 309


def loads(text: str | bytes) -> Any:
    """The data in a text. ValueError (with `pos`, if it is the grammar) or RecursionError if it cannot be read."""
    return json.loads(text, parse_constant=_constant, parse_float=_float, parse_int=_integer)


def load_first(text: str, at: int) -> tuple[Any, int]:
    """The data that begins at an index, and where it ends; what follows is not looked at. Errors as `loads`."""
    return json.JSONDecoder(parse_constant=_constant, parse_float=_float, parse_int=_integer).raw_decode(text, at)


def problem(e: Exception) -> str:
    """What an error of `loads` says, without its position."""
    return "nested too deeply" if isinstance(e, RecursionError) else str(getattr(e, "msg", e))


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is out of range")
    return value


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(text)} digits is out of range")
    return int(text)
