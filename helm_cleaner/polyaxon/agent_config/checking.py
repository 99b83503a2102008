"""Checks an agent's configuration entry by entry, as Polyaxon's SDK loads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.paths import to_dotted
from helm_cleaner.polyaxon.agent_config import CODE, parts
from helm_cleaner.polyaxon.agent_config.parts import CONNECTIONS, INIT, NOTIFIER, SIDECAR, STORE, Part
from helm_cleaner.polyaxon.agent_config.severity import Judge, judge_of
from helm_cleaner.polyaxon.agent_config.structure import find_problems
from helm_cleaner.polyaxon.configmap import SCHEDULING
from helm_cleaner.section import where
from helm_cleaner.text import quote, shorten
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Scalar, Seq, Value

if TYPE_CHECKING:
    from typing import Any


def check_data(data: dict[str, Any], name: str, version: str | None) -> list[Diagnostic]:
    """What is wrong with entries of an agent's ConfigMap. name: that of the ConfigMap; version: that of the chart."""
    judge = judge_of(version, is_rendered=True)
    found, findings = parts.of_data(data, name, judge)
    for part, d in _check(found, judge):
        path = part.entry + d.path[len(to_dotted(part.path)) :]
        hint = f"{d.hint} ({d.path} in the chart's values)" if path != d.path else d.hint
        findings.append(d._replace(path=path, hint=shorten(hint), fix=None))
    return findings


def check_values(
    values: Map, given: Map, above: Sequence[str] = (), version: str | None = None, *, is_over_the_chart: bool = False
) -> list[Diagnostic]:
    """As `agent_config.check_values`."""
    from helm_cleaner.polyaxon.agent_config.chart_parts import of_values

    found = of_values(values, given)
    known = [part for part in found
             if is_over_the_chart and part.path[0] not in given and not part.value.origin.is_written]  # fmt: skip
    findings = [d for _, d in _check(found, judge_of(version, is_rendered=False), known)]
    return [d._replace(path=f"{to_dotted(tuple(above))}.{d.path}") for d in findings] if above else findings


def _check(found: list[Part], judge: Judge, known: Sequence[Part] = ()) -> Iterator[tuple[Part, Diagnostic]]:
    """Everything that is wrong with parts, each with its part. known: those that are certainly right."""
    broken = set()
    for part in found:
        if any(part is each for each in known):
            continue
        wrong = list(find_problems(part.value, part.rule, part.path, judge.sdk))
        if wrong:
            from helm_cleaner.polyaxon.agent_config.messages import to_diagnostic

            broken.add(part.entry)
            for each in wrong:
                yield part, to_diagnostic(each, judge)
        refused = {to_dotted(each.path) for each in wrong}
        for d in _warnings(part):
            if d.path not in refused:
                yield part, d
    by_entry = {part.entry: part for part in found if part.entry not in broken}
    if STORE in by_entry and CONNECTIONS in by_entry:  # the SDK compares names only if it has loaded both
        yield from _same_names(by_entry[STORE], by_entry[CONNECTIONS], judge)


def _warnings(part: Part) -> list[Diagnostic]:
    if part.entry not in (SIDECAR, INIT, NOTIFIER, SCHEDULING):
        return []
    from helm_cleaner.polyaxon.agent_config.warnings import find_warnings

    return list(find_warnings(part))


def _same_names(store: Part, connections: Part, judge: Judge) -> Iterator[tuple[Part, Diagnostic]]:
    severity, end = judge.severity()
    names = {_name(store.value): to_dotted(store.path)}
    assert isinstance(connections.value, Seq)
    for index, connection in enumerate(connections.value):
        name = _name(connection)
        path = (*connections.path, index, "name")
        if name is None:
            continue
        if name in names:
            assert isinstance(connection, Map)
            message = f"{quote(name)} is the name of {names[name]} too, and connections must have different names{end}"
            finding = where(path, message, "give it another name", connection["name"])
            yield connections, Diagnostic(severity, CODE, *finding)
        else:
            names[name] = to_dotted(path[:-1])


def _name(connection: Value) -> str | None:
    name = connection.get("name") if isinstance(connection, Map) else None
    return name.value if isinstance(name, Scalar) and isinstance(name.value, str) else None
