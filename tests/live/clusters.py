"""Small clusters: what their nodes, pods and namespaces look like before a cleaner's Job comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Manifest = dict[str, Any]
NOT_READY = "node.kubernetes.io/not-ready"


def node(
    name: str,
    labels: dict[str, str] | None = None,
    taints: Sequence[str] = (),
    *,
    ready: bool = True,
    cordoned: bool = False,
    **allocatable: str,
) -> Manifest:
    """A node. taints: `key=value:effect` or `key:effect`, as kubectl writes them; allocatable: over 4 CPUs and 8Gi."""
    # As its kubelet does when it registers, it says at once that it is ready: it has no taint to begin with.
    room = {"cpu": "4", "memory": "8Gi", "pods": "110", "ephemeral-storage": "10Gi"}
    room |= {key.replace("_", "-"): value for key, value in allocatable.items()}
    listed = [_taint(text) for text in (*taints, *((f"{NOT_READY}:NoSchedule", f"{NOT_READY}:NoExecute")[2 * ready :]))]
    own = {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    state = {"type": "Ready", "status": str(ready), "reason": "KubeletReady" if ready else "KubeletNotReady"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": own | (labels or {})},
        "spec": {"taints": listed} | ({"unschedulable": True} if cordoned else {}),
        "status": {"allocatable": room, "capacity": room, "conditions": [state]},
    }


def _taint(text: str) -> dict[str, str]:
    name, _, effect = text.rpartition(":")
    key, _, value = name.partition("=")
    return {"key": key, "effect": effect} | ({"value": value} if value else {})


def pod(name: str, node: str, namespace: str, labels: dict[str, str] | None = None, **more: Any) -> Manifest:
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
    metadata = {"name": name, "namespace": namespace, "labels": labels or {}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def finished(pod: Manifest) -> Manifest:
    """The pod, which has ended by the time the Job comes."""
    return {**pod, "status": {"phase": "Succeeded"}}


def namespace(name: str, **labels: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def limit_range(namespace: str, **limits: Any) -> Manifest:
    """A LimitRange with one entry, of type Container unless told otherwise."""
    spec = {"limits": [{"type": "Container", **limits}]}
    return _in(namespace, "LimitRange", "limits", spec)


def quota(namespace: str, hard: dict[str, str], **more: Any) -> Manifest:
    return _in(namespace, "ResourceQuota", "quota", {"hard": hard, **more})


def _in(namespace: str, kind: str, name: str, spec: Manifest) -> Manifest:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}
