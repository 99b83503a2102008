"""Which nodes an autoscaler could add. This is an estimate: which machines the cloud has is not known.

Follows Karpenter's `Requirements.Compatible` (sigs.k8s.io/karpenter/pkg/scheduling/requirements.go): the requirements
of a NodePool and of the pod must share a value. A label that the pool does not mention may have any value if it is
well-known, and is missing otherwise. For the cluster autoscaler, reads the ConfigMap cluster-autoscaler-status
(cluster-autoscaler/clusterstate/api/types.go): a node group that may grow can add a node like those it has. Nothing is
known about a group without nodes.
"""

from __future__ import annotations

import re

import yaml

from helm_cleaner.cluster import resources, scheduling, selectors, taints, usage
from helm_cleaner.cluster.amounts import NotQuantity, format_amount, parse_amount, round_for_scheduler, round_to_units
from helm_cleaner.cluster.node_affinity import REQUIRED
from helm_cleaner.cluster.snapshot import object_error
from helm_cleaner.kubernetes_names import label_number
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from helm_cleaner.cluster.pod_affinity import Spread
    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Object

    Expression = tuple[str, str, list[Any]]  # key, operator, values

HOSTNAME = "kubernetes.io/hostname"
_WELL_KNOWN = {
    "kubernetes.io/arch", "kubernetes.io/os", "karpenter.sh/capacity-type", "node.kubernetes.io/instance-type",
    "node.kubernetes.io/windows-build", "topology.kubernetes.io/region", "topology.kubernetes.io/zone",
    "topology.k8s.aws/zone-id",
}  # fmt: skip
_OF_PROVIDERS = ("karpenter.k8s.aws/", "karpenter.azure.com/", "karpenter.k8s.gcp/")
# Labels by which a pool's requirements may limit the size of its machines: the resource, and the label's unit.
_SIZES = {
    "karpenter.k8s.aws/instance-cpu": ("cpu", 1),
    "karpenter.k8s.aws/instance-memory": ("memory", 2**20),
    "karpenter.azure.com/sku-cpu": ("cpu", 1),
    "karpenter.azure.com/sku-memory": ("memory", 2**20),
}
_OTHER = "a-value-that-nobody-names"
# Taints that a new node does not have; the autoscaler's utils/taints.go ignores them too.
_PASSING_TAINTS = ("node.kubernetes.io/", "ToBeDeletedByClusterAutoscaler", "DeletionCandidateOfClusterAutoscaler")
_POOL_LABELS = ("eks.amazonaws.com/nodegroup", "cloud.google.com/gke-nodepool", "kubernetes.azure.com/agentpool",
                "agentpool", "doks.digitalocean.com/node-pool")  # fmt: skip
_OLD_GROUP = re.compile(
    r"Name:\s+(?P<name>\S+)\s+Health:\s+(?P<health>\w+).*?cloudProviderTarget=(?P<target>\d+) "
    r"\(minSize=\d+, maxSize=(?P<most>\d+)\).*?ScaleUp:\s+(?P<scale_up>\w+)",
    re.DOTALL,
)


class Expansion(NamedTuple):
    """Something that could add a node on which the pod fits. condition: what else must be true; "" for nothing."""

    what: str
    condition: str


class Autoscaling(NamedTuple):
    """What could add a node. unknown: node groups without nodes, about which nothing is known."""

    could: list[Expansion]
    unknown: list[str]


class NodeGroup(NamedTuple):
    """A node group of the cluster autoscaler. may_grow: whether it is healthy and below its maximum size."""

    name: str
    may_grow: bool


