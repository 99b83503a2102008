"""Sections laid over each other: what is filled from below, and what values say above."""

from __future__ import annotations

from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path, dotted
from helm_cleaner.section.normalize import normalise
from helm_cleaner.values import Map, Origin, Read, Seq, Unknown, Value, coalesce, is_null


def fill(base: Map, section: Value) -> Value:
    """The section with what it lacks, or holds as null, taken from the base; a section that is no mapping as it is."""
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
    base: Value | None, over: Read, path: Path = (SECTION,), regular: bool = True
) -> tuple[Value | None, list[Diagnostic]]:
    """What values make of the section below them, and what is to be said of it.

    As Helm lays values over a chart's defaults. path: where the section is in the values; regular: whether it is made
    regular first. A section of null is None. InputError where the path leads through something that is no mapping.
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
    if regular:
        said += normalise(value)
    below, above = Map(at), Map(at)
    if base is not None:
        below.put(SECTION, base, base.origin)
    above.put(SECTION, value, at)
    coalesce(below, above)
    result = below.get(SECTION)
    _give_way(result)
    return (None if is_null(result) else result), said


def _give_way(value: Value | None) -> None:
    """Takes out of a mapping that another tool adds entries to what that may replace: the defaults."""
    if isinstance(value, Map):
        for key, item in list(value.items()):
            if value.is_open and value.keys_at[key].kind in ("default", "chart"):
                del value[key], value.keys_at[key]
            else:
                _give_way(item)


def is_replaced(rendered: Value | None, over: Read, path: Path = (SECTION,)) -> bool:
    """Whether values put a mapping in place of a rendered section that is none: then it lies on the defaults alone."""
    if rendered is None or isinstance(rendered, Map):
        return False
    found = find(over.values, path)
    return found is not None and isinstance(found[0], Map)


def find(tree: Map, path: Path) -> tuple[Value, Origin] | None:
    """The section in a values tree and where its key stands; None where it is not there.

    path: keys and, in lists, indexes that are there. What another tool fills in is not there.
    InputError where it leads through something that is no mapping.
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
            message = f"must be a mapping, for the section is looked for below it ({dotted(path)})"
            raise InputError.of("values", message, value.origin.location, path=dotted(path[:depth]))
    return value, at
