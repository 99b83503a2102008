"""The default values of Polyaxon's charts that affect the agent's configuration and the Job."""

from __future__ import annotations

from helm_cleaner.diagnostics import Location
from helm_cleaner.polyaxon.chart_defaults import DEFAULTS
from helm_cleaner.values import Map, Origin, Scalar, Value, coalesce, from_data, to_data

_TAGGED = ("init", "sidecar", "notifier")


# At the top of the charts' values, and of hardly any other chart's.
OWN_KEYS = frozenset((
    "deploymentChart", "deploymentType", "deploymentVersion", "organizationKey", "artifactsStore",
    "defaultArtifactsStore", "agentSecret", "platformSecret", "encryptionSecret", "includeChartRevision",
    "limitResources", "cleanHooks", "apiHooks", "tablesHook", "passwordLength", "compiler",
))  # fmt: skip
_ENOUGH = 2  # of these keys


def are_polyaxons(values: Map) -> bool:
    """Whether values, by their keys, are for one of Polyaxon's charts."""
    return len(OWN_KEYS.intersection(values)) >= _ENOUGH


def defaults() -> Map:
    """The charts' defaults of the values that affect the agent and the Job, without the section."""
    origin = Origin("default", Location("the defaults"))
    result = from_data(DEFAULTS, origin)
    assert isinstance(result, Map)
    for name in _TAGGED:
        container = result[name]
        assert isinstance(container, Map)
        container.put("imageTag", Scalar("0.0.0", origin), origin)  # in place of the chart's version
    return result


def release_values(given: Map, defaults: Map | None) -> Map:
    """A release's values merged over a chart's defaults as Helm does it; the defaults are not changed."""
    return coalesce(defaults if defaults is not None else Map(given.origin), given)


def has_accounts(values: Map, *, with_defaults: bool = True) -> bool:
    """Whether the charts create a service account for runs: if `rbac.enabled` is true, as it is by default.

    with_defaults: whether the charts' defaults are in the values; without, what they say is still the best guess.
    """
    rbac = values.get("rbac")
    if not isinstance(rbac, Map) or "enabled" not in rbac:
        return not with_defaults
    return bool(to_data(rbac["enabled"]))


def runs_account(release: str) -> str:
    """The service account for runs in a release."""
    return f"{full_name(release)}-runs-sa"


def full_name(release: str) -> str:
    """What the names of a release's objects start with, truncated like in the charts."""
    return f"{release}-polyaxon"[:63].removesuffix("-")


def is_enterprise(values: Map) -> bool:
    """Whether a release's values are those of Polyaxon EE: the Agent chart, or an organization."""
    agent = values.get("agent")
    of_agent = [agent.get(name) for name in ("token", "instance")] if isinstance(agent, Map) else []
    named = [values.get(name) for name in ("organizationKey", "agentSecret")]
    return text(values.get("deploymentChart")) == "agent" or any(map(text, [*named, *of_agent]))


def text(value: Value | None) -> str:
    """A leaf as a string; "" if it is empty or not a leaf."""
    return str(value.value) if isinstance(value, Scalar) and value.value else ""
