"""Where the scheduler could place a pod, and why not elsewhere.

The plugins and their order are those of the default profile (pkg/scheduler/apis/config/v1/default_plugins.go) that
matter to a Job of Polyaxon. The scheduler stops at a node's first reason; here each node gets all of them.
"""

from __future__ import annotations

from helm_cleaner.cluster import (
    node_affinity,
    node_name,
    node_unschedulable,
    pod_affinity,
    priorities,
    resources,
    taints,
    usage,
    volume_binding,
    volume_limits,
    volume_restrictions,
    volume_zone,
)
from helm_cleaner.cluster.amounts import NotQuantity
from helm_cleaner.cluster.snapshot import object_error
from helm_cleaner.cluster.types import NodeVerdict
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Filter, Object, Reason
    from helm_cleaner.cluster.usage import Usage

_MALFORMED = (NotQuantity, KeyError, TypeError, AttributeError, IndexError)


def schedule(pod: Object, snapshot: ClusterSnapshot, nodes: Sequence[Object] | None = None) -> list[NodeVerdict]:
    """The verdict on each node, in input order. pod: as admitted.

    nodes: judge these instead of the cluster's; they need not exist. InputError if an object cannot be used.
    """
    there = snapshot.all("nodes")
    used = sum_node_usage(snapshot, there)
    if nodes is None:
        nodes = there
    used |= {name: usage.Usage({"pods": 0}, []) for node in nodes if (name := node["metadata"]["name"]) not in used}
    refuse = make_filter(pod, snapshot, there, used)
    nominated = priorities.find_nominated(pod, snapshot)
    named = node_affinity.find_named(pod)
    verdicts = []
    for node in nodes:
        name = node["metadata"]["name"]
        reasons = refuse(node)
        if name in nominated:  # the pod must fit with them, and without them
            beside = _usage_with(used, name, nominated[name])
            reasons = _merge(make_filter(pod, snapshot, there, beside)(node), reasons, nominated[name])
        skipped = "" if named is None or name in named else node_affinity.SKIPPED if named else node_affinity.CONFLICT
        verdicts.append(NodeVerdict(node, reasons, skipped))
    return verdicts


def make_filter(pod: Object, snapshot: ClusterSnapshot, nodes: Sequence[Object], used: Mapping[str, Usage]) -> Filter:
    """All plugins for a pod, in their order. nodes: those of the cluster; used: the pods on each."""
    spread = get_spread(pod, snapshot, nodes, used)
    plugins = (
        node_unschedulable.make_filter(pod),
        node_name.make_filter(pod),
        taints.make_filter(pod),
        node_affinity.make_filter(pod),
        resources.make_filter(pod, used),
        volume_restrictions.make_filter(pod, snapshot, used),
        volume_limits.make_filter(pod, snapshot, used),
        volume_binding.make_filter(pod, snapshot),
        volume_zone.make_filter(pod, snapshot),
        pod_affinity.make_filter(spread),
    )

    def refuse(node: Object) -> list[Reason]:
        try:
            return [reason for plugin in plugins for reason in plugin(node)]
        except NotQuantity as e:
            raise object_error(node, snapshot.file, str(e)) from None

    return refuse


def _merge(beside: list[Reason], alone: list[Reason], nominated: Sequence[Object]) -> list[Reason]:
    """The reasons with the pods that are nominated to a node, and those without them."""
    names = ", ".join(f"{pod['metadata']['namespace']}/{pod['metadata']['name']}" for pod in nominated)
    causes = {(each.plugin, each.cause) for each in alone}
    found = [each if (each.plugin, each.cause) in causes else _with_nominated(each, names) for each in beside]
    plugins = {each.plugin for each in beside}
    return [*found, *(each for each in alone if each.plugin not in plugins)]


def _with_nominated(reason: Reason, names: str) -> Reason:
    """A reason that the pods with these names give."""
    figures, in_use, rest = reason.message.partition(" in use")
    note = f"{figures}{in_use} with {names}, nominated to the node"
    return reason._replace(message=note + rest)


def _usage_with(used: Mapping[str, Usage], name: str, pods: Sequence[Object]) -> dict[str, Usage]:
    """What is in use with more pods on a node."""
    bound = [{**pod, "spec": {**pod["spec"], "nodeName": name}} for pod in pods]
    return {**used, **usage.sum_by_node([*used[name].pods, *bound], [name])}


def get_spread(
    pod: Object, snapshot: ClusterSnapshot, nodes: Sequence[Object], used: Mapping[str, Usage]
) -> pod_affinity.Spread:
    """What existing pods mean for the pod. InputError if one of them cannot be used."""
    try:
        return pod_affinity.find_spread(pod, nodes, used, snapshot.namespace_labels())
    except pod_affinity.Malformed as e:
        raise object_error(e.pod, snapshot.file, str(e)) from None


def sum_node_usage(snapshot: ClusterSnapshot, nodes: Sequence[Object]) -> dict[str, Usage]:
    """What is in use on each node. InputError if a pod cannot be counted."""
    pods = snapshot.all("pods")
    names = [node["metadata"]["name"] for node in nodes]
    try:
        return usage.sum_by_node(pods, names)
    except _MALFORMED:
        for pod in pods:  # which one it was
            try:
                usage.sum_by_node([pod], names)
            except _MALFORMED as e:
                raise object_error(pod, snapshot.file, _why(e)) from None
        raise


def _why(e: Exception) -> str:
    return str(e) if isinstance(e, NotQuantity) else "not what kubectl prints"


def format_message(verdicts: Sequence[NodeVerdict]) -> str:
    """The scheduler's own line, like `FitError.Error` in pkg/scheduler/framework/types.go."""
    counts: dict[str, int] = {}
    if any(verdict.skipped == node_affinity.CONFLICT for verdict in verdicts):
        return f"0/{len(verdicts)} nodes are available: {node_affinity.CONFLICT}"
    for verdict in verdicts:
        if verdict.skipped:
            counts[verdict.skipped] = counts.get(verdict.skipped, 0) + 1
            continue
        first = [reason for reason in verdict.reasons if reason.plugin == verdict.reasons[0].plugin]
        if first and first[0].plugin == pod_affinity.PLUGIN:
            first = first[:1]
        for phrase in {reason.phrase for reason in first}:
            counts[phrase] = counts.get(phrase, 0) + 1
    said = ", ".join(sorted(f"{count} {phrase}" for phrase, count in counts.items()))
    return f"{sum(not each.reasons for each in verdicts)}/{len(verdicts)} nodes are available" + (
        f": {said}" if said else ""
    )
