"""Volumes with labels of a zone or a region.

Follows pkg/scheduler/framework/plugins/volumezone/volume_zone.go: a node with any such label must have the volume's.
"""

from __future__ import annotations

from helm_cleaner.cluster import claims
from helm_cleaner.cluster.types import Reason
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Filter, Object

PLUGIN = "VolumeZone"
_PHRASE = "node(s) had no available volume zone"
_LABELS = {  # each with the name that it has today
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region": "topology.kubernetes.io/region",
}


def make_filter(pod: Object, snapshot: ClusterSnapshot) -> Filter:
    """The plugin for a pod."""
    wanted = [
        (key, value, each)
        for each in claims.find_claims(pod, snapshot)
        if each.volume is not None
        for key in _LABELS
        if (value := (each.volume["metadata"].get("labels") or {}).get(key)) is not None
    ]

    def refuse(node: Object) -> list[Reason]:
        labels = node["metadata"].get("labels") or {}
        if not any(key in labels for key in _LABELS):
            return []
        reasons = []
        for key, value, each in wanted:
            assert each.volume is not None
            has = labels.get(key, labels.get(_LABELS[key]))
            if has not in [zone.strip() for zone in value.split("__")]:
                name = each.volume["metadata"]["name"]
                cause = f"volume {name} of the claim {each.name} is in {_LABELS[key]}={value}"
                reasons.append(Reason(PLUGIN, _PHRASE, cause, cause, each.path, _LABELS[key]))
        return reasons

    return refuse
