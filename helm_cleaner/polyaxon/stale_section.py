"""Whether a job is what the agent's ConfigMap says: the API reads it once, when it starts.

Quantities are compared as amounts, and a field that the section lacks with what Polyaxon puts there instead.
"""

from __future__ import annotations

from helm_cleaner import polyaxon, quantities, section, strict_json
from helm_cleaner.diagnostics import CleanerError, Diagnostic, Location
from helm_cleaner.names import KEY
from helm_cleaner.polyaxon.configmap import mapping
from helm_cleaner.polyaxon.job import job
from helm_cleaner.polyaxon.scheduling import check_scheduling, scheduling_of
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, Origin, from_data, to_data

if TYPE_CHECKING:
    from typing import Any

_SCHEDULED = ("nodeSelector", "affinity", "tolerations", "imagePullSecrets")


class Difference(NamedTuple):
    """A field of the job's pod. job, section: what each says, as in JSON."""

    field: str
    job: Any
    section: Any


def differences(configmap: dict[str, Any], pod: dict[str, Any]) -> list[Difference]:
    """The fields in which a pod's spec is not what an agent's ConfigMap says. None if that cannot be read or loaded."""
    agents = polyaxon.find_agents(configmap)
    if not agents:
        return []
    agent = agents[0]
    try:
        data = strict_json.loads(str(agent.data.get(KEY) or "{}"))
        cleaner, scheduling = from_data(data, Origin("", Location(""))), scheduling_of(agent)
        if not isinstance(cleaner, Map) or _is_wrong(section.check(cleaner) + check_scheduling(scheduling)):
            return []  # Polyaxon does not load it
        made: Any = to_data(job(cleaner, scheduling).manifest)
    except (CleanerError, ValueError, RecursionError):
        return []
    wanted = made["spec"]["template"]["spec"]
    containers = pod.get("containers")
    container = mapping(containers[0]) if isinstance(containers, list) and containers else {}
    asked = wanted["containers"][0]
    pairs = [
        ("image", _image(container.get("image"), data), _image(asked.get("image"), data)),
        ("imagePullPolicy", container.get("imagePullPolicy"), asked.get("imagePullPolicy")),
        ("resources", _amounts(container.get("resources")), _amounts(asked.get("resources"))),
        *((name, pod.get(name) or None, wanted.get(name) or None) for name in _SCHEDULED),
    ]
    shown = {"resources": (container.get("resources"), asked.get("resources"))}
    return [Difference(name, *shown.get(name, (one, other))) for name, one, other in pairs if one != other]


def _is_wrong(findings: list[Diagnostic]) -> bool:
    return any(each.severity == "error" for each in findings)


def _image(image: Any, data: dict[str, Any]) -> Any:
    """An image, without its tag if the section has none: it is the SDK's own version then."""
    if data.get("imageTag") or data.get("image_tag") or not isinstance(image, str):
        return image
    name, colon, tag = image.rpartition(":")
    return name if colon and "/" not in tag else image


def _amounts(resources: Any) -> dict[str, dict[str, Any]]:
    """Limits and requests as amounts."""
    found: dict[str, dict[str, Any]] = {}
    for kind in ("limits", "requests"):
        amounts = mapping(mapping(resources).get(kind))
        if amounts:
            found[kind] = {name: _amount(value) for name, value in amounts.items()}
    return found


def _amount(value: Any) -> Any:
    """A quantity in billionths; anything else as it is."""
    parsed = quantities.parse(str(value)) if isinstance(value, (str, int, float)) else None
    return value if parsed is None else parsed
