"""What Karpenter and the cluster autoscaler could add."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import autoscaling
from helm_cleaner.cluster.node_affinity import REQUIRED
from tests.support.clusters import NAMESPACE, admit, named, node, running, snapshot_of

ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
GPU = {"key": "gpu", "effect": "NoSchedule"}


def pool(labels: Any = None, requirements: Any = (), taints: Any = (), **more: Any) -> Any:
    wanted = [{"key": k, "operator": o, "values": v} for k, o, v in requirements]
    template = {"metadata": {"labels": labels or {}}, "spec": {"requirements": wanted, "taints": list(taints)}}
    status = more.pop("status", {})
    return named("NodePool", "main", None, "karpenter.sh/v1", spec={"template": template, **more}, status=status)


def could(spec: Any, *objects: Any, resources: Any = None) -> list[str]:
    known = autoscaling.find_expansions(admit(resources, labels={"app": "cleaner"}, **spec), snapshot_of(*objects))
    return [each.what for each in known.could]


def expressions(*each: tuple[str, str, list[str]]) -> Any:
    term = {"matchExpressions": [{"key": k, "operator": o, "values": v} for k, o, v in each]}
    return {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [term]}}}}


def selector(**labels: str) -> Any:
    return {"nodeSelector": labels}


LABELED = selector(pool="plx")
POOLS: dict[str, tuple[Any, Any, bool]] = {
    "no wishes": ({}, pool(), True),
    "a label of the template": (LABELED, pool({"pool": "plx"}), True),
    "another value": (LABELED, pool({"pool": "gpu"}), False),
    "a label of which it says nothing": (LABELED, pool(), False),
    "a well-known one": ({"nodeSelector": {ZONE: "a"}}, pool(), True),
    "one of the provider": ({"nodeSelector": {"karpenter.k8s.aws/instance-family": "m5"}}, pool(), True),
    "the pool itself": ({"nodeSelector": {"karpenter.sh/nodepool": "main"}}, pool(), True),
    "another pool": ({"nodeSelector": {"karpenter.sh/nodepool": "other"}}, pool(), False),
    "one of the values": ({"nodeSelector": {ZONE: "a"}}, pool(requirements=[(ZONE, "In", ["a", "b"])]), True),
    "none of them": ({"nodeSelector": {ZONE: "c"}}, pool(requirements=[(ZONE, "In", ["a", "b"])]), False),
    "any but this": ({"nodeSelector": {ZONE: "a"}}, pool(requirements=[(ZONE, "NotIn", ["a"])]), False),
    "whatever the pod likes": (LABELED, pool(requirements=[("pool", "Exists", [])]), True),
    "a label that it does not have": (LABELED, pool(requirements=[("pool", "DoesNotExist", [])]), False),
    "not in, of which it says nothing": (expressions(("pool", "NotIn", ["plx"])), pool(), True),
    "not in, and it is": (expressions(("pool", "NotIn", ["plx"])), pool({"pool": "plx"}), False),
    "not there": (expressions(("pool", "DoesNotExist", [])), pool(), True),
    "not there, but it is": (expressions(("pool", "DoesNotExist", [])), pool({"pool": "plx"}), False),
    "there": (expressions(("pool", "Exists", [])), pool(), False),
    "between two bounds": (expressions(("cores", "Gt", ["4"])), pool(requirements=[("cores", "Lt", ["6"])]), True),
    "between bounds that leave nothing": (
        expressions(("cores", "Gt", ["4"])),
        pool(requirements=[("cores", "Lt", ["5"])]),
        False,
    ),
    "an expression that nobody can read": (expressions(("pool", "Is", ["plx"])), pool(), False),
    "a hostname": ({"nodeSelector": {HOST: "a"}}, pool(), False),
    "a node by name": (
        {
            "affinity": {
                "nodeAffinity": {
                    REQUIRED: {
                        "nodeSelectorTerms": [
                            {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["a"]}]}
                        ]
                    }
                }
            }
        },
        pool(),
        False,
    ),
    "any but a node": (
        {
            "affinity": {
                "nodeAffinity": {
                    REQUIRED: {
                        "nodeSelectorTerms": [
                            {"matchFields": [{"key": "metadata.name", "operator": "NotIn", "values": ["a"]}]}
                        ]
                    }
                }
            }
        },
        pool(),
        True,
    ),
    "an empty term": ({"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": [{}]}}}}, pool(), False),
    "a taint": ({}, pool(taints=[GPU]), False),
    "a taint that is tolerated": ({"tolerations": [{"key": "gpu", "operator": "Exists"}]}, pool(taints=[GPU]), True),
    "a preference": ({}, pool(taints=[{**GPU, "effect": "PreferNoSchedule"}]), True),
    "a startup taint": ({}, pool(startupTaints=[GPU]), True),
    "no room below its limits": ({}, pool(limits={"cpu": "10"}, status={"resources": {"cpu": "9500m"}}), False),
    "room below its limits": ({}, pool(limits={"cpu": "10"}, status={"resources": {"cpu": "9"}}), True),
    "a limit of nothing": ({}, pool(limits={"cpu": "0"}), False),
    "a limit of something else": ({}, pool(limits={"nvidia.com/gpu": "0"}), True),
    "machines that are too small": ({}, pool(requirements=[("karpenter.k8s.aws/instance-cpu", "Lt", ["1"])]), False),
    "machines that are large enough": (
        {},
        pool(requirements=[("karpenter.k8s.aws/instance-cpu", "In", ["1", "2"])]),
        True,
    ),
    "too little memory": ({}, pool(requirements=[("karpenter.azure.com/sku-memory", "In", ["512"])]), False),
    "not ready": ({}, pool(status={"conditions": [{"type": "Ready", "status": "False"}]}), False),
    "of a fixed size": ({}, pool(replicas=3), False),
}


@pytest.mark.parametrize(("spec", "given", "serves"), POOLS.values(), ids=POOLS)
def test_node_pools(spec: Any, given: Any, serves: bool) -> None:
    found = could(spec, node(cpu="0"), given, resources={"requests": {"cpu": "1", "memory": "1Gi"}})
    assert found == (["the NodePool main"] if serves else [])


def pods(kind: str, topology: str, app: str) -> Any:
    term = {"topologyKey": topology, "labelSelector": {"matchLabels": {"app": app}}}
    return {"affinity": {kind: {REQUIRED: [term]}}}


SPREAD: dict[str, tuple[Any, Any, bool]] = {
    "near a pod, in its zone": (pods("podAffinity", ZONE, "db"), pool(), True),
    "which the pool is not in": (pods("podAffinity", ZONE, "db"), pool(requirements=[(ZONE, "In", ["b"])]), False),
    "on its node": (pods("podAffinity", HOST, "db"), pool(), False),
    "on its own node, being the first": (pods("podAffinity", HOST, "cleaner"), pool(), True),
    "far from a pod, in another zone": (pods("podAntiAffinity", ZONE, "db"), pool(), True),
    "which the pool is not": (pods("podAntiAffinity", ZONE, "db"), pool(requirements=[(ZONE, "In", ["a"])]), False),
    "on another node": (pods("podAntiAffinity", HOST, "db"), pool(), True),
}


@pytest.mark.parametrize(("spec", "given", "serves"), SPREAD.values(), ids=SPREAD)
def test_pods_that_are_there(spec: Any, given: Any, serves: bool) -> None:
    database = running("db", "node-1", NAMESPACE, {"app": "db"})
    assert bool(could(spec, node(labels={ZONE: "a"}), database, given)) is serves


def test_the_condition_says_how_large_a_machine_must_be() -> None:
    known = autoscaling.find_expansions(admit({"requests": {"cpu": "500"}}), snapshot_of(node(), pool()))
    assert known.could[0].condition == "if one of its machines has cpu 500"


# ---- the cluster autoscaler -----------------------------------------------------------------------------------------

GROUP = """\
- name: {name}
  health:
    status: {health}
    cloudProviderTarget: {target}
    minSize: 0
    maxSize: 3
  scaleUp:
    status: {up}
