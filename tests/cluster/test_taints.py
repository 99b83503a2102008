"""TaintToleration and NodeUnschedulable."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import node_unschedulable, taints
from tests.support.clusters import admit, node

ML = {"key": "dedicated", "value": "ml", "effect": "NoSchedule"}
TOLERATIONS = {
    "none": ([], ML, False),
    "equal": ([{"key": "dedicated", "operator": "Equal", "value": "ml", "effect": "NoSchedule"}], ML, True),
    "equal is the default": ([{"key": "dedicated", "value": "ml"}], ML, True),
    "another value": ([{"key": "dedicated", "value": "db"}], ML, False),
    "another key": ([{"key": "team", "value": "ml"}], ML, False),
    "another effect": ([{"key": "dedicated", "value": "ml", "effect": "NoExecute"}], ML, False),
    "exists": ([{"key": "dedicated", "operator": "Exists"}], ML, True),
    "exists without a key": ([{"operator": "Exists"}], ML, True),
    "exists without a key, another effect": ([{"operator": "Exists", "effect": "NoExecute"}], ML, False),
    "no value on both sides": ([{"key": "a"}], {"key": "a", "effect": "NoExecute"}, True),
    "a value on one side": ([{"key": "a"}], {"key": "a", "value": "b", "effect": "NoExecute"}, False),
    "comparison is off by default": (
        [{"key": "a", "operator": "Gt", "value": "1"}], {"key": "a", "value": "2", "effect": "NoSchedule"}, False,
    ),
    "a preference keeps nobody away": ([], {"key": "a", "effect": "PreferNoSchedule"}, True),
    # what the API server adds
    "not ready": ([], {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"}, True),
    "unreachable": ([], {"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"}, True),
    "not ready, for new pods": ([], {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}, False),
    "a toleration of one's own takes its place, though it matches nothing": (
        [{"key": "node.kubernetes.io/not-ready", "value": "x", "effect": "NoExecute"}],
        {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"}, False,
    ),
    "one of another effect does not": (
        [{"key": "node.kubernetes.io/not-ready", "value": "x", "effect": "NoSchedule"}],
        {"key": "node.kubernetes.io/not-ready", "effect": "NoExecute"}, True,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tolerations", "taint", "fits"), TOLERATIONS.values(), ids=TOLERATIONS)
def test_tolerations(tolerations: list[Any], taint: dict[str, str], fits: bool) -> None:
    pod = admit(tolerations=tolerations)
    assert (not taints.make_filter(pod)(node(taints=[taint]))) is fits


def test_every_taint_is_named() -> None:
    both = [ML, {"key": "gpu", "effect": "NoExecute"}]
    reasons = taints.make_filter(admit())(node(taints=both))
    assert [reason.cause for reason in reasons] == [
        "taint dedicated=ml:NoSchedule is not tolerated",
        "taint gpu:NoExecute is not tolerated",
    ]


@pytest.mark.parametrize(
    ("tolerations", "fits"),
    [
        ([], False),
        ([{"key": "node.kubernetes.io/unschedulable", "operator": "Exists"}], True),
        ([{"operator": "Exists"}], True),
        ([{"key": "node.kubernetes.io/unschedulable", "operator": "Exists", "effect": "NoExecute"}], False),
    ],
)
def test_cordoned(tolerations: list[Any], fits: bool) -> None:
    refuse = node_unschedulable.make_filter(admit(tolerations=tolerations))
    cordoned = node()
    cordoned["spec"]["unschedulable"] = True
    assert (not refuse(cordoned)) is fits
    assert refuse(node()) == []
