"""Layers of a section: fills in what is missing, and merges values over it."""

from __future__ import annotations

from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.section.normalize import normalize
from helm_cleaner.values import Map, Origin, ParsedValues, Placeholder, Seq, Value, coalesce, is_null


def fill_defaults(base: Map, section: Value) -> Value:
    """The section with fields that are missing or null taken from the base; neither is changed.

    A section that is not a mapping stays as it is.
    """
    if not isinstance(section, Map):
        return section
    result = section.copy()
    for key, value in base.items():
        mine = section.get(key)
        if mine is None or is_null(mine):
            result.put(key, value, base.keys_at[key])
        elif isinstance(mine, Map) and isinstance(value, Map):
            result[key] = fill_defaults(value, mine)
    return result


def merge_over(
    base: Value | None, overrides: ParsedValues, path: Path = (SECTION,), *, normalized: bool = True
) -> tuple[Value | None, list[Diagnostic]]:
    """The section with values merged over it as Helm merges them over a chart's defaults, and the findings.

    Neither is changed. path: where the section is in the values; normalized: whether it is normalized first. A null
    section is None. InputError if the path leads through something that is not a mapping.
    """
    findings = [
        notice.diagnostic._replace(path=to_dotted((SECTION, *notice.path[len(path) :])))
        for notice in overrides.notices
        if notice.path[: len(path)] == path
    ]
    found = find(overrides.values, path)
    if found is None:
        return base, findings
    value, at = found
    if normalized:
        value, more = normalize(value)
        findings += more
    below, above = Map(at), Map(at)
    if base is not None:
        below.put(SECTION, base, base.origin)
    above.put(SECTION, value, at)
    result = coalesce(below, above).get(SECTION)
    return (None if result is None or is_null(result) else _drop_replaceable(result)), findings


def _drop_replaceable(value: Value) -> Value:
    """The value without the defaults in mappings to which another tool adds entries: these may replace them."""
    if not isinstance(value, Map):
        return value
    result = Map(value.origin)
    result.has_placeholders = value.has_placeholders
    for key, item in value.items():
        if not (value.has_placeholders and value.keys_at[key].kind in ("default", "chart")):
            result.put(key, _drop_replaceable(item), value.keys_at[key])
    return result


def replaces_text(rendered: Value | None, overrides: ParsedValues, path: Path = (SECTION,)) -> bool:
    """Whether values replace a rendered section that is not a mapping by one; then only the defaults are below it."""
    if rendered is None or isinstance(rendered, Map):
        return False
    found = find(overrides.values, path)
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
        elif is_null(value) or isinstance(value, Placeholder):
            return None
        else:
            message = f"must be a mapping, because the section is expected below it ({to_dotted(path)})"
            raise InputError.of("values", message, value.origin.location, path=to_dotted(path[:depth]))
    return value, at
