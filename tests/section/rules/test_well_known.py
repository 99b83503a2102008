"""Typos of well-known names, and platforms that no node has."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.section.rules.well_known import near_miss
from tests.support.section import (
    node_affinity,
    term,
    warned,
)

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
            **node_affinity(term(f"{typo} Exists"))["affinity"],
            "podAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "kubernetes.io/hostnam"}]
            },
        },
    }  # fmt: skip
    node = "cleaner.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"
    assert [path for path, _ in warned(data, "misspelled-name")] == [
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
    (node_affinity(term("kubernetes.io/arch In amd64 aarch64")), 1),
    (node_affinity(term("kubernetes.io/arch NotIn aarch64")), 0),
]


@pytest.mark.parametrize(("data", "count"), PLATFORMS)
def test_platforms_that_no_node_has(data: dict[str, Any], count: int) -> None:
    assert len(warned(data, "unknown-platform")) == count
