"""--live: what is run, and what is said where kubectl cannot read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from helm_cleaner.cluster import queries
from tests.support.command import Ran, run
from tests.support.deletions import agent_config, config, event, operation, pod, waiting
from tests.support.fake_kubectl import FakeKubectl

FORBIDDEN = 'Error from server (Forbidden): {} is forbidden: User "u" cannot list resource "{}"'
NODE = {
    "apiVersion": "v1", "kind": "Node", "metadata": {"name": "one"},
    "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}},
}  # fmt: skip


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKubectl:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "values.yaml").write_text("cleaner: {imageTag: dev}\n")
    return FakeKubectl(tmp_path, monkeypatch)


def doctor(*args: str) -> Ran:
    return run(["doctor", "--live", "-n", "polyaxon", *args])


def preflight(*args: str) -> Ran:
    return run(["preflight", os.devnull, "-f", "values.yaml", "--live", "-n", "polyaxon", *args])


def commands(command: str, namespace: str = "polyaxon", **more: bool) -> list[str]:
    return [queries.shown(queries.arguments(query, namespace)) for query in queries.queries_of(command, **more)]


def test_doctor_runs_the_commands_of_the_table_and_says_so(kubectl: FakeKubectl) -> None:
    kubectl.objects("configmaps", config(), agent_config())
    kubectl.objects("jobs.polyaxon.com", operation())
    kubectl.objects("pods", pod(waiting("ErrImagePull", "no such image")))
    kubectl.answer(logs={"out": "2026-11-01T03:00:09.1Z Run already running, triggering an apply mechanism.\n"})
    ran = doctor("-o", "json")
    found = json.loads(ran.out)
    assert ran.code == 1
    assert [each["code"] for each in found["findings"]] == ["image-pull", "lost-batch"]
    assert found["findings"][1]["time"] == "2026-11-01T03:00:09.1Z"
    assert found["not_checked"] == []
    logs = [
        queries.shown(queries.log_arguments(of, "polyaxon"))
        for of in ("job/plx-cleaner-agent", "deployment/plx-polyaxon-agent")
    ]
    assert kubectl.asked == [*commands("doctor"), *logs]
    assert ran.err == "".join(f"helm-cleaner: {line}\n" for line in kubectl.asked)


def test_an_empty_namespace_is_healthy_and_was_read(kubectl: FakeKubectl) -> None:
    ran = doctor()
    assert ran.code == 0
    assert "healthy" in ran.out.decode()
    assert kubectl.asked == commands("doctor")
    assert "jobs.polyaxon.com:" not in ran.out.decode()  # not under "not checked"


@pytest.fixture
def release(kubectl: FakeKubectl) -> None:
    """As much of a cluster as preflight needs for a verdict."""
    account = {"name": "plx-polyaxon-runs-sa", "namespace": "polyaxon"}
    kubectl.objects("nodes", NODE)
    kubectl.objects("namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "polyaxon"}})
    kubectl.objects("serviceaccounts", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": account})


@pytest.mark.usefixtures("release")
def test_preflight_runs_the_commands_of_the_table(kubectl: FakeKubectl) -> None:
    ran = preflight("--release", "plx", "-o", "json")
    assert json.loads(ran.out)["verdict"] == "fits", ran.err
    assert kubectl.asked == commands("preflight")
    assert json.loads(ran.out)["not_checked"] == []


@pytest.mark.usefixtures("release")
def test_preflight_says_why_a_kind_could_not_be_read(kubectl: FakeKubectl) -> None:
    kubectl.fail("get pods", FORBIDDEN.format("pods", "pods"))
    ran = preflight("--release", "plx", "-o", "json")
    assert json.loads(ran.out)["verdict"] == "fits"
    (missing,) = [each for each in json.loads(ran.out)["not_checked"] if each["what"] == "pods"]
    assert "cannot list resource" in missing["why"]
    assert "kubectl get pods -A -o json" in missing["why"]


@pytest.mark.usefixtures("release")
def test_secrets_are_read_where_the_user_asks_for_them(kubectl: FakeKubectl) -> None:
    kubectl.answer(get_secrets={"out": "NAMESPACE   NAME   TYPE\npolyaxon    a      Opaque\n"})
    args = ("--release", "plx", "--set", "cleaner.imagePullSecrets={a}", "-o", "json")
    found = json.loads(preflight("--secrets", *args).out)
    assert kubectl.asked == commands("preflight", asked=True)
    assert [each["code"] for each in found["findings"] if each["severity"] == "error"] == ["secret-type"]
    assert json.loads(preflight(*args).out)["verdict"] == "fits"


def test_the_context_is_passed_on(kubectl: FakeKubectl) -> None:
    doctor("--context", "prod")
    assert all(line.endswith("--context prod") for line in kubectl.asked)


def test_the_namespace_is_that_of_the_context(kubectl: FakeKubectl) -> None:
    kubectl.answer(config={"out": "team-a"})
    assert json.loads(run(["doctor", "--live", "-o", "json"]).out)["namespace"] == "team-a"
    assert kubectl.asked[0] == "kubectl config view --minify -o jsonpath={..namespace}"
    assert kubectl.asked[1:] == commands("doctor", "team-a")


@pytest.mark.parametrize(
    "message",
    [
        FORBIDDEN.format("events", "events"),
        'error: the server doesn\'t have a resource type "events"',
        'Error from server (NotFound): events "x" not found',
    ],
)
def test_what_is_refused_costs_only_itself(message: str, kubectl: FakeKubectl) -> None:
    kubectl.fail("get events", message)
    ran = doctor("-o", "json")
    (missing,) = [each for each in json.loads(ran.out)["not_checked"] if each["what"] == "events"]
    assert message in missing["why"]
    assert missing["command"] == "kubectl get events -n polyaxon -o json"
    assert kubectl.asked == commands("doctor")


def test_a_log_that_cannot_be_read_is_not_checked(kubectl: FakeKubectl) -> None:
    kubectl.objects("configmaps", agent_config())
    kubectl.fail("logs", "error: timed out waiting for the condition")
    (missing,) = [
        each for each in json.loads(doctor("-o", "json").out)["not_checked"] if each["what"] == "the agent's log"
    ]
    assert "timed out waiting" in missing["why"]


def test_each_release_has_its_own_log(kubectl: FakeKubectl) -> None:
    kubectl.objects("configmaps", agent_config("one"), agent_config("two"))
    kubectl.answer(logs_deployment_one_polyaxon_agent={})
    kubectl.answers["logs deployment/one-polyaxon-agent"] = {"out": "Run submission error.\n"}
    kubectl.answer()
    reports = json.loads(doctor("-o", "json").out)
    assert [(each["release"], each["verdict"]) for each in reports] == [("one", "trouble"), ("two", "healthy")]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("error: unknown flag: --since", "this kubectl is too old"),
        ("Please enter Username: error: EOF", "kubectl asks for a login"),
        ("The connection to the server localhost:8080 was refused", "kubectl failed: The connection to the server"),
        ('error: context "prod" does not exist', 'kubectl failed: error: context "prod" does not exist'),
        ("error: You must be logged in to the server (Unauthorized)", "(Unauthorized)"),
        ("", "it said nothing"),
    ],
)
def test_what_ends_it(message: str, words: str, kubectl: FakeKubectl) -> None:
    kubectl.fail("get", message)
    ran = doctor("-o", "json")
    assert (ran.code, ran.out) == (2, b"")
    assert words in ran.err
    assert "hint:" in ran.err
    assert len(kubectl.asked) == 1  # the others would fail too


def test_a_kubectl_that_hangs(kubectl: FakeKubectl) -> None:
    kubectl.answer(get={"sleep": 30})
    ran = doctor("--timeout", "1")
    assert ran.code == 2
    assert "kubectl did not answer within 1 second" in ran.err
    assert "--timeout" in ran.err


def test_no_kubectl(kubectl: FakeKubectl, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = doctor()
    assert ran.code == 2
    assert "kubectl is not on the PATH" in ran.err
    assert not kubectl.asked


def test_output_that_is_not_kubectls(kubectl: FakeKubectl) -> None:
    kubectl.answer(get_pods={"out": '{"kind": "List", "items": ['})
    ran = doctor()
    assert ran.code == 2
    assert "the JSON ends too early" in ran.err
    assert "kubectl get pods -n polyaxon -o json" in ran.err


@pytest.mark.parametrize("command", ["doctor", "preflight"])
@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--live", "--cluster", "pods.json"], "--live reads the cluster itself"),
        (["--context", "prod", "--cluster", "pods.json"], "--context goes with --live"),
        (["--live", "--timeout", "0"], "--timeout must be at least 1"),
        ([], "--live"),
    ],
)
def test_options_that_contradict_each_other(command: str, args: list[str], words: str, kubectl: FakeKubectl) -> None:
    ran = run([command, *args])
    assert (ran.code, ran.out) == (2, b"")
    assert words in ran.err
    assert not kubectl.asked


def test_without_live_nothing_is_started(kubectl: FakeKubectl, tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text(json.dumps([event("Pod", "plx-cleaner-agent-aaaaa", "Failed", "no")]))
    assert run(["doctor", "--cluster", "events.json"]).code == 0
    assert not kubectl.asked
