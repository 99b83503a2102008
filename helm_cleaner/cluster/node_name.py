"""A pod that names its node (spec.nodeName).

Follows pkg/scheduler/framework/plugins/nodename/node_name.go.
"""

from __future__ import annotations

from helm_cleaner.cluster.types import Reason
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_cleaner.cluster.types import Filter, Object

PLUGIN = "NodeName"


def make_filter(pod: Object) -> Filter:
    """The plugin for a pod."""
    wanted = pod["spec"].get("nodeName")
    if not wanted:
        return lambda _node: []
    cause = f"not the node that the pod is bound to: {wanted}"
    reasons = [Reason(PLUGIN, "node(s) didn't match the requested node name", cause, cause, ("nodeName",))]
    return lambda node: [] if node["metadata"]["name"] == wanted else reasons
