"""The admission policies of docs/deadline.md, on a real API server, with a Job as Polyaxon makes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import Runner
from tests.live.conftest import Kubectl
from tests.support.manifests import agent_configmap
from tests.support.objects import wait
from tests.support.snippets import sections
from tools import ROOT

PAGE = ROOT / "docs" / "deadline.md"


@pytest.fixture
def policy(kubectl: Kubectl, polyaxon_kind: None) -> Iterator[Callable[..., None]]:  # noqa: ARG001
    """Applies a policy from the page until the test ends."""
    applied: list[bytes] = []

    def apply(name: str, actions: str = "[Warn, Audit]") -> None:
        (text,) = (step.text for section in sections(PAGE) for step in section.steps if step.told == [name])
        applied.append(text.replace("[Warn, Audit]", actions).encode())
        kubectl("apply", "-f", "-", stdin=applied[-1])

    yield apply
    for each in applied[-1:]:
        kubectl("delete", "-f", "-", stdin=each)


@pytest.fixture
def job(run: Runner) -> Any:
    """The Job of polyaxon.com with the pod that `explain` shows."""
    made = json.loads(run("explain", "-o", "json", stdin=agent_configmap('{"nodeSelector": {"pool": "small"}}')).out)
    return {
        "apiVersion": "polyaxon.com/v1",
        "kind": "Job",
        "metadata": {**made["metadata"], "namespace": "default"},
        "batchJobSpec": {"template": made["spec"]["template"]},
        "termination": {"backoffLimit": 1},
    }


def tried(kubectl: Kubectl, job: Any, **labels: str) -> Any:
    """The Job that the server would create."""
    labelled = {**job, "metadata": {**job["metadata"], "labels": {**job["metadata"]["labels"], **labels}}}
    created = kubectl("create", "--dry-run=server", "-o", "json", "-f", "-", stdin=json.dumps(labelled).encode())
    return json.loads(created)


def test_cleaners_get_a_deadline_a_security_context_and_no_sidecar(
    kubectl: Kubectl, policy: Callable[..., None], job: Any
) -> None:
    policy("cleaner-defaults.yaml")  # takes effect when the server has read it
    wait("the kind", lambda: refused(kubectl, job) == "")
    wait("the policy", lambda: "activeDeadlineSeconds" in tried(kubectl, job)["termination"])
    made = tried(kubectl, job)
    assert made["termination"] == {"activeDeadlineSeconds": 3600, "backoffLimit": 1}
    assert made["metadata"]["labels"]["sidecar.istio.io/inject"] == "false"
    pod = job["batchJobSpec"]["template"]["spec"]
    context = {"seccompProfile": {"type": "RuntimeDefault"}}
    assert made["batchJobSpec"]["template"]["spec"] == {**pod, "securityContext": context}
    other = tried(kubectl, job, **{"app.kubernetes.io/component": "polyaxon-jobs"})
    assert (other["termination"], other["batchJobSpec"]) == (job["termination"], job["batchJobSpec"])


def test_a_cleaner_without_a_deadline_is_told_of_and_not_refused(
    kubectl: Kubectl, policy: Callable[..., None], job: Any
) -> None:
    policy("cleaner-deadline.yaml", "[Deny]")  # what it would warn of
    wait("the policy", lambda: "this cleaner has no deadline" in refused(kubectl, job))
    assert refused(kubectl, {**job, "termination": {"activeDeadlineSeconds": 60}}) == ""
    policy("cleaner-deadline.yaml")
    wait("the policy as it is", lambda: refused(kubectl, job) == "")


def refused(kubectl: Kubectl, job: Any) -> str:
    try:
        tried(kubectl, job)
    except AssertionError as e:  # with what kubectl says
        return str(e)
    return ""
