"""Nodes, pods and other objects of a cluster as kubectl prints them, with the fields that a test needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from helm_cleaner.cluster import pod, snapshot
from helm_cleaner.cluster.snapshot import ClusterSnapshot

Object = dict[str, Any]
NAMESPACE = "polyaxon"


def node(
    name: str = "node-1", labels: Object | None = None, taints: Sequence[Object] = (), **allocatable: str
) -> Object:
    """A node with its hostname as a label, and room for a few pods. allocatable: with _ for - in names."""
    room = {"cpu": "4", "memory": "8Gi", "pods": "10", "ephemeral-storage": "10Gi"}
    room |= {key.replace("_", "-"): value for key, value in allocatable.items()}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, **(labels or {})}},
        "spec": {"taints": list(taints)},
        "status": {"allocatable": room},
    }


def running(
    name: str, on: str | None = "node-1", namespace: str = "default", labels: Object | None = None, **spec: Any
) -> Object:
    """A pod, on a node where it has one. spec: fields of its spec."""
    whole = {"containers": [container()], **spec} | ({"nodeName": on} if on else {})
    metadata = {"name": name, "namespace": namespace, "labels": labels or {}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": whole, "status": {"phase": "Running"}}


def container(name: str = "main", **requests: str) -> Object:
    """A container that requests something. requests: with _ for - in names."""
    return {"name": name, "resources": {"requests": {key.replace("_", "-"): value for key, value in requests.items()}}}


def named(kind: str, name: str, namespace: str | None = NAMESPACE, api: str = "v1", **more: Any) -> Object:
    """An object of any kind. more: its other fields."""
    metadata = {"name": name} | ({"namespace": namespace} if namespace else {}) | more.pop("metadata", {})
    return {"apiVersion": api, "kind": kind, "metadata": metadata, **more}


def limit_range(*limits: Object, name: str = "limits") -> Object:
    return named("LimitRange", name, spec={"limits": list(limits)})


def quota(hard: Object, used: Object, name: str = "quota", **spec: Any) -> Object:
    return named("ResourceQuota", name, spec={"hard": hard, **spec}, status={"hard": hard, "used": used})


def snapshot_of(*objects: Object) -> ClusterSnapshot:
    """The facts in some objects."""
    return snapshot.collect(objects, "cluster.json")


def job(resources: Object | None = None, labels: Object | None = None, **spec: Any) -> Object:
    """A Job of one container. spec: fields of the pod's spec."""
    containers = [{"name": "polyaxon-main", "resources": resources or {}}]
    template = {"metadata": {"labels": labels or {}}, "spec": {"containers": containers, **spec}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "plx"}, "spec": {"template": template}}


def admit(
    resources: Object | None = None, ranges: Sequence[Object] = (), classes: Sequence[Object] = (), **spec: Any
) -> Object:
    """The pod of such a Job, as it is stored."""
    return pod.admit(pod.make_pod(job(resources, **spec), NAMESPACE), ranges, classes)


def requirements(requests: Any = None, limits: Any = None) -> Any:
    """A container's resources."""
    return {key: value for key, value in (("requests", requests), ("limits", limits)) if value is not None}
