"""Node selectors in the annotations of a namespace, which some clusters add to each of its pods.

Follows `getNamespaceNodeSelectorMap` in plugin/pkg/admission/podnodeselector/admission.go. That admission plugin is off
by default, and OpenShift has one of its own; the objects of a cluster do not tell whether it runs.
"""

from __future__ import annotations

import copy

from helm_cleaner.cluster import scheduling
from helm_cleaner.cluster.types import NotChecked
from helm_cleaner.cluster.warnings import list_names
from helm_cleaner.text import pluralize
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Labels, NodeVerdict, Object

_ANNOTATIONS = ("scheduler.alpha.kubernetes.io/node-selector", "openshift.io/node-selector")
WHAT = "node-selector of the namespace"


def find_not_checked(pod: Object, snapshot: ClusterSnapshot, nodes: Sequence[NodeVerdict]) -> Iterator[NotChecked]:
    """The annotations that may restrict the pod to other nodes. nodes: the verdicts without them."""
    namespace = snapshot.get("namespaces", pod["metadata"]["namespace"]) or {"metadata": {}}
    annotations = namespace["metadata"].get("annotations") or {}
    for key in _ANNOTATIONS:
        written = annotations.get(key)
        if not written:
            continue
        selector = _parse(written)
        if selector is None:
            left = "it cannot be parsed"
        elif any(value != selector.get(name, value) for name, value in (pod["spec"].get("nodeSelector") or {}).items()):
            left = "the pod's nodeSelector contradicts it, and the pod is refused"
        elif nodes:
            left = _left(pod, selector, snapshot)
        else:
            left = "it restricts the pod to such nodes"
        why = f"whether an admission plugin applies the namespace's annotation {key}: {written}; if so, {left}"
        yield NotChecked(WHAT, why)


def _parse(written: str) -> Labels | None:
    """Like `ConvertSelectorToLabelsMap`."""
    pairs = [part.partition("=") for part in written.split(",")]
    if not all(equals for _, equals, _ in pairs):
        return None
    return {key.strip(): value.strip() for key, _, value in pairs}


def _left(pod: Object, selector: Labels, snapshot: ClusterSnapshot) -> str:
    """The nodes that the pod fits with the selector as well."""
    restricted = copy.deepcopy(pod)
    restricted["spec"]["nodeSelector"] = {**(pod["spec"].get("nodeSelector") or {}), **selector}
    fitting = [each.node for each in scheduling.schedule(restricted, snapshot) if not each.reasons]
    if not fitting:
        return "no node is left"
    return f"{pluralize(len(fitting), 'node')} {'is' if len(fitting) == 1 else 'are'} left ({list_names(fitting)})"
