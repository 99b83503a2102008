"""Warnings about what the agent loads: nothing reads it, or Kubernetes refuses the pods of all runs."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner import section
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.names import SECTION
from helm_cleaner.paths import to_dotted
from helm_cleaner.polyaxon import chart_defaults
from helm_cleaner.polyaxon.agent_config.parts import INIT, NOTIFIER, SIDECAR, Part
from helm_cleaner.polyaxon.configmap import SCHEDULING
from helm_cleaner.polyaxon.scheduling import AGENT
from helm_cleaner.text import join_words
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Scalar, Value, to_data
from helm_cleaner.values.writing import to_flow

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.paths import Path

UNUSED = "unused-field"
_AMOUNTS = ("limits", "requests")
_REFUSED = "Kubernetes refuses the pods of all runs"


def find_warnings(part: Part) -> Iterator[Diagnostic]:
    """The warnings about a part. Those about what the SDK refuses too are for the caller to leave out."""
    value = part.value
    if part.entry == SCHEDULING:
        yield from _refused_scheduling(part)
    if not isinstance(value, Map):
        return
    if part.entry == SIDECAR:
        yield from _flat_resources(part, value)
    if part.entry in (SIDECAR, INIT):
        yield from _refused(_container(value), part.path)
    elif part.entry == NOTIFIER:
        yield from _unused_notifier(part, value)


def _container(value: Map) -> Map:
    """What Kubernetes judges of an init container or sidecar, without what is as in the charts' defaults."""
    result = Map(value.origin)
    resources = value.get("resources")
    if isinstance(resources, Map) and to_data(resources) != _default("init")["resources"]:
        known = Map(resources.origin)
        known.has_placeholders = resources.has_placeholders
        for name in _AMOUNTS:
            if name in resources:
                known.put(name, resources[name], resources.keys_at[name])
        result.put("resources", known, value.keys_at["resources"])
    for name in ("image", "imageTag"):
        if isinstance(value.get(name), Scalar) and to_data(value[name]):
            result.put(name, value[name], value.keys_at[name])
    if "imageTag" not in result and "imageTag" in value:  # then Polyaxon appends none
        result.pop("image", None)
    return result


def _refused_scheduling(part: Part) -> Iterator[Diagnostic]:
    """The same of the default scheduling, or of one field of it."""
    value, name = part.value, str(part.path[-1])
    if name != AGENT:
        if value.origin.kind != "default":
            field = Map(value.origin)
            field.put(name, value, value.origin)
            yield from _refused(field, part.path[:-1])
    elif isinstance(value, Map):
        yield from _refused(value, part.path)


def _refused(fields: Map, above: Path) -> Iterator[Diagnostic]:
    """The section's errors about fields, as warnings. above: where the fields are."""
    for d in section.check(fields):
        if d.severity == "error":
            path = (to_dotted(above) + d.path.removeprefix(SECTION)).removeprefix(".")
            yield d._replace(severity="warning", path=path, message=f"{d.message}; {_REFUSED}")


def _flat_resources(part: Part, value: Map) -> Iterator[Diagnostic]:
    """Polyaxon's sidecar takes any mapping as its resources, and Kubernetes drops what it does not know."""
    resources = value.get("resources")
    if not isinstance(resources, Map):
        return
    names = [name for name in resources if name not in (*_AMOUNTS, "claims")]
    if not names:
        return
    first = names[0]
    are = "are" if len(names) > 1 else "is"
    message = f"{join_words(names)} {are} not read: resources belong under requests or limits"
    if not any(isinstance(resources.get(name), Map) for name in _AMOUNTS):
        message += "; every run's sidecar is without limits"
    flat = {name: to_data(resources[name]) for name in names if isinstance(resources[name], Scalar)}
    hint = f"write resources: {{requests: {to_flow(flat)}}}" if flat else f"write {_AMOUNTS[0]} or {_AMOUNTS[1]}"
    path = (*part.path, "resources", first)
    finding = section.where_key(path, message, hint, resources[first], resources.keys_at[first])
    yield Diagnostic("warning", "flat-resources", *finding)


def _unused_notifier(part: Part, value: Map) -> Iterator[Diagnostic]:
    default = _default("notifier")
    names = [name for name, item in value.items() if _differs(name, item, default)]
    if names:
        message = f"nothing in Polyaxon reads the notifier's {join_words(names)}"
        at = value.keys_at[names[0]]
        finding = section.where_key((*part.path, names[0]), message, f"remove {join_words(names)}", value[names[0]], at)
        yield Diagnostic("warning", UNUSED, *finding)


def _differs(name: str, item: Value, default: dict[str, Any]) -> bool:
    """Whether a field is not the chart's own. Its imageTag is the chart's version, whatever that is."""
    if item.origin.kind == "default":
        return False
    return to_data(item) != default.get(name) if name != "imageTag" else item.origin.kind != "chart"


def _default(key: str) -> dict[str, Any]:
    value: dict[str, Any] = chart_defaults.DEFAULTS[key]
    return value
