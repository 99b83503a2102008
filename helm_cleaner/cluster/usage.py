"""What is in use on each node.

Follows `NodeInfo.AddPod` and `PodInfo.CalculateResource` in pkg/scheduler/framework/types.go, and the scheduler's
informer, which skips finished pods. All others count on the node they are bound to, even while they are being deleted.
A pod that is being resized counts with the largest of its requested, allocated and actual resources
(`AggregateContainerRequests` in k8s.io/component-helpers/resource/helpers.go).
"""

from __future__ import annotations

from helm_cleaner.cluster import totals
from helm_cleaner.cluster.amounts import parse_amounts, round_for_scheduler
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from helm_cleaner.cluster.types import Amounts, Object


class Usage(NamedTuple):
    """What is in use on a node. amounts: in the scheduler's units, including `pods`."""

    amounts: Amounts
    pods: list[Object]


def is_finished(pod: Object) -> bool:
    """Whether the pod has finished."""
    return (pod.get("status") or {}).get("phase") in ("Succeeded", "Failed")


def sum_by_node(pods: Iterable[Object], nodes: Iterable[str]) -> dict[str, Usage]:
    """What is in use on each of the nodes, by name. Pods that are not bound to one of them do not count."""
    used = {name: Usage({"pods": 0}, []) for name in nodes}
    for pod in pods:
        usage = used.get(pod["spec"].get("nodeName"))
        if usage is None or is_finished(pod):
            continue
        usage.pods.append(pod)
        total = usage.amounts
        total["pods"] += 10**9
        for name, value in _requests(pod).items():
            total[name] = total.get(name, 0) + round_for_scheduler(name, value)
    return used


def _requests(pod: Object) -> Amounts:
    """The amounts with which a running pod counts."""
    spec, status = pod["spec"], pod.get("status") or {}
    statuses = status.get("containerStatuses") or ()
    others = status.get("initContainerStatuses") or ()
    reported = {
        each["name"]: each for each in (*statuses, *others) if "resources" in each or "allocatedResources" in each
    }
    if not reported or not _differs(spec, reported):
        return totals.sum_requests(spec)
    infeasible = any(
        each.get("type") == "PodResizePending" and each.get("reason") == "Infeasible"
        for each in status.get("conditions") or ()
    )

    def allocated(container: Object) -> dict[str, Any] | None:
        given = reported.get(container["name"], {}).get("allocatedResources")
        return given if given is not None else None if infeasible else _asked(container)

    def in_force(container: Object) -> dict[str, Any] | None:
        given = (reported.get(container["name"], {}).get("resources") or {}).get("requests")
        return given if given is not None else allocated(container)

    total = totals.sum_containers(spec, allocated)
    totals.raise_to(total, totals.sum_containers(spec, in_force))
    if not infeasible:
        totals.raise_to(total, totals.sum_containers(spec, _asked))
    if spec.get("resources"):
        totals.replace(total, spec["resources"].get("requests"))
    totals.add(total, parse_amounts(spec.get("overhead")))
    return total


def _asked(container: Object) -> dict[str, Any] | None:
    return (container.get("resources") or {}).get("requests")


def _differs(spec: Object, reported: dict[str, Object]) -> bool:
    """Whether the kubelet reports other amounts than the spec requests, which is rare."""
    for container in (*spec["containers"], *(spec.get("initContainers") or ())):
        status = reported.get(container["name"])
        if status is not None:
            asked = _asked(container)
            in_force = (status.get("resources") or {}).get("requests")
            if in_force not in (None, asked) or status.get("allocatedResources") not in (None, asked):
                return True
    return False
