"""Layers of a section: fills in what is missing, and merges values over it."""

from __future__ import annotations

from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path, dotted
from helm_cleaner.section.normalize import normalize
from helm_cleaner.values import Map, Origin, Read, Seq, Unknown, Value, coalesce, is_null


def fill(base: Map, section: Value) -> Value:
    """Fills in fields that are missing or null from the base. A section that is not a mapping stays as it is."""
    if not isinstance(section, Map):
        return section
    for key, value in base.items():
        mine = section.get(key)
        if mine is None or is_null(mine):
            section.put(key, value, base.keys_at[key])
        elif isinstance(mine, Map) and isinstance(value, Map):
            fill(value, mine)
    return section


def lay_over(
    base: Value | None, over: Read, path: Path = (SECTION,), *, normalized: bool = True
) -> tuple[Value | None, list[Diagnostic]]:
    """The section with values merged over it as Helm merges them over a chart's defaults, and the findings.

    path: where the section is in the values; normalized: whether it is normalized first. A null section is None.
    InputError if the path leads through something that is not a mapping.
    """
    said = [
        notice.diagnostic._replace(path=dotted((SECTION, *notice.path[len(path) :])))
        for notice in over.notices
        if notice.path[: len(path)] == path
    ]
    found = find(over.values, path)
    if found is None:
        return base, said
    value, at = found
    if normalized:
        said += normalize(value)
    below, above = Map(at), Map(at)
    if base is not None:
        below.put(SECTION, base, base.origin)
    above.put(SECTION, value, at)
    coalesce(below, above)
    result = below.get(SECTION)
    _give_way(result)
    return (None if is_null(result) else result), said


def _give_way(value: Value | None) -> None:
    """Removes from a mapping, to which another tool adds entries, the defaults that these may replace."""
    if isinstance(value, Map):
        for key, item in list(value.items()):
            if value.is_open and value.keys_at[key].kind in ("default", "chart"):
                del value[key], value.keys_at[key]
            else:
                _give_way(item)


def is_replaced(rendered: Value | None, over: Read, path: Path = (SECTION,)) -> bool:
    """Whether values replace a rendered section that is not a mapping by one; then only the defaults are below it."""
    if rendered is None or isinstance(rendered, Map):
        return False
    found = find(over.values, path)
    return found is not None and isinstance(found[0], Map)


def find(tree: Map, path: Path) -> tuple[Value, Origin] | None:
    """The section in a values tree and the origin of its key; None if it is missing.

    path: keys and, in lists, existing indexes. What another tool fills in is missing.
    InputError if the path leads through something that is not a mapping.
    """
    value: Value = tree
    at = tree.origin
    for depth, part in enumerate(path):
        if isinstance(value, Seq) and isinstance(part, int):
            value = value[part]
            at = value.origin
        elif isinstance(value, Map):
            if part not in value:
                return None
            at = value.keys_at[str(part)]
            value = value[str(part)]
        elif is_null(value) or isinstance(value, Unknown):
            return None
        else:
            message = f"must be a mapping, because the section is expected below it ({dotted(path)})"
            raise InputError.of("values", message, value.origin.location, path=dotted(path[:depth]))
    return value, at
