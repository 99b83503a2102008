"""Volumes that only some nodes can reach.

Follows `checkBoundClaims` in pkg/scheduler/framework/plugins/volumebinding/binder.go and `CheckNodeAffinity` in
k8s.io/component-helpers/storage/volume/helpers.go: the node affinity of the volume that a claim is bound to. Unbound
claims are not checked, because the input does not say what can be provisioned.
"""

from __future__ import annotations

from helm_cleaner.cluster import node_affinity
from helm_cleaner.cluster.types import Reason
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from helm_cleaner.cluster.types import Filter, Object
    from helm_cleaner.paths import Path

PLUGIN = "VolumeBinding"
_PHRASE = "node(s) didn't match PersistentVolume's node affinity"


def list_claims(pod: Object) -> Iterator[tuple[str, Path]]:
    """The names of the PersistentVolumeClaims that a pod mounts, each with its path."""
    for index, volume in enumerate(pod["spec"].get("volumes") or ()):
        name = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        if name:
            yield name, ("volumes", index)


def filter_for(
    pod: Object, claims_by_name: Mapping[tuple[str, str], Object], volumes_by_name: Mapping[str, Object]
) -> Filter:
    """The plugin for a pod. claims_by_name: by namespace and name."""
    bound = []
    for name, path in list_claims(pod):
        claim = claims_by_name.get((pod["metadata"]["namespace"], name)) or {}
        volume = volumes_by_name.get((claim.get("spec") or {}).get("volumeName") or "")
        required = (((volume or {}).get("spec") or {}).get("nodeAffinity") or {}).get("required")
        if volume is not None and required is not None:
            terms = [node_affinity.parse_term(term) for term in required.get("nodeSelectorTerms") or ()]
            cause = f"volume {volume['metadata']['name']} of the claim {name} is not available on the node"
            bound.append((terms, Reason(PLUGIN, _PHRASE, cause, cause, path)))
    return lambda node: [reason for terms, reason in bound if not node_affinity.matches(terms, node)]
