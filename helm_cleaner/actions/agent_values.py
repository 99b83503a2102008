"""Checks the rest of the agent's configuration: the values beside a section, and ConfigMaps in a stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from helm_cleaner import polyaxon, section, values
from helm_cleaner.diagnostics import CleanerError, Diagnostic, InputError
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.polyaxon import agent_config, chart_values
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, ParsedValues

if TYPE_CHECKING:
    from helm_cleaner import yamltext
    from helm_cleaner.yamltext.stream import Span, Stream

ChartDefaults = Callable[[], Map | None]  # the chart's other values; None for none


def check_beside(
    given: ParsedValues,
    path: Path,
    defaults: Map | None,
    below: ParsedValues | None = None,
    version: str | None = None,
) -> list[Diagnostic]:
    """What is wrong with the values beside the section at a path, or beside where it would be.

    defaults: the chart's other values, or None; below: an umbrella chart's own values, which are over them. version:
    that of the chart, or None for the newest. Nothing is checked beside a section of another name: a chart that is not
    Polyaxon's may have it.
    """
    if path[-1:] != (SECTION,):
        return []
    above = path[:-1]
    mine = _map_at(given.values, above)
    if mine is None or (below is None and agent_config.KEYS.isdisjoint(mine)):
        return []
    if below is not None:
        own = _map_at(values.drop_replaced_nulls(below.values, given.values), above)
        defaults = chart_values.release_values(own, defaults) if own is not None else defaults
    merged = chart_values.release_values(mine, defaults)
    names = [str(part) for part in above]
    return agent_config.check_values(merged, mine, names, version, is_over_the_chart=below is None)


def _map_at(tree: Map, path: Path) -> Map | None:
    with suppress(InputError):  # reported where the section is looked for
        found = section.find(tree, path)
        if found is not None and isinstance(found[0], Map):
            return found[0]
    return None


def doubt_unused(
    stream: Stream, findings: list[Diagnostic], documents: Mapping[Span, yamltext.Document] | None = None
) -> list[Diagnostic]:
    """The findings, with warnings for errors about ConfigMaps that no agent loads: only the operator uses them.

    documents: those of the stream that have been read before.
    """
    names = {d.location.file for d in findings if d.code == agent_config.CODE and d.severity == "error"}
    users: list[polyaxon.Consumer] = []
    for span in stream.find(tuple(name.encode() for name in names)) if names else ():
        with suppress(CleanerError, RecursionError):
            users += polyaxon.find_consumers(((documents or {}).get(span) or stream.compose(span)).data)
    unused = {name for name in names if polyaxon.is_only_the_operators(name, users)}
    reason = "only the operator uses this ConfigMap here, and it reads other keys"
    return [agent_config.doubt(d, reason) if d.location.file in unused else d for d in findings]
