"""Checks an agent's ConfigMap entry by entry, as Polyaxon's SDK loads it."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner import strict_json
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.names import KEY
from helm_cleaner.paths import Path, dotted
from helm_cleaner.polyaxon.agent_config import facts
from helm_cleaner.polyaxon.agent_config.facts import Entry
from helm_cleaner.polyaxon.agent_config.structure import problems
from helm_cleaner.section import where
from helm_cleaner.text import shortened
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, Origin, Scalar, Seq, Value, from_data

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.polyaxon.configmap import Agent

CODE = "agent-config"
STORE, CONNECTIONS = "POLYAXON_AGENT_ARTIFACTS_STORE", "POLYAXON_AGENT_CONNECTIONS"


class Part(NamedTuple):
    """A value that the SDK loads. path: where it is written; rule: what it must be."""

    path: Path
    value: Value
    rule: dict[str, Any]


def check(agent: Agent, data: dict[str, Any]) -> list[Diagnostic]:
    """What keeps an agent from loading its ConfigMap with this data; the section itself is left out."""
    name = agent.name.name or "ConfigMap"
    version = facts.newest_sdk()
    parts: dict[str, Part] = {}
    found: list[Diagnostic] = []
    for entry in facts.entries().values():
        if entry.name in data and entry.name != KEY:
            value = _read(entry, data[entry.name], name)
            if isinstance(value, Diagnostic):
                found.append(value)
            else:
                parts[entry.name] = Part((entry.name,), value, entry.rule)
    return found + check_parts(parts, version)


def check_parts(parts: dict[str, Part], version: tuple[int, ...]) -> list[Diagnostic]:
    """The errors in parts, by the names of their entries."""
    found: list[Diagnostic] = []
    sound = dict(parts)
    for name, part in parts.items():
        wrong = list(problems(part.value, part.rule, part.path, version))
        if wrong:
            from helm_cleaner.polyaxon.agent_config.messages import diagnostic

            found += [diagnostic(each, version) for each in wrong]
            del sound[name]
    if STORE in sound and CONNECTIONS in sound:  # the SDK compares names only if it has loaded both
        found += _same_names(sound[STORE], sound[CONNECTIONS])
    return found


def _read(entry: Entry, text: Any, name: str) -> Value | Diagnostic:
    """The value of an entry, or the error if it is not JSON."""
    origin = Origin("chart", Location(name))
    if not isinstance(text, str):  # without quotes, which Kubernetes refuses; null becomes an empty text
        text = "" if text is None else str(text).lower() if isinstance(text, bool) else str(text)
    if not entry.is_json:
        return Scalar(text, origin)
    try:
        text.encode()
        return from_data(strict_json.loads(text), origin)
    except (ValueError, RecursionError) as e:
        problem = "empty" if not text.strip() else f"not JSON: {strict_json.problem(e)}"
        at = Location(name, None, getattr(e, "pos", 0) + 1, text) if text.strip() else Location(name)
        return Diagnostic("error", CODE, entry.name, f"is {problem}", f"see {entry.key} in the chart's values", at)
    except InputError as e:
        return e.diagnostics[0]._replace(code=CODE, path=entry.name)


def _same_names(store: Part, connections: Part) -> Iterator[Diagnostic]:
    names = {_name(store.value): dotted(store.path)}
    assert isinstance(connections.value, Seq)
    for index, connection in enumerate(connections.value):
        name = _name(connection)
        path = (*connections.path, index, "name")
        if name is not None and name in names:
            assert isinstance(connection, Map)
            message = f"{name!r} is the name of {names[name]} too: names of connections must be unique"
            yield Diagnostic("error", CODE, *where(path, message, "give it another name", connection["name"]))
        elif name is not None:
            names[name] = dotted(path[:-1])


def _name(connection: Value) -> str | None:
    name = connection.get("name") if isinstance(connection, Map) else None
    return name.value if isinstance(name, Scalar) and isinstance(name.value, str) else None


def _shorten(d: Diagnostic) -> Diagnostic:
    return d._replace(message=shortened(d.message), hint=shortened(d.hint))
