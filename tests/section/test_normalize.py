"""Spellings with one meaning are normalized with a warning."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner import section
from helm_cleaner.section.normalize import normalize
from helm_cleaner.values import to_data
from tests.support.section import found, read

NORMALISED: dict[str, tuple[str, Any, list[str]]] = {
    "flat resources": (
        "{resources: {memory: 64Mi, cpu: 50m}}",
        {"resources": {"requests": {"memory": "64Mi", "cpu": "50m"}}},
        ["cleaner.resources.memory"],
    ),
    "flat beside limits": (
        "{resources: {limits: {cpu: 1}, cpu: 50m}}",
        {"resources": {"limits": {"cpu": 1}, "requests": {"cpu": "50m"}}},
        ["cleaner.resources.cpu"],
    ),
    "flat beside other requests": (
        "{resources: {requests: {cpu: 1}, memory: 64Mi}}",
        {"resources": {"requests": {"cpu": 1, "memory": "64Mi"}}},
        ["cleaner.resources.memory"],
    ),
    "flat and the same": (
        "{resources: {requests: {cpu: 1}, cpu: 1}}",
        {"resources": {"requests": {"cpu": 1}}},
        ["cleaner.resources.cpu"],
    ),
    "other resources": (
        "{resources: {ephemeral-storage: 1Gi, hugepages-2Mi: 4Mi, nvidia.com/gpu: 1}}",
        {"resources": {"requests": {"ephemeral-storage": "1Gi", "hugepages-2Mi": "4Mi", "nvidia.com/gpu": 1}}},
        [
            "cleaner.resources.ephemeral-storage",
        ],
    ),
    "no resource": ("{resources: {limit: {cpu: 1}}}", {"resources": {"limit": {"cpu": 1}}}, []),
    "secret references": (
        "{imagePullSecrets: [{name: a}, b, {name: c}]}",
        {"imagePullSecrets": ["a", "b", "c"]},
        ["cleaner.imagePullSecrets[0]", "cleaner.imagePullSecrets[2]"],
    ),
    "no secret reference": (
        "{imagePullSecrets: [{name: 1}, {name: a, x: b}, {}]}",
        {"imagePullSecrets": [{"name": 1}, {"name": "a", "x": "b"}, {}]},
        [],
    ),
    "regular": ("{resources: {requests: {cpu: 1}}}", {"resources": {"requests": {"cpu": 1}}}, []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "paths"), NORMALISED.values(), ids=NORMALISED)
def test_normalize(text: str, expected: Any, paths: list[str]) -> None:
    value = read(f"cleaner: {text}")
    result, said = normalize(value)
    assert to_data(result) == expected
    assert [(d.severity, d.path) for d in said] == [("warning", path) for path in paths]
    assert to_data(value) == to_data(read(f"cleaner: {text}")), "the argument is as it was"
    assert normalize(result)[1] == [], "once is enough"


def test_flat_resources_that_collide_are_an_error() -> None:
    _, said = normalize(read("cleaner:\n  resources:\n    requests: {cpu: 1}\n    cpu: 50m\n"))
    assert found(said) == [
        ("cleaner.resources.cpu", 4, 5, '"50m" collides with resources.requests.cpu, which is 1')
    ]  # fmt: skip
    assert said[0].severity == "error"


def test_a_default_that_a_chart_merged_gives_way_to_flat_resources() -> None:
    rendered = section.parse_rendered('{"resources":{"cpu":"50m","requests":{"cpu":"100m","memory":"100Mi"}}}', "cm")
    assert rendered is not None
    result, findings = section.resolve(rendered)
    assert [d.severity for d in findings] == ["warning"]
    assert to_data(result) == {"resources": {"requests": {"cpu": "50m", "memory": "100Mi"}}}


def test_what_a_user_asked_for_does_not_give_way() -> None:
    rendered = section.parse_rendered('{"resources":{"cpu":"50m","requests":{"cpu":"200m"}}}', "cm")
    assert rendered is not None
    assert [d.severity for d in section.resolve(rendered).findings] == ["error"]
