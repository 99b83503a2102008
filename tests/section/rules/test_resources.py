"""Resources: names, quantities, requests and limits; and which of them is at fault."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner import section, values
from helm_cleaner.section.layers import merge_over
from helm_cleaner.values import Value
from tests.support.section import (
    check,
    errors,
)

L, R = "resources.limits", "resources.requests"


GPU = '["example.com/gpu"]'


RESOURCES: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = {
    "request at its limit": ({"cpu": "1"}, {"cpu": "1000m"}, []),
    "units differ": ({"memory": "1Gi"}, {"memory": "1073741824"}, []),
    "request just over": ({"cpu": "1.001"}, {"cpu": 1}, [(f"{R}.cpu", "request-over-limit")]),
    "no limit": ({"cpu": 100}, {"memory": "1Gi"}, []),
    "null is 0": ({"cpu": 1}, {"cpu": None}, [(f"{R}.cpu", "request-over-limit")]),
    "null beside 0": ({"cpu": 0}, {"cpu": None}, []),
    "negative": ({"cpu": -1}, {}, [(f"{R}.cpu", "quantity")]),
    "unreadable": ({}, {"memory": "1Gb"}, [(f"{L}.memory", "quantity")]),
    "both sides": ({"cpu": "x"}, {"cpu": "y"}, [(f"{R}.cpu", "quantity"), (f"{L}.cpu", "quantity")]),
    "odd suffix on cpu": ({"cpu": "123Ki"}, {}, []),
    "unknown": ({}, {"gpu": 1}, [(f"{L}.gpu", "resource-name")]),
    "upper case": ({"CPU": 1}, {}, [(f"{R}.CPU", "resource-name")]),
    "of a quota": ({"requests.cpu": 1}, {}, [(f'{R}["requests.cpu"]', "resource-name")]),
    "of a quota's domain": ({}, {"requests.a.b/c": 1}, [(f'{L}["requests.a.b/c"]', "resource-name")]),
    "a blank": ({}, {"a b": 1}, [(f"{L}.a b", "resource-name")]),
    "longest domain": ({}, {"a" * 240 + ".c/x": 1}, []),
    "too long for a quota": ({}, {"a" * 250 + ".c/x": 1}, [(f'{L}["{"a" * 250}.c/x"]', "resource-name")]),
    "native with a domain": ({"x.kubernetes.io/y": "1.5"}, {}, []),
    "extended": ({"example.com/gpu": 1}, {"example.com/gpu": "1"}, []),
    "extended limit alone": ({}, {"example.com/gpu": 2}, []),
    "extended request alone": ({"example.com/gpu": 1}, {}, [(f"{R}{GPU}", "extended-resource")]),
    "extended and lower": ({"example.com/gpu": 1}, {"example.com/gpu": 2}, [(f"{R}{GPU}", "extended-resource")]),
    "extended fraction": ({}, {"example.com/gpu": "500m"}, [(f"{L}{GPU}", "extended-resource")]),
    "extended, whole after rounding": ({}, {"example.com/gpu": "0.9999"}, []),
    "extended, 1k": ({}, {"example.com/gpu": "1k"}, []),
    "pages": ({}, {"hugepages-2Mi": "4Mi", "memory": "1Gi"}, []),
    "pages beside a request": ({"cpu": 1}, {"hugepages-2Mi": "4Mi"}, []),
    "pages alone": ({}, {"hugepages-2Mi": "4Mi"}, [(f"{L}.hugepages-2Mi", "hugepages")]),
    "pages without a limit": ({"hugepages-2Mi": "4Mi", "cpu": 1}, {}, [(f"{R}.hugepages-2Mi", "hugepages")]),
    "pages that differ": (
        {"hugepages-2Mi": "2Mi", "cpu": 1}, {"hugepages-2Mi": "4Mi"}, [(f"{R}.hugepages-2Mi", "hugepages")]
    ),
    "half a page": ({"cpu": 1}, {"hugepages-2Mi": "3Mi"}, [(f"{L}.hugepages-2Mi", "hugepages")]),
    "pages of no size": ({"cpu": 1}, {"hugepages-big": "4Mi"}, [(f"{L}.hugepages-big", "hugepages")]),
}  # fmt: skip


@pytest.mark.parametrize(("requests", "limits", "expected"), RESOURCES.values(), ids=RESOURCES)
def test_resources(requests: dict[str, Any], limits: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert errors({"resources": {"requests": requests, "limits": limits}}) == expected


@pytest.mark.parametrize(
    ("name", "quantity", "said"),
    [
        ("memory", "1000m", ["1000m is 1 byte"]),
        ("memory", 512, ["512 is 512 bytes"]),
        ("memory", "1Mi", []),
        ("memory", 0, []),
        ("cpu", "500M", ["500M is 500000000 CPUs"]),
        ("cpu", 64, []),
        ("cpu", "m", ["m has no digits; Kubernetes reads it as 0"]),
    ],
)
def test_quantities_that_nobody_means(name: str, quantity: Any, said: list[str]) -> None:
    found = check({"resources": {"requests": {name: quantity}}})
    assert [d.message for d in found] == said
    assert {d.severity for d in found} <= {"warning"}


def merged(*texts: str) -> list[tuple[str, int | None, str, str]]:
    """What is said of values files a.yaml, b.yaml laid over the defaults and each other."""
    result: Value | None = section.defaults(None)
    for name, text in zip(("a.yaml", "b.yaml"), texts, strict=False):
        result, _ = merge_over(result, values.read(f"cleaner:\n  resources: {text}\n".encode(), name))
    assert result is not None
    return [(d.location.file, d.location.column, d.message, d.hint) for d in section.check(result)]


ORIGINS: dict[str, tuple[list[str], list[tuple[str, int | None, str, str]]]] = {
    "a default limit": (
        ["{requests: {memory: 4Gi}}"],
        [("a.yaml", 34, "requests.memory 4Gi exceeds limits.memory 2000Mi, which is the default",
          "write 2000Mi or less, or raise limits.memory to 4Gi")],
    ),
    "a default request": (
        ["{limits: {memory: 50Mi}}"],
        [("a.yaml", 32, "limits.memory 50Mi is below requests.memory 100Mi, which is the default",
          "write 100Mi or more, or lower requests.memory as well")],
    ),
    "one file": (
        ["{requests: {cpu: 2}, limits: {cpu: 1}}"],
        [("a.yaml", 31, "requests.cpu 2 exceeds limits.cpu 1", "write 1 or less, or raise limits.cpu to 2")],
    ),
    "two lines": (
        ["\n    requests: {cpu: 2}\n    limits: {cpu: 1}"],
        [("a.yaml", 21, "requests.cpu 2 exceeds limits.cpu 1, in line 4", "write 1 or less, or raise limits.cpu to 2")],
    ),
    "two files": (
        ["{limits: {cpu: 2}}", "{requests: {cpu: 3}}"],
        [("b.yaml", 31, "requests.cpu 3 exceeds limits.cpu 2, from a.yaml:2",
          "write 2 or less, or raise limits.cpu to 3")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "expected"), ORIGINS.values(), ids=ORIGINS)
def test_who_is_at_fault(texts: list[str], expected: list[tuple[str, int | None, str, str]]) -> None:
    assert merged(*texts) == expected
