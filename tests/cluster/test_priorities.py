"""Priorities: the pod's own, pods that come before it, and pods that give way."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import preemption, priorities, quotas, scheduling, snapshot
from tests.support.clusters import admit, container, named, node, quota, running

WANTS = {"requests": {"cpu": "3"}}


def priority_class(name: str, value: int, **more: Any) -> Any:
    return named("PriorityClass", name, None, "scheduling.k8s.io/v1", value=value, **more)


HIGH = priority_class("high", 1000, globalDefault=True)
NEVER = priority_class("never", 1000, globalDefault=True, preemptionPolicy="Never")


def busy(name: str, on: str | None, priority: int | None = None, cpu: str = "2", **more: Any) -> Any:
    pod = running(name, on, containers=[container(cpu=cpu)], **more)
    return pod if priority is None else {**pod, "spec": {**pod["spec"], "priority": priority}}


def nominated(name: str, node_name: str, priority: int | None = None, **more: Any) -> Any:
    return {**busy(name, None, priority, **more), "status": {"nominatedNodeName": node_name}}


@pytest.mark.parametrize(
    ("classes", "name", "priority"),
    [
        ([], None, 0),
        ([priority_class("other", 5)], None, 0),
        ([HIGH], "high", 1000),
        ([HIGH, priority_class("low", -5, globalDefault=True)], "low", -5),
        ([NEVER], "never", 1000),
    ],
    ids=["none", "none is the default", "the default", "the lowest of two", "one that evicts nothing"],
)
def test_the_default_class(classes: list[Any], name: str | None, priority: int) -> None:
    found = admit(classes=classes)
    assert (found["spec"].get("priorityClassName"), priorities.priority_of(found)) == (name, priority)


def test_a_quota_for_the_default_class() -> None:
    scoped = quota({"pods": "0"}, {"pods": "0"}, scopeSelector={"matchExpressions": [
        {"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]})  # fmt: skip
    assert quotas.check(admit(), scoped) == []
    assert [each.code for each in quotas.check(admit(classes=[HIGH]), scoped)] == ["quota"]


NOMINATED: dict[str, tuple[list[Any], list[Any], list[str]]] = {
    "room beside it": ([nominated("n", "node-1", cpu="1")], [], []),
    "no room beside it": ([nominated("n", "node-1")], [], ["NodeResourcesFit"]),
    "on another node": ([nominated("n", "node-2")], [], []),
    "of a lower priority": ([nominated("n", "node-1", -1)], [], []),
    "of a lower priority than the default": ([nominated("n", "node-1", 5)], [HIGH], []),
    "bound by now": ([{**busy("n", "node-1", cpu="0"), "status": {"nominatedNodeName": "node-1"}}], [], []),
}


@pytest.mark.parametrize(("pods", "classes", "plugins"), NOMINATED.values(), ids=NOMINATED)
def test_pods_that_are_nominated_to_a_node(pods: list[Any], classes: list[Any], plugins: list[str]) -> None:
    known = snapshot.collect([node(), *pods], "c")
    (verdict,) = scheduling.schedule(admit(WANTS, classes=classes), known)
    assert [each.plugin for each in verdict.reasons] == plugins
    assert all("in use with default/n, nominated to the node" in each.message for each in verdict.reasons)


def test_a_nominated_pod_is_no_company_yet() -> None:
    """The pod must fit with the nominated pod, and without it: one that it wants to be near is not there yet."""
    near = {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [
        {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "db"}}}]}}  # fmt: skip
    known = snapshot.collect(
        [node(), nominated("n", "node-1", cpu="1", labels={"app": "db"}, namespace="polyaxon")], "c"
    )
    (verdict,) = scheduling.schedule(admit(WANTS, affinity=near), known)
    assert [each.plugin for each in verdict.reasons] == ["InterPodAffinity"]


TAINT = {"key": "a", "value": "b", "effect": "NoSchedule"}
PREEMPTIONS: dict[str, tuple[list[Any], list[Any], list[str]]] = {
    "none of lower priority": ([node(), busy("p", "node-1")], [], []),
    "a negative priority": ([node(), busy("p", "node-1", -1)], [], ["node-1"]),
    "below the default": ([node(), busy("p", "node-1", 5)], [HIGH], ["node-1"]),
    "the default evicts nothing": ([node(), busy("p", "node-1", 5)], [NEVER], []),
    "not enough of them": ([node(), busy("p", "node-1", 5, "1"), busy("q", "node-1", 2000)], [HIGH], []),
    "room for a nominated pod": ([node(), busy("p", "node-1", 5), nominated("n", "node-1", 2000)], [HIGH], []),
    "a taint stays": ([node(taints=[TAINT]), busy("p", "node-1", 5)], [HIGH], []),
    "the first few": ([each for n in range(5) for each in (node(f"n-{n}"), busy(f"p-{n}", f"n-{n}", 5))], [HIGH],
                      ["n-0", "n-1", "n-2"]),
}  # fmt: skip


@pytest.mark.parametrize(("objects", "classes", "expected"), PREEMPTIONS.values(), ids=PREEMPTIONS)
def test_pods_that_give_way(objects: list[Any], classes: list[Any], expected: list[str]) -> None:
    known, pod = snapshot.collect(objects, "c"), admit(WANTS, classes=classes)
    verdicts = scheduling.schedule(pod, known)
    assert all(each.reasons for each in verdicts)
    found = preemption.find_preemptions(pod, known, verdicts)
    assert [each.node["metadata"]["name"] for each in found] == expected
