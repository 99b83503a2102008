"""What fills the pod and what refuses it: LimitRange, ResourceQuota, Pod Security."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import limit_ranges, pod, pod_security, quotas
from tests.support.clusters import NAMESPACE, admitted, job, limit_range, quota


def requirements(requests: Any = None, limits: Any = None) -> Any:
    return {key: value for key, value in (("requests", requests), ("limits", limits)) if value is not None}


FILLED = {
    "limits alone are requests": ([], requirements(None, {"cpu": "1"}), requirements({"cpu": "1"}, {"cpu": "1"})),
    "requests stay": ([], requirements({"cpu": "1"}, {"cpu": "2"}), requirements({"cpu": "1"}, {"cpu": "2"})),
    "default": ([{"default": {"cpu": "1"}}], {}, requirements({"cpu": "1"}, {"cpu": "1"})),
    "max is the default": ([{"max": {"cpu": "1"}}], {}, requirements({"cpu": "1"}, {"cpu": "1"})),
    "but for a default": (
        [{"max": {"cpu": "2"}, "default": {"cpu": "1"}}],
        {},
        requirements({"cpu": "1"}, {"cpu": "1"}),
    ),
    "defaultRequest": (
        [{"default": {"cpu": "2"}, "defaultRequest": {"cpu": "1"}}],
        {},
        requirements({"cpu": "1"}, {"cpu": "2"}),
    ),
    "min is the default request": ([{"min": {"cpu": "1"}}], {}, requirements({"cpu": "1"})),
    "but for a default limit": (
        [{"min": {"cpu": "1"}, "default": {"cpu": "2"}}],
        {},
        requirements({"cpu": "2"}, {"cpu": "2"}),
    ),
    "what is there stays": (
        [{"default": {"cpu": "2"}}],
        requirements(None, {"cpu": "1"}),
        requirements({"cpu": "1"}, {"cpu": "1"}),
    ),
    "a request stays beside a default limit": (
        [{"default": {"cpu": "2"}}],
        requirements({"cpu": "1"}),
        requirements({"cpu": "1"}, {"cpu": "2"}),
    ),
    "of pods there are none": ([{"type": "Pod", "max": {"cpu": "1"}}], {}, {}),
    "the first range comes first": (
        [{"default": {"cpu": "1"}}, {"default": {"cpu": "2"}}],
        {},
        requirements({"cpu": "1"}, {"cpu": "1"}),
    ),
}


@pytest.mark.parametrize(("limits", "given", "filled"), FILLED.values(), ids=FILLED)
def test_what_the_pod_gets(limits: list[Any], given: Any, filled: Any) -> None:
    ranges = [limit_range({"type": "Container", **each}) for each in limits]
    assert admitted(given, ranges)["spec"]["containers"][0]["resources"] == filled


def test_items_of_one_range_take_the_last_default() -> None:
    items = [{"type": "Container", "default": {"cpu": "1"}}, {"type": "Container", "default": {"cpu": "2"}}]
    given = admitted({}, [limit_range(*items)])["spec"]["containers"][0]["resources"]
    assert given == requirements({"cpu": "2"}, {"cpu": "2"})


def test_nothing_of_the_job_is_changed() -> None:
    given = job(requirements(None, {"cpu": "1"}))
    pod.admitted(pod.of_job(given, NAMESPACE), [limit_range({"type": "Container", "default": {"memory": "1Gi"}})])
    assert given == job(requirements(None, {"cpu": "1"}))


BROKEN: dict[str, tuple[Any, Any, list[str]]] = {
    "over max": (
        {"max": {"cpu": "1"}},
        requirements({"cpu": "1"}, {"cpu": "2"}),
        ["the cpu limit 2 exceeds the maximum of 1 per container"],
    ),
    "a request over max": (
        {"max": {"cpu": "1"}, "default": {"cpu": "1"}},
        requirements({"cpu": "2"}),
        ["the cpu request 2 exceeds the maximum of 1 per container"],
    ),
    "as much as max": ({"max": {"cpu": "1"}}, requirements(None, {"cpu": "1000m"}), []),
    "below min": (
        {"min": {"memory": "64Mi"}},
        requirements({"memory": "1Mi"}, {"memory": "1Gi"}),
        ["the memory request 1Mi is below the minimum of 64Mi per container"],
    ),
    "a limit below min": (
        {"min": {"memory": "64Mi"}},
        requirements({"memory": "64Mi"}, {"memory": "1Mi"}),
        ["the memory limit 1Mi is below the minimum of 64Mi per container"],
    ),
    "min without a request": (
        {"type": "Pod", "min": {"cpu": "1"}},
        {},
        ["no cpu request is set; the minimum of 1 per pod applies"],
    ),
    "max without a limit": (
        {"type": "Pod", "max": {"cpu": "1"}},
        requirements({"cpu": "1"}),
        ["no cpu limit is set; the maximum of 1 per pod applies"],
    ),
    "a ratio": (
        {"maxLimitRequestRatio": {"cpu": "2"}},
        requirements({"cpu": "1"}, {"cpu": "3"}),
        ["the cpu limit may be at most 2 times the request per container, but it is 3 times"],
    ),
    "a ratio that is kept": ({"maxLimitRequestRatio": {"cpu": "3"}}, requirements({"cpu": "1"}, {"cpu": "3"}), []),
    "a ratio without a request": (
        {"maxLimitRequestRatio": {"cpu": "3"}},
        {},
        ["the cpu limit may be at most 3 times the request per container, but no request is set, or it is 0"],
    ),
    "a ratio without a limit": (
        {"maxLimitRequestRatio": {"cpu": "3"}},
        requirements({"cpu": "1"}),
        ["the cpu limit may be at most 3 times the request per container, but no limit is set, or it is 0"],
    ),
    "all that is wrong": (
        {"max": {"cpu": "1", "memory": "1Gi"}},
        requirements(None, {"cpu": "2", "memory": "2Gi"}),
        [
            "the cpu limit 2 exceeds the maximum of 1 per container",
            "the memory limit 2Gi exceeds the maximum of 1Gi per container",
        ],
    ),
    "claims are none of ours": ({"type": "PersistentVolumeClaim", "max": {"storage": "1Gi"}}, {}, []),
    "too large for thousandths": ({"max": {"memory": "8Ei"}}, requirements(None, {"memory": "1Gi"}), []),
}


@pytest.mark.parametrize(("limits", "given", "said"), BROKEN.values(), ids=BROKEN)
def test_what_a_limit_range_refuses(limits: Any, given: Any, said: list[str]) -> None:
    ranged = limit_range({"type": "Container", **limits})
    assert [each.message for each in limit_ranges.refusals(admitted(given, [ranged]), ranged)] == said


def test_a_range_of_pods_counts_all_containers() -> None:
    whole = admitted(requirements(None, {"cpu": "1"}))
    whole["spec"]["containers"].append({"name": "other", "resources": requirements({"cpu": "1"}, {"cpu": "1"})})
    (refusal,) = limit_ranges.refusals(whole, limit_range({"type": "Pod", "max": {"cpu": "1500m"}}))
    assert refusal.message == "the cpu limit 2 exceeds the maximum of 1500m per pod"
    assert limit_ranges.refusals(whole, limit_range({"type": "Container", "max": {"cpu": "1"}})) == []
    (refusal,) = limit_ranges.refusals(whole, limit_range({"type": "Container", "min": {"cpu": "2"}}))[:1]
    assert refusal.message.endswith("(container polyaxon-main)")


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        (requirements({"cpu": "2"}), True),  # over the limit of 1 that it gets
        (requirements({"cpu": "1"}), False),
        (requirements({"cpu": "1"}, {"cpu": "2"}), False),
    ],
)
def test_a_default_limit_below_the_request(given: Any, refused: bool) -> None:
    bare = pod.of_job(job(given), NAMESPACE)
    whole = pod.admitted(bare, [limit_range({"type": "Container", "default": {"cpu": "1"}})])
    found = limit_ranges.contradictions(bare, whole, [])
    assert [(each.kind, each.path) for each in found] == (
        [("Pod", ("containers", 0, "resources", "requests", "cpu"))] if refused else []
    )


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
    found = [each.message for each in quotas.refusals(admitted(given), quota(hard, used))]
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
    assert bool(quotas.refusals(admitted(given, **fields), full)) is counts


def enforced(level: str, version: str = "latest") -> dict[str, str]:
    key = "pod-security.kubernetes.io/enforce"
    return {key: level, f"{key}-version": version}


GOOD = {
    "runAsNonRoot": True,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
HOST_PATH = [{"name": "store", "hostPath": {"path": "/data"}}]
SECURITY: dict[str, tuple[Any, Any, Any, list[str]]] = {
    "no level": ({}, {}, {}, []),
    "privileged": (enforced("privileged"), {}, {"volumes": HOST_PATH}, []),
    "warn does not refuse": ({"pod-security.kubernetes.io/warn": "restricted"}, {}, {}, []),
    "baseline": (enforced("baseline"), {}, {}, []),
    "baseline, hostPath": (enforced("baseline"), {}, {"volumes": HOST_PATH}, ["hostPath"]),
    "baseline, the host's network": (enforced("baseline"), {}, {"hostNetwork": True}, ["hostNetwork"]),
    "baseline, privileged": (enforced("baseline"), {"privileged": True}, {}, ["privileged"]),
    "baseline, capabilities": (
        enforced("baseline"),
        {"capabilities": {"add": ["NET_ADMIN", "CHOWN"]}},
        {},
        ["NET_ADMIN"],
    ),
    "restricted": (
        enforced("restricted"),
        {},
        {},
        ["allowPrivilegeEscalation", "capabilities", "runAsNonRoot", "seccomp"],
    ),
    "restricted, before capabilities": (
        enforced("restricted", "v1.21"),
        {},
        {},
        ["allowPrivilegeEscalation", "runAsNonRoot", "seccomp"],
    ),
    "restricted, before seccomp": (
        enforced("restricted", "v1.18"),
        {},
        {},
        ["allowPrivilegeEscalation", "runAsNonRoot"],
    ),
    "restricted, the first": (enforced("restricted", "v1.7"), {}, {}, ["runAsNonRoot"]),
    "restricted, and good": (enforced("restricted"), GOOD, {}, []),
    "restricted, for the whole pod": (
        enforced("restricted"),
        {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        {"securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}},
        [],
    ),
    "restricted, root": (enforced("restricted"), {**GOOD, "runAsUser": 0}, {}, ["runAsUser"]),
    "restricted, in a user namespace": (
        enforced("restricted"),
        {**GOOD, "runAsNonRoot": False},
        {"hostUsers": False},
        [],
    ),
    "restricted, volumes": (
        enforced("restricted"),
        GOOD,
        {"volumes": [{"name": "n", "nfs": {"path": "/", "server": "s"}}, {"name": "e", "emptyDir": {}}]},
        ["nfs"],
    ),
    "a level that nobody knows is restricted": (
        enforced("strict"),
        {**GOOD, "runAsNonRoot": None},
        {},
        ["runAsNonRoot"],
    ),
}


@pytest.mark.parametrize(("labels", "context", "spec", "said"), SECURITY.values(), ids=SECURITY)
def test_pod_security(labels: Any, context: Any, spec: Any, said: list[str]) -> None:
    whole = admitted(**spec)
    whole["spec"]["containers"][0]["securityContext"] = context
    found = pod_security.refusals(whole, NAMESPACE, labels)
    assert len(found) == len(said)
    assert all(word in each.message for word, each in zip(said, found, strict=True))


def test_ports_of_the_host_are_refused() -> None:
    whole = admitted()
    whole["spec"]["containers"][0]["ports"] = [{"containerPort": 80, "hostPort": 80}]
    (refusal,) = pod_security.refusals(whole, NAMESPACE, enforced("baseline"))
    assert "hostPort" in refusal.message


def test_what_a_limit_range_refuses_is_not_refused_twice() -> None:
    bare = pod.of_job(job(requirements({"cpu": "2"})), NAMESPACE)
    ranged = limit_range({"type": "Container", "max": {"cpu": "1"}})
    whole = pod.admitted(bare, [ranged])
    refused = limit_ranges.refusals(whole, ranged)
    assert [each.kind for each in refused] == ["LimitRange"]
    assert limit_ranges.contradictions(bare, whole, refused) == []
