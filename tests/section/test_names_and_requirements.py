"""Warnings of what Kubernetes takes and no node can meet: contradictions, typos of well-known names, platforms."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helm_cleaner import section
from helm_cleaner.section.rules.well_known import near_miss


def said(data: dict[str, Any], code: str) -> list[tuple[str, str]]:
    """The paths and messages of a section's findings of a code."""
    value = section.parse(json.dumps(data), "cm")
    assert value is not None
    found = [d for d in section.check(value) if d.code == code]
    assert all(d.severity == "warning" and d.hint for d in found)
    return [(d.path, d.message) for d in found]


def term(*expressions: str, fields: tuple[str, ...] = ()) -> dict[str, Any]:
    """A term of expressions such as `pool In a b`."""
    both = {"matchExpressions": expressions, "matchFields": fields}
    return {
        name: [
            {"key": key, "operator": operator, "values": values}
            for key, operator, *values in map(str.split, texts)
        ]
        for name, texts in both.items()
        if texts
    }  # fmt: skip


def affinity(*terms: dict[str, Any]) -> dict[str, Any]:
    required = {"nodeSelectorTerms": list(terms)}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}}


IMPOSSIBLE: dict[str, tuple[dict[str, Any], str]] = {
    "selector and In": (
        {"nodeSelector": {"pool": "a"}, **affinity(term("pool In b c"))},
        "pool In [b, c] contradicts nodeSelector pool: a",
    ),
    "selector and NotIn": (
        {"nodeSelector": {"pool": "a"}, **affinity(term("pool NotIn a"))},
        "pool NotIn [a] contradicts nodeSelector pool: a",
    ),
    "selector and DoesNotExist": (
        {"nodeSelector": {"pool": "a"}, **affinity(term("pool DoesNotExist"))},
        "pool DoesNotExist contradicts nodeSelector",
    ),
    "In and In": (affinity(term("pool In a", "pool In b")), "pool In [b] contradicts pool In [a]"),
    "In and NotIn": (
        affinity(term("pool In a b", "pool NotIn b a c")), "pool NotIn [b, a, c] contradicts pool In [a, b]",
    ),
    "three together": (
        affinity(term("pool In a b", "pool NotIn a", "pool NotIn b")),
        "contradicts pool In [a, b] and pool NotIn [a]",
    ),
    "Exists and not": (affinity(term("pool Exists", "pool DoesNotExist")), "pool DoesNotExist contradicts pool Exists"),
    "Gt and Lt": (affinity(term("cores Gt 4", "cores Lt 5")), "cores Lt [5] contradicts cores Gt [4]"),
    "Gt and Lt, one excluded": (
        affinity(term("cores Gt 4", "cores Lt 6", "cores NotIn 5")), "cores NotIn [5] contradicts",
    ),
    "In and Gt": (affinity(term("cores In 1 2 x", "cores Gt 2")), "cores Gt [2] contradicts cores In [1, 2, x]"),
    "Gt and DoesNotExist": (affinity(term("cores Gt 1", "cores DoesNotExist")), "cores DoesNotExist contradicts"),
    "every term": (
        {"nodeSelector": {"pool": "a"}, **affinity(term("pool In b"), term("disk Exists", "disk DoesNotExist"))},
        "no node can meet both, and none of the 2 terms matches",
    ),
    "names of nodes": (
        affinity(term(fields=("metadata.name In a", "metadata.name NotIn a"))), "metadata.name NotIn [a] contradicts",
    ),
}  # fmt: skip
POSSIBLE: dict[str, dict[str, Any]] = {
    "the selector's own": {"nodeSelector": {"pool": "a"}, **affinity(term("pool In a b", "pool Exists"))},
    "another label": {"nodeSelector": {"pool": "a"}, **affinity(term("disk NotIn a", "disk NotIn b"))},
    "not there, and not these": affinity(term("pool DoesNotExist", "pool NotIn a")),
    "a number between": affinity(term("cores Gt 4", "cores Lt 6")),
    "numbers left": affinity(term("cores Gt 4", "cores Lt 9", "cores NotIn 5 6 7")),
    "no upper bound": affinity(term("cores Gt 4", "cores Gt 99", "cores NotIn 100")),
    "numbers in a list": affinity(term("cores In 1 8", "cores Gt 2")),
    "one term of two": {"nodeSelector": {"pool": "a"}, **affinity(term("pool In b"), term("disk Exists"))},
    "a label of a field's name": affinity(term("metadata.name In a", fields=("metadata.name In b",))),
    "a preference": {
        "nodeSelector": {"pool": "a"},
        "affinity": {
            "nodeAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": term("pool In b")}]
            }
        },
    },
    "broken beside it": {"nodeSelector": {"pool": 5}, **affinity(term("pool In b"))},
    "no affinity": {"nodeSelector": {"pool": "a"}},
}


