"""InterPodAffinity: the pod's own terms, and those of existing pods."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import scheduling
from tests.support.clusters import NAMESPACE, admit, named, node, running, snapshot_of

ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
NODES = [node("a1", {ZONE: "a"}), node("a2", {ZONE: "a"}), node("b1", {ZONE: "b"}), node("none")]
NAMESPACES = [
    named("Namespace", NAMESPACE, None, metadata={"labels": {"team": "plx"}}),
    named("Namespace", "db", None, metadata={"labels": {"team": "db"}}),
    named("Namespace", "plain", None),
]
OWN = {"app": "cleaner"}


def term(topology: str = ZONE, selector: Any = "db", **more: Any) -> Any:
    if isinstance(selector, str):
        selector = {"matchLabels": {"app": selector}}
    return {"topologyKey": topology, "labelSelector": selector, **more}


def affinity(kind: str, *terms: Any) -> Any:
    return {"affinity": {kind: {REQUIRED: list(terms)}}}


def fitting(spec: Any, *pods: Any, namespaces: Any = NAMESPACES) -> list[str]:
    pod = admit(labels=OWN, **spec)
    return [each.name for each in scheduling.schedule(pod, snapshot_of(*NODES, *namespaces, *pods)) if not each.reasons]


def database(on: str = "a1", namespace: str = NAMESPACE, **more: Any) -> Any:
    return running("db-0", on, namespace, {"app": "db"}, **more)


ALL = ["a1", "a2", "b1", "none"]
NEAR = {
    "in the same zone": (affinity("podAffinity", term()), [database()], ["a1", "a2"]),
    "on the same node": (affinity("podAffinity", term(HOST)), [database()], ["a1"]),
    "nowhere": (affinity("podAffinity", term()), [], []),
    "in another namespace": (affinity("podAffinity", term()), [database(namespace="db")], []),
    "in a namespace by name": (
        affinity("podAffinity", term(namespaces=["db"])),
        [database(namespace="db")],
        ["a1", "a2"],
    ),
    "which leaves its own out": (affinity("podAffinity", term(namespaces=["db"])), [database()], []),
    "in a namespace by label": (
        affinity("podAffinity", term(namespaceSelector={"matchLabels": {"team": "db"}})),
        [database(namespace="db")],
        ["a1", "a2"],
    ),
    "by name or by label": (
        affinity("podAffinity", term(namespaces=["plain"], namespaceSelector={"matchLabels": {"team": "db"}})),
        [database("b1", "plain")],
        ["b1"],
    ),
    "in every namespace": (
        affinity("podAffinity", term(namespaceSelector={})),
        [database(namespace="plain")],
        ["a1", "a2"],
    ),
    "in a namespace that is not known": (
        affinity(
            "podAffinity", term(namespaceSelector={"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]})
        ),
        [database(namespace="unknown")],
        [],
    ),
    "in one without labels": (
        affinity(
            "podAffinity", term(namespaceSelector={"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]})
        ),
        [database(namespace="plain")],
        ["a1", "a2"],
    ),
    "one pod must match all terms": (
        affinity("podAffinity", term(), term(ZONE, "web")),
        [database(), running("web", "a1", NAMESPACE, {"app": "web"})],
        [],
    ),
    "in both topologies": (affinity("podAffinity", term(), term(HOST)), [database()], ["a1"]),
    "the first may match itself": (affinity("podAffinity", term(ZONE, "cleaner")), [database()], ["a1", "a2", "b1"]),
    "unless another one does": (
        affinity("podAffinity", term(ZONE, "cleaner")),
        [running("c", "b1", NAMESPACE, OWN)],
        ["b1"],
    ),
    "finished pods do not count": (
        affinity("podAffinity", term()),
        [database() | {"status": {"phase": "Succeeded"}}],
        [],
    ),
    "no selector": (affinity("podAffinity", term(selector=None)), [database()], []),
    "preferred": (
        {
            "affinity": {
                "podAffinity": {
                    "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": term()}]
                }
            }
        },
        [],
        ALL,
    ),
}
FAR = {
    "not in the same zone": (affinity("podAntiAffinity", term()), [database()], ["b1", "none"]),
    "not on the same node": (affinity("podAntiAffinity", term(HOST)), [database()], ["a2", "b1", "none"]),
    "any of the terms": (
        affinity("podAntiAffinity", term(HOST), term(ZONE, "web")),
        [database()],
        ["a2", "b1", "none"],
    ),
    "nobody there": (affinity("podAntiAffinity", term()), [], ALL),
    "another namespace": (affinity("podAntiAffinity", term()), [database(namespace="db")], ALL),
    "its own kind": (
        affinity("podAntiAffinity", term(HOST, "cleaner")),
        [running("c", "b1", NAMESPACE, OWN)],
        ["a1", "a2", "none"],
    ),
    "matchLabelKeys narrow it down": (
        affinity("podAntiAffinity", term(HOST, {}, matchLabelKeys=["app"])),
        [database()],
        ALL,
    ),
    "mismatchLabelKeys turn it round": (
        affinity("podAntiAffinity", term(HOST, {}, mismatchLabelKeys=["app"])),
        [database()],
        ["a2", "b1", "none"],
    ),
    "of a label that the pod lacks": (
        affinity("podAntiAffinity", term(HOST, {}, matchLabelKeys=["x"])),
        [database()],
        ["a2", "b1", "none"],
    ),
}
REPELLED: dict[str, Any] = {
    "by a pod in its namespace": ({}, [database(**affinity("podAntiAffinity", term(ZONE, "cleaner")))], ["b1", "none"]),
    "on its node": ({}, [database(**affinity("podAntiAffinity", term(HOST, "cleaner")))], ["a2", "b1", "none"]),
    "by one that means others": ({}, [database(**affinity("podAntiAffinity", term(ZONE, "web")))], ALL),
    "by one of another namespace": (
        {},
        [database(namespace="db", **affinity("podAntiAffinity", term(ZONE, "cleaner")))],
        ALL,
    ),
    "that names this one": (
        {},
        [database(namespace="db", **affinity("podAntiAffinity", term(ZONE, "cleaner", namespaces=[NAMESPACE])))],
        ["b1", "none"],
    ),
    "or selects it": (
        {},
        [
            database(
                namespace="db",
                **affinity(
                    "podAntiAffinity", term(ZONE, "cleaner", namespaceSelector={"matchLabels": {"team": "plx"}})
                ),
            )
        ],
        ["b1", "none"],
    ),
    "by the job's own label": (
        {},
        [
            database(
                **affinity(
                    "podAntiAffinity", term(ZONE, {"matchExpressions": [{"key": "job-name", "operator": "Exists"}]})
                )
            )
        ],
        ["b1", "none"],
    ),
    "not by a finished one": (
        {},
        [database(**affinity("podAntiAffinity", term(ZONE, "cleaner"))) | {"status": {"phase": "Failed"}}],
        ALL,
    ),
    "not by their affinity": ({}, [database(**affinity("podAffinity", term(ZONE, "web")))], ALL),
}
CASES = {
    f"{kind}: {name}": case
    for kind, cases in (("near", NEAR), ("far", FAR), ("repelled", REPELLED))
    for name, case in cases.items()
}


@pytest.mark.parametrize(("spec", "pods", "fits"), CASES.values(), ids=CASES)
def test_where_the_pod_fits(spec: Any, pods: list[Any], fits: list[str]) -> None:
    assert fitting(spec, *pods) == fits


def test_to_other_pods_an_unknown_namespace_has_no_labels() -> None:
    selector = {"matchExpressions": [{"key": "x", "operator": "DoesNotExist"}]}
    repelling = database(
        namespace="db", **affinity("podAntiAffinity", term(ZONE, "cleaner", namespaceSelector=selector))
    )
    assert fitting({}, repelling, namespaces=()) == ["b1", "none"]


def test_the_reasons_name_the_pods() -> None:
    pods = [
        database(),
        running("lonely", "a1", NAMESPACE, {}, **affinity("podAntiAffinity", term(HOST, "cleaner"))),
    ]
    spec: dict[str, Any] = {
        "affinity": {"podAffinity": {REQUIRED: [term(HOST, "web")]}, "podAntiAffinity": {REQUIRED: [term()]}}
    }
    facts = snapshot_of(*NODES, *NAMESPACES, *pods)
    said = {
        each.name: [reason.message for reason in each.reasons]
        for each in scheduling.schedule(admit(labels=OWN, **spec), facts)
    }
    assert said["a1"] == [
        f"no pod matching app=web in the same {HOST} (required pod affinity)",
        f"a pod matching app=db is in the same {ZONE} (required pod anti-affinity): {NAMESPACE}/db-0",
        f"the anti-affinity of an existing pod in the same {HOST} excludes the cleaner: {NAMESPACE}/lonely",
    ]
    del spec["affinity"]["podAntiAffinity"]
    spec["affinity"]["podAffinity"][REQUIRED] = [term(ZONE, "db")]
    verdicts = scheduling.schedule(admit(labels=OWN, **spec), facts)
    assert [r.message for r in verdicts[3].reasons] == [
        f"label {ZONE} is missing (topologyKey of the required pod affinity)"
    ]
