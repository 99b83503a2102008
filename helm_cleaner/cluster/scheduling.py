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
from helm_cleaner.cluster.facts import unusable
from helm_cleaner.cluster.types import NodeVerdict
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helm_cleaner.cluster.facts import Facts
    from helm_cleaner.cluster.types import Object
    from helm_cleaner.cluster.usage import Usage

_MALFORMED = (NotQuantity, KeyError, TypeError, AttributeError, IndexError)


def judged(pod: Object, facts: Facts, nodes: Sequence[Object] | None = None) -> list[NodeVerdict]:
    """The verdict on each node, in input order. pod: as admitted.

    nodes: judge these instead of the cluster's; they need not exist. InputError if an object cannot be used.
    """
    there = facts.all("nodes")
    used = usage_of(facts, there)
    if nodes is None:
        nodes = there
    used |= {name: usage.Usage({"pods": 0}, []) for node in nodes if (name := node["metadata"]["name"]) not in used}
    spread = spread_of(pod, facts, there, used)
    plugins = (
        node_unschedulable.prepared(pod),
        node_name.prepared(pod),
        taints.prepared(pod),
        node_affinity.prepared(pod),
        resources.prepared(pod, used),
        volumes.prepared(pod, facts.objects["persistentvolumeclaims"], _volumes(facts)),
        pod_affinity.prepared(spread),
    )
    verdicts = []
    for node in nodes:
        try:
            verdicts.append(NodeVerdict(node, [reason for plugin in plugins for reason in plugin(node)]))
        except NotQuantity as e:
            raise unusable(node, facts.file, str(e)) from None
    return verdicts


def spread_of(pod: Object, facts: Facts, nodes: Sequence[Object], used: dict[str, Usage]) -> pod_affinity.Spread:
    """What existing pods mean for the pod. InputError if one of them cannot be used."""
    try:
        return pod_affinity.spread(pod, nodes, used, facts.namespace_labels())
    except pod_affinity.Malformed as e:
        raise unusable(e.pod, facts.file, str(e)) from None


def usage_of(facts: Facts, nodes: Sequence[Object]) -> dict[str, Usage]:
    """What is in use on each node. InputError if a pod cannot be counted."""
    pods = facts.all("pods")
    names = [node["metadata"]["name"] for node in nodes]
    try:
        return usage.by_node(pods, names)
    except _MALFORMED:
        for pod in pods:  # which one it was
            try:
                usage.by_node([pod], names)
            except _MALFORMED as e:
                raise unusable(pod, facts.file, _why(e)) from None
        raise


def _why(e: Exception) -> str:
    return str(e) if isinstance(e, NotQuantity) else "not what kubectl prints"


def _volumes(facts: Facts) -> dict[str, Object]:
    return {name: each for (_, name), each in facts.objects["persistentvolumes"].items()}


def message(verdicts: Sequence[NodeVerdict]) -> str:
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
