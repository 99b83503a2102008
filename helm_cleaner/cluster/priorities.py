"""The pod's priority, and the pods that give way to it or not.

Follows `establishPriority` in plugin/pkg/admission/priority/admission.go, `addGENominatedPods` in
pkg/scheduler/framework/runtime/framework.go and `PodEligibleToPreemptOthers` in
pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go.
"""

from __future__ import annotations

from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Object


def fill(pod: Object, classes: Iterable[Object]) -> None:
    """Sets the priority of a pod that names no class. classes: the PriorityClasses of the cluster."""
    defaults = [each for each in classes if each.get("globalDefault")]
    spec = pod["spec"]
    if spec.get("priorityClassName") or not defaults:
        spec.setdefault("priority", 0)
        return
    lowest = min(defaults, key=lambda each: each.get("value") or 0)
    spec["priorityClassName"], spec["priority"] = lowest["metadata"]["name"], lowest.get("value") or 0
    spec["preemptionPolicy"] = lowest.get("preemptionPolicy") or "PreemptLowerPriority"


def priority_of(pod: Object) -> int:
    """The priority of a pod as it is stored."""
    value = pod["spec"].get("priority")
    return value if isinstance(value, int) else 0


def find_nominated(pod: Object, snapshot: ClusterSnapshot) -> dict[str, list[Object]]:
    """The pods that wait for room on a node, by its name, and come before this pod."""
    found: dict[str, list[Object]] = {}
    for other in snapshot.all("pods"):
        node = (other.get("status") or {}).get("nominatedNodeName")
        if node and not other["spec"].get("nodeName") and priority_of(other) >= priority_of(pod):
            found.setdefault(node, []).append(other)
    return found


def find_victims(pod: Object, there: Sequence[Object]) -> list[Object]:
    """The pods on a node that would be evicted for this pod."""
    if pod["spec"].get("preemptionPolicy") == "Never":
        return []
    return [other for other in there if priority_of(other) < priority_of(pod)]