@pytest.mark.parametrize(("data", "message"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_no_node_can_meet(data: dict[str, Any], message: str) -> None:
    found = said(data, "never-matches")
    assert message in found[0][1]
    assert len(found) == len(
        data["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    )


@pytest.mark.parametrize("data", POSSIBLE.values(), ids=POSSIBLE)
def test_what_a_node_can_meet(data: dict[str, Any]) -> None:
    assert said(data, "never-matches") == []


NEAR = {
    "nvida.com/gpu": "nvidia.com/gpu",
    "nvidia.com/gpus": "nvidia.com/gpu",
    "nvdia.com/gpuu": "nvidia.com/gpu",
    "kubernets.io/arch": "kubernetes.io/arch",
    "kubernetes.oi/os": "kubernetes.io/os",
    "kubernetes.io/acrh": "kubernetes.io/arch",
    "kubernetes.io/hostnam": "kubernetes.io/hostname",
    "beta.kubernets.io/arch": "beta.kubernetes.io/arch",
    "topolgy.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "topology.kubernetes.io/zones": "topology.kubernetes.io/zone",
    "node.kubernetes.io/instance_type": "node.kubernetes.io/instance-type",
    "node-role.kubernetes.io/controlplane": "node-role.kubernetes.io/control-plane",
    "karpenter.sh/capacity-typ": "karpenter.sh/capacity-type",
}
OWN = [
    "pool", "kubernetes.io/arch", "beta.kubernetes.io/os", "nvidia.com/gpu", "nvidia.com/mig-1g.5gb",
    "node-role.kubernetes.io/worker-1", "node-role.kubernetes.io/gpu", "npu.intel.com/accel", "example.com/gpus",
    "kubernetes.io/role", "feature.node.kubernetes.io/cpu-cpuid.AVX", "node.kubernetes.io/unschedulable", "a/b/c", "/x",
    "nvidia.com/vgpu.present", "node-restriction.kubernetes.io/team", "x/", "",
]  # fmt: skip


@pytest.mark.parametrize(("name", "meant"), NEAR.items())
def test_a_typo_of_a_well_known_name(name: str, meant: str) -> None:
    assert near_miss(name) == meant


@pytest.mark.parametrize("name", OWN)
def test_a_name_of_ones_own(name: str) -> None:
    assert near_miss(name) == ""


def test_typos_are_found_wherever_a_name_stands() -> None:
    typo = "kubernets.io/arch"
    data = {
        "resources": {"limits": {"nvida.com/gpu": "1"}, "requests": {"cpu": "1"}},
        "nodeSelector": {typo: "amd64"},
        "tolerations": [{"key": "node.kubernetes.io/unreachabel", "operator": "Exists"}],
        "affinity": {
            **affinity(term(f"{typo} Exists"))["affinity"],
            "podAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "kubernetes.io/hostnam"}]
            },
        },
    }  # fmt: skip
    node = "cleaner.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"
    assert [path for path, _ in said(data, "misspelled-name")] == [
        'cleaner.resources.limits["nvida.com/gpu"]',
        'cleaner.nodeSelector["kubernets.io/arch"]',
        "cleaner.tolerations[0].key",
        f"{node}.matchExpressions[0].key",
        "cleaner.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey",
    ]


PLATFORMS = [
    ({"nodeSelector": {"kubernetes.io/arch": "x86_64"}}, 1),
    ({"nodeSelector": {"beta.kubernetes.io/os": "Linux"}}, 1),
    ({"nodeSelector": {"kubernetes.io/arch": "arm64", "kubernetes.io/os": "windows", "arch": "x86_64"}}, 0),
    (affinity(term("kubernetes.io/arch In amd64 aarch64")), 1),
    (affinity(term("kubernetes.io/arch NotIn aarch64")), 0),
]


@pytest.mark.parametrize(("data", "count"), PLATFORMS)
def test_platforms_that_no_node_has(data: dict[str, Any], count: int) -> None:
    assert len(said(data, "unknown-platform")) == count


def test_tolerations_that_end() -> None:
    keys = ["dedicated", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", ""]
    tolerations = [{"key": k, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60} for k in keys]
    found = said({"tolerations": tolerations}, "short-toleration")
    assert [path for path, _ in found] == [f"cleaner.tolerations[{i}].tolerationSeconds" for i in (0, 3)]
    assert "evicted 60 seconds after" in found[0][1]
    assert "evicted 0 seconds after" in said(
        {"tolerations": [{**tolerations[0], "tolerationSeconds": -5}]}, "short-toleration"
    )[0][1]  # fmt: skip


@pytest.mark.parametrize("image", ["busybox", "reg.example.com/polyaxon/init", "polyaxon/polyaxon-cli"])
def test_an_image_of_ones_own(image: str) -> None:
    assert [path for path, _ in said({"image": image}, "other-image")] == ["cleaner.image"]
    assert said({"image": "reg.example.com/mirror/polyaxon-init"}, "other-image") == []
    assert said({"imageTag": "dev"}, "other-image") == []
