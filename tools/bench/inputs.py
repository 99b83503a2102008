"""What is measured on: a rendered release, many of them, values files, a monorepo, clusters."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools import CHART, STREAMS
from tools.big_cluster import write as write_cluster

STREAM = STREAMS / "polyaxon-v2.15.1-helm4.yaml.gz"
SIZES = (1, 10, 100)  # of what grows
NODES = 50  # of the smallest cluster that grows
VALUES_FILES = 50
TOLERATIONS = 80  # to fix
FINDINGS = 500
NAMESPACE_PODS, NAMESPACE_EVENTS = 5_000, 50_000
CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
FOLDERS, FILES, HOLDING = 100, 100, (3, 77)  # of a monorepo: the files in each folder, and which of them hold a section

KUSTOMIZATION = """\
resources: [1.yaml]
patches:
- target: {kind: ConfigMap, name: rel-polyaxon-agent-config}
  patch: '[{"op": "replace", "path": "/data/POLYAXON_AGENT_CLEANER", "value": "{}"}]'
"""
VALUES = """\
# one of the many values files of a repository
image: {repository: registry.example.com/polyaxon, tag: "2.15.%(number)d"}
agent:
  enabled: true
  replicas: %(number)d
  env:
  - {name: LOG_LEVEL, value: info}
cleaner:
  image: registry.example.com/polyaxon/polyaxon-init
  imageTag: "2.15.%(number)d"
  resources:
    requests: {cpu: 50m, memory: 64Mi}
  nodeSelector:
    disktype: ssd
  tolerations:
  - {key: dedicated, operator: Equal, value: cleaning, effect: NoSchedule}
"""
OTHER_VALUES = """\
---
replicaCount: %(number)d
image:
  repository: registry.example.com/shop
  tag: "1.%(number)d"
resources:
  limits: {cpu: 500m, memory: 1Gi}
service:
  type: ClusterIP
  port: 80
"""
MANIFEST = """\
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop-%(number)d
  labels: {app: shop}
spec:
  replicas: 2
  selector:
    matchLabels: {app: shop}
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
      - name: shop
        image: registry.example.com/shop:1.%(number)d
        ports:
        - containerPort: 80
