"""Nodes that a pod fits once pods of lower priority are evicted.

Follows `SelectVictimsOnNode` in pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go, which evicts
as few pods as it can; all that it may evict are named here. Disruption budgets do not keep it from that.
"""

from __future__ import annotations

from helm_cleaner.cluster import (
    node_affinity,
    node_name,
    node_unschedulable,
    priorities,
    resources,
    scheduling,
    taints,
    usage,
    volume_binding,
    volume_zone,
)
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import NodeVerdict, Object

# What no eviction changes: the scheduler does not look for victims on such a node.
_UNRESOLVABLE = {node_unschedulable.PLUGIN, node_name.PLUGIN, taints.PLUGIN, node_affinity.PLUGIN,
                 volume_binding.PLUGIN, volume_zone.PLUGIN}  # fmt: skip
_MOST = 3


class Preemption(NamedTuple):
    """A node that the pod fits once pods of lower priority are evicted. victims: all that may be; fewer may do."""

    node: Object
    victims: list[Object]


def find_preemptions(pod: Object, snapshot: ClusterSnapshot, verdicts: Sequence[NodeVerdict]) -> list[Preemption]:
    """The first few such nodes. verdicts: of all nodes, none of which fits. InputError if an object cannot be used."""
    there = [each.node for each in verdicts]
    used = scheduling.sum_node_usage(snapshot, there)
    nominated = priorities.find_nominated(pod, snapshot)
    found: list[Preemption] = []
    for verdict in verdicts:
        name, pods = verdict.name, used[verdict.name].pods
        victims = priorities.find_victims(pod, pods)
        if not victims or verdict.skipped or {each.plugin for each in verdict.reasons} & _UNRESOLVABLE:
            continue
        left = [other for other in pods if priorities.priority_of(other) >= priorities.priority_of(pod)]
        left += [{**other, "spec": {**other["spec"], "nodeName": name}} for other in nominated.get(name, ())]
        after = {**used, **usage.sum_by_node(left, [name])}
        if resources.make_filter(pod, after)(verdict.node):  # before what takes longer to tell
            continue
        if not scheduling.make_filter(pod, snapshot, there, after)(verdict.node):
            found.append(Preemption(verdict.node, victims))
        if len(found) == _MOST:
            break
    return found
