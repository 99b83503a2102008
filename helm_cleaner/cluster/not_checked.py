"""What the input does not contain, though it matters to the pod."""

from __future__ import annotations

from helm_cleaner.cluster import claims, existence, priorities, quotas
from helm_cleaner.cluster.types import NotChecked
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Object

_ALWAYS = {
    "nodes": "where the pod fits",
    "pods": "room on the nodes is not counted, nor is the anti-affinity of other pods",
    "namespaces": "whether the namespace exists, and what its Pod Security level refuses",
    "limitranges": "whether a LimitRange refuses the pod, or changes what it requests",
    "resourcequotas": "whether a quota refuses the pod",
    "serviceaccounts": "whether the job's service account exists, and which pull secrets it has",
}


def find_not_checked(pod: Object, snapshot: ClusterSnapshot) -> list[NotChecked]:
    """What cannot be checked for lack of input. pod: as admitted."""
    found = {**_ALWAYS, **dict(_of_pod(pod, snapshot)), **dict(_of_claims(pod, snapshot))}
    if "jobs" not in snapshot.kinds:  # either kind tells it
        found["jobs.polyaxon.com"] = "whether an earlier cleaner job has not ended"
    return [
        NotChecked(kind, f"{why}: no {kind} in the input", is_absent=True)
        for kind, why in found.items()
        if kind not in snapshot.kinds
    ]


def _of_pod(pod: Object, snapshot: ClusterSnapshot) -> Iterator[tuple[str, str]]:
    account = snapshot.get("serviceaccounts", existence.account_name(pod), _namespace(pod))
    is_unknown = account is None and "serviceaccounts" not in snapshot.kinds
    if is_unknown or any(True for _ in existence.pull_secrets(pod, snapshot)):
        yield "secrets", "whether pull secrets exist and have the right type"
    elif any(kind == "secrets" for kind, _, _ in existence.needed_objects(pod)):
        yield "secrets", "whether the secrets of the artifacts store exist"
    if any(kind == "configmaps" for kind, _, _ in existence.needed_objects(pod)):
        yield "configmaps", "whether the ConfigMaps of the artifacts store exist"
    nominated = priorities.find_nominated(pod, snapshot)
    scoped = any(quotas.depends_on_priority(each) for each in snapshot.in_namespace("resourcequotas", _namespace(pod)))
    if nominated or scoped:
        yield (
            "priorityclasses",
            "which priority the pod gets, on which a quota or room for nominated pods depends",
        )


def _of_claims(pod: Object, snapshot: ClusterSnapshot) -> Iterator[tuple[str, str]]:
    mounted = claims.find_claims(pod, snapshot)
    if not mounted:
        return
    yield "persistentvolumeclaims", "whether the claims of the artifacts store exist"
    yield "persistentvolumes", "which nodes can reach the volumes of the claims"
    unbound = [each for each in mounted if each.claim is not None and not each.is_bound]
    if any(claims.class_name(each.claim or {}) for each in unbound):
        yield "storageclasses", "whether claims without a volume get one"
    if any(each.is_delayed and each.provisioner for each in unbound):
        yield "csidrivers", "whether the driver says how much room it has for a new volume"
        drivers = [snapshot.get("csidrivers", each.provisioner) or {} for each in unbound]
        if any((driver.get("spec") or {}).get("storageCapacity") for driver in drivers):
            yield "csistoragecapacities", "whether there is room for a new volume"
    if any(each.claim is None or each.may_be_csi for each in mounted):
        yield "csinodes", "how many volumes a node can have"
        if any((each.get("spec") or {}).get("drivers") for each in snapshot.all("csinodes")):
            yield "volumeattachments", "how many volumes are attached to a node"


def _namespace(pod: Object) -> str:
    namespace: str = pod["metadata"]["namespace"]
    return namespace
