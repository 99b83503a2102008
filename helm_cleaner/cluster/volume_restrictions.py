"""Claims that one pod at a time may use.

Follows pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go: a claim with the access mode
ReadWriteOncePod that a pod on any node uses keeps other pods off every node. The other restrictions are about volumes
that no artifacts store has.
"""

from __future__ import annotations

from helm_cleaner.cluster import claims
from helm_cleaner.cluster.types import Reason
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Filter, Object
    from helm_cleaner.cluster.usage import Usage

PLUGIN = "VolumeRestrictions"
_PHRASE = (
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
)


def make_filter(pod: Object, snapshot: ClusterSnapshot, used: Mapping[str, Usage]) -> Filter:
    """The plugin for a pod. used: the pods on each node, by node name."""
    namespace = pod["metadata"]["namespace"]
    alone = {
        each.name: each
        for each in claims.find_claims(pod, snapshot)
        if each.claim is not None and "ReadWriteOncePod" in ((each.claim.get("spec") or {}).get("accessModes") or ())
    }
    reasons = []
    for other in (pod for usage in used.values() for pod in usage.pods) if alone else ():
        if other["metadata"]["namespace"] != namespace:
            continue
        for name, _ in claims.list_claims(other):
            if name in alone:
                user = f"{namespace}/{other['metadata']['name']}"
                cause = f"the claim {name} is ReadWriteOncePod, and another pod uses it"
                reasons.append(Reason(PLUGIN, _PHRASE, cause, f"{cause}: {user}", alone.pop(name).path))
    return lambda _node: reasons
