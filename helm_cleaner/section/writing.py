"""The section as text: the line of JSON in a ConfigMap's key, and forms for people."""

from __future__ import annotations

import json

from helm_cleaner.section.structure import schema
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Value, to_data, writing
from helm_cleaner.yamltext import scalars

if TYPE_CHECKING:
    from typing import Any

_HTML = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&"})  # Go escapes these for HTML


def to_json(section: Value) -> str:
    """The section as one line of JSON like that of the charts' `toJson`: keys sorted, no spaces."""
    return _json(to_data(section))


def _json(data: Any) -> str:
    if isinstance(data, dict):
        return "{" + ",".join(f"{_json(key)}:{_json(data[key])}" for key in sorted(data)) + "}"
    if isinstance(data, list):
        return "[" + ",".join(map(_json, data)) + "]"
    if isinstance(data, float):
        return _float(data)
    return scalars.to_json(data).translate(_HTML)


def _float(value: float) -> str:
    """A number as Go's encoding/json writes a float64: with an exponent below 1e-6 and from 1e21."""
    digits, _, exponent = repr(value).partition("e")
    if not exponent:
        return digits.removesuffix(".0")
    power = int(exponent)
    digits = digits.removesuffix(".0")
    if power < -6 or power >= 21:
        return f"{digits}e{power:+d}"
    sign, digits = digits[: digits.startswith("-")], digits.lstrip("-")
    whole, _, fraction = digits.partition(".")
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{whole}{fraction}"
    return sign + (whole + fraction).ljust(power + 1, "0")


def to_pretty_json(section: Value) -> str:
    """The section as indented JSON, with its fields in the schema's order."""
    return scalars.escape(json.dumps(_in_order(to_data(section)), ensure_ascii=False, indent=2)) + "\n"


def _in_order(mapping: Any) -> Any:
    """A section with its fields in the schema's order, unknown ones last. Anything but a mapping stays as it is."""
    if not isinstance(mapping, dict):
        return mapping
    known = [name for name in schema()["properties"] if name in mapping]
    return {name: mapping[name] for name in [*known, *(n for n in mapping if n not in known)]}


def to_yaml(section: Value, *, origins: bool = False) -> str:
    """The section as YAML that Helm reads as the same values, with its fields in the schema's order.

    origins: whether a comment after each leaf says where it comes from.
    """
    ordered = section
    if isinstance(section, Map):
        ordered = Map(section.origin)
        ordered.update(_in_order(section))
    return writing.to_yaml(ordered, origins=origins)
