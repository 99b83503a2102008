"""doctor --live on a real control plane: each state that needs no Polyaxon, and the rights that it needs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_cleaner.cli.commands import doctor as command
from helm_cleaner.cluster import queries
from tests.conftest import tool
from tests.live import clusters
from tests.live.conftest import Kubectl
from tests.support import operator
from tests.support.command import run
from tests.support.objects import Manifest, Objects, condition, named, wait
from tests.support.snippets import sections
from tools import ROOT

LATER = "2126-01-01T00:00:00Z"
Doctor = Callable[..., Any]


@pytest.fixture
def doctor(kube_config: str, namespace: str, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    """Runs `doctor --live` in the test's namespace; its report."""
    monkeypatch.setenv("KUBECONFIG", kube_config)
    monkeypatch.setenv("PATH", str(tool("kubectl").parent), prepend=os.pathsep)

    def call(*args: str, name: str = namespace) -> Any:
        ran = run(["doctor", "--live", "-n", name, "-o", "json", *args])
        assert ran.code in (0, 1), ran.err
        report = json.loads(ran.out)
        assert ran.code == (report["verdict"] == "trouble")
        return report

    return call


@pytest.fixture
def submit(objects: Objects, namespace: str, polyaxon_kind: None) -> Iterator[Callable[..., Manifest]]:  # noqa: ARG001
    """Creates Polyaxon's Job in the test's namespace, as the agent does."""
    made: list[Manifest] = []

    def call(**pod: Any) -> Manifest:
        made.append(operator.submit(objects, namespace, **pod))
        return made[-1]

    yield call
    for each in made:
        operator.forget(objects, each)


def errors(report: Any) -> list[str]:
    return [each["code"] for each in report["findings"] if each["severity"] == "error"]


def until(doctor: Doctor, code: str) -> Any:
    """The report, once it has an error of this code: events come a little later than what they are about."""
    return wait(code, lambda: report if code in errors(report := doctor()) else None)


