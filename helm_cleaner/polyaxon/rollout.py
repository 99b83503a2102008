"""The workloads that consume an agent's ConfigMap, and the checksum that restarts them when it changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module

from helm_cleaner.paths import Path
from helm_cleaner.polyaxon.configmap import Name, annotations_of, iter_objects, mapping, name_of
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.yamltext import Operation

if TYPE_CHECKING:
    from typing import Any

CHECKSUM = "checksum/agent-config"
_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")  # never a Job: its pod template is immutable
_REFERENCES = ("configMapRef", "configMapKeyRef", "configMap")  # envFrom, valueFrom, volumes (projected ones as well)


def is_relevant(kind: str) -> bool:
    """Whether an object of this kind may be an agent's ConfigMap, consume one, or list either."""
    return kind == "ConfigMap" or kind in _WORKLOADS or kind.endswith("List")


class Consumer(NamedTuple):
    """A workload whose pods use the data of ConfigMaps. manifest: as Kubernetes reads it."""

    path: Path
    name: Name
    kind: str
    manifest: dict[str, Any]
    configmaps: frozenset[str]


def find_consumers(manifest: Any) -> list[Consumer]:
    """The workloads that a manifest is or lists, with the ConfigMaps whose data they use."""
    found = []
    for path, kind, item in iter_objects(manifest):
        if kind in _WORKLOADS:
            template = mapping(mapping(item.get("spec")).get("template"))
            names = frozenset(_find_references(template.get("spec")))
            found.append(Consumer(path, name_of(item), kind, item, names))
    return found


def _find_references(node: Any) -> Iterator[str]:
    """The names of the ConfigMaps whose data a pod's spec uses."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in _REFERENCES and isinstance(value, dict) and "name" in value:
                yield str(value["name"])
            else:
                yield from _find_references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _find_references(item)


def is_only_the_operators(configmap: str, users: list[Consumer]) -> bool:
    """Whether the operator is the only user of a ConfigMap. users: the consumers in a stream; none say nothing."""
    names = [user.name.name for user in users if configmap in user.configmaps]
    return bool(names) and all(name.endswith("-operator") for name in names)


class ChecksumTarget(NamedTuple):
    """What an agent's ConfigMap holds once its section is patched; changed: whether it held anything else before."""

    data: dict[str, Any]
    changed: bool


def _find_consumed(consumer: Consumer, targets: dict[Name, ChecksumTarget]) -> list[ChecksumTarget]:
    """The targets whose data the consumer uses.

    A ConfigMap in the consumer's own namespace comes first. A manifest without a namespace goes to the release's, which
    is not known here, so it matches any.
    """
    found: list[ChecksumTarget] = []
    for name in sorted(consumer.configmaps):
        exact = Name(name, consumer.name.namespace)
        if exact in targets:
            found.append(targets[exact])
        else:
            either = (n for n in targets if n.name == name and None in (n.namespace, exact.namespace))
            found.extend(targets[n] for n in sorted(either, key=str))
    return found


def checksum(data: list[dict[str, Any]]) -> str:
    """The SHA-256 of the ConfigMaps' data, not of their text, so that Helm 3 and Helm 4 produce the same one."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=str)
    return _sha256(text)


@lru_cache(maxsize=16)  # the consumers of a ConfigMap come one after the other
def _sha256(text: str) -> str:
    """Like hashlib, which loads all of OpenSSL first: 3 ms for which Helm would wait at each upgrade.

    Python's own module has no name that is promised: it is _sha2, and before Python 3.12 _sha256.
    """
    for name in ("_sha2", "_sha256"):
        try:
            module = import_module(name)
            break
        except ImportError:  # another version of Python, or one that was built with OpenSSL only
            continue
    else:
        module = import_module("hashlib")
    digest: str = module.sha256(text.encode()).hexdigest()
    return digest


def checksum_operations(consumer: Consumer, targets: dict[Name, ChecksumTarget]) -> list[Operation]:
    """The operations that put the checksum of the targets that a consumer uses on its pod template.

    If none of them has changed, an existing checksum stays. A missing one is added in any case: CE's api, beat,
    compiler, scheduler and worker have none, and would not restart on a later change.
    """
    consumed = _find_consumed(consumer, targets)
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
