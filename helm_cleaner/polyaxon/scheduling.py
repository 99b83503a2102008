"""The default scheduling, which a Job uses for each field that the section lacks."""

from __future__ import annotations

from helm_cleaner import polyaxon, section, strict_json
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.names import SECTION
from helm_cleaner.polyaxon.origins import add_label
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, Origin, Seq, Value, from_data, is_null, to_data

if TYPE_CHECKING:
    from typing import Any


FROM_SCHEDULING = "default scheduling"
AGENT = "agent"  # the charts' key whose scheduling takes precedence over the global one
_SCHEDULED = ("nodeSelector", "affinity", "tolerations", "imagePullSecrets")


class Scheduling(NamedTuple):
    """The default scheduling. fields: those that it has; path: where they are, dotted.

    secrets: the default pull secrets, which Polyaxon stores separately; secrets_path: where they are.
    of_agent: the fields that are under `agent` in values, not at their top.
    """

    fields: Map
    secrets: Seq
    path: str
    secrets_path: str
    of_agent: frozenset[str] = frozenset()


def scheduling_of(agent: polyaxon.Agent) -> Scheduling:
    """The default scheduling in an agent's ConfigMap. What the agent cannot load counts as missing."""
    fields = parsed(agent, polyaxon.SCHEDULING, {}, FROM_SCHEDULING)
    secrets = parsed(agent, polyaxon.PULL_SECRETS, [], FROM_SCHEDULING)
    assert isinstance(fields, Map)
    assert isinstance(secrets, Seq)
    return Scheduling(fields, secrets, polyaxon.SCHEDULING, polyaxon.PULL_SECRETS)


def parsed(agent: polyaxon.Agent, key: str, absent: Any, label: str) -> Value:
    """The JSON in a key of the agent's ConfigMap, or `absent` if it is missing, no JSON, or of another type.

    label: the name of its origin.
    """
    text = agent.data.get(key, absent)
    try:
        data = strict_json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError):
        data = absent
    data = data if isinstance(data, type(absent)) else absent
    return from_data(data, Origin(label, Location(agent.name.name or "ConfigMap")))


def scheduling_in(values: Map) -> Scheduling:
    """The default scheduling that the charts render from a release's values, their defaults included.

    Each field is the one under `agent` if that is not empty, else the one at the top if that is not empty.
    """
    agent = values.get(AGENT)
    fields, of_agent = Map(values.origin), set()
    secrets, secrets_path = Seq(values.origin), "imagePullSecrets"
    for name in _SCHEDULED:
        for place in (agent, values):
            value = place.get(name) if isinstance(place, Map) else None
            if value is None or not to_data(value):
                continue
            assert isinstance(place, Map)
            if name == "imagePullSecrets":
                if isinstance(value, Seq):
                    secrets, secrets_path = value, name if place is values else f"{AGENT}.{name}"
            else:
                fields.put(name, add_label(value, FROM_SCHEDULING), place.keys_at[name])
                of_agent |= {name} if place is agent else set()
            break
    return Scheduling(fields, secrets, "", secrets_path, frozenset(of_agent))


def check_scheduling(scheduling: Scheduling) -> list[Diagnostic]:
    """What is wrong with the default scheduling, by the section's rules.

    The pull secrets never reach the Job, so only what the agent could not load is reported about them.
    """
    fields, secrets = Map(scheduling.fields.origin), Map(scheduling.fields.origin)
    found = []
    for name, meant in zip(scheduling.fields, _regular(scheduling), strict=True):
        value, at = scheduling.fields[name], scheduling.fields.keys_at[name]
        if meant in _SCHEDULED:
            fields.put(name, value, at)
        else:
            message, hint = f"unknown field; allowed: {', '.join(_SCHEDULED)}", f"remove {name}"
            found.append(
                Diagnostic("error", "unknown-field", *section.where_key((SECTION, name), message, hint, value, at))
            )
    secrets.put("imagePullSecrets", scheduling.secrets, scheduling.secrets.origin)
    found = section.check(fields) + found
    found = [d._replace(path=written_at(scheduling, d.path.removeprefix(f"{SECTION}."))) for d in found]
    return found + [
        d._replace(path=scheduling.secrets_path + d.path.removeprefix(f"{SECTION}.imagePullSecrets"))
        for d in section.check(secrets)
        if d.code == "type"
    ]


def written_at(scheduling: Scheduling, path: str) -> str:
    """The path of a field of the default scheduling."""
    first = path.partition(".")[0].partition("[")[0]
    prefix = AGENT if first in scheduling.of_agent else scheduling.path
    return f"{prefix}.{path}" if prefix else path


def _regular(scheduling: Scheduling) -> Map:
    """The fields under the charts' names. Polyaxon accepts Python's names too, as in the section."""
    return section.to_camel_case(scheduling.fields)[0]


def scheduled(cleaner: Map, scheduling: Scheduling) -> Map:
    """The scheduling fields of the section, each from the default scheduling if the section lacks it."""
    result = Map(cleaner.origin)
    sources = (cleaner, _regular(scheduling))
    for name in _SCHEDULED:
        for source in sources:
            if _counts(name, value := source.get(name)):
                assert value is not None
                result.put(name, value, source.keys_at[name])
                break
    return result


def _counts(name: str, value: Value | None) -> bool:
    """Whether the SDK counts a field as set: an empty mapping or list does not count, except `affinity: {}`.

    The SDK turns that into an object, which is true in Python, so it replaces the default affinity.
    """
    if is_null(value):
        return False
    return name == "affinity" or not isinstance(value, (Map, Seq)) or bool(value)
