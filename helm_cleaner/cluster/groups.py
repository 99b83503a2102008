"""The reasons of many nodes in groups: what they have in common, what the nodes have instead, and what would help."""

from __future__ import annotations

from helm_cleaner.cluster import nearest, node_affinity, resources, taints
from helm_cleaner.cluster.amounts import format_amount
from helm_cleaner.cluster.types import NodeVerdict, Reason
from helm_cleaner.cluster.warnings import list_names
from helm_cleaner.python_literals import literal
from helm_cleaner.text import pluralize
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values.writing import to_flow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helm_cleaner.cluster.types import Object
    from helm_cleaner.paths import Path

_MOST_VALUES = 5
_SYSTEM = ("node.kubernetes.io/", "node-role.kubernetes.io/", "node.cloudprovider.kubernetes.io/")


class ReasonGroup(NamedTuple):
    """Nodes that a pod does not fit for one reason. A node may be in several groups.

    detail: what they have instead, or their names; hint: what would help, "" if the pod cannot change it;
    path: the field of the pod's spec that requires it.
    """

    plugin: str
    cause: str
    nodes: list[Object]
    detail: str
    hint: str
    path: Path


def group_reasons(verdicts: Sequence[NodeVerdict]) -> list[ReasonGroup]:
    """The groups, largest first; in a tie, labels that the section requires come first."""
    members: dict[tuple[str, str], list[tuple[NodeVerdict, Reason]]] = {}
    for verdict in verdicts:
        for reason in verdict.reasons:
            members.setdefault((reason.plugin, reason.cause), []).append((verdict, reason))
    all_nodes = [verdict.node for verdict in verdicts]
    anywhere = any(not verdict.reasons for verdict in verdicts)
    found = [
        ReasonGroup(
            plugin,
            cause,
            [verdict.node for verdict, _ in found],
            _detail(found),
            "" if anywhere else _hint(found, all_nodes),
            found[0][1].path,
        )
        for (plugin, cause), found in members.items()
    ]
    return sorted(found, key=lambda group: (-len(group.nodes), group.plugin != node_affinity.PLUGIN))


def _detail(found: list[tuple[NodeVerdict, Reason]]) -> str:
    nodes = [verdict.node for verdict, _ in found]
    first = found[0][1]
    if first.label:
        return _values(first.label, nodes)
    if first.amounts is not None:
        verdict, most = max(found, key=lambda each: _free(each[1]))
        figures = most.message.partition(": ")[2].rpartition(", ")[0] or most.message
        if first.plugin == resources.PLUGIN and most.phrase == "Too many pods":
            figures = most.message
        if len(found) == 1:
            return f"{verdict.name}: {figures}"
        name = most.phrase.removeprefix("Insufficient ")
        return f"most is free on {verdict.name}: {figures}" if name != most.phrase else list_names(nodes)
    return list_names(nodes)


def _free(reason: Reason) -> int:
    assert reason.amounts is not None
    _, in_use, there = reason.amounts
    return there - in_use


def _values(key: str, nodes: list[Object]) -> str:
    """The values that the nodes have for a label: `pool: polyaxon-v2 (6), gpu (3); 1 without it`."""
    there = nearest.count_values(key, nodes)
    if not there:
        return f"{'none of them has' if len(nodes) > 1 else 'it does not have'} the label {key}"
    counts = [f"{value} ({count})" for value, count in there.items()]
    if len(counts) > _MOST_VALUES:
        counts[_MOST_VALUES:] = [f"and {len(counts) - _MOST_VALUES} more"]
    without = len(nodes) - sum(there.values())
    return f"{key}: {', '.join(counts)}" + (f"; {without} without it" if without else "")


def _hint(found: list[tuple[NodeVerdict, Reason]], all_nodes: list[Object]) -> str:
    """What would help: the nearest label or, for nodes with this reason alone, what makes them fit."""
    first = found[0][1]
    alone = [
        (verdict, reason) for verdict, reason in found if all(each.cause == first.cause for each in verdict.reasons)
    ]
    if first.plugin == node_affinity.PLUGIN:
        wanted = first.cause.partition(f"{first.label}=")[2].partition(" ")[0] if first.label else ""
        has = nearest.count_values(first.label, all_nodes)
        near = nearest.find_label(first.label, wanted, all_nodes) if wanted and wanted not in has else ""
        return f"did you mean {near} ({pluralize(_having(near, all_nodes), 'node')})?" if near else ""
    if not alone:
        return ""
    if first.plugin == taints.PLUGIN:
        return _toleration(first, alone)
    if first.amounts is not None and first.path:
        verdict, reason = max(alone, key=lambda each: _free(each[1]))
        name = str(first.path[-1])
        if _free(reason) > 0:
            return f"request at most {format_amount(name, _free(reason))} of {name}, and {verdict.name} fits"
    return ""


def _having(label: str, nodes: list[Object]) -> int:
    key, _, value = label.partition(": ")
    return nearest.count_values(key, nodes).get(value, 0)


def _toleration(reason: Reason, alone: list[tuple[NodeVerdict, Reason]]) -> str:
    """The toleration that would let the pod run on these nodes; none for taints that Kubernetes sets itself."""
    node = alone[0][0].node
    for taint in node["spec"]["taints"]:
        if taints.format_taint(taint) in reason.cause and not str(taint["key"]).startswith(_SYSTEM):
            value = taint.get("value")
            # Polyaxon reads a text such as "1" as a number, and cannot make the job with it.
            is_text = value and isinstance(literal(value), str)
            rest = {"operator": "Equal", "value": value} if is_text else {"operator": "Exists"}
            wanted = to_flow({"key": taint["key"], **rest, "effect": taint["effect"]})
            fit = "fits" if len(alone) == 1 else "fit"
            return f"add {wanted} to tolerations, and {pluralize(len(alone), 'node')} {fit}"
    return ""
