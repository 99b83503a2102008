"""Volumes that only some nodes can reach, and claims that get a volume on some nodes only.

Follows `FindPodVolumes` in pkg/scheduler/framework/plugins/volumebinding/binder.go, `CheckNodeAffinity` in
k8s.io/component-helpers/storage/volume/helpers.go and `MatchTopologySelectorTerms` in
pkg/apis/core/v1/helper/helpers.go.
Volumes of plugins that were built into Kubernetes are taken as they are written.
"""

from __future__ import annotations

from helm_cleaner.cluster import claims, node_affinity, selectors
from helm_cleaner.cluster.amounts import format_amount, parse_amount, round_to_units
from helm_cleaner.cluster.types import Reason
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from helm_cleaner.cluster.claims import MountedClaim
    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Filter, Object

    NodeTest = Callable[[Object], bool]

PLUGIN = "VolumeBinding"
_AFFINITY = "node(s) didn't match PersistentVolume's node affinity"
_NO_VOLUME = "node(s) didn't find available persistent volumes to bind"
_NO_SPACE = "node(s) did not have enough free storage"


def make_filter(pod: Object, snapshot: ClusterSnapshot) -> Filter:
    """The plugin for a pod."""
    mounted = claims.find_claims(pod, snapshot)
    bound = [(each, _reach(each.volume)) for each in mounted if each.is_bound and each.volume is not None]
    delayed = sorted((each for each in mounted if each.is_delayed), key=lambda each: _needed(each.claim or {}))
    volumes = [(volume, _reach(volume)) for volume in snapshot.all("persistentvolumes")] if delayed else []

    def refuse(node: Object) -> list[Reason]:
        reasons = []
        for each, reaches in bound:
            if not reaches(node):
                assert each.volume is not None
                name = each.volume["metadata"]["name"]
                cause = f"volume {name} of the claim {each.name} is not available on the node"
                reasons.append(Reason(PLUGIN, _AFFINITY, cause, cause, each.path))
        return [*reasons, *_unbound(delayed, volumes, node, snapshot)]

    return refuse


def _needed(claim: Object) -> int:
    return parse_amount((((claim.get("spec") or {}).get("resources") or {}).get("requests") or {}).get("storage", 0))


def _reach(volume: Object | None) -> NodeTest:
    """Whether a node can reach a volume."""
    required = (((volume or {}).get("spec") or {}).get("nodeAffinity") or {}).get("required")
    if required is None:
        return lambda _node: True
    terms = [node_affinity.parse_term(term) for term in required.get("nodeSelectorTerms") or ()]
    return lambda node: node_affinity.matches(terms, node)


def _unbound(
    delayed: Sequence[MountedClaim], volumes: Sequence[tuple[Object, NodeTest]], node: Object, snapshot: ClusterSnapshot
) -> Iterator[Reason]:
    """Why claims that wait for their pod would get no volume on a node."""
    chosen: set[str] = set()
    for each in delayed:
        assert each.claim is not None
        selected = claims.selected_node(each.claim)
        if selected:
            if selected != node["metadata"]["name"]:
                cause = f"the claim {each.name} gets its volume on the node {selected}"
                yield Reason(PLUGIN, _NO_VOLUME, cause, cause, each.path)
                continue
        elif (volume := _find(each.claim, volumes, node, chosen)) is not None:
            chosen.add(volume["metadata"]["name"])
            continue
        yield from _unprovisioned(each, node, snapshot)


def _find(claim: Object, volumes: Sequence[tuple[Object, NodeTest]], node: Object, chosen: set[str]) -> Object | None:
    """The volume that the claim would be bound to on a node."""
    reachable = [volume for volume, reaches in volumes if reaches(node)]
    found = claims.find_matching(claim, [volume for volume, _ in volumes], chosen)
    if found is not None and claims.is_reserved(claim, found):
        return found if found in reachable else None
    return claims.find_matching(claim, reachable, chosen)


def _unprovisioned(each: MountedClaim, node: Object, snapshot: ClusterSnapshot) -> Iterator[Reason]:
    """Why no volume can be made for a claim on a node."""
    assert each.storage_class is not None
    assert each.claim is not None
    name = each.storage_class["metadata"]["name"]
    if not each.provisioner:
        if "persistentvolumes" in snapshot.kinds:
            misses = claims.describe_mismatches(each.claim, snapshot.all("persistentvolumes"))
            cause = f"no volume for the claim {each.name}, and its StorageClass {name} makes none{misses}"
            yield Reason(PLUGIN, _NO_VOLUME, cause, cause, each.path)
    elif not _allows(each.storage_class, node):
        cause = f"the StorageClass {name} of the claim {each.name} makes no volumes for the node (allowedTopologies)"
        yield Reason(PLUGIN, _NO_VOLUME, cause, cause, each.path)
    elif not _has_space(each, name, node, snapshot):
        size = format_amount("storage", _needed(each.claim))
        cause = f"no room for a volume of {size} for the claim {each.name} (CSIStorageCapacity)"
        yield Reason(PLUGIN, _NO_SPACE, cause, cause, each.path)


def _allows(storage_class: Object, node: Object) -> bool:
    """Whether a StorageClass makes volumes for a node."""
    terms = storage_class.get("allowedTopologies") or ()
    labels = node["metadata"].get("labels") or {}
    expressions = [term.get("matchLabelExpressions") or () for term in terms]
    return not terms or any(
        term and all(labels.get(each["key"]) in (each.get("values") or ()) for each in term) for term in expressions
    )


def _has_space(each: MountedClaim, storage_class: str, node: Object, snapshot: ClusterSnapshot) -> bool:
    """Like `hasEnoughCapacity`: only a driver that says so tells how much room it has."""
    driver = snapshot.get("csidrivers", each.provisioner) or {}
    if not (driver.get("spec") or {}).get("storageCapacity") or "csistoragecapacities" not in snapshot.kinds:
        return True
    assert each.claim is not None
    needed, labels = round_to_units(_needed(each.claim)), node["metadata"].get("labels") or {}
    return any(
        capacity.get("storageClassName") == storage_class
        and (most := capacity.get("maximumVolumeSize") or capacity.get("capacity")) is not None
        and round_to_units(parse_amount(most)) >= needed
        and capacity.get("nodeTopology") is not None
        and selectors.parse_selector(capacity["nodeTopology"])(labels)
        for capacity in snapshot.all("csistoragecapacities")
    )
