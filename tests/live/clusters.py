"""Small clusters: their nodes, pods and namespaces before a cleaner's Job is created."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

Manifest = dict[str, Any]
# The namespace of the Job, and another one: of this run alone, so that what an interrupted one left is not met again.
HOME, OTHER = (f"helm-cleaner-{name}-{secrets.token_hex(4)}" for name in ("home", "other"))
STORE = "store"  # the claim of the artifacts store, in HOME
DRIVER = "csi.example.com"
THEN = "then"  # a key of manifests that the server does not see: what becomes of the object
ACCOUNT = "runs"  # in HOME, for the Job's pod
ZONE = "topology.kubernetes.io/zone"
NOT_READY = "node.kubernetes.io/not-ready"


def node(
    name: str,
    labels: dict[str, str] | None = None,
    taints: Sequence[str] = (),
    *,
    ready: bool = True,
    cordoned: bool = False,
    room: dict[str, str] | None = None,
) -> Manifest:
    """A node. taints: `key=value:effect` or `key:effect`, as kubectl writes them. room: over 4 CPUs and 8Gi.

    It says at once how it is, as kubelets do when they register, and has the taints that the cluster would give it.
    """
    room = {"cpu": "4", "memory": "8Gi", "pods": "110", "ephemeral-storage": "10Gi", **(room or {})}
    listed = [*taints]
    if not ready:
        listed += [f"{NOT_READY}:NoSchedule", f"{NOT_READY}:NoExecute"]
    if cordoned:
        listed.append("node.kubernetes.io/unschedulable:NoSchedule")
    own = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    state = {"type": "Ready", "status": str(ready), "reason": "KubeletReady" if ready else "KubeletNotReady"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": own | (labels or {})},
        "spec": {"taints": [_taint(text) for text in listed], "unschedulable": cordoned},
        "status": {"allocatable": room, "capacity": room, "conditions": [state]},
    }


def _taint(text: str) -> dict[str, str]:
    name, _, effect = text.rpartition(":")
    key, _, value = name.partition("=")
    return {"key": key, "effect": effect} | ({"value": value} if value else {})


def pod(name: str, node: str, namespace: str = OTHER, labels: dict[str, str] | None = None, **more: Any) -> Manifest:
    """A pod that runs on the node. more: cpu and memory are requested; the rest is of its spec.

    It tolerates everything: what its node's taints do to it is not the question.
    """
    requests = {key: more.pop(key) for key in ("cpu", "memory") if key in more}
    spec = {
        "nodeName": node,
        "tolerations": [{"operator": "Exists"}],
        "automountServiceAccountToken": False,
        "containers": [{"name": "main", "image": "x", "resources": {"requests": requests}}],
        **more,
    }
    return _in(namespace, "Pod", name, spec, labels=labels or {})


def finished(pod: Manifest) -> Manifest:
    """The pod, which has ended before the Job is created."""
    return {**pod, "status": {"phase": "Succeeded"}}


def also(name: str, cpu: str, **more: Any) -> Manifest:
    """An additional container, for `initContainers`."""
    return {"name": name, "image": "x", "resources": {"requests": {"cpu": cpu}}, **more}


def namespace(name: str, **labels: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def limits(type: str = "Container", namespace: str = HOME, **of_type: Any) -> Manifest:  # noqa: A002  the field's name
    """A LimitRange with one entry."""
    return _in(namespace, "LimitRange", "limits", {"limits": [{"type": type, **of_type}]})


def quota(hard: dict[str, str], namespace: str = HOME, **more: Any) -> Manifest:
    return _in(namespace, "ResourceQuota", "quota", {"hard": hard, **more})


def requiring(*expressions: tuple[str, str, list[str]]) -> Manifest:
    """An affinity for nodes that meet all of these: key, operator, values."""
    return {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [_expression(*each) for each in expressions]}]
            }
        }
    }


def near(kind: str, labels: dict[str, str], key: str = "kubernetes.io/hostname", **more: Any) -> Manifest:
    """A podAffinity or podAntiAffinity to pods with these labels, in a topology."""
    term = {"topologyKey": key, "labelSelector": {"matchLabels": labels}, **more}
    return {kind: {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}


def claim(
    storage_class: str = "", volume: str = "", phase: str = "Bound", name: str = STORE, then: str = "", **more: Any
) -> Manifest:
    """A claim of the store, in HOME. volume: the name of the one that it wants; phase: which it has before the Job.

    then: deleted or lost, once it is bound.
    """
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "10Gi"}},
            "storageClassName": storage_class, **({"volumeName": volume} if volume else {}), **more}  # fmt: skip
    made = {**_in(HOME, "PersistentVolumeClaim", name, spec), "status": {"phase": phase}}
    return {**made, THEN: then} if then else made


def volume(
    name: str = "pv", storage_class: str = "", labels: dict[str, str] | None = None, zone: str = "", **more: Any
) -> Manifest:
    """A volume that no kubelet will ever mount. zone: the only one whose nodes reach it."""
    spec = {"accessModes": ["ReadWriteMany"], "capacity": {"storage": "10Gi"},
            "storageClassName": storage_class, "persistentVolumeReclaimPolicy": "Retain",
            "csi": {"driver": DRIVER, "volumeHandle": name}, **more}  # fmt: skip
    if zone:
        terms = requiring((ZONE, "In", [zone]))["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        spec["nodeAffinity"] = {"required": terms}
    metadata = {"name": name, "labels": labels or {}}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": spec}


def storage_class(name: str, provisioner: str = DRIVER, *, waits: bool = True, **more: Any) -> Manifest:
    """waits: for the first pod."""
    mode = "WaitForFirstConsumer" if waits else "Immediate"
    return _wide("StorageClass", name, provisioner=provisioner, volumeBindingMode=mode, **more)


def csi_node(name: str, count: int) -> Manifest:
    """A node that can have so many volumes of the driver."""
    drivers = [{"name": DRIVER, "nodeID": name, "topologyKeys": [], "allocatable": {"count": count}}]
    return _wide("CSINode", name, spec={"drivers": drivers})


def attachment(volume: str, node: str) -> Manifest:
    source = {"persistentVolumeName": volume}
    return _wide("VolumeAttachment", f"{volume}-{node}", spec={"attacher": DRIVER, "nodeName": node, "source": source})


def csi_driver() -> Manifest:
    """The driver, which says how much room it has."""
    return _wide("CSIDriver", DRIVER, spec={"storageCapacity": True})


def capacity(storage_class: str, zone: str, size: str) -> Manifest:
    """The room for volumes in a zone."""
    made = _wide("CSIStorageCapacity", f"in-{zone}", storageClassName=storage_class, capacity=size,
                 nodeTopology={"matchLabels": {ZONE: zone}})  # fmt: skip
    return {**made, "metadata": {**made["metadata"], "namespace": HOME}}


def priority_class(name: str, value: int, **more: Any) -> Manifest:
    return {**_wide("PriorityClass", name, value=value, **more), "apiVersion": "scheduling.k8s.io/v1"}


def nominated(name: str, node: str, cpu: str, priority: str = "", namespace: str = OTHER) -> Manifest:
    """A pod that waits for room on a node. A gate keeps it from being scheduled while the test looks on."""
    made = pod(name, node, namespace, cpu=cpu, schedulingGates=[{"name": "example.com/wait"}])
    del made["spec"]["nodeName"]
    if priority:
        made["spec"]["priorityClassName"] = priority
    return {**made, "status": {"phase": "Pending", "nominatedNodeName": node}}


def mounting(name: str, node: str, claim: str = STORE) -> Manifest:
    """A pod in HOME that mounts a claim."""
    return pod(name, node, HOME, volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": claim}}])


def _wide(kind: str, name: str, **more: Any) -> Manifest:
    """An object of the whole cluster, about storage."""
    return {"apiVersion": "storage.k8s.io/v1", "kind": kind, "metadata": {"name": name}, **more}


def _expression(key: str, operator: str, values: list[str]) -> Manifest:
    return {"key": key, "operator": operator} | ({"values": values} if values else {})


def _in(namespace: str, kind: str, name: str, spec: Manifest, **metadata: Any) -> Manifest:
    where = {"name": name, "namespace": namespace, **metadata}
    return {"apiVersion": "v1", "kind": kind, "metadata": where, "spec": spec}
