"""What the Polyaxon charts render, CE and Agent alike: the key, its ConfigMap, what consumes it, and versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module

from helm_cleaner import section
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.yamltext import Operation

if TYPE_CHECKING:
    from typing import Any

KEY = "POLYAXON_AGENT_CLEANER"
# Charts before v1.14.1 render the agent's ConfigMap without the key. The init container's section beside it is older.
SIBLING = "POLYAXON_AGENT_INIT"
# Every agent's ConfigMap holds one of these; so does some other text, so that only the parsed document decides.
HINTS = (KEY.encode(), SIBLING.encode())
# What Polyaxon falls back on where the section has no scheduling or pull secrets, and the account that runs have.
SCHEDULING = "POLYAXON_AGENT_DEFAULT_SCHEDULING"
PULL_SECRETS = "POLYAXON_AGENT_DEFAULT_IMAGE_PULL_SECRETS"
RUNS_ACCOUNT = "POLYAXON_AGENT_RUNS_SA"
CHECKSUM = "checksum/agent-config"
_VERSION_LABEL = "app.kubernetes.io/version"
_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")  # never a Job: its pod template is immutable
_REFERENCES = ("configMapRef", "configMapKeyRef", "configMap")  # envFrom, valueFrom, volumes (projected ones as well)

Path = tuple[str | int, ...]


class Name(NamedTuple):
    """An object's name, "" where it has none; namespace is None where the manifest leaves it to the release."""

    name: str
    namespace: str | None


class Agent(NamedTuple):
    """An agent's ConfigMap.

    path: where it is in its document; () unless it is an item of a list.
    data: its data. section: the text of the key, None where there is none.
    version: the release's version, None where the label is missing.
    binary: how many bytes its binaryData holds.
    """

    path: Path
    name: Name
    data: dict[str, Any]
    section: Any
    version: str | None
    binary: int = 0


class Consumer(NamedTuple):
    """A workload whose pods take the data of ConfigMaps. manifest: as Kubernetes reads it."""

    path: Path
    name: Name
    kind: str
    manifest: dict[str, Any]
    configmaps: frozenset[str]


def objects(manifest: Any, path: Path = ()) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """The objects of a manifest with their kind, those of a List (or a ConfigMapList …) one by one."""
    if not isinstance(manifest, dict):
        return
    kind, items = manifest.get("kind"), manifest.get("items")
    if not isinstance(kind, str):
        return
    if kind.endswith("List") and isinstance(items, list):
        for index, item in enumerate(items):
            yield from objects(item, (*path, "items", index))
    else:
        yield path, kind, manifest


def name_of(manifest: dict[str, Any]) -> Name:
    """The name of an object."""
    metadata = _mapping(manifest.get("metadata"))
    name, namespace = metadata.get("name"), metadata.get("namespace")
    return Name(str(name) if name else "", str(namespace) if namespace else None)


def annotations_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """The annotations of an object."""
    return _mapping(_mapping(manifest.get("metadata")).get("annotations"))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def agents(manifest: Any) -> list[Agent]:
    """The agents' ConfigMaps that a manifest is or lists."""
    found = []
    for path, kind, item in objects(manifest):
        data = _mapping(item.get("data"))
        if kind == "ConfigMap" and (KEY in data or SIBLING in data):
            version = _mapping(_mapping(item.get("metadata")).get("labels")).get(_VERSION_LABEL)
            binary = sum(len(str(value)) * 3 // 4 for value in _mapping(item.get("binaryData")).values())
            found.append(Agent(path, name_of(item), data, data.get(KEY), str(version) if version else None, binary))
    return found


def too_large(agent: Agent, data: dict[str, Any]) -> list[Diagnostic]:
    """What is to be said of an agent's ConfigMap that would hold more, with this data, than Kubernetes takes."""
    if len(str(data.get(KEY, ""))) > section.MOST_DATA:
        return []  # said of the section itself
    size = agent.binary + sum(len(str(value)) for value in data.values())
    if size * 4 > section.MOST_DATA:  # a character has four bytes at most
        size = agent.binary + sum(len(str(value).encode("utf-8", "replace")) for value in data.values())
    if size <= section.MOST_DATA:
        return []
    most = f"Kubernetes takes no more than {section.MOST_DATA:,} in all"
    message = f"with it the ConfigMap holds {size:,} bytes of data; {most}"
    hint = "make the section smaller, or what else is in the ConfigMap"
    at = Location(agent.name.name or "ConfigMap")
    return [Diagnostic("error", "too-large", section.NAME, message, hint, at)]


def consumers(manifest: Any) -> list[Consumer]:
    """The workloads that a manifest is or lists, with the ConfigMaps that they take data from."""
    found = []
    for path, kind, item in objects(manifest):
        if kind in _WORKLOADS:
            template = _mapping(_mapping(item.get("spec")).get("template"))
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


def section_operation(agent: Agent, text: str) -> Operation:
    """The operation that gives the agent's ConfigMap this section."""
    return Operation("replace" if KEY in agent.data else "add", (*agent.path, "data", KEY), text)


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
    annotations = _mapping(metadata).get("annotations")
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
