"""The rules: what passes works in the cluster, and what is refused would have failed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helm_cleaner import section, values
from tests.support import cases
from tests.support.section import (
    check,
    errors,
)


def test_the_verdicts_of_kubernetes_the_kubelet_and_polyaxon() -> None:
    wrong = []
    for line in cases.lines("sections.jsonl"):
        case = json.loads(line)
        said = errors(case["section"])
        if case["accepted"] == bool([code for _, code in said if code != "pull-secret"]):
            wrong.append((case, said))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("resources: {requests: {cpu: 500mi}}", "is not a valid quantity", "did you mean 500m?"),
        ("resources: {requests: {nvidia.com/gpu: 1}}", "nvidia.com/gpu needs a limit equal to its request",
         "add nvidia.com/gpu: 1 under limits"),
        ('image: {repository: r/x, tag: "1"}', "must be a string, found a mapping",
         'write image: r/x and imageTag: "1"'),
        ("image: {registry: h.io, repository: r/x}", "must be a string, found a mapping", "write image: h.io/r/x"),
        ("tolerations: [{operator: Exists, effect: NoExecute, tolerationSeconds: 1e30}]", "must be from ",
         "remove tolerationSeconds, or for example tolerationSeconds: 300"),
        ("image: x@sha256:abc", "a sha256 digest has 64 digits (0-9, a-f), found 3 characters",
         "copy the whole digest from the registry"),
        ("imageTag: 1.0@sha256:abc", "a sha256 digest has 64 digits (0-9, a-f), found 3 characters",
         "copy the whole digest from the registry"),
        ("resources: {memory: 64Mi, cpu: 50m}", "memory and cpu are read as resources.requests",
         "write resources: {requests: {memory: 64Mi, cpu: 50m}}"),
    ],
)  # fmt: skip
def test_hints_lead_to_what_is_valid(text: str, message: str, hint: str) -> None:
    [finding] = section.resolve(overrides=values.read(f"cleaner: {{{text}}}".encode(), "v.yaml")).findings
    assert message in finding.message
    assert finding.hint == hint


def affinity(kind: str, term: Any) -> Any:
    required = {"nodeSelectorTerms": [term]} if kind == "nodeAffinity" else [{"topologyKey": "zone", **term}]
    return {"affinity": {kind: {"requiredDuringSchedulingIgnoredDuringExecution": required}}}


@pytest.mark.parametrize(
    "data",
    [
        affinity("nodeAffinity", {"matchExpressions": [{"key": "a", "operator": "In", "values": [5]}]}),
        affinity("nodeAffinity", {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [5]}]}),
        affinity("podAffinity", {"labelSelector": {"matchExpressions": [{"operator": "Exists", "key": 5}]}}),
    ],
    ids=["values", "matchFields", "a key"],
)
def test_what_is_broken_in_structure_is_said_once(data: Any) -> None:
    assert [d.message.partition(",")[0] for d in check(data)] == ["must be a string"]
