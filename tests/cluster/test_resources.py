"""NodeResourcesFit: what pods use, what the pod requests, and what is left."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import amounts, resources, totals, usage
from helm_cleaner.cluster.amounts import NANO, NotQuantity, format_amount, parse_amount
from tests.support.clusters import admit, container, node, running

MI = 2**20 * NANO


def used(*pods: Any) -> dict[str, int]:
    return usage.sum_by_node(pods, ["node-1"])["node-1"].amounts


def containers(*given: Any) -> Any:
    return {"containers": list(given)}


SIDECAR = container("sidecar", cpu="100m") | {"restartPolicy": "Always"}
COUNTED = {
    "containers add up": (running("a", **containers(container("a", cpu="1"), container("b", cpu="500m"))), 1500),
    "an init container needs the larger of the two": (
        running("a", containers=[container(cpu="200m")], initContainers=[container("i", cpu="1")]), 1000),
    "or not": (running("a", containers=[container(cpu="2")], initContainers=[container("i", cpu="1")]), 2000),
    "a sidecar adds to the sum": (running("a", containers=[container(cpu="200m")], initContainers=[SIDECAR]), 300),
    "an init container runs beside the sidecars before it": (
        running("a", containers=[container(cpu="200m")], initContainers=[SIDECAR, container("i", cpu="1")]), 1100),
    "not beside those after it": (
        running("a", containers=[container(cpu="200m")], initContainers=[container("i", cpu="1"), SIDECAR]), 1000),
    "overhead": (running("a", containers=[container(cpu="200m")], overhead={"cpu": "250m"}), 450),
    "the pod's own requests replace the sum": (
        running("a", containers=[container(cpu="2")], resources={"requests": {"cpu": "1"}}), 1000),
    "thousandths are rounded up, a pod at a time": (
        running("a", **containers(container("a", cpu="0.0001"), container("b", cpu="0.0001"))), 1),
    "a limit alone is a request where the API server has made it one": (running("a"), 0),
}  # fmt: skip


@pytest.mark.parametrize(("pod", "cpu"), COUNTED.values(), ids=COUNTED)
def test_what_a_pod_counts(pod: Any, cpu: int) -> None:
    assert used(pod).get("cpu", 0) == cpu * NANO // 1000


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({"status": {"phase": "Running"}}, True),
        ({"status": {"phase": "Pending"}}, True),
        ({"status": {}}, True),
        ({"status": {"phase": "Succeeded"}}, False),
        ({"status": {"phase": "Failed"}}, False),
        ({"spec": {"nodeName": "gone", **containers(container(cpu="1"))}}, False),
        ({"spec": containers(container(cpu="1"))}, False),
    ],
)
def test_which_pods_count(change: Any, counts: bool) -> None:
    pod = running("a", **containers(container(cpu="1"))) | change
    assert used(pod) == ({"pods": NANO, "cpu": NANO} if counts else {"pods": 0})


def test_pods_that_are_being_deleted_count() -> None:
    pod = running("a")
    pod["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert used(pod)["pods"] == NANO


def resized(asked: str, allocated: str | None, in_force: str | None, infeasible: bool = False) -> Any:
    pod = running("a", **containers(container(cpu=asked)))
    status: Any = {"name": "main"}
    if allocated:
        status["allocatedResources"] = {"cpu": allocated}
    if in_force:
        status["resources"] = {"requests": {"cpu": in_force}}
    pod["status"]["containerStatuses"] = [status]
    if infeasible:
        pod["status"]["conditions"] = [{"type": "PodResizePending", "reason": "Infeasible"}]
    return pod


@pytest.mark.parametrize(
    ("pod", "cpu"),
    [
        (resized("1", "1", "1"), 1),
        (resized("1", "1", None), 1),
        (resized("1", "2", None), 2),
        (resized("1", "1", "2"), 2),
        (resized("3", "1", "2"), 3),
        (resized("3", "1", "2", infeasible=True), 2),
        (resized("3", None, None, infeasible=True), 3),
    ],
)
def test_pods_whose_resources_change_count_with_the_most(pod: Any, cpu: int) -> None:
    assert used(pod)["cpu"] == cpu * NANO


def why(given: Any, *pods: Any, **allocatable: Any) -> list[str]:
    room = usage.sum_by_node(pods, ["node-1"])
    return [reason.message for reason in resources.make_filter(admit(given), room)(node(**allocatable))]


def test_what_does_not_fit_is_said_of_each_resource() -> None:
    given = {"requests": {"cpu": "1", "memory": "1Gi", "nvidia.com/gpu": "1"}, "limits": {"nvidia.com/gpu": "1"}}
    assert why(given, running("a", **containers(container(cpu="3100m"))), cpu="3920m", pods="1") == [
        "too many pods: 1 of 1",
        "cpu: 3.92 allocatable, 3.1 in use, 1 requested",
        "nvidia.com/gpu: 0 allocatable, 0 in use, 1 requested",
    ]
    assert why(given, memory="512Mi", **{"nvidia.com/gpu": "1"}) == [
        "memory: 512Mi allocatable, 0 in use, 1Gi requested"
    ]


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ({"requests": {"cpu": "2"}}, True),
        ({"requests": {"cpu": "2.0001"}}, False),
        ({"limits": {"cpu": "3"}}, False),  # a limit alone is a request
        ({"requests": {"cpu": "1"}, "limits": {"cpu": "3"}}, True),
        ({"requests": {"cpu": "0"}, "limits": {"cpu": "3"}}, True),
        ({"requests": {"hugepages-2Mi": "2Mi", "memory": "1Mi"}, "limits": {"hugepages-2Mi": "2Mi"}}, False),
        ({"requests": {"ephemeral-storage": "11Gi"}}, False),
        ({"requests": {"example.com/foo": "0"}, "limits": {"example.com/foo": "0"}}, True),
        ({}, True),
    ],
)
def test_what_fits_beside_two_cores_in_use(given: Any, fits: bool) -> None:
    assert (not why(given, running("a", **containers(container(cpu="2"))))) is fits


def test_a_pod_that_requests_nothing_fits_on_a_node_that_is_overcommitted() -> None:
    assert why({}, running("a", **containers(container(cpu="9")))) == []
    assert why({"requests": {"memory": "1Mi"}}, running("a", **containers(container(cpu="9")))) == []


def test_limits_count_the_overhead_only_where_there_are_some() -> None:
    spec = {"containers": [{"resources": {"limits": {"cpu": "1"}}}], "overhead": {"cpu": "1", "memory": "1Mi"}}
    assert totals.sum_limits(spec) == {"cpu": 2 * NANO}
    assert totals.sum_limits(spec, overhead=False) == {"cpu": NANO}
    assert totals.sum_requests(spec) == {"cpu": NANO, "memory": MI}


@pytest.mark.parametrize(
    ("name", "quantity", "text"),
    [
        ("cpu", "0.1", "100m"), ("cpu", "1500m", "1.5"), ("cpu", "3.9204", "3.92"), ("cpu", "1u", "0.001m"),
        ("cpu", "0", "0"), ("memory", "1Gi", "1Gi"), ("memory", "2000Mi", "2000Mi"), ("memory", "900", "900"),
        ("memory", "16306836Ki", "15.551Gi"), ("memory", "1G", "953.674Mi"), ("memory", "-1Gi", "-1Gi"),
        ("requests.memory", "1Ki", "1Ki"), ("pods", "110", "110"), ("nvidia.com/gpu", "2", "2"),
        ("hugepages-2Mi", "4Mi", "4Mi"),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(name: str, quantity: str, text: str) -> None:
    assert format_amount(name, parse_amount(quantity)) == text


@pytest.mark.parametrize("value", ["", "x", "1x", None, True, [], {}, "1 Gi"])
def test_what_is_not_a_quantity(value: Any) -> None:
    with pytest.raises(NotQuantity, match="is not a quantity"):
        parse_amount(value)


@pytest.mark.parametrize(("value", "whole"), [(4, 4), (0.5, 1), ("1e3", 1000), ("0.1", 1), ("1Ki", 1024)])
def test_numbers_count_as_quantities_and_are_rounded_up(value: Any, whole: int) -> None:
    assert amounts.round_to_units(parse_amount(value)) == whole
