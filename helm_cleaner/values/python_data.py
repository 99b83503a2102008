"""Values from Python data. Data that JSON cannot represent is refused with its path."""

from __future__ import annotations

from collections.abc import Mapping

from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.text import shorten
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values.tree import MAX_LEVELS, Map, Origin, Scalar, Seq, Value, too_deep
from helm_cleaner.yamltext import scalars

if TYPE_CHECKING:
    from typing import Any


def from_python(data: Any, origin: Origin, path: Path = ()) -> Value:
    """The data as values of one origin: any Mapping is a mapping, a list or tuple is a list.

    path: where the data is, for messages. InputError, with everything that JSON cannot represent: keys that are not
    strings, numbers that are not finite, dates, bytes, Decimals and the like; also if it nests too deeply.
    """
    wrong: list[Diagnostic] = []
    result = _value(data, origin, path, wrong, 0)
    if wrong:
        raise InputError(wrong)
    return result


def _value(data: Any, origin: Origin, path: Path, wrong: list[Diagnostic], level: int) -> Value:
    def refuse(where: Path, message: str, hint: str) -> None:
        wrong.append(Diagnostic("error", "values", to_dotted(where), shorten(message), hint, origin.location))

    if level > MAX_LEVELS:
        raise too_deep(origin.location)
    if isinstance(data, Mapping):
        result = Map(origin)
        for key, item in data.items():
            if isinstance(key, str):
                name = str.__str__(key)  # for a member of an Enum, its value
                result.put(name, _value(item, origin, (*path, name), wrong, level + 1), origin)
            else:
                found = _number(key) if isinstance(key, int) else repr(key)
                refuse(path, f"keys must be strings, found {found}", "write the key as a string")
        return result
    if isinstance(data, (list, tuple)):
        return Seq(origin, [_value(item, origin, (*path, i), wrong, level + 1) for i, item in enumerate(data)])
    if isinstance(data, str):
        return Scalar(str.__str__(data), origin)
    if data is None or isinstance(data, (bool, int, float)):
        try:
            return Scalar(scalars.convert_number(data), origin)
        except (ValueError, OverflowError):
            refuse(path, f"{_number(data)} is not a number in JSON", "write a finite number, or a string")
    else:
        message = f"must be a string, a number, a boolean, None, a list or a mapping, found {type(data).__name__}"
        refuse(path, message, "convert it, for example with str()")
    return Scalar(None, origin)


def _number(data: Any) -> str:
    """The number, or the size of a very large integer, which Python may refuse to print."""
    large = isinstance(data, int) and data.bit_length() > 64
    return f"an integer of {data.bit_length()} bits" if large else repr(data)