PODS: dict[str, dict[str, Any]] = {
    "no-node": {"nodeSelector": {"pool": "none"}},
    "missing-claim": {"volumes": [{"name": "store", "persistentVolumeClaim": {"claimName": "nope"}}]},
}


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("code", PODS)
def test_a_pod_that_waits(code: str, submit: Any, objects: Objects, doctor: Doctor, namespace: str) -> None:
    operator.take(objects, submit(**PODS[code]))
    report = until(doctor, code)
    assert errors(report) == [code]
    (pod,) = objects.items("Pod", namespace)
    (finding,) = [each for each in report["findings"] if each["code"] == code]
    assert finding["object"] == f"pod/{pod['metadata']['name']}"
    assert finding["evidence"] == condition(pod, "PodScheduled")["message"]
    assert [each["what"] for each in report["not_checked"]] == ["the agent's log", "the job's log"]


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("code", ["quota", "limit-range", "pod-security", "missing-account"])
def test_a_pod_that_is_refused(code: str, submit: Any, objects: Objects, doctor: Doctor, namespace: str) -> None:
    container = {"resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}}}
    more: dict[str, Any] = {"container": container}
    if code == "quota":
        objects.create(clusters.quota({"limits.cpu": "500m"}, namespace))
    elif code == "limit-range":
        objects.create(clusters.limits(namespace=namespace, max={"cpu": "500m"}))
    elif code == "missing-account":
        more["serviceAccountName"] = "absent"
    else:
        level = {"pod-security.kubernetes.io/enforce": "baseline"}
        objects.patch(clusters.namespace(namespace), {"metadata": {"labels": level}})
        more["volumes"] = [{"name": "store", "hostPath": {"path": "/artifacts"}}]
    operator.take(objects, submit(**more))
    report = until(doctor, code)
    assert errors(report) == [code]
    assert "forbidden" in report["findings"][0]["evidence"]
    assert report["findings"][0]["time"]


@pytest.mark.usefixtures("workers")
def test_a_deadline_is_said_with_what_the_pod_waited_for(submit: Any, objects: Objects, doctor: Doctor) -> None:
    operator.take(objects, submit(nodeSelector={"pool": "none"}), activeDeadlineSeconds=2)
    report = until(doctor, "deadline")
    assert errors(report) == ["no-node", "deadline"]
    assert report["findings"][1]["follows"] == "no-node"


@pytest.mark.usefixtures("workers")
def test_a_job_that_completes_is_no_proof(submit: Any, objects: Objects, doctor: Doctor) -> None:
    job = operator.take(objects, submit())
    wait("the job to end", lambda: condition(objects.get(job) or {}, "Complete").get("status") == "True")
    report = wait("the event", lambda: found if (found := doctor())["findings"] else None)
    assert [each["code"] for each in report["findings"]] == ["unproven"]
    assert report["verdict"] == "healthy"


def test_a_job_of_somebody_else_is_in_the_way(submit: Any, objects: Objects, doctor: Doctor, namespace: str) -> None:
    other = submit()
    job = {**named("Job", operator.JOB, namespace, "batch/v1"), "spec": {"template": other["batchJobSpec"]["template"]}}
    objects.create(job)
    assert errors(doctor()) == ["foreign-job"]
    objects.delete(job)


def test_a_job_that_nobody_takes(submit: Any, doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    submit()
    assert errors(doctor()) == []  # it is not a minute old
    monkeypatch.setattr(command, "now", lambda: LATER)
    assert errors(doctor()) == ["operator-down"]


def test_a_finalizer_that_nobody_removes(
    submit: Any, objects: Objects, doctor: Doctor, kubectl: Kubectl, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the command that the report gives does remove it."""
    job = submit()
    objects.patch(job, {"metadata": {"finalizers": [operator.FINALIZER]}})
    objects.delete(job)
    assert errors(doctor()) == []
    monkeypatch.setattr(command, "now", lambda: LATER)
    report = doctor()
    assert errors(report) == ["finalizer"]
    (patch,) = [each for each in report["findings"][0]["commands"] if "patch" in each]
    assert patch.startswith(f"kubectl patch jobs.polyaxon.com {operator.JOB} -n {namespace} --type=merge -p ")
    kubectl(
        "patch", "jobs.polyaxon.com", operator.JOB, "-n", namespace, "--type=merge", "-p", patch.partition("'")[2][:-1]
    )
    assert objects.get(job) is None


def test_an_agent_without_a_replica(objects: Objects, doctor: Doctor, namespace: str) -> None:
    labels = {"app": "agent"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "x"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    objects.create({**named("Deployment", "plx-polyaxon-agent", namespace, "apps/v1"), "spec": spec})
    report = doctor()
    assert (errors(report), report["release"]) == (["agent-down"], "plx")


def role(page: str) -> Any:
    """The role that a guide shows."""
    (text,) = (
        step.text for section in sections(ROOT / "docs" / page) for step in section.steps if step.told == ["role.yaml"]
    )
    return yaml.safe_load(text)


@pytest.fixture
def with_only(
    objects: Objects, kubectl: Kubectl, namespace: str, kube_config: str, tmp_path: Path
) -> Callable[[str], str]:
    """A kubeconfig for an account that has only the rights of a guide's role."""

    def call(page: str) -> str:
        granted = role(page)
        wide = granted["kind"] == "ClusterRole"
        metadata = {"name": f"helm-cleaner-{namespace}"} if wide else {"name": "doctor", "namespace": namespace}
        kubectl("apply", "-f", "-", stdin=json.dumps({**granted, "metadata": metadata}).encode())
        objects.create(named("ServiceAccount", "reader", namespace))
        binding = {
            "apiVersion": granted["apiVersion"], "kind": f"{granted['kind']}Binding", "metadata": metadata,
            "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": namespace}],
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": granted["kind"], "name": metadata["name"]},
        }  # fmt: skip
        kubectl("apply", "-f", "-", stdin=json.dumps(binding).encode())
        token = kubectl("create", "token", "reader", "-n", namespace).decode().strip()
        config = yaml.safe_load(Path(kube_config).read_text())
        config["users"] = [{"name": each["name"], "user": {"token": token}} for each in config["users"]]
        path = tmp_path / "kubeconfig"
        path.write_text(yaml.safe_dump(config))
        return str(path)

    return call


@pytest.mark.usefixtures("workers")
def test_doctor_needs_no_other_rights_than_the_guide_names(
    submit: Any, objects: Objects, doctor: Doctor, with_only: Callable[[str], str], monkeypatch: pytest.MonkeyPatch,
    kubectl: Kubectl, namespace: str,
) -> None:  # fmt: skip
    operator.take(objects, submit(nodeSelector={"pool": "none"}))
    until(doctor, "no-node")
    config = with_only("doctor.md")
    monkeypatch.setenv("KUBECONFIG", config)
    report = doctor("--release", "plx")
    assert errors(report) == ["no-node"]
    whys = " ".join(each["why"] for each in report["not_checked"])
    assert "orbidden" not in whys, whys
    allowed = kubectl(
        "auth", "can-i", "--list", "-n", namespace, f"--as=system:serviceaccount:{namespace}:reader"
    ).decode()
    assert not {"create", "delete", "patch", "update"} & set(
        allowed.replace("[", " ").replace("]", " ").split("jobs")[-1].split()
    )


@pytest.mark.usefixtures("workers")
def test_preflight_needs_no_other_rights_than_the_guide_names(
    with_only: Callable[[str], str],
    doctor: Doctor,  # noqa: ARG001  it sets the PATH
    kubectl: Kubectl,
    namespace: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    values = tmp_path / "values.yaml"
    values.write_text("cleaner: {imageTag: dev}\n")
    monkeypatch.setenv("KUBECONFIG", with_only("preflight.md"))
    assert b"nodepools" not in kubectl("api-resources")  # a kind that is not installed costs only itself
    args = ["preflight", os.devnull, "-f", str(values), "-n", namespace, "--live", "-o", "json"]
    ran = run(args)
    report = json.loads(ran.out)
    assert report["verdict"] == "fits", ran.err
    whys = " ".join(each["why"] for each in report["not_checked"])
    assert "orbidden" not in whys, whys
    shown = [line.removeprefix("helm-cleaner: ") for line in ran.err.splitlines()]
    assert shown == [queries.shown(queries.arguments(query, namespace)) for query in queries.queries_of("preflight")]
    ran = run([*args, "--secrets", "--set", "cleaner.imagePullSecrets={a}"])
    whys = " ".join(each["why"] for each in json.loads(ran.out)["not_checked"])
    assert "secrets is forbidden" in whys
