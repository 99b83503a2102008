"""Warnings: what lets the pod run, but may keep it from doing its work.

The scheduler looks at neither the operating system nor the architecture of an image. Only a selector keeps a pod off
nodes that cannot run it.
"""

from __future__ import annotations

from helm_cleaner.cluster import nearest
from helm_cleaner.cluster.node_affinity import REQUIRED
from helm_cleaner.cluster.types import ClusterWarning
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Object
    from helm_cleaner.paths import Path

_OS = "kubernetes.io/os"
_ARCHITECTURE = "kubernetes.io/arch"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_MOST_NAMES = 3


def check_platforms(fitting: Sequence[Object]) -> Iterator[ClusterWarning]:
    """Warns about Windows, and architectures other than amd64, among the nodes that fit."""
    others = [node for node in fitting if _label(node, _OS) not in ("", "linux")]
    if others:
        systems = ", ".join(sorted({_label(node, _OS) for node in others}))
        message = (
            f"{_counted(len(others), len(fitting))} {systems} ({list_names(others)}): the cleaner's image is for Linux"
        )
        yield ClusterWarning("node-os", message, "add nodeSelector: {kubernetes.io/os: linux}")
    linux = [node for node in fitting if _label(node, _OS) in ("", "linux")]
    found = nearest.count_values(_ARCHITECTURE, linux)
    if set(found) - {"amd64"}:
        counts = ", ".join(f"{name} ({count})" for name, count in found.items())
        message = (
            f"the nodes that fit have {'several architectures' if len(found) > 1 else 'another architecture'}: {counts}"
        )
        hint = "make sure that the image is there for each, or add nodeSelector: {kubernetes.io/arch: amd64}"
        yield ClusterWarning("node-arch", message, hint)


def check_pods(snapshot: ClusterSnapshot) -> Iterator[ClusterWarning]:
    """Warns about a cluster without pods, which only new ones are."""
    if "pods" in snapshot.empty:
        message = "the input lists no pods at all, and so does kubectl where it may not list them"
        yield ClusterWarning("no-pods", message, "kubectl auth can-i list pods -A")


def _counted(some: int, of: int) -> str:
    if some == of:
        return "the node that fits runs" if of == 1 else f"all {of} nodes that fit run"
    return f"{some} of the {of} nodes that fit run{'s' if some == 1 else ''}"


def list_names(nodes: Sequence[Object]) -> str:
    """The first few names."""
    more = f" and {len(nodes) - _MOST_NAMES} more" if len(nodes) > _MOST_NAMES else ""
    return ", ".join(node["metadata"]["name"] for node in nodes[:_MOST_NAMES]) + more


def check_host_paths(pod: Object, nodes: Sequence[Object]) -> Iterator[ClusterWarning]:
    """Warns about a hostPath store if there are several nodes."""
    for index, volume in enumerate(pod["spec"].get("volumes") or ()):
        path = (volume.get("hostPath") or {}).get("path")
        if path and len(nodes) > 1:
            message = (
                f"the artifacts store is the hostPath {path}, and the cluster has {len(nodes)} nodes: "
                "on a node without the data the cleaner deletes nothing and reports success"
            )
            hint = "use a store that all nodes reach (artifactsStore), or pin everything to one node"
            yield ClusterWarning("host-path", message, hint, ("volumes", index))


def check_absent(pod: Object, nodes: Sequence[Object]) -> Iterator[ClusterWarning]:
    """Warns about label values in an affinity, and taints in tolerations, that no node has but one is near."""
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    root: Path = ("affinity", "nodeAffinity")
    terms = [
        (term, (*root, REQUIRED, "nodeSelectorTerms", index))
        for index, term in enumerate((affinity.get(REQUIRED) or {}).get("nodeSelectorTerms") or ())
    ]
    terms += [
        (each.get("preference") or {}, (*root, _PREFERRED, index, "preference"))
        for index, each in enumerate(affinity.get(_PREFERRED) or ())
    ]
    for term, path in terms:
        for index, each in enumerate(term.get("matchExpressions") or ()):
            if each.get("operator") == "In":
                yield from _absent(each, (*path, "matchExpressions", index), nodes)
    for index, each in enumerate(pod["spec"].get("tolerations") or ()):
        yield from _no_taint(each, ("tolerations", index), nodes)


def _absent(expression: Object, path: Path, nodes: Sequence[Object]) -> Iterator[ClusterWarning]:
    key, there = expression["key"], nearest.count_values(expression["key"], nodes)
    for index, value in enumerate(expression.get("values") or ()):
        if value not in there:
            near = nearest.find_label(key, value, nodes)
            if near:  # a pool that is empty at the moment is not a mistake
                message = f"no node has the label {key}={value}"
                yield ClusterWarning("absent-label", message, f"did you mean {near}?", (*path, "values", index))


def _no_taint(toleration: Object, path: Path, nodes: Sequence[Object]) -> Iterator[ClusterWarning]:
    """Warns about a toleration that matches no taint if a similar taint exists."""
    key, value = toleration.get("key"), toleration.get("value")
    taints = [taint for node in nodes for taint in (node.get("spec") or {}).get("taints") or ()]
    keys = {str(taint.get("key")) for taint in taints}
    if not key or key.startswith("node.kubernetes.io/"):
        return
    if key not in keys:
        near = nearest.find_nearest(key, sorted(keys))
        if near:
            yield ClusterWarning(
                "absent-taint", f"no node has the taint {key}", f"did you mean {near}?", (*path, "key")
            )
    elif value:
        values = {str(taint.get("value") or "") for taint in taints if taint.get("key") == key}
        near = nearest.find_nearest(value, sorted(values - {""}))
        if value not in values and near:
            yield ClusterWarning(
                "absent-taint", f"no node has the taint {key}={value}", f"did you mean {near}?", (*path, "value")
            )


def _label(node: Object, key: str) -> str:
    value: str = (node["metadata"].get("labels") or {}).get(key, "")
    return value
