"""What the input contains of a cluster, by kind, which the other modules use."""

from __future__ import annotations

from helm_cleaner.cluster.object_schemas import is_well_formed
from helm_cleaner.cluster.types import NotChecked
from helm_cleaner.cluster.usage import is_finished
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helm_cleaner.cluster.types import Labels, Object

# API group and kind to kubectl's name of the resource. Kinds of other groups may have the same name.
_KINDS = {
    ("", "Node"): "nodes",
    ("", "Pod"): "pods",
    ("", "Namespace"): "namespaces",
    ("", "LimitRange"): "limitranges",
    ("", "ResourceQuota"): "resourcequotas",
    ("", "ServiceAccount"): "serviceaccounts",
    ("", "PersistentVolumeClaim"): "persistentvolumeclaims",
    ("", "PersistentVolume"): "persistentvolumes",
    ("", "Secret"): "secrets",
    ("", "ConfigMap"): "configmaps",
    ("batch", "Job"): "jobs",
    ("polyaxon.com", "Job"): "jobs.polyaxon.com",
    ("karpenter.sh", "NodePool"): "nodepools",
}
_WITHOUT_NAMESPACE = ("nodes", "namespaces", "persistentvolumes", "nodepools")
_AUTOSCALER = "cluster-autoscaler-status"


class ClusterSnapshot(NamedTuple):
    """What the input contains, by kind, then by namespace and name, without finished pods.

    kinds: those with at least one object; file: where it was read from, for messages.
    """

    objects: dict[str, dict[tuple[str, str], Object]]
    kinds: frozenset[str]
    file: str

    def all(self, kind: str) -> list[Object]:
        """The objects of a kind, in input order."""
        return list(self.objects[kind].values())

    def within(self, kind: str, namespace: str) -> list[Object]:
        """The objects of a kind in a namespace."""
        return [each for (where, _), each in self.objects[kind].items() if where == namespace]

    def get(self, kind: str, name: str, namespace: str = "") -> Object | None:
        """One object; None if the input does not contain it."""
        return self.objects[kind].get((namespace, name))

    def without(self, kind: str) -> ClusterSnapshot:
        """The same, as if the input did not contain a kind."""
        return self._replace(objects={**self.objects, kind: {}}, kinds=self.kinds - {kind})

    def namespace_labels(self) -> dict[str, Labels]:
        """The labels of each namespace."""
        return {name: each["metadata"].get("labels") or {} for (_, name), each in self.objects["namespaces"].items()}


def collect(objects: Iterable[Object], file: str) -> ClusterSnapshot:
    """Collects objects by kind. Unknown kinds are skipped; the last of two objects with the same name counts.

    InputError if an object is not what kubectl prints.
    """
    found: dict[str, dict[tuple[str, str], Object]] = {kind: {} for kind in _KINDS.values()}
    kinds = set()
    for each in objects:
        group = str(each.get("apiVersion") or "").rpartition("/")[0]
        kind = _KINDS.get((group, each["kind"]))
        if kind is None:
            continue
        if not is_well_formed(kind, each):
            raise object_error(each, file)
        name, namespace = each["metadata"]["name"], each["metadata"].get("namespace") or ""
        kinds.add(kind)
        if kind == "pods" and is_finished(each):
            continue
        if kind == "secrets":
            each = {"metadata": {"name": name}, "type": each.get("type") or "Opaque"}  # never their data
        elif kind == "configmaps" and name != _AUTOSCALER:
            each = {"metadata": {"name": name}}
        found[kind]["" if kind in _WITHOUT_NAMESPACE else namespace, name] = each
    return ClusterSnapshot(found, frozenset(kinds), file)


def object_error(each: Object, file: str, why: str = "not what kubectl prints") -> InputError:
    """The error for an object that cannot be used."""
    metadata = each.get("metadata")
    where = [metadata.get(part) for part in ("namespace", "name")] if isinstance(metadata, dict) else []
    name = "/".join(str(part) for part in where if part) or "without a name"
    hint = "give what `kubectl get … -o json` prints, unchanged"
    return InputError.of("cluster", f"{each.get('kind')} {name}: {why}", Location(file), hint)


def find_not_checked(snapshot: ClusterSnapshot, *, mounts_claims: bool) -> list[NotChecked]:
    """What cannot be checked for lack of input. mounts_claims: whether the pod mounts PersistentVolumeClaims."""
    why = {
        "nodes": "where the pod fits",
        "pods": "room on the nodes is not counted, nor is the anti-affinity of other pods",
        "namespaces": "whether the namespace exists, and what its Pod Security level refuses",
        "limitranges": "whether a LimitRange refuses the pod, or changes what it requests",
        "resourcequotas": "whether a quota refuses the pod",
        "serviceaccounts": "whether the job's service account exists, and which pull secrets it has",
        "secrets": "whether pull secrets exist and have the right type",
    }
    if mounts_claims:
        why["persistentvolumeclaims"] = "whether the claims of the artifacts store exist"
        why["persistentvolumes"] = "which nodes can reach the volumes of the claims"
    found = [
        NotChecked(kind, f"{said}: no {kind} in the input") for kind, said in why.items() if kind not in snapshot.kinds
    ]
    if not snapshot.kinds & {"jobs.polyaxon.com", "jobs"}:
        reason = "whether an earlier cleaner job has not ended: no jobs.polyaxon.com in the input"
        found.append(NotChecked("jobs.polyaxon.com", reason))
    return found
