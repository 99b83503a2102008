"""What each state of the cleaner's jobs and pods is called, and in whose words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.deletions import (
    JOB,
    batch_job,
    condition,
    diagnose,
    event,
    later,
    operation,
    pod,
    waiting,
)

EE = "plx-cleaner-0123456789abcdef0123456789abcdef"
QUOTA = 'Error creating: pods "x" is forbidden: exceeded quota: q, requested: cpu=1, used: cpu=9, limited: cpu=9'
FORBIDDEN = 'Error creating: pods "x" is forbidden: '
CREATED = "Created pod: plx-cleaner-agent-aaaaa"
NO_BASH = 'exec: "/bin/bash": stat /bin/bash: no such file or directory: unknown'
UNSCHEDULABLE = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."


def of_job(reason: str, message: str, seconds: int = 1, uid: str = "b1") -> Any:
    return event("Job", JOB, reason, message, seconds, uid)


def of_pod(reason: str, message: str, seconds: int = 1) -> Any:
    return event("Pod", f"{JOB}-aaaaa", reason, message, seconds)


def ended(exit_code: int, reason: str = "Error", message: str = "") -> dict[str, object]:
    return {"terminated": {"exitCode": exit_code, "reason": reason, "message": message}}


ERRORS: dict[str, list[list[Any]]] = {
    # the operator, and what is in its way
    "operator-down": [[operation(conditions=()), later()]],
    "foreign-job": [[operation(), batch_job(owner=None)], [batch_job(owner=None)],
                    [operation(), batch_job(owner="other")]],
    "finalizer": [[operation(deletionTimestamp="2026-11-01T03:00:05Z", finalizers=["operation…"]), later()],
                  [operation(deletionTimestamp="2026-11-01T03:00:05Z", finalizers=["operation…"])]],
    # admission, in its own words
    "quota": [[of_job("FailedCreate", QUOTA)],
              [of_job("SuccessfulCreate", CREATED, 0), of_job("FailedCreate", QUOTA, 5)],
              [of_job("FailedCreate", FORBIDDEN + "failed quota: q: must specify limits.cpu")]],
    "limit-range": [[of_job("FailedCreate", FORBIDDEN + "maximum cpu usage per Container is 1, but limit is 2")],
                    [of_job("FailedCreate", FORBIDDEN + "minimum memory usage per Pod is 1Gi, but request is 100Mi")],
                    [of_job("FailedCreate", FORBIDDEN + "cpu max limit to request ratio per Container is 2, but …")],
                    [of_job("FailedCreate", 'spec.containers[0].resources.requests: Invalid value: "2": must be less '
                            "than or equal to cpu limit of 1")]],
    "pod-security": [[of_job("FailedCreate", FORBIDDEN + 'violates PodSecurity "restricted:latest": allowPrivilege…')]],
    "missing-account": [[of_job("FailedCreate", FORBIDDEN + 'error looking up service account a/b: serviceaccount "b" '
                                "not found")]],
    "refused": [[of_job("FailedCreate", 'admission webhook "validate.kyverno.svc" denied the request: no')],
                [pod(waiting("CreateContainerConfigError", "container has runAsNonRoot and image will run as root"))]],
    # the scheduler
    "no-node": [[pod(condition("PodScheduled", "False", UNSCHEDULABLE))], [of_pod("FailedScheduling", UNSCHEDULABLE)],
                [of_pod("Scheduled", "assigned", 0), of_pod("FailedScheduling", UNSCHEDULABLE, 5)],
                [operation(conditions=[condition("Warning", message=UNSCHEDULABLE)])],
                [pod(condition("PodScheduled", "False", "", "SchedulingGated"))]],
    "missing-claim": [[pod(condition("PodScheduled", "False", 'persistentvolumeclaim "c" not found'))],
                      [pod(condition("PodScheduled", "False", "pod has unbound immediate PersistentVolumeClaims"))],
                      [pod(waiting("ContainerCreating")), of_pod("FailedMount", "MountVolume.SetUp failed for volume "
                                                                 '"v" : hostPath type check failed')],
                      [pod(waiting("ContainerCreating")), of_pod("FailedAttachVolume", "AttachVolume.Attach failed")]],
    # the kubelet
    "image-pull": [[pod(waiting(reason))] for reason in ("ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull",
                                                          "InvalidImageName")]
                  + [[of_pod("Failed", 'Failed to pull image "x": 401 Unauthorized')]],
    "missing-secret": [[pod(waiting("CreateContainerConfigError", 'secret "s3" not found'))],
                       [pod(waiting("CreateContainerConfigError", 'configmap "c" not found'))],
                       [pod(waiting("CreateContainerConfigError", "couldn't find key a in Secret ns/s"))],
                       [pod(waiting("ContainerCreating")),
                        of_pod("FailedMount", 'MountVolume.SetUp failed for volume "v" : secret "v" not found')]],
    "no-bash": [[of_pod("Failed", f"Error: {NO_BASH}"), of_job("BackoffLimitExceeded", "limit")],
                [pod(ended(128, "StartError", NO_BASH), phase="Failed")],
                [pod(waiting("RunContainerError", "executable file `/bin/bash` not found: No such file"))]],
    # the end
    "failed-twice": [[of_job("BackoffLimitExceeded", "Job has reached the specified backoff limit")],
                     [operation(), batch_job(conditions=[condition("Failed", reason="BackoffLimitExceeded")])]],
    "deadline": [[of_job("DeadlineExceeded", "Job was active longer than specified deadline")],
                 [operation(), batch_job(conditions=[condition("Failed", reason="DeadlineExceeded")])]],
}  # fmt: skip


@pytest.mark.parametrize(("code", "objects"), [(code, objects) for code, each in ERRORS.items() for objects in each])
def test_errors(code: str, objects: list[Any]) -> None:
    found = diagnose(objects)
    assert [each.code for each in found.errors] == [code]
    assert found.exit_code == 1
    assert found.errors[0].evidence
    assert "plx-cleaner-agent" in found.errors[0].object


_SECOND = "2026-11-01T03:00:05Z"
FINE: dict[str, list[Any]] = {
    "nothing at all": [],
    "a job that the operator has taken": [{**operation(conditions=()), "status": {"startTime": "x"}}, later()],
    "a job that was made just now": [operation(conditions=()), later(30)],
    "a job that has just been deleted": [operation(deletionTimestamp=_SECOND, finalizers=["f"]), later(20)],
    "a job that runs": [operation(), batch_job(), pod({"running": {}}, condition("PodScheduled"), phase="Running")],
    "a pod that was scheduled later": [of_pod("FailedScheduling", UNSCHEDULABLE), of_pod("Scheduled", "assigned", 5)],
    "a job that completed after that": [
        of_job("SuccessfulCreate", CREATED, 0), of_pod("FailedScheduling", UNSCHEDULABLE),
        of_job("Completed", "done", 9),
    ],
    "a quota that had room later": [of_job("FailedCreate", QUOTA), of_job("SuccessfulCreate", CREATED, 5)],
    "a pod that pulled in the end": [of_pod("Failed", 'Failed to pull image "x"'), of_pod("Started", "Started", 9)],
    "a rehearsal": [
        batch_job("plx-cleaner-rehearsal-abcde", owner=None),
        pod(waiting("ErrImagePull"), name="plx-cleaner-rehearsal-abcde-fghij"),
    ],
    "another workload with the cleaner's label": [pod(waiting("ErrImagePull"), name="aa-rehearsal")],
    "a run of Polyaxon": [
        operation("plx-operation-0123456789abcdef0123456789abcdef", conditions=()),
        pod(waiting("ErrImagePull"), name="plx-operation-0123456789abcdef0123456789abcdef-aaaaa"), later(),
    ],
    "pods of a Job that is not Polyaxon's are that Job's affair": [],
}  # fmt: skip


@pytest.mark.parametrize("objects", FINE.values(), ids=FINE)
def test_no_error(objects: list[Any]) -> None:
    found = diagnose(objects)
    assert not found.errors
    assert found.exit_code == 0


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (batch_job(owner=None), "a Job that Polyaxon did not create has"),
        (batch_job(owner="other"), "the Job of an earlier batch still has"),
        (
            batch_job(owner=None, annotations={"kubectl.kubernetes.io/last-applied-configuration": ""}),
            "that kubectl apply",
        ),
    ],
)
def test_whose_job_is_in_the_way(job: Any, words: str) -> None:
    (found,) = diagnose([operation(), job]).errors
    assert words in found.message


def test_pods_of_a_foreign_job_are_not_the_cleaners() -> None:
    objects = [
        operation(),
        batch_job(owner=None),
        pod(waiting("ErrImagePull")),
        of_job("BackoffLimitExceeded", "limit"),
    ]
    assert [each.code for each in diagnose(objects).errors] == ["foreign-job"]


def test_an_earlier_job_that_failed_is_still_said_beside_one_that_completed() -> None:
    objects = [
        of_job("SuccessfulCreate", "Created pod: plx-cleaner-agent-aaaaa", 0),
        of_pod("FailedScheduling", UNSCHEDULABLE),
        of_job("BackoffLimitExceeded", "limit", 20),
        of_job("SuccessfulCreate", "Created pod: plx-cleaner-agent-bbbbb", 40, "b2"),
        of_job("Completed", "Job completed", 50, "b2"),
    ]
    found = diagnose(objects)
    assert [each.code for each in found.findings] == ["no-node", "failed-twice", "unproven"]


def test_ee_names() -> None:
    objects = [operation(EE), batch_job(EE), pod(waiting("ErrImagePull", "no"), name=f"{EE}-aaaaa")]
    found = diagnose(objects)
    assert [(each.code, each.object) for each in found.errors] == [("image-pull", f"pod/{EE}-aaaaa")]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ended(137, "OOMKilled"), "OOMKilled, exit code 137"),
        (ended(2), "exit code 2"),
    ],
)
def test_how_it_failed_twice(state: dict[str, object], words: str) -> None:
    objects = [operation(), batch_job(conditions=[condition("Failed", reason="BackoffLimitExceeded")]),
               pod(state, phase="Failed")]  # fmt: skip
    assert words in diagnose(objects).errors[0].message


def test_a_job_that_does_not_end_for_no_reason_that_is_known() -> None:
    objects = [operation(), batch_job(), pod({"running": {}}, condition("PodScheduled"), phase="Running"), later(3600)]
    found = diagnose(objects)
    assert [(each.severity, each.code) for each in found.findings] == [("warning", "unfinished-job")]


def test_the_evidence_has_the_time_of_the_event() -> None:
    found = diagnose([of_job("FailedCreate", QUOTA, 7)]).errors[0]
    assert (found.time, found.evidence) == ("2026-11-01T03:00:07Z", QUOTA)


def test_events_of_the_newer_api() -> None:
    objects = [{
        "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "e", "namespace": "polyaxon"},
        "regarding": {"kind": "Job", "name": JOB, "namespace": "polyaxon", "uid": "b1"},
        "reason": "FailedCreate", "note": QUOTA, "eventTime": "2026-11-01T03:00:07.123456Z",
    }]  # fmt: skip
    assert [each.code for each in diagnose(objects).errors] == ["quota"]