"""


def write(folder: Path, helm: Path) -> None:
    """Writes all of them into a folder."""
    one = _release(helm)
    (folder / "kustomization.yaml").write_text(KUSTOMIZATION)
    (folder / "none.yaml").write_text("---\nkind: Namespace\napiVersion: v1\nmetadata: {name: polyaxon}\n")
    (folder / "values.yaml").write_text("cleaner:\n  nodeSelector: {pool: polyaxon}\n")
    for size in SIZES:
        _write_releases(folder, one, size)
        _write_values(folder / f"values-{size}", VALUES_FILES * size)
        _write_tolerations(folder / f"findings-{size}.yaml", FINDINGS * size, "NoScheduled")
        _write_tolerations(folder / f"fix-{size}.yaml", TOLERATIONS * size, "noschedule")
        write_cluster(folder / f"cluster-{size}.json", NODES * size)
    write_cluster(folder / "cluster-small.json", 12)
    _write_namespace(folder / "namespace.json")
    for number in range(FOLDERS):
        each = folder / "monorepo" / f"app-{number}"
        each.mkdir(parents=True)
        for index in range(FILES):
            text = VALUES if index in HOLDING else OTHER_VALUES if index % 2 else MANIFEST
            (each / f"{index}.yaml").write_text(text % {"number": number})


def _write_namespace(path: Path) -> None:
    """What kubectl prints of a namespace with a release, and many other workloads with their events."""
    where = {"namespace": "polyaxon", "creationTimestamp": "2026-11-01T03:00:00Z"}
    labels = {"app.kubernetes.io/component": "polyaxon-runs", "app.kubernetes.io/managed-by": "polyaxon"}
    ready = [{"type": kind, "status": "True", "lastTransitionTime": "2026-11-01T03:00:00Z"} for kind in CONDITIONS]
    config = {"name": "plx-polyaxon-agent-config", **where}
    items: list[dict[str, Any]] = [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": config, "data": {}}]
    for number in range(NAMESPACE_PODS):
        env = [{"name": f"POLYAXON_{n}", "value": "x" * 20} for n in range(10)]
        container = {"name": "polyaxon-main", "image": "registry.example.com/train:1", "env": env}
        metadata = {"name": f"train-{number:05}", "labels": labels, **where}
        items.append({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]},
                      "status": {"phase": "Running", "conditions": ready}})  # fmt: skip
        about = {
            "apiVersion": "v1",
            "kind": "Pod",
            "name": metadata["name"],
            "namespace": "polyaxon",
            "uid": f"{number:036}",
        }
        items += [
            {
                "apiVersion": "v1", "kind": "Event", "metadata": {"name": f"train-{number:05}.{n:016x}", **where},
                "involvedObject": about, "type": "Normal", "reason": "Pulled", "count": 1,
                "message": "Container image already present on machine", "source": {"component": "kubelet"},
                "firstTimestamp": "2026-11-01T03:00:00Z", "lastTimestamp": "2026-11-01T03:00:00Z",
            }
            for n in range(NAMESPACE_EVENTS // NAMESPACE_PODS)
        ]  # fmt: skip
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=4))


def _release(helm: Path) -> bytes:
    """A release as Helm pipes it. The pull policy is taken away, so that there is a field to fill."""
    one = gzip.decompress(STREAM.read_bytes()) if STREAM.exists() else _rendered_chart(helm)
    one, found = re.subn(rb'(POLYAXON_AGENT_CLEANER: .*)\\"imagePullPolicy\\":\\"\w+\\",', rb"\1", one)
    if found != 1:
        sys.exit("bench: the stream holds no pull policy to take away")
    return b"---\n" + one.removeprefix(b"---\n").rstrip(b"\n") + b"\n"


def _rendered_chart(helm: Path) -> bytes:
    """Our own chart, with as many lines of CRDs after it as Polyaxon's charts have."""
    crd = b"---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things%d\n"
    words = b"      description: " + b"some words about it " * 8 + b"\n"
    fields = b"spec:\n" + b"".join(b"  field%d:\n    items:\n      type: string\n" % n + words for n in range(2_200))
    ballast = b"".join(crd % number + fields for number in range(4))
    return subprocess.run([helm, "template", "rel", CHART], stdout=subprocess.PIPE, check=True).stdout + ballast


def _write_releases(folder: Path, one: bytes, count: int) -> None:
    """Writes COUNT.yaml, a stream of so many releases, and COUNT-krm.yaml, the same as kustomize writes a list."""
    names = (b"rel-polyaxon" if count == 1 else b"r%03d-polyaxon" % number for number in range(count))
    with (folder / f"{count}.yaml").open("wb") as stream, (folder / f"{count}-krm.yaml").open("wb") as krm:
        krm.write(b"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
        for name in names:
            release = one.replace(b"rel-polyaxon", name)
            stream.write(release)
            krm.writelines(_items(release))


def _items(release: bytes) -> Iterator[bytes]:
    for document in re.split(rb"^---\n", release, flags=re.MULTILINE):
        lines = [line for line in document.splitlines(keepends=True) if not line.startswith(b"#")]
        if any(line.strip() for line in lines):
            yield b"- " + b"".join(
                b"  " * (number > 0 and bool(line.strip())) + line for number, line in enumerate(lines)
            )


def _write_values(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number}.yaml").write_text(VALUES % {"number": number})


def _write_tolerations(path: Path, count: int, effect: str) -> None:
    line = "  - {key: dedicated-%d, operator: Equal, value: cleaning, effect: %s}\n"
    path.write_text("cleaner:\n  tolerations:\n" + "".join(line % (number, effect) for number in range(count)))
