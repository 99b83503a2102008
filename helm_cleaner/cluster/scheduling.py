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
    resources,
    taints,
    usage,
    volumes,
)
from helm_cleaner.cluster.amounts import NotQuantity
from helm_cleaner.cluster.snapshot import object_error
from helm_cleaner.cluster.types import NodeVerdict
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Object
    from helm_cleaner.cluster.usage import Usage

_MALFORMED = (NotQuantity, KeyError, TypeError, AttributeError, IndexError)


def schedule(pod: Object, snapshot: ClusterSnapshot, nodes: Sequence[Object] | None = None) -> list[NodeVerdict]:
    """The verdict on each node, in input order. pod: as admitted.

    nodes: judge these instead of the cluster's; they need not exist. InputError if an object cannot be used.
    """
    there = snapshot.all("nodes")
    used = get_usage(snapshot, there)
    if nodes is None:
        nodes = there
    used |= {name: usage.Usage({"pods": 0}, []) for node in nodes if (name := node["metadata"]["name"]) not in used}
    spread = get_spread(pod, snapshot, there, used)
    plugins = (
        node_unschedulable.filter_for(pod),
        node_name.filter_for(pod),
        taints.filter_for(pod),
        node_affinity.filter_for(pod),
        resources.filter_for(pod, used),
        volumes.filter_for(pod, snapshot.objects["persistentvolumeclaims"], _volumes(snapshot)),
        pod_affinity.filter_for(spread),
    )
    verdicts = []
    for node in nodes:
        try:
            verdicts.append(NodeVerdict(node, [reason for plugin in plugins for reason in plugin(node)]))
        except NotQuantity as e:
            raise object_error(node, snapshot.file, str(e)) from None
    return verdicts


def get_spread(
    pod: Object, snapshot: ClusterSnapshot, nodes: Sequence[Object], used: dict[str, Usage]
) -> pod_affinity.Spread:
    """What existing pods mean for the pod. InputError if one of them cannot be used."""
    try:
        return pod_affinity.find_spread(pod, nodes, used, snapshot.namespace_labels())
    except pod_affinity.Malformed as e:
        raise object_error(e.pod, snapshot.file, str(e)) from None


def get_usage(snapshot: ClusterSnapshot, nodes: Sequence[Object]) -> dict[str, Usage]:
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


def _volumes(snapshot: ClusterSnapshot) -> dict[str, Object]:
    return {name: each for (_, name), each in snapshot.objects["persistentvolumes"].items()}


def format_message(verdicts: Sequence[NodeVerdict]) -> str:
    """The scheduler's own line, like `FitError.Error` in pkg/scheduler/framework/types.go."""
    counts: dict[str, int] = {}
    for verdict in verdicts:
        first = [reason for reason in verdict.reasons if reason.plugin == verdict.reasons[0].plugin]
        if first and first[0].plugin == pod_affinity.PLUGIN:
            first = first[:1]
        for phrase in {reason.phrase for reason in first}:
            counts[phrase] = counts.get(phrase, 0) + 1
    said = ", ".join(sorted(f"{count} {phrase}" for phrase, count in counts.items()))
    return f"{sum(not each.reasons for each in verdicts)}/{len(verdicts)} nodes are available" + (
        f": {said}" if said else ""
    )