"""
OLD = """\
Cluster-autoscaler status at 2024-01-01 00:00:00:
Cluster-wide:
  Health:      Healthy (ready=3 unready=0)
NodeGroups:
  Name:        general
  Health:      {health} (ready=1 unready=0 registered=1 cloudProviderTarget={target} (minSize=0, maxSize=3))
               LastProbeTime:      2024-01-01
  ScaleUp:     {up} (ready=1 cloudProviderTarget=1)
  ScaleDown:   NoCandidates (candidates=0)

  Name:        other
  Health:      Healthy (ready=3 registered=3 cloudProviderTarget=3 (minSize=0, maxSize=3))
  ScaleUp:     NoActivity (ready=3 cloudProviderTarget=3)
"""


def status(text: str) -> Any:
    return named("ConfigMap", "cluster-autoscaler-status", "kube-system", data={"status": text})


def new(name: str = "general", health: str = "Healthy", target: int = 1, up: str = "NoActivity") -> str:
    return "autoscalerStatus: Running\nnodeGroups:\n" + GROUP.format(name=name, health=health, target=target, up=up)


@pytest.mark.parametrize(
    ("health", "target", "up", "grows"),
    [("Healthy", 1, "NoActivity", True), ("Healthy", 3, "NoActivity", False), ("Unhealthy", 1, "NoActivity", False),
     ("Healthy", 1, "Backoff", False), ("Healthy", 2, "InProgress", True)],
)  # fmt: skip
def test_groups_that_may_grow(health: str, target: int, up: str, grows: bool) -> None:
    (group,) = autoscaling.parse_groups(status(new("general", health, target, up)))
    assert group == ("general", grows)
    assert autoscaling.parse_groups(status(OLD.format(health=health, target=target, up=up))) == [
        group,
        ("other", False),
    ]


@pytest.mark.parametrize("text", ["nodeGroups: [", "nodeGroups: 3", "nodeGroups: [{}]", "nodeGroups: [3]", "", "x"])
def test_a_status_that_nobody_can_read(text: str) -> None:
    assert autoscaling.parse_groups(status(text)) == []
    assert autoscaling.parse_groups(named("ConfigMap", "x", data=None)) == []
    assert autoscaling.parse_groups(None) == []


FULL = running("full", "general-1", containers=[{"name": "c", "resources": {"requests": {"cpu": "4"}}}])
AGENT = running("agent", "general-1", containers=[{"name": "c", "resources": {"requests": {"cpu": "3500m"}}}])
AGENT["metadata"]["ownerReferences"] = [{"kind": "DaemonSet"}]
SMALL = {"requests": {"cpu": "1"}}
NODES: dict[str, tuple[Any, list[Any], bool]] = {
    "a node like one that is full": (node("general-1"), [FULL], True),
    "what runs on every node takes its part": (node("general-1"), [AGENT], False),
    "by a label of its pool": (node("ip-10", {"eks.amazonaws.com/nodegroup": "general"}, cpu="2"), [], True),
    "one that is cordoned": (
        node("general-1", taints=[{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]),
        [],
        True,
    ),
    "one with a taint": (node("general-1", taints=[GPU]), [], False),
    "one that is too small": (node("general-1", cpu="500m"), [], False),
    "none of that group": (node("special-1"), [], False),
}


@pytest.mark.parametrize(("like", "there", "fits"), NODES.values(), ids=NODES)
def test_node_groups(like: Any, there: list[Any], fits: bool) -> None:
    found = could({}, like, *there, status(new()), resources=SMALL)
    assert found == (["the node group general"] if fits else [])


def test_a_group_of_a_cloud_that_names_it_by_its_address() -> None:
    name = "https://www.googleapis.com/compute/v1/projects/p/zones/z/instanceGroups/gke-c-pool-1-abcd-grp"
    assert could({}, node("gke-c-pool-1-abcd-x1z2"), status(new(name))) == [f"the node group {name}"]
    assert could({}, node("gke-c-pool-2-abcd-x1z2"), status(new(name))) == []


def test_of_a_group_without_nodes_nothing_is_known() -> None:
    known = autoscaling.find_expansions(admit(), snapshot_of(node("special-1"), status(new("empty"))))
    assert known == ([], ["empty"])
