"""Writes values as YAML that Helm reads as the same values, with the origin of each leaf."""

from __future__ import annotations

from helm_cleaner.text import make_printable
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Origin, Scalar, Seq, Value, to_data
from helm_cleaner.yamltext import scalars

if TYPE_CHECKING:
    from typing import Any

Line = tuple[str, Origin | None]


def to_yaml(value: Value, *, origins: bool = False) -> str:
    """The value as YAML. origins: whether a comment after each leaf says where it comes from."""
    return "".join(
        f"{line}  # {told}\n" if origins and origin is not None and (told := describe_origin(origin)) else f"{line}\n"
        for line, origin in yaml_lines(value)
    )


def yaml_lines(value: Value) -> list[Line]:
    """The lines of `to_yaml`, each with the origin of its leaf, or None if it has only a key."""
    if isinstance(value, Scalar) or not value:
        return [(to_flow(to_data(value)), value.origin)]
    if isinstance(value, Seq):
        return [line for item in value for line in _entry("-", item)]
    return [line for name, item in value.items() for line in _entry(f"{to_flow(name)}:", item)]


def _entry(head: str, value: Value) -> list[Line]:
    """The lines of a mapping's entry or a list's item."""
    if isinstance(value, Scalar) or not value:
        return [(f"{head} {to_flow(to_data(value))}", value.origin)]
    lines = yaml_lines(value)
    if head == "-":  # the first entry is on the line of the dash
        first, origin = lines[0]
        return [(f"- {first}", origin), *((f"  {line}", origin) for line, origin in lines[1:])]
    return [(head, None), *((f"  {line}", origin) for line, origin in lines)]


def to_flow(data: Any) -> str:
    """Plain data as YAML on one line."""
    if isinstance(data, dict):
        return "{" + ", ".join(f"{to_flow(key)}: {to_flow(value)}" for key, value in data.items()) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(map(to_flow, data)) + "]"
    return scalars.to_yaml(data, single_quotes=True)


def describe_origin(origin: Origin) -> str:
    """Where a value comes from: `values.yaml:12`, `--set`, `default`, `chart`, or the text of another kind."""
    location = origin.location
    where = make_printable(location.file) + (f":{location.line}" if location.line is not None else "")
    if origin.kind in ("file", "set"):
        return where
    return f"{origin.kind} ({where})" if origin.kind == "default" and location.line is not None else origin.kind
