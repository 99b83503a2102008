"""doctor --live on a real node: what the kubelet and the container say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.live.test_doctor import Doctor, doctor, errors, submit, until
from tests.support import operator
from tests.support.node import IMAGE
from tests.support.objects import Objects, condition, wait

__all__ = ["doctor", "submit"]  # fixtures
pytestmark = pytest.mark.kubelet

NOTHING = "localhost:1/nothing:1"
ABSENT = {"name": "absent"}
HIDE_BASH = {"volumes": [{"name": "bin", "emptyDir": {}}],
             "container": {"image": IMAGE, "volumeMounts": [{"name": "bin", "mountPath": "/bin"}]}}  # fmt: skip
WAITING: dict[str, tuple[str, dict[str, Any]]] = {
    "no such image": ("image-pull", {"container": {"image": NOTHING}}),
    "an image that may not be pulled": ("image-pull", {"container": {"image": NOTHING, "imagePullPolicy": "Never"}}),
    "a secret": ("missing-secret", {"container": {"image": IMAGE, "envFrom": [{"secretRef": ABSENT}]}}),
    "a secret as a volume": ("missing-secret", {
        "volumes": [{"name": "s", "secret": {"secretName": "absent"}}],
        "container": {"image": IMAGE, "volumeMounts": [{"name": "s", "mountPath": "/s"}]},
    }),
    "a ConfigMap": ("missing-secret", {"container": {"image": IMAGE, "envFrom": [{"configMapRef": ABSENT}]}}),
    "a folder that is none": ("missing-claim", {
        "volumes": [{"name": "h", "hostPath": {"path": "/absent", "type": "Directory"}}],
        "container": {"image": IMAGE, "volumeMounts": [{"name": "h", "mountPath": "/h"}]},
    }),
}  # fmt: skip


@pytest.mark.parametrize(("code", "pod"), WAITING.values(), ids=WAITING)
def test_a_container_that_does_not_start(
    code: str, pod: dict[str, Any], submit: Any, objects: Objects, doctor: Doctor
) -> None:
    operator.take(objects, submit(**pod))
    report = until(doctor, code)
    assert errors(report) == [code]
    assert report["findings"][0]["object"].startswith("pod/plx-cleaner-agent-")


def test_an_image_without_bash(submit: Any, objects: Objects, doctor: Doctor) -> None:
    job = operator.take(objects, submit(**HIDE_BASH))
    report = until(doctor, "no-bash")
    assert errors(report) == ["no-bash"]
    assert "/bin/bash" in report["findings"][0]["evidence"]
    wait("the second failure", lambda: condition(objects.get(job) or {}, "Failed"))
    assert errors(doctor()) == ["no-bash"]  # which is why it failed twice


FAILING = {
    "an exit code": ("exit 2", {}, "exit code 2"),
    "out of memory": (
        "a=xxxxxxxx; while :; do a=$a$a; done",
        {"limits": {"memory": "24Mi"}},
        "OOMKilled, exit code 137",
    ),
}


@pytest.mark.parametrize(("script", "resources", "words"), FAILING.values(), ids=FAILING)
def test_a_container_that_fails_twice(
    script: str,
    resources: Any,
    words: str,
    submit: Any,
    objects: Objects,
    doctor: Doctor,
) -> None:
    operator.take(objects, submit(container={"image": IMAGE, "args": [script], "resources": resources}))
    report = until(doctor, "failed-twice")
    assert errors(report) == ["failed-twice"]
    assert words in report["findings"][0]["message"]
    assert report["findings"][0]["evidence"].startswith("BackoffLimitExceeded: ")


READ_ONLY = "echo 'Could not delete path /artifacts/a'; echo 'Error: [Errno 30] Read-only file system'; sleep 600"


def test_the_log_of_a_job_says_what_was_not_deleted(submit: Any, objects: Objects, doctor: Doctor) -> None:
    operator.take(objects, submit(container={"image": IMAGE, "args": [READ_ONLY]}))
    report = until(doctor, "not-deleted")
    assert errors(report) == ["not-deleted"]
    (finding,) = [each for each in report["findings"] if each["code"] == "not-deleted"]
    assert finding["evidence"] == "Could not delete path /artifacts/a / Error: [Errno 30] Read-only file system"
    assert finding["time"]
