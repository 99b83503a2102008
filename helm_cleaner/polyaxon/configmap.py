"""The agent's ConfigMap, as both Polyaxon charts render it, and the objects of a manifest."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.names import KEY, MAX_DATA, SECTION
from helm_cleaner.paths import Path
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.yamltext import Operation

if TYPE_CHECKING:
    from typing import Any

# Charts before v1.14.1 render the agent's ConfigMap without the key. The init container's section beside it is older.
SIBLING = "POLYAXON_AGENT_INIT"
# Every agent's ConfigMap contains one of these. Other text may contain them too, so only the parsed document decides.
HINTS = (KEY.encode(), SIBLING.encode())
# What Polyaxon uses if the section has no scheduling or pull secrets, and the service account of runs.
SCHEDULING = "POLYAXON_AGENT_DEFAULT_SCHEDULING"
PULL_SECRETS = "POLYAXON_AGENT_DEFAULT_IMAGE_PULL_SECRETS"
ARTIFACTS_STORE = "POLYAXON_AGENT_ARTIFACTS_STORE"
RUNS_ACCOUNT = "POLYAXON_AGENT_RUNS_SA"
_VERSION_LABEL = "app.kubernetes.io/version"
_CHART_LABEL = "app.kubernetes.io/instance"  # with the chart's version, as in polyaxon-2.15.1


class Name(NamedTuple):
    """An object's name, or "" without one. namespace is None if the manifest leaves it to the release."""

    name: str
    namespace: str | None


class Agent(NamedTuple):
    """An agent's ConfigMap.

    path: where it is in its document; () unless it is an item of a List.
    data: its data. section: the text of the key, or None without the key.
    version: the release's version, or None without the label.
    chart: the name of the chart, or "" without the label.
    binary: the size of its binaryData in bytes.
    is_live: whether it was read from a cluster, so that it is what the agent loads.
    """

    path: Path
    name: Name
    data: dict[str, Any]
    section: Any
    version: str | None
    binary: int = 0
    chart: str = ""
    is_live: bool = False


def iter_objects(manifest: Any, path: Path = ()) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """The objects of a manifest with their kind; the items of a List (or a ConfigMapList …) one by one."""
    if not isinstance(manifest, dict):
        return
    kind, items = manifest.get("kind"), manifest.get("items")
    if not isinstance(kind, str):
        return
    if kind.endswith("List") and isinstance(items, list):
        for index, item in enumerate(items):
            yield from iter_objects(item, (*path, "items", index))
    else:
        yield path, kind, manifest


def name_of(manifest: dict[str, Any]) -> Name:
    """The name of an object."""
    metadata = mapping(manifest.get("metadata"))
    name, namespace = metadata.get("name"), metadata.get("namespace")
    return Name(str(name) if name else "", str(namespace) if namespace else None)


def annotations_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """The annotations of an object."""
    return mapping(mapping(manifest.get("metadata")).get("annotations"))


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def find_agents(manifest: Any) -> list[Agent]:
    """The agents' ConfigMaps that a manifest is or lists."""
    found = []
    for path, kind, item in iter_objects(manifest):
        data = mapping(item.get("data"))
        if kind == "ConfigMap" and (KEY in data or SIBLING in data):
            metadata = mapping(item.get("metadata"))
            labels = mapping(metadata.get("labels"))
            version, chart = labels.get(_VERSION_LABEL), str(labels.get(_CHART_LABEL) or "").partition("-")[0]
            binary = sum(len(str(value)) * 3 // 4 for value in mapping(item.get("binaryData")).values())
            version = str(version) if version else None
            is_live = "uid" in metadata or "resourceVersion" in metadata
            found.append(Agent(path, name_of(item), data, data.get(KEY), version, binary, chart, is_live))
    return found


def check_size(agent: Agent, data: dict[str, Any]) -> list[Diagnostic]:
    """The error if an agent's ConfigMap with this data would be larger than Kubernetes allows."""
    if len(str(data.get(KEY, ""))) > MAX_DATA:
        return []  # reported about the section itself
    size = agent.binary + sum(len(str(value)) for value in data.values())
    if size * 4 > MAX_DATA:  # a character has at most four bytes
        size = agent.binary + sum(len(str(value).encode("utf-8", "replace")) for value in data.values())
    if size <= MAX_DATA:
        return []
    most = f"Kubernetes allows at most {MAX_DATA:,} in total"
    message = f"with it the ConfigMap has {size:,} bytes of data; {most}"
    hint = "reduce the section or the other data in the ConfigMap"
    at = Location(agent.name.name or "ConfigMap")
    return [Diagnostic("error", "too-large", SECTION, message, hint, at)]


def section_operation(agent: Agent, text: str) -> Operation:
    """The operation that writes the section into the agent's ConfigMap."""
    return Operation("replace" if KEY in agent.data else "add", (*agent.path, "data", KEY), text)