def find_expansions(pod: Object, snapshot: ClusterSnapshot) -> Autoscaling:
    """What could add a node for a pod that fits no existing node. pod: as admitted.

    InputError if a NodePool has an invalid quantity.
    """
    nodes = snapshot.all("nodes")
    spread = scheduling.get_spread(pod, snapshot, nodes, scheduling.sum_node_usage(snapshot, nodes))
    could, unknown = [], []
    for pool in snapshot.all("nodepools"):
        try:
            if serves(pool, pod, spread):
                could.append(Expansion(f"the NodePool {pool['metadata']['name']}", _condition(pod)))
        except NotQuantity as e:
            raise object_error(pool, snapshot.file, str(e)) from None
    for group in parse_groups(snapshot.get("configmaps", "cluster-autoscaler-status", "kube-system")):
        like = next((node for node in nodes if _is_of(node, group.name)), None) if group.may_grow else None
        if group.may_grow and like is None:
            unknown.append(group.name)
        elif like is not None and not scheduling.schedule(pod, snapshot, [_new(like, snapshot)])[0].reasons:
            could.append(Expansion(f"the node group {group.name}", f"with a node like {like['metadata']['name']}"))
    return Autoscaling(could, unknown)


def _condition(pod: Object) -> str:
    wanted = ", ".join(
        f"{name} {format_amount(name, value)}" for name, value in resources.sum_requests(pod["spec"]).items()
    )
    return f"if one of its machines has {wanted}" if wanted else ""


def serves(pool: Object, pod: Object, spread: Spread) -> bool:
    """Whether a NodePool of Karpenter could add a node for the pod, if its machines are large enough."""
    spec = pool.get("spec") or {}
    template = spec.get("template") or {}
    if pool["metadata"].get("deletionTimestamp") or spec.get("replicas") is not None or _is_not_ready(pool):
        return False
    tolerations = pod["spec"].get("tolerations") or ()
    repelling = [
        each for each in (template.get("spec") or {}).get("taints") or () if each.get("effect") != "PreferNoSchedule"
    ]
    if not all(taints.is_tolerated(tolerations, taint) for taint in repelling):
        return False
    wanted = resources.sum_requests(pod["spec"])
    used = (pool.get("status") or {}).get("resources") or {}
    for name, most in (spec.get("limits") or {}).items():
        if wanted.get(name) and parse_amount(used.get(name, 0)) + wanted[name] > parse_amount(most):
            return False
    if any(term.topology == HOSTNAME for term in spread.near) and not spread.may_be_first:
        return False  # a new node has no pods
    offered = list(_offered(pool["metadata"]["name"], template))
    needed = [*_spread_by(spread), *_sizes(wanted)]
    selector = pod["spec"].get("nodeSelector") or {}
    needed += [(key, "In", [value]) for key, value in selector.items()]
    required = ((pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}).get(REQUIRED)
    if required is None:
        return _compatible(offered, needed)
    terms = required.get("nodeSelectorTerms") or ()
    return any(_may_match(term) and _compatible(offered, [*needed, *_expressions(term)]) for term in terms)


def _is_not_ready(pool: Object) -> bool:
    conditions = (pool.get("status") or {}).get("conditions") or ()
    return any(each.get("type") == "Ready" and each.get("status") == "False" for each in conditions)


def _offered(name: str, template: Object) -> Iterator[Expression]:
    """What a pool says about its nodes' labels."""
    yield "karpenter.sh/nodepool", "In", [name]
    for key, value in ((template.get("metadata") or {}).get("labels") or {}).items():
        yield key, "In", [value]
    for each in (template.get("spec") or {}).get("requirements") or ():
        yield each["key"], each["operator"], each.get("values") or []


def _spread_by(spread: Spread) -> Iterator[Expression]:
    """What existing pods require of the labels of a new node. Its hostname is new, so it matches no other node's."""
    for term in spread.near:
        if term.topology != HOSTNAME and not spread.may_be_first:
            yield term.topology, "In", [value for key, value in spread.near_pairs if key == term.topology]
    for key, value in [*spread.far_pairs, *spread.repelling]:
        if key != HOSTNAME:
            yield key, "NotIn", [value]


