"""Values that a Job is made of, each with the origin that `explain` shows."""

from __future__ import annotations

from helm_cleaner.diagnostics import Location
from helm_cleaner.values import Map, Origin, Scalar, Seq, Value
from helm_cleaner.values.writing import describe_origin
from helm_cleaner.yamltext import scalars


def add_label(value: Value, label: str) -> Value:
    """The value with an origin that has a name and a place, such as `default scheduling (values.yaml:3)`."""
    origin = Origin(f"{label} ({describe_origin(value.origin)})", value.origin.location)
    if isinstance(value, Scalar):
        return Scalar(value.value, origin, value.raw)
    if isinstance(value, Seq):
        return Seq(origin, [add_label(item, label) for item in value])
    result = Map(origin)
    for key, item in value.items():
        result.put(key, add_label(item, label), value.keys_at[key])
    return result


def label(value: scalars.Scalar, label: str) -> Scalar:
    """A value of which only the source is known, not the place."""
    return Scalar(value, Origin(label, Location("")))


def fixed(value: scalars.Scalar) -> Scalar:
    """A value that every such Job has; its origin is not shown."""
    return label(value, "")


def make_map(**entries: Value | None) -> Map:
    """A mapping of the entries that are not None, in this order."""
    return make_map_of(entries)


def make_map_of(entries: dict[str, Value | None]) -> Map:
    """A mapping of the entries that are not None, in this order."""
    origin = fixed(None).origin
    result = Map(origin)
    for key, value in entries.items():
        if value is not None:
            result.put(key, value, origin)
    return result


def make_list(*items: Value | None) -> Seq:
    """A list of the items that are not None."""
    return Seq(fixed(None).origin, [item for item in items if item is not None])
