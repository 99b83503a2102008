"""Cordoned nodes.

Follows pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go: a pod that tolerates the taint of
cordoned nodes may still run there.
"""

from __future__ import annotations

from helm_cleaner.cluster import taints
from helm_cleaner.cluster.types import Reason
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_cleaner.cluster.types import Filter, Object

PLUGIN = "NodeUnschedulable"
_PHRASE = "node(s) were unschedulable"
TAINT = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


def make_filter(pod: Object) -> Filter:
    """The plugin for a pod."""
    if taints.is_tolerated(pod["spec"].get("tolerations") or (), TAINT):
        return lambda _node: []
    reasons = [Reason(PLUGIN, _PHRASE, "cordoned: spec.unschedulable is true", "the node is cordoned")]
    return lambda node: reasons if (node.get("spec") or {}).get("unschedulable") else []
