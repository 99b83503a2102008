"""The defaults below a section: the charts' built-in ones, or those in a chart's values.yaml."""

from __future__ import annotations

from functools import cache

from helm_cleaner.data_files import read_data_file
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.paths import Path
from helm_cleaner.section.layers import find, merge_over
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Origin, ParsedValues, Scalar, Value, drop_replaced_nulls, from_data, read, to_data

if TYPE_CHECKING:
    from typing import Any

_VERSION = Origin("default", Location("the release's version"))
_STAND_IN = Origin("default", Location("the release's version"))  # recognized by its identity


@cache
def built_in() -> Any:
    """The built-in defaults as plain data, read-only, without imageTag, which is the release's version."""
    return to_data(read(read_data_file("section", "defaults.yaml"), "defaults.yaml").values)


def defaults(version: str | None) -> Map:
    """The charts' own defaults. version: that of the release, which is the default imageTag."""
    result = from_data(built_in(), Origin("default", Location("the defaults")))
    assert isinstance(result, Map)
    if version:
        result.put("imageTag", Scalar(version, _VERSION), _VERSION)
    return result


def defaults_to_check_against(version: str | None = None) -> Map:
    """The defaults with the release's version or, before the chart is rendered, a placeholder for it.

    `drop_stand_in` removes the placeholder.
    """
    if version:
        return defaults(version)
    result = defaults(None)
    result.put("imageTag", Scalar("0.0.0", _STAND_IN), _STAND_IN)
    return result


def drop_stand_in(section: Value) -> Value:
    """The section without its imageTag if that is the placeholder for an unknown version."""
    if not (isinstance(section, Map) and "imageTag" in section and section["imageTag"].origin is _STAND_IN):
        return section
    result = section.copy()
    del result["imageTag"], result.keys_at["imageTag"]
    return result


def is_nested(path: Path) -> bool:
    """Whether a chart is between an umbrella chart and Polyaxon's, of which the section has this path in its values.

    It has values of its own: what the section is laid over is not known.
    """
    return len(path) > 2


def umbrella_defaults(
    base: Value | None, umbrella: ParsedValues, path: Path, overrides: ParsedValues, *, normalized: bool = True
) -> tuple[Value | None, list[Diagnostic]]:
    """The section in an umbrella chart's own values.yaml, over the defaults, and the findings of reading it.

    overrides: the values that Helm lays over them. Neither is changed. Without a section in them, that is the defaults.
    InputError, as from Helm, if the path leads through something that is not a mapping.
    """
    own = drop_replaced_nulls(umbrella.values, overrides.values)
    return merge_over(base, ParsedValues(own, umbrella.notices), path, normalized=normalized)


def chart_defaults(
    chart: ParsedValues, path: Path, *, normalized: bool = True
) -> tuple[Value | None, list[Diagnostic]]:
    """The section in a chart's values.yaml, and the findings of reading it; None if it has none.

    It is searched for at its path or, in the values.yaml of an umbrella's subchart, at the path's end.
    normalized: whether it is normalized.
    """
    for candidate in (path, path[-1:]):
        if find(chart.values, candidate) is not None:
            return merge_over(None, chart, candidate, normalized=normalized)
    return None, []
