"""How many volumes of a CSI driver a node can have.

Follows pkg/scheduler/framework/plugins/nodevolumelimits/csi.go: the CSINode has the limits; the volumes of the node's
pods count, and those that are attached to it. Volumes of plugins that were built into Kubernetes are not counted.
"""

from __future__ import annotations

from helm_cleaner.cluster import claims
from helm_cleaner.cluster.types import Reason
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_cleaner.cluster.claims import MountedClaim
    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Filter, Object
    from helm_cleaner.cluster.usage import Usage

    Handle = tuple[str, str]  # of a volume: its driver, and its name there

PLUGIN = "NodeVolumeLimits"
_PHRASE = "node(s) exceed max volume count"


def make_filter(pod: Object, snapshot: ClusterSnapshot, used: Mapping[str, Usage]) -> Filter:
    """The plugin for a pod. used: the pods on each node, by node name."""
    own = dict(_handles(pod, snapshot))

    def refuse(node: Object) -> list[Reason]:
        name = node["metadata"]["name"]
        limits = _limits(snapshot.get("csinodes", name)) if own else {}
        if not limits:
            return []
        of_pods = {handle for other in used[name].pods for handle, _ in _handles(other, snapshot)}
        there = of_pods | set(_attached(name, snapshot))
        reasons = []
        for driver in dict.fromkeys(driver for driver, _ in own if driver in limits):
            new = [each for handle, each in own.items() if handle[0] == driver and handle not in of_pods]
            count = sum(handle[0] == driver for handle in there)
            if new and count + len(new) > limits[driver]:
                cause = f"no more volumes of {driver} (CSINode)"
                message = f"{cause}: {count} of {limits[driver]} attached, for the claim {new[0].name}"
                reasons.append(Reason(PLUGIN, _PHRASE, cause, message, new[0].path))
        return reasons

    return refuse


def _limits(node: Object | None) -> dict[str, int]:
    drivers = ((node or {}).get("spec") or {}).get("drivers") or ()
    counts = {each["name"]: (each.get("allocatable") or {}).get("count") for each in drivers}
    return {name: count for name, count in counts.items() if count is not None}


def _handles(pod: Object, snapshot: ClusterSnapshot) -> Iterator[tuple[Handle, MountedClaim]]:
    """The CSI volumes of a pod. One that is not made yet has the name of its claim."""
    for each in claims.find_claims(pod, snapshot):
        if each.volume is not None:
            handle = csi_handle(each.volume)
            if handle:
                yield handle, each
        elif each.claim is not None and each.storage_class is not None and each.storage_class.get("provisioner"):
            yield (each.storage_class["provisioner"], f"{pod['metadata']['namespace']}/{each.name}"), each


def csi_handle(volume: Object) -> Handle | None:
    """The driver of a CSI volume, and its name there; None for any other volume."""
    source = (volume.get("spec") or {}).get("csi") or {}
    return (source["driver"], source["volumeHandle"]) if source.get("driver") and source.get("volumeHandle") else None


def _attached(node: str, snapshot: ClusterSnapshot) -> Iterator[Handle]:
    """The CSI volumes that are attached to a node."""
    for each in snapshot.all("volumeattachments"):
        spec = each.get("spec") or {}
        if spec.get("nodeName") == node and spec.get("attacher"):
            name = (spec.get("source") or {}).get("persistentVolumeName") or ""
            handle = csi_handle(snapshot.get("persistentvolumes", name) or {})
            if handle:
                yield spec["attacher"], handle[1]