def _sizes(wanted: dict[str, int]) -> Iterator[Expression]:
    for key, (name, unit) in _SIZES.items():
        if name in wanted:
            yield key, "Gt", [str(-(-round_to_units(wanted[name]) // unit) - 1)]


def _may_match(term: Object) -> bool:
    """Whether a term is not empty and may match a node whose name is not known yet."""
    fields = term.get("matchFields") or ()
    return bool(fields or term.get("matchExpressions")) and all(each.get("operator") == "NotIn" for each in fields)


def _expressions(term: Object) -> list[Expression]:
    return [(each["key"], each["operator"], each.get("values") or []) for each in term.get("matchExpressions") or ()]


def _compatible(offered: Sequence[Expression], needed: Sequence[Expression]) -> bool:
    """Whether a node's labels could meet both. Searches a value for each label, or its absence."""
    for key in dict.fromkeys(key for key, _, _ in needed):
        of_pool = [each for each in offered if each[0] == key]
        both = [*of_pool, *(each for each in needed if each[0] == key)]
        try:
            tests = [selectors.parse_requirement(*each) for each in both]
        except selectors.Unparsable:
            return False
        absent = not of_pool and all(test({}) for test in tests)
        may_be_there = of_pool or key in _WELL_KNOWN or key.startswith(_OF_PROVIDERS)
        if not absent and not (
            may_be_there and any(all(test({key: value}) for test in tests) for value in _tried(both))
        ):
            return False
    return True


def _tried(expressions: Sequence[Expression]) -> Iterator[str]:
    """Candidate values: if any value meets the expressions, one of these does."""
    yield _OTHER
    for _, operator, values in expressions:
        for value in values:
            yield value
            number = label_number(value) if operator in ("Gt", "Lt") else None
            if number is not None:
                yield from (str(number - 1), str(number + 1))


def parse_groups(status: Object | None) -> list[NodeGroup]:
    """The node groups in the status of the cluster autoscaler: YAML, or before 1.30, plain text."""
    text = ((status or {}).get("data") or {}).get("status")
    if not isinstance(text, str):
        return []
    if "nodeGroups:" not in text:
        return [
            NodeGroup(found["name"], found["health"] == "Healthy" and found["scale_up"] != "Backoff"
                  and int(found["target"]) < int(found["most"]))
            for found in _OLD_GROUP.finditer(text)
        ]  # fmt: skip
    try:
        data = yaml.safe_load(text)
        return [_group(each) for each in data["nodeGroups"] or ()]
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _group(each: Object) -> NodeGroup:
    health = each.get("health") or {}
    grows = int(health.get("cloudProviderTarget") or 0) < int(health.get("maxSize") or 0)
    backs_off = (each.get("scaleUp") or {}).get("status") == "Backoff"
    return NodeGroup(str(each["name"]), grows and not backs_off and health.get("status") == "Healthy")


def _is_of(node: Object, group: str) -> bool:
    """Whether a node belongs to a group. Clouds name machines after their group, and groups after their pool."""
    base = group.rpartition("/")[2].removesuffix("-grp")
    metadata = node["metadata"]
    labels = metadata.get("labels") or {}
    pools = [labels[key] for key in _POOL_LABELS if labels.get(key)]
    named_after = any(re.search(rf"(?<![a-z0-9]){re.escape(pool)}(?![a-z0-9])", base) for pool in pools)
    return bool(base) and (metadata["name"].startswith(base) or named_after)


def _new(node: Object, snapshot: ClusterSnapshot) -> Object:
    """A new node like an existing one, with only the pods that run on every node."""
    name = f"{node['metadata']['name']}-new"
    labels = {**(node["metadata"].get("labels") or {}), HOSTNAME: name}
    spec = node.get("spec") or {}
    left = [each for each in spec.get("taints") or () if not str(each.get("key")).startswith(_PASSING_TAINTS)]
    daemons = [pod for pod in snapshot.all("pods") if _is_daemon(pod)]
    in_use = usage.sum_by_node(daemons, [node["metadata"]["name"]])[node["metadata"]["name"]].amounts
    allocatable = {
        key: f"{round_for_scheduler(key, parse_amount(value)) - in_use.get(key, 0)}n"
        for key, value in ((node.get("status") or {}).get("allocatable") or {}).items()
    }
    return {
        "metadata": {"name": name, "labels": labels},
        "spec": {"taints": left},
        "status": {"allocatable": allocatable},
    }


def _is_daemon(pod: Object) -> bool:
    return any(each.get("kind") == "DaemonSet" for each in pod["metadata"].get("ownerReferences") or ())
