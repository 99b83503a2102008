"""Writes values as YAML that Helm reads as the same values, with the origin of each leaf."""

from __future__ import annotations

import json
import re

from helm_cleaner.text import printable
from helm_cleaner.values import Map, Origin, Scalar, Seq, Value
from helm_cleaner.yamltext import scalars

Line = tuple[str, Origin | None]

# Compiled on first use, which is rare for a section that goes into a manifest.
_PLAIN = r"[A-Za-z0-9_./@+~-]+(:[A-Za-z0-9_./@+~-]+)*\Z"  # safe in block YAML, unless it is a keyword or a number
_SINGLE_QUOTED = r"[ -&(-~]+\Z"


def to_yaml(value: Value, origins: bool = False) -> str:
    """The value as YAML. origins: whether a comment after each leaf says where it comes from."""
    return "".join(
        f"{line}  # {told}\n" if origins and origin is not None and (told := describe(origin)) else f"{line}\n"
        for line, origin in yaml_lines(value)
    )


def yaml_lines(value: Value) -> list[Line]:
    """The lines of `to_yaml`, each with the origin of its leaf, or None if it has only a key."""
    if isinstance(value, Scalar) or not value:
        return [(_leaf(value), value.origin)]
    if isinstance(value, Seq):
        return [line for item in value for line in _entry("-", item)]
    return [line for name, item in value.items() for line in _entry(f"{_scalar(name)}:", item)]


def _entry(head: str, value: Value) -> list[Line]:
    """The lines of a mapping's entry or a list's item."""
    if isinstance(value, Scalar) or not value:
        return [(f"{head} {_leaf(value)}", value.origin)]
    lines = yaml_lines(value)
    if head == "-":  # the first entry is on the line of the dash
        first, origin = lines[0]
        return [(f"- {first}", origin), *((f"  {line}", origin) for line, origin in lines[1:])]
    return [(head, None), *((f"  {line}", origin) for line, origin in lines)]


def _leaf(value: Value) -> str:
    return _scalar(value.value) if isinstance(value, Scalar) else "{}" if isinstance(value, Map) else "[]"


def _scalar(value: scalars.Scalar) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if re.match(_PLAIN, value) and isinstance(scalars.resolve(value), str) and value[0] not in "-@":
        return value
    return f"'{value}'" if '"' in value and re.match(_SINGLE_QUOTED, value) else scalars.quoted(value)


def describe(origin: Origin) -> str:
    """Where a value comes from: `values.yaml:12`, `--set`, `default`, `chart`, or the text of another kind."""
    location = origin.location
    where = printable(location.file) + (f":{location.line}" if location.line is not None else "")
    if origin.kind in ("file", "set"):
        return where
    return f"{origin.kind} ({where})" if origin.kind == "default" and location.line is not None else origin.kind
