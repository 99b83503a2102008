"""Objects that the pod refers to: namespace, account, claims, secrets; volumes; leftover jobs."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import existence, scheduling, unfinished_jobs
from tests.support.clusters import NAMESPACE, admit, named, node, running, snapshot_of

SPACE = named("Namespace", NAMESPACE, None)
ACCOUNT = named("ServiceAccount", "default")
REGISTRY = named("Secret", "registry", type="kubernetes.io/dockerconfigjson")
OLD = named("Secret", "old", type="kubernetes.io/dockercfg")
OPAQUE = named("Secret", "opaque", type="Opaque")
CLAIM = named("PersistentVolumeClaim", "store", spec={"volumeName": "pv-1"}, status={"phase": "Bound"})
PULL: Any = {"imagePullSecrets": [{"name": "registry"}]}
MOUNTED: Any = {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "store"}}]}


def said(spec: Any, *objects: Any) -> list[tuple[str, str]]:
    found = existence.check(admit(**spec), snapshot_of(*objects))
    assert all(each.message and each.hint for each in found)
    return [(each.code, each.name) for each in found]


CASES: dict[str, tuple[Any, list[Any], list[tuple[str, str]]]] = {
    "all there": ({**PULL, **MOUNTED}, [SPACE, ACCOUNT, REGISTRY, CLAIM], []),
    "no facts": ({**PULL, **MOUNTED}, [], []),
    "no namespace, so nothing in it": (
        PULL,
        [named("Namespace", "polyaxo", None), ACCOUNT],
        [("missing-namespace", NAMESPACE)],
    ),
    "a namespace that goes": (
        {},
        [named("Namespace", NAMESPACE, None, status={"phase": "Terminating"})],
        [("missing-namespace", NAMESPACE)],
    ),
    "no account": ({"serviceAccountName": "runs"}, [ACCOUNT], [("missing-account", "runs")]),
    "no default account": ({}, [named("ServiceAccount", "x")], [("missing-account", "default")]),
    "an account elsewhere": ({}, [named("ServiceAccount", "default", "other")], [("missing-account", "default")]),
    "no secret": (PULL, [OPAQUE], [("missing-secret", "registry")]),
    "a secret elsewhere": (PULL, [named("Secret", "registry", "other")], [("missing-secret", "registry")]),
    "a secret of a table of one namespace": (
        PULL,
        [named("Secret", "registry", None, type=existence.PULL_TYPES[0])],
        [],
    ),
    "the old type": ({"imagePullSecrets": [{"name": "old"}]}, [OLD], []),
    "another type": ({"imagePullSecrets": [{"name": "opaque"}]}, [OPAQUE], [("secret-type", "opaque")]),
    "the account's": (
        {},
        [named("ServiceAccount", "default", imagePullSecrets=[{"name": "gone"}]), REGISTRY],
        [("missing-secret", "gone")],
    ),
    "which the pod's own replace": (
        PULL,
        [named("ServiceAccount", "default", imagePullSecrets=[{"name": "gone"}]), REGISTRY],
        [],
    ),
    "no claim": (MOUNTED, [named("PersistentVolumeClaim", "other")], [("missing-claim", "store")]),
    "a claim that is lost": (MOUNTED, [CLAIM | {"status": {"phase": "Lost"}}], [("missing-claim", "store")]),
    "a claim that goes": (
        MOUNTED,
        [named("PersistentVolumeClaim", "store", metadata={"deletionTimestamp": "2026-01-01T00:00:00Z"})],
        [("missing-claim", "store")],
    ),
    "the secret of a volume": (
        {"volumes": [{"name": "v", "secret": {"secretName": "s3"}}]},
        [OPAQUE],
        [("missing-secret", "s3")],
    ),
    "which may be optional": (
        {"volumes": [{"name": "v", "secret": {"secretName": "s3", "optional": True}}]},
        [OPAQUE],
        [],
    ),
}


@pytest.mark.parametrize(("spec", "objects", "found"), CASES.values(), ids=CASES)
def test_what_is_missing(spec: Any, objects: list[Any], found: list[tuple[str, str]]) -> None:
    assert said(spec, *objects) == found


def test_the_secret_of_the_environment() -> None:
    pod = admit()
    pod["spec"]["containers"][0]["envFrom"] = [{"secretRef": {"name": "s3"}}, {"configMapRef": {"name": "x"}}]
    assert [each.name for each in existence.check(pod, snapshot_of(OPAQUE))] == ["s3"]
    pod["spec"]["containers"][0]["envFrom"][0]["secretRef"]["optional"] = True
    assert existence.check(pod, snapshot_of(OPAQUE)) == []


def test_hints_name_what_is_near() -> None:
    (found,) = existence.check(admit(**PULL), snapshot_of(named("Secret", "registri", type=existence.PULL_TYPES[0])))
    assert found.hint == "did you mean registri?"
    (found,) = existence.check(admit(**PULL), snapshot_of(named("Secret", "registri", type="Opaque")))
    assert found.hint.startswith("kubectl create secret docker-registry registry -n polyaxon")


def test_what_changes_no_verdict() -> None:
    account = named("ServiceAccount", "default", imagePullSecrets=[{"name": "theirs"}, {"name": "registry"}])
    claim = named("PersistentVolumeClaim", "store", spec={})
    found = existence.find_warnings(admit(**PULL, **MOUNTED), snapshot_of(account, claim))
    assert [each.code for each in found] == ["account-pull-secrets", "unbound-claim"]
    assert "(theirs)" in found[0].message
    assert existence.find_warnings(admit(**MOUNTED), snapshot_of(account, CLAIM)) == []


def volume(*terms: Any) -> Any:
    spec = {"nodeAffinity": {"required": {"nodeSelectorTerms": list(terms)}}} if terms else {}
    return named("PersistentVolume", "pv-1", None, spec=spec)


HERE = {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}


@pytest.mark.parametrize(
    ("objects", "fits"),
    [
        ([CLAIM, volume(HERE)], ["a"]),
        ([CLAIM, volume()], ["a", "b"]),
        ([CLAIM, volume({"matchExpressions": []})], []),
        ([CLAIM], ["a", "b"]),
        ([volume(HERE)], ["a", "b"]),
        ([named("PersistentVolumeClaim", "store", spec={}), volume(HERE)], ["a", "b"]),
    ],
)
def test_volumes_that_some_nodes_reach(objects: list[Any], fits: list[str]) -> None:
    facts = snapshot_of(node("a", {"zone": "a"}), node("b", {"zone": "b"}), *objects)
    assert [each.name for each in scheduling.schedule(admit(**MOUNTED), facts) if not each.reasons] == fits


# ---- jobs that have not ended ---------------------------------------------------------------------------------------


def polyaxon_job(name: str = "plx-cleaner-agent", **status: Any) -> Any:
    return named("Job", name, api="polyaxon.com/v1", status=status)


def condition(kind: str, status: str = "True") -> Any:
    return {"conditions": [{"type": kind, "status": status}]}


@pytest.mark.parametrize(
    ("job", "ended"),
    [
        (polyaxon_job(), False),
        (polyaxon_job(**condition("starting")), False),
        (polyaxon_job(**condition("succeeded")), True),
        (polyaxon_job(**condition("Failed")), True),
        (polyaxon_job(**condition("failed", "False")), False),
        (polyaxon_job(completionTime="2026-01-01T00:00:00Z"), True),
        (polyaxon_job("plx-operation-1"), True),
        (named("Job", "plx-cleaner-1", api="batch/v1", status=condition("Complete")), True),
        (named("Job", "plx-cleaner-1", api="batch/v1", status={"active": 1}), False),
        (named("Job", "plx-cleaner-1", "other", api="batch/v1"), True),
        (named("Job", "plx-cleaner-rehearsal-abcde", api="batch/v1", status={"active": 1}), True),  # is none
    ],
)
def test_jobs_that_have_not_ended(job: Any, ended: bool) -> None:
    found = unfinished_jobs.find_unfinished(NAMESPACE, snapshot_of(job))
    assert [each.code for each in found] == ([] if ended else ["unfinished-job"])


def test_a_job_of_polyaxon_and_its_batch_job_are_one_and_the_pod_says_why() -> None:
    pod = running("plx-cleaner-agent-x1", None, NAMESPACE)
    waiting = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/3 nodes are available",
    }
    pod["status"] = {"phase": "Pending", "conditions": [waiting]}
    jobs = [polyaxon_job(), named("Job", "plx-cleaner-agent", api="batch/v1")]
    (found,) = unfinished_jobs.find_unfinished(NAMESPACE, snapshot_of(*jobs, pod))
    assert "(its pod is Pending: 0/3 nodes are available)" in found.message
    assert "kubectl describe jobs.polyaxon.com plx-cleaner-agent -n polyaxon" in found.hint
    pod["status"] = {"containerStatuses": [{"name": "m", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}
    (found,) = unfinished_jobs.find_unfinished(NAMESPACE, snapshot_of(*jobs, pod))
    assert "(its pod waits: ImagePullBackOff)" in found.message
