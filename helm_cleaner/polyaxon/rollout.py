"""What consumes an agent's ConfigMap, and the checksum by which it restarts when that changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module

from helm_cleaner.paths import Path
from helm_cleaner.polyaxon.configmap import Name, annotations_of, mapping, name_of, objects
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.yamltext import Operation

if TYPE_CHECKING:
    from typing import Any

CHECKSUM = "checksum/agent-config"
_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")  # never a Job: its pod template is immutable
_REFERENCES = ("configMapRef", "configMapKeyRef", "configMap")  # envFrom, valueFrom, volumes (projected ones as well)


def matters(kind: str) -> bool:
    """Whether an object of this kind may be an agent's ConfigMap, consume one, or list either."""
    return kind == "ConfigMap" or kind in _WORKLOADS or kind.endswith("List")


class Consumer(NamedTuple):
    """A workload whose pods take the data of ConfigMaps. manifest: as Kubernetes reads it."""

    path: Path
    name: Name
    kind: str
    manifest: dict[str, Any]
    configmaps: frozenset[str]


def consumers(manifest: Any) -> list[Consumer]:
    """The workloads that a manifest is or lists, with the ConfigMaps that they take data from."""
    found = []
    for path, kind, item in objects(manifest):
        if kind in _WORKLOADS:
            template = mapping(mapping(item.get("spec")).get("template"))
            names = frozenset(_referenced(template.get("spec")))
            found.append(Consumer(path, name_of(item), kind, item, names))
    return found


def _referenced(node: Any) -> Iterator[str]:
    """The names of the ConfigMaps that a pod's spec takes data from."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in _REFERENCES and isinstance(value, dict) and "name" in value:
                yield str(value["name"])
            else:
                yield from _referenced(value)
    elif isinstance(node, list):
        for item in node:
            yield from _referenced(item)


class Target(NamedTuple):
    """What an agent's ConfigMap holds once its section is patched; changed: whether it held anything else before."""

    data: dict[str, Any]
    changed: bool


def _consumed(consumer: Consumer, targets: dict[Name, Target]) -> list[Target]:
    """What the consumer takes data from.

    A ConfigMap of the consumer's own namespace is meant first; a manifest without a namespace goes to the release's,
    which it does not name, so that it may be any.
    """
    found: list[Target] = []
    for name in sorted(consumer.configmaps):
        exact = Name(name, consumer.name.namespace)
        if exact in targets:
            found.append(targets[exact])
        else:
            either = (n for n in targets if n.name == name and None in (n.namespace, exact.namespace))
            found.extend(targets[n] for n in sorted(either, key=str))
    return found


def checksum(data: list[dict[str, Any]]) -> str:
    """The SHA-256 of ConfigMaps' data, whatever their text looks like: Helm 3 and Helm 4 give the same one."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    return _sha256(text)


@lru_cache(maxsize=16)  # the consumers of one ConfigMap stand side by side
def _sha256(text: str) -> str:
    """As hashlib has it, which loads all of OpenSSL first. Python's own has been called differently over the years."""
    for name in ("_sha2", "_sha256"):
        try:
            module = import_module(name)
            break
        except ImportError:  # another version of Python, or one built to have OpenSSL's alone
            continue
    else:
        module = import_module("hashlib")
    digest: str = module.sha256(text.encode()).hexdigest()
    return digest


def checksum_operations(consumer: Consumer, targets: dict[Name, Target]) -> list[Operation]:
    """The operations that give the consumer's pod template the checksum of what it consumes of the targets.

    Where none of it has changed, a checksum that is there already stays what it is. One that is missing is added all
    the same: CE's api, beat, compiler, scheduler and worker have none, and would not roll with a later change.
    """
    consumed = _consumed(consumer, targets)
    if not consumed:
        return []
    value = checksum([target.data for target in consumed])
    renew = any(target.changed for target in consumed)
    metadata = consumer.manifest["spec"]["template"].get("metadata")
    annotations = mapping(metadata).get("annotations")
    path = (*consumer.path, "spec", "template", "metadata")
    operations = []
    if metadata is None:
        operations.append(Operation("add", path, {"annotations": {CHECKSUM: value}}))
    elif annotations is None:
        operations.append(Operation("add", (*path, "annotations"), {CHECKSUM: value}))
    elif not isinstance(annotations, dict) or CHECKSUM not in annotations:
        operations.append(Operation("add", (*path, "annotations", CHECKSUM), value))
    elif renew:
        operations.append(Operation("replace", (*path, "annotations", CHECKSUM), value))
    if renew and CHECKSUM in annotations_of(consumer.manifest):
        operations.append(Operation("replace", (*consumer.path, "metadata", "annotations", CHECKSUM), value))
    return operations
