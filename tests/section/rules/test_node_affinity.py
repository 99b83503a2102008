"""Node affinity."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.section import (
    PREFERRED,
    REQUIRED,
    check,
    expression,
    field,
    preferred,
    required,
)

E, W = "error", "warning"


AFFINITY: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "In": (required(expression("In", "b", "c")), []),
    "In without": (required(expression("In")), [(E, "selector-values")]),
    "Exists with": (required(expression("Exists", "b")), [(E, "selector-values")]),
    "Gt": (required(expression("Gt", "5")), [(W, "python-literal")]),
    "Gt with two": (required(expression("Gt", "5", "6")), [(E, "selector-values"), *[(W, "python-literal")] * 2]),
    "Gt with none": (required(expression("Lt")), [(E, "selector-values")]),
    "Gt with a word": (required(expression("Gt", "abc")), [(W, "never-matches")]),
    "Gt, negative": (required(expression("Gt", "-5")), [(E, "label-value"), (W, "python-literal")]),
    "no key": (required(expression("Exists", key="")), [(E, "label-key")]),
    "operator of others": (required(expression("Equal", "a")), [(E, "selector-operator")]),
    "a bad value": (required(expression("In", "a b")), [(E, "label-value")]),
    "no term": (required(), [(E, "node-terms")]),
    "null terms": ({"affinity": {"nodeAffinity": {REQUIRED: {}}}}, [(E, "missing-field")]),
    "an empty term": (required({}), [(W, "never-matches")]),
    "an empty term among others": (required({}, expression("Exists")), []),
    "a node": (required(field("In", "node-1")), []),
    "two nodes": (required(field("In", "a", "b")), [(E, "match-fields")]),
    "no node": (required(field("NotIn")), [(E, "match-fields")]),
    "a bad node": (required(field("In", "Node")), [(E, "match-fields")]),
    "another field": (required(field("In", "a", key="metadata.namespace")), [(E, "match-fields")]),
    "a field's operator": (required(field("Exists", "a")), [(E, "match-fields")]),
    "preferred": (preferred(expression("In", "b")), []),
    "preferred, a bad value": (preferred(expression("In", "a b")), [(W, "never-matches")]),
    "preferred, negative": (preferred(expression("Gt", "-5")), [(W, "never-matches"), (W, "python-literal")]),
    "preferred, a word": (preferred(expression("Lt", "x")), [(W, "never-matches")]),
    "preferred, a bad key": (preferred(expression("Exists", key="a b")), [(E, "label-key")]),
    "preferred, nothing": ({"affinity": {"nodeAffinity": {PREFERRED: [{"weight": 1}]}}}, []),
    "no weight": ({"affinity": {"nodeAffinity": {PREFERRED: [{"preference": {}}]}}}, [(E, "missing-field")]),
}  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), AFFINITY.values(), ids=AFFINITY)
def test_affinity(data: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(d.severity, d.code) for d in check(data)] == expected
