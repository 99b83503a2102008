"""A cluster as `kubectl get nodes,pods,… -A -o json` prints it: python -m tools.big_cluster NODES > FILE."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PODS_PER_NODE = 10
_TIME = "2026-01-01T00:00:00Z"
_HOSTNAME = "kubernetes.io/hostname"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def write(path: Path, nodes: int) -> None:
    """Writes the cluster to a file, an object at a time."""
    with path.open("w") as file:
        file.writelines(pieces(nodes))


def pieces(nodes: int) -> Iterator[str]:
    """The text, object by object."""
    yield '{\n    "apiVersion": "v1",\n    "items": [\n'
    for index, each in enumerate(objects(nodes)):
        yield (",\n" if index else "") + json.dumps(each, indent=4)
    yield '\n    ],\n    "kind": "List"\n}\n'


def objects(nodes: int) -> Iterator[Any]:
    """The nodes, ten pods for each, and a namespace; the same at each call."""
    chance = random.Random(nodes)  # noqa: S311 - nobody is to be kept from guessing it
    for number in range(nodes):
        yield _node(number, chance)
    for number in range(nodes * PODS_PER_NODE):
        yield _pod(number, _name(number % nodes), chance)
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "polyaxon"}}


def _name(number: int) -> str:
    return f"ip-10-0-{number // 256}-{number % 256}.eu-west-1.compute.internal"


def _metadata(name: str, labels: Any, chance: random.Random, **more: Any) -> Any:
    digits = f"{chance.getrandbits(128):032x}"
    return {
        "annotations": {"example.com/note": "x" * 80},
        "creationTimestamp": _TIME,
        "labels": labels,
        "name": name,
        "resourceVersion": str(chance.randrange(10**9)),
        "uid": f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}",
        **more,
    }


def _node(number: int, chance: random.Random) -> Any:
    name = _name(number)
    labels = {
        _HOSTNAME: name, "kubernetes.io/arch": "amd64", "kubernetes.io/os": "linux",
        "pool": ("general", "gpu", "spot", "polyaxon")[number % 4], "topology.kubernetes.io/zone": "abc"[number % 3],
    }  # fmt: skip
    room = {"cpu": "7910m", "ephemeral-storage": "95551679124", "memory": "31482300Ki", "pods": "58"}
    images = [{"names": [f"example.com/{chance.getrandbits(64):016x}"], "sizeBytes": 12345678} for _ in range(25)]
    conditions = [
        {
            "lastHeartbeatTime": _TIME,
            "message": "the kubelet is fine",
            "reason": "Kubelet",
            "status": status,
            "type": kind,
        }
        for kind, status in (("MemoryPressure", "False"), ("DiskPressure", "False"), ("Ready", "True"))
    ]
    taints = [{"effect": "NoSchedule", "key": "dedicated", "value": "ml"}] if number % 4 == 1 else []
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": _metadata(name, labels, chance),
        "spec": {"providerID": f"aws:///{name}", "taints": taints},
        "status": {"allocatable": room, "capacity": room, "conditions": conditions, "images": images},
    }


def _pod(number: int, node: str, chance: random.Random) -> Any:
    requests = {"cpu": f"{chance.choice([50, 100, 250])}m", "memory": f"{chance.choice([64, 128, 256])}Mi"}
    resources = {"limits": {"memory": "1Gi"}, "requests": requests}
    app = f"app-{number % 400}"
    term = {"labelSelector": {"matchLabels": {"app": app}}, "topologyKey": _HOSTNAME}
    spec: Any = {
        "containers": [
            {"image": "example.com/app:1", "name": name, "resources": resources, "volumeMounts": [
                {"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": "api", "readOnly": True}]}
            for name in ("main", "proxy")
        ],
        "nodeName": node,
        "serviceAccountName": "default",
    }  # fmt: skip
    if number % 5 == 0:
        spec["affinity"] = {"podAntiAffinity": {_REQUIRED: [term]}}
    statuses = [
        {"allocatedResources": requests, "name": name, "ready": True, "resources": resources, "restartCount": 0}
        for name in ("main", "proxy")
    ]
    phase = "Succeeded" if chance.random() < 0.1 else "Running"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _metadata(f"pod-{number}", {"app": app}, chance, namespace=f"team-{number % 50}"),
        "spec": spec,
        "status": {"containerStatuses": statuses, "phase": phase, "podIP": "10.0.0.1"},
    }


if __name__ == "__main__":
    sys.stdout.writelines(pieces(int(sys.argv[1])))
