"""The section as text: the line of JSON in a ConfigMap's key, and what people read."""

from __future__ import annotations

import json
import re
from typing import Any

from helm_cleaner import scalars
from helm_cleaner.report import printable
from helm_cleaner.section.structure import schema
from helm_cleaner.values import Map, Origin, Scalar, Value, plain

_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")  # not in YAML as it is
_HTML = re.compile("[<>&]")  # escaped by Go for the sake of HTML
_PLAIN = re.compile(r"[A-Za-z0-9_./@+-]+(:[A-Za-z0-9_./@+-]+)*\Z")  # safe in block YAML, unless it means something else


def to_json(section: Value) -> str:
    """The section as one line of JSON, the way the charts' `toJson` writes it: keys sorted, no blanks."""
    return _json(plain(section))


def _json(data: Any) -> str:
    if isinstance(data, dict):
        return "{" + ",".join(f"{_json(key)}:{_json(data[key])}" for key in sorted(data)) + "}"
    if isinstance(data, list):
        return "[" + ",".join(map(_json, data)) + "]"
    if isinstance(data, float):
        return _float(data)
    return _HTML.sub(_escape, _string(data))


def _string(data: Any) -> str:
    return _UNPRINTABLE.sub(_escape, json.dumps(data, ensure_ascii=False))


def _float(value: float) -> str:
    """A number as Go's encoding/json writes a float64: with an exponent only below 1e-6 and from 1e21 on."""
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


def pretty_json(section: Value) -> str:
    """The section as indented JSON, its fields in the order in which a person would write them."""
    return _UNPRINTABLE.sub(_escape, json.dumps(_in_order(plain(section)), ensure_ascii=False, indent=2)) + "\n"


def _escape(m: re.Match[str]) -> str:
    return f"\\u{ord(m[0]):04x}"


def _in_order(mapping: Any) -> Any:
    """A section with its fields in the schema's order, unknown ones behind; what is no mapping as it is."""
    if not isinstance(mapping, dict):
        return mapping
    known = [name for name in schema()["properties"] if name in mapping]
    return {name: mapping[name] for name in [*known, *(n for n in mapping if n not in known)]}


def to_yaml(section: Value, origins: bool = False) -> str:
    """The section as YAML that Helm reads back as the same, its fields in the order in which a person would write them.

    origins: whether each leaf has a comment behind it that says where it comes from.
    """
    if not isinstance(section, Map) or not section:
        return _leaf(section, origins) + "\n"
    return "".join(
        line + "\n"
        for name, value in _in_order(section).items()
        for line in _entry(f"{_scalar(name)}:", value, origins)
    )


def _entry(head: str, value: Value, origins: bool) -> list[str]:
    """The lines of a mapping's entry or a list's item."""
    if isinstance(value, Scalar) or not value:
        return [f"{head} {_leaf(value, origins)}"]
    if isinstance(value, Map):
        lines = [line for name, item in value.items() for line in _entry(f"{_scalar(name)}:", item, origins)]
    else:
        lines = [line for item in value for line in _entry("-", item, origins)]
    if head == "-":  # the first entry stands beside the dash
        return [f"- {lines[0]}", *(f"  {line}" for line in lines[1:])]
    return [head, *(f"  {line}" for line in lines)]


def _leaf(value: Value, origins: bool) -> str:
    text = _scalar(value.value) if isinstance(value, Scalar) else "{}" if isinstance(value, Map) else "[]"
    return f"{text}  # {describe(value.origin)}" if origins else text


def _scalar(value: scalars.Scalar) -> str:
    if isinstance(value, str) and not (
        _PLAIN.match(value) and isinstance(scalars.resolve(value), str) and value[0] not in "-@"
    ):
        return _string(value)
    return value if isinstance(value, str) else json.dumps(value)


def describe(origin: Origin) -> str:
    """Where a value comes from, in a few words: `values.yaml:12`, `--set`, `default`, `chart`."""
    location = origin.location
    where = printable(location.file) + (f":{location.line}" if location.line is not None else "")
    if origin.kind in ("file", "set"):
        return where
    return f"{origin.kind} ({where})" if origin.kind == "default" and location.line is not None else origin.kind
