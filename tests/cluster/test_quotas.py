"""ResourceQuotas: what they refuse, and which of them count."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import quotas
from tests.support.clusters import admit, quota, requirements

CPU = requirements({"cpu": "1"}, {"cpu": "2"})


QUOTAS: dict[str, tuple[Any, Any, Any, list[str]]] = {
    "room": (CPU, {"cpu": "3"}, {"cpu": "2"}, []),
    "no room": (CPU, {"cpu": "2"}, {"cpu": "1500m"}, ["cpu: 1 requested, 1.5 of 2 in use"]),
    "requests": (CPU, {"requests.cpu": "1"}, {"requests.cpu": "1"}, ["requests.cpu: 1 requested, 1 of 1 in use"]),
    "limits": (CPU, {"limits.cpu": "3"}, {"limits.cpu": "2"}, ["limits.cpu: 2 requested, 2 of 3 in use"]),
    "pods": ({}, {"pods": "1"}, {"pods": "1"}, ["pods: 1 requested, 1 of 1 in use"]),
    "count/pods, none left": ({}, {"count/pods": "1"}, {"count/pods": "1"}, ["count/pods: 1 requested, 1 of 1 in use"]),
    "count/pods": ({}, {"count/pods": "1"}, {"count/pods": "0"}, []),
    "must be set": (
        {},
        {"cpu": "9", "limits.memory": "9Gi"},
        {"cpu": "0", "limits.memory": "0"},
        ["the quota requires each container to set cpu, limits.memory"],
    ),
    "storage need not be": ({}, {"requests.ephemeral-storage": "1"}, {"requests.ephemeral-storage": "0"}, []),
    "extended": (
        requirements({"nvidia.com/gpu": "1"}, {"nvidia.com/gpu": "1"}),
        {"requests.nvidia.com/gpu": "1"},
        {"requests.nvidia.com/gpu": "1"},
        ["requests.nvidia.com/gpu: 1 requested, 1 of 1 in use"],
    ),
    "extended, none requested": ({}, {"requests.nvidia.com/gpu": "1"}, {"requests.nvidia.com/gpu": "1"}, []),
    "huge pages": (
        requirements({"hugepages-2Mi": "2Mi", "memory": "1"}),
        {"requests.hugepages-2Mi": "1Mi"},
        {"requests.hugepages-2Mi": "0"},
        ["requests.hugepages-2Mi: 2Mi requested, 0 of 1Mi in use"],
    ),
    "of other objects": (CPU, {"services": "1", "count/jobs.batch": "0"}, {"services": "1"}, []),
    "nothing requested": (requirements({"cpu": "0"}, {"cpu": "0"}), {"cpu": "1"}, {"cpu": "1"}, []),
    "what is used is not known": (
        CPU,
        {"cpu": "9"},
        {},
        ["the usage of cpu is not known yet; until then, no pod is admitted"],
    ),
    "all that is wrong": (
        CPU,
        {"pods": "0", "cpu": "0"},
        {"pods": "0", "cpu": "0"},
        ["pods: 1 requested, 0 of 0 in use", "cpu: 1 requested, 0 of 0 in use"],
    ),
}


@pytest.mark.parametrize(("given", "hard", "used", "said"), QUOTAS.values(), ids=QUOTAS)
def test_what_a_quota_refuses(given: Any, hard: Any, used: Any, said: list[str]) -> None:
    found = [each.message for each in quotas.check(admit(given), quota(hard, used))]
    assert sorted(found) == sorted(said)


CROSSING = {
    "podAffinity": {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": 1, "podAffinityTerm": {"topologyKey": "x", "namespaces": ["a"]}}
        ]
    }
}


SCOPES: dict[str, tuple[Any, Any, Any, bool]] = {
    "none": ({}, {}, {}, True),
    "BestEffort": ({"scopes": ["BestEffort"]}, {}, {}, True),
    "BestEffort, with requests": ({"scopes": ["BestEffort"]}, CPU, {}, False),
    "BestEffort, with requests of nothing": ({"scopes": ["BestEffort"]}, requirements({"cpu": "0"}), {}, True),
    "BestEffort, with storage": ({"scopes": ["BestEffort"]}, requirements({"ephemeral-storage": "1"}), {}, True),
    "NotBestEffort": ({"scopes": ["NotBestEffort"]}, CPU, {}, True),
    "NotBestEffort, without": ({"scopes": ["NotBestEffort"]}, {}, {}, False),
    "NotTerminating": ({"scopes": ["NotTerminating"]}, {}, {}, True),
    "Terminating": ({"scopes": ["Terminating"]}, {}, {}, False),
    "Terminating, with a deadline": ({"scopes": ["Terminating"]}, {}, {"activeDeadlineSeconds": 60}, True),
    "both must match": ({"scopes": ["NotTerminating", "BestEffort"]}, CPU, {}, False),
    "PriorityClass": ({"scopes": ["PriorityClass"]}, {}, {}, False),
    "no PriorityClass": (
        {"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "DoesNotExist"}]}},
        {},
        {},
        True,
    ),
    "none of these classes": (
        {
            "scopeSelector": {
                "matchExpressions": [{"scopeName": "PriorityClass", "operator": "NotIn", "values": ["high"]}]
            }
        },
        {},
        {},
        True,
    ),
    "one of these": (
        {"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]}},
        {},
        {"priorityClassName": "high"},
        True,
    ),
    "CrossNamespacePodAffinity": ({"scopes": ["CrossNamespacePodAffinity"]}, {}, {"affinity": CROSSING}, True),
    "CrossNamespacePodAffinity, without": ({"scopes": ["CrossNamespacePodAffinity"]}, {}, {}, False),
    "one that nobody knows": ({"scopes": ["Whatever"]}, {}, {}, False),
}


@pytest.mark.parametrize(("spec", "given", "fields", "counts"), SCOPES.values(), ids=SCOPES)
def test_scopes(spec: Any, given: Any, fields: Any, counts: bool) -> None:
    full = quota({"pods": "1"}, {"pods": "1"}, **spec)
    assert bool(quotas.check(admit(given, **fields), full)) is counts


COUNTS: dict[str, tuple[Any, Any, Any, list[str]]] = {
    "room": ({"count/jobs.batch": "2"}, {"count/jobs.batch": "1"}, {}, []),
    "none": ({"count/jobs.batch": "2"}, {"count/jobs.batch": "2"}, {}, ["count/jobs.batch: 2 of 2 in use"]),
    "zero": ({"count/jobs.batch": "0"}, {"count/jobs.batch": "0"}, {}, ["so the job that runs the pod is refused"]),
    "Polyaxon's": ({"count/jobs.polyaxon.com": "1"}, {"count/jobs.polyaxon.com": "1"}, {}, ["Polyaxon's job is ref"]),
    "both": ({"count/jobs.batch": "1", "count/jobs.polyaxon.com": "1"},
             {"count/jobs.batch": "1", "count/jobs.polyaxon.com": "1"}, {}, ["count/jobs.poly", "count/jobs.batch"]),
    "not counted yet": ({"count/jobs.batch": "2"}, {}, {}, ["is not known yet"]),
    "of other objects": ({"count/cronjobs.batch": "0", "services": "0"}, {}, {}, []),
    "of a scope, which no job has": ({"count/jobs.batch": "0"}, {"count/jobs.batch": "0"},
                                     {"scopes": ["NotTerminating"]}, []),
}  # fmt: skip


@pytest.mark.parametrize(("hard", "used", "spec", "expected"), COUNTS.values(), ids=COUNTS)
def test_counts_of_jobs(hard: Any, used: Any, spec: Any, expected: list[str]) -> None:
    found = quotas.check_counts(quota(hard, used, **spec))
    assert len(found) == len(expected)
    assert all(part in each.message and each.hint for part, each in zip(expected, found, strict=True))
