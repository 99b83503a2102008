"""Values that know their origin."""

from __future__ import annotations

from yaml.nodes import Node

from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.text import quote
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.yamltext import Document, scalars

if TYPE_CHECKING:
    from typing import Any

# Everything that walks over values recurses, above all merging. A section nests about ten levels deep.
MAX_LEVELS = 100


class Origin:
    """Where a value came from.

    kind: default, chart (what a chart rendered), file or set (a --set flag); any other text is describe as it is.
    as_text: how to pass a string, as a hint with {} for an example, where YAML's quotes do not make one; else empty.
    """

    __slots__ = ("_place", "as_text", "kind")

    def __init__(self, kind: str, place: Location | tuple[Document, Node], as_text: str = "") -> None:
        self.kind = kind
        self._place = place
        self.as_text = as_text

    @property
    def location(self) -> Location:
        """The place, computed on demand, because most are never needed."""
        if isinstance(self._place, Location):
            return self._place
        document, node = self._place
        return document.at(node)

    @property
    def is_written(self) -> bool:
        """Whether it is from a YAML file, so that `written` may be called."""
        return not isinstance(self._place, Location)

    @property
    def written(self) -> tuple[Document, Node]:
        """The document and the node, if it is from a YAML file; not to be called for anything else."""
        assert not isinstance(self._place, Location)
        return self._place


class Scalar:
    """A leaf. value: str, int, float, bool or None, after Helm's conversion through JSON; raw: as written."""

    __slots__ = ("origin", "raw", "value")

    def __init__(self, value: scalars.Scalar, origin: Origin, raw: str | None = None) -> None:
        self.value = value
        self.origin = origin
        self.raw = raw

    def __repr__(self) -> str:
        return f"Scalar({self.value!r})"


class Placeholder(Scalar):
    """A value of any kind that another tool fills in later. value: the placeholder's text."""

    __slots__ = ()


class Map(dict[str, "Value"]):
    """A mapping.

    keys_at: where each key is, for messages about the key itself. has_placeholders: whether another tool adds entries.
    """

    __slots__ = ("has_placeholders", "keys_at", "origin")

    def __init__(self, origin: Origin) -> None:
        super().__init__()
        self.origin = origin
        self.has_placeholders = False
        self.keys_at: dict[str, Origin] = {}

    def copy(self) -> Map:
        """A copy whose entries may be changed; what is in them is shared."""
        result = Map(self.origin)
        result.has_placeholders = self.has_placeholders
        result.update(self)
        result.keys_at.update(self.keys_at)
        return result

    def put(self, key: str, value: Value, at: Origin) -> None:
        """Sets an entry and the origin of its key."""
        self[key] = value
        self.keys_at[key] = at


class Seq(list["Value"]):
    """A list."""

    __slots__ = ("origin",)

    def __init__(self, origin: Origin, items: list[Value] | None = None) -> None:
        super().__init__(items or [])
        self.origin = origin


Value = Scalar | Map | Seq


def to_data(value: Value) -> Any:
    """The value as dicts, lists and scalars."""
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, Map):
        return {k: to_data(v) for k, v in value.items()}
    return [to_data(v) for v in value]


def copy_map(value: Map) -> Map:
    """A copy of a mapping and the mappings in it, as a base for merging; lists and leaves are shared."""
    result = value.copy()
    for key, item in value.items():
        if isinstance(item, Map):
            result[key] = copy_map(item)
    return result


def is_null(value: Value | None) -> bool:
    """Whether the value is null or missing."""
    return value is None or (isinstance(value, Scalar) and value.value is None)


def is_known(value: Value) -> bool:
    """Whether no part of the value is filled in by another tool."""
    if isinstance(value, Map):
        return not value.has_placeholders and all(map(is_known, value.values()))
    return all(map(is_known, value)) if isinstance(value, Seq) else not isinstance(value, Placeholder)


def make_null() -> Scalar:
    """A null without a place in the input."""
    return Scalar(None, Origin("default", Location("")))


def from_data(data: Any, origin: Origin, level: int = 0) -> Value:
    """Values of one origin from dicts, lists and scalars (JSON that a chart rendered, a --set-json flag).

    InputError if they nest more than MAX_LEVELS deep, counted from `level`.
    """
    if level > MAX_LEVELS:
        raise too_deep(origin.location)
    if isinstance(data, dict):
        result = Map(origin)
        for key, value in data.items():
            result.put(key, from_data(value, origin, level + 1), origin)
        return result
    if isinstance(data, list):
        return Seq(origin, [from_data(item, origin, level + 1) for item in data])
    return Scalar(data, origin)


def describe(value: Value) -> str:
    """A short description of the value: `a mapping`, `a list`, or a scalar as in JSON."""
    if isinstance(value, Map):
        return "a mapping"
    return "a list" if isinstance(value, Seq) else quote(value.value)


def too_deep(location: Location) -> InputError:
    """The error for values that nest more than MAX_LEVELS deep."""
    hint = "a section nests about ten levels; look for repeated nesting"
    return InputError.of("values", f"nested too deeply: more than {MAX_LEVELS} levels", location, hint)
