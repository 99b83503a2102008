"""Affinity and anti-affinity to pods."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.section import (
    check,
    expression,
    pods,
)

E, W = "error", "warning"


AFFINITY: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "pods": (pods(labelSelector={}, namespaces=["a"], namespaceSelector={}), []),
    "pods, no topology": (pods(topologyKey=""), [(E, "topology-key")]),
    "pods, a topology's slashes": (pods(topologyKey="x/y/z"), [(E, "topology-key")]),
    "pods, a namespace's dot": (pods(namespaces=["a.b"]), [(E, "namespace")]),
    "pods, an empty namespace": (pods(namespaces=[""]), [(E, "namespace")]),
    "pods, a long namespace": (pods(namespaces=["x" * 63, "x" * 64]), [(E, "namespace")]),
    "pods, Gt": (pods(labelSelector=expression("Gt", "1")), [(E, "selector-operator")]),
    "pods, namespaces by labels": (pods(namespaceSelector=expression("In")), [(E, "selector-values")]),
    "keys": (pods(labelSelector={}, matchLabelKeys=["a"], mismatchLabelKeys=["b"]), []),
    "keys without a selector": (pods(matchLabelKeys=["a"]), [(E, "match-label-keys")]),
    "other keys without a selector": (pods(mismatchLabelKeys=["a"], labelSelector=None), [(E, "match-label-keys")]),
    "no keys without a selector": (pods(matchLabelKeys=[]), []),
    "keys that are none": (pods(labelSelector={}, matchLabelKeys=["a b"]), [(E, "match-label-keys")]),
    "keys in both": (pods(labelSelector={}, matchLabelKeys=["a"], mismatchLabelKeys=["a"]), [(E, "match-label-keys")]),
    "keys selected": (pods(labelSelector={"matchLabels": {"a": "b"}}, matchLabelKeys=["a"]), [(W, "match-label-keys")]),
    "keys selected twice": (
        pods(labelSelector={"matchLabels": {"a": "b"}, **expression("Exists")}, matchLabelKeys=["a"]),
        [(E, "match-label-keys")],
    ),
    "other keys selected": (pods(labelSelector={"matchLabels": {"a": "b"}}, mismatchLabelKeys=["a"]), []),
}  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), AFFINITY.values(), ids=AFFINITY)
def test_affinity(data: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(d.severity, d.code) for d in check(data)] == expected
