"""Room for what the pod requests.

Follows `fitsRequest` in pkg/scheduler/framework/plugins/noderesources/fit.go: the number of pods, then cpu, memory,
ephemeral-storage, huge pages and resources with a domain, each if the pod requests it. A node that does not list a
resource has none.
"""

from __future__ import annotations

from helm_cleaner.cluster import totals
from helm_cleaner.cluster.amounts import NANO, format_amount, parse_amount, round_for_scheduler
from helm_cleaner.cluster.types import Reason
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helm_cleaner.cluster.types import Amounts, Filter, Object
    from helm_cleaner.cluster.usage import Usage
    from helm_cleaner.paths import Path

PLUGIN = "NodeResourcesFit"
NATIVE = ("cpu", "memory", "ephemeral-storage")


def make_filter(pod: Object, used: Mapping[str, Usage]) -> Filter:
    """The plugin for a pod. used: what is in use on each node, by node name."""
    wanted = sum_requests(pod["spec"])
    paths = {name: _path(pod["spec"], name) for name in wanted}

    def refuse(node: Object) -> list[Reason]:
        allocatable = (node.get("status") or {}).get("allocatable") or {}
        in_use = used[node["metadata"]["name"]].amounts
        reasons = []
        most = round_for_scheduler("pods", parse_amount(allocatable.get("pods", 0)))
        if in_use["pods"] + NANO > most:
            message = f"too many pods: {in_use['pods'] // NANO} of {most // NANO}"
            reasons.append(
                Reason(PLUGIN, "Too many pods", "too many pods", message, (), "", (NANO, in_use["pods"], most))
            )
        for name, needed in wanted.items():
            there = round_for_scheduler(name, parse_amount(allocatable.get(name, 0)))
            if needed > there - in_use.get(name, 0):
                reasons.append(_insufficient(name, needed, in_use.get(name, 0), there, paths[name]))
        return reasons

    return refuse


def sum_requests(spec: Object) -> Amounts:
    """What a pod with this spec requests from a node, in the scheduler's units and order."""
    total = totals.sum_requests(spec)
    names = [name for name in NATIVE if name in total] + sorted(name for name in total if _is_scalar(name))
    return {name: value for name in names if (value := round_for_scheduler(name, total[name])) > 0}


def _is_scalar(name: str) -> bool:
    """Like `IsScalarResourceName` in pkg/scheduler/util/utils.go."""
    return "/" in name or name.startswith(("hugepages-", "attachable-volumes-"))


def _insufficient(name: str, needed: int, in_use: int, there: int, path: Path) -> Reason:
    request = f"{format_amount(name, needed)} requested"
    message = f"{name}: {format_amount(name, there)} allocatable, {format_amount(name, in_use)} in use, {request}"
    cause = f"insufficient {name}: {request}"
    return Reason(PLUGIN, f"Insufficient {name}", cause, message, path, "", (needed, in_use, there))


def _path(spec: Object, name: str) -> Path:
    """The path at which a pod with one container requests a resource."""
    resources = spec["containers"][0].get("resources") or {}
    kind = "requests" if name in (resources.get("requests") or {}) else "limits"
    return ("containers", 0, "resources", kind, name)
