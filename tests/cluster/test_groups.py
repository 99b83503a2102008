"""Grouped reasons, near misses, and warnings."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import groups, nearest, scheduling, warnings
from tests.support.clusters import admit, node, running, snapshot_of

ML = {"key": "dedicated", "value": "ml", "effect": "NoSchedule"}


def grouped(spec: Any, *objects: Any, resources: Any = None) -> list[tuple[int, str, str, str]]:
    found = groups.group_reasons(scheduling.schedule(admit(resources, **spec), snapshot_of(*objects)))
    return [(len(each.nodes), each.cause, each.detail, each.hint) for each in found]


def test_labels_that_the_nodes_do_have() -> None:
    pools = [node(f"n{n}", {"pool": pool}) for n, pool in enumerate(["plx-v2", "plx-v2", "gpu", "a", "b", "c", "d"])]
    assert grouped({"nodeSelector": {"pool": "plx"}}, *pools, node("bare")) == [
        (8, "label pool=plx is missing",
         "pool: plx-v2 (2), a (1), b (1), c (1), d (1), and 1 more; 1 without it",
         "did you mean pool: plx-v2 (2 nodes)?"),
    ]  # fmt: skip
    assert grouped({"nodeSelector": {"zone": "a"}}, node()) == [
        (1, "label zone=a is missing", "it does not have the label zone", "")
    ]


def test_a_value_that_exists_elsewhere_is_no_mistake() -> None:
    nodes = [node("a", {"pool": "plx-v2"}), node("b", {"pool": "plx"}, [ML])]
    found = grouped({"nodeSelector": {"pool": "plx"}}, *nodes)
    assert [each[3] for each in found] == [
        "",
        "add {key: dedicated, operator: Equal, value: ml, effect: NoSchedule} to tolerations, and 1 node fits",
    ]


def test_room() -> None:
    busy = running("x", "b", containers=[{"name": "c", "resources": {"requests": {"cpu": "3"}}}])
    nodes = [node("a", cpu="500m"), node("b"), node("c", pods="0")]
    assert grouped({}, *nodes, busy, resources={"requests": {"cpu": "2"}}) == [
        (2, "insufficient cpu: 2 requested",
         "most is free on b: 4 allocatable, 3 in use", "request at most 1 of cpu, and b fits"),
        (1, "too many pods", "c: too many pods: 0 of 0", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("taint", "hint"),
    [
        (
            {"key": "gpu", "effect": "NoExecute"},
            "add {key: gpu, operator: Exists, effect: NoExecute} to tolerations, and 1 node fits",
        ),
        ({"key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule"}, ""),
        ({"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}, ""),
    ],
)
def test_what_nobody_should_tolerate_is_not_proposed(taint: Any, hint: str) -> None:
    assert [each[3] for each in grouped({}, node(taints=[taint]))] == [hint]


def test_no_hints_where_some_node_fits_or_where_it_would_not_do() -> None:
    assert [each[3] for each in grouped({}, node("a"), node("b", taints=[ML]))] == [""]
    both = grouped({}, node(taints=[ML], cpu="0"), resources={"requests": {"cpu": "1"}})
    assert [each[3] for each in both] == ["", ""]


@pytest.mark.parametrize(
    ("word", "there", "near"),
    [
        ("polyaxn", ["gpu", "polyaxon"], "polyaxon"),
        ("GPU", ["gpu", "gp"], "gpu"),
        ("polyaxon", ["polyaxon-v2", "polyaxon-v10"], "polyaxon-v2"),
        ("plx", ["plx-large-machines-of-old"], "plx-large-machines-of-old"),
        ("x", ["xenon"], ""),
        ("cpu", ["memory"], ""),
        ("a", ["a"], ""),
        ("a", [], ""),
    ],
)
def test_nearest(word: str, there: list[str], near: str) -> None:
    assert nearest.find_nearest(word, there) == near


@pytest.mark.parametrize(
    ("key", "value", "near"),
    [
        ("pol", "plx", "pool: plx"),
        ("zone", "eu-1a", "topology.kubernetes.io/zone: eu-1a"),
        ("zone", "eu-1b", "topology.kubernetes.io/zone: eu-1a"),
        ("pool", "plxx", "pool: plx"),
        ("colour", "red", ""),
        ("pool", "quite-another", ""),
    ],
)
def test_nearest_label(key: str, value: str, near: str) -> None:
    nodes = [node(labels={"pool": "plx", "topology.kubernetes.io/zone": "eu-1a"})]
    assert nearest.find_label(key, value, nodes) == near


# ---- warnings -------------------------------------------------------------------------------------------------------


def on(system: str, architecture: str = "amd64", name: str = "n") -> Any:
    return node(name, {"kubernetes.io/os": system, "kubernetes.io/arch": architecture})


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ([on("linux")], []),
        ([node()], []),
        ([], []),
        ([on("linux"), on("windows", name="w")],
         ["1 of the 2 nodes that fit runs windows (w): the cleaner's image is for Linux"]),
        ([on("windows", name="w")], ["the node that fits runs windows (w): the cleaner's image is for Linux"]),
        ([on("windows", name=str(n)) for n in range(5)],
         ["all 5 nodes that fit run windows (0, 1, 2 and 2 more): the cleaner's image is for Linux"]),
        ([on("linux", "arm64")], ["the nodes that fit have another architecture: arm64 (1)"]),
        ([on("linux", "arm64"), on("linux")], ["the nodes that fit have several architectures: amd64 (1), arm64 (1)"]),
    ],
)  # fmt: skip
def test_platforms(nodes: list[Any], said: list[str]) -> None:
    assert [each.message for each in warnings.check_platforms(nodes)] == said


def test_a_store_on_a_node() -> None:
    pod = admit(volumes=[{"name": "v", "hostPath": {"path": "/data"}}, {"name": "e", "emptyDir": {}}])
    (found,) = warnings.check_host_paths(pod, [node("a"), node("b")])
    assert found.code == "host-path"
    assert "hostPath /data, and the cluster has 2 nodes" in found.message
    assert list(warnings.check_host_paths(pod, [node("a")])) == []


def test_labels_and_taints_that_no_node_has() -> None:
    nodes = [node("a", {"pool": "plx"}, [ML]), node("b", {"pool": "gpu"})]
    term = {"matchExpressions": [
        {"key": "pool", "operator": "In", "values": ["plx", "gpuu", "tpu"]},
        {"key": "pool", "operator": "NotIn", "values": ["gpux"]},
    ]}  # fmt: skip
    required = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]},
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": term}]}}  # fmt: skip
    tolerations = [
        {"key": "dedicatd", "operator": "Exists"},
        {"key": "dedicated", "value": "mll"},
        {"key": "dedicated", "value": "ml"},
        {"key": "whatever", "operator": "Exists"},
        {"operator": "Exists"},
    ]
    found = [(each.message, each.hint, each.path[-1]) for each in warnings.check_absent(
        admit(affinity=required, tolerations=tolerations), nodes)]  # fmt: skip
    assert found == [
        ("no node has the label pool=gpuu", "did you mean pool: gpu?", 1),
        ("no node has the label pool=gpuu", "did you mean pool: gpu?", 1),
        ("no node has the taint dedicatd", "did you mean dedicated?", "key"),
        ("no node has the taint dedicated=mll", "did you mean ml?", "value"),
    ]
