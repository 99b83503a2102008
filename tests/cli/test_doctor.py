"""The command: its input, its streams, its exit codes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Ran, run
from tests.support.deletions import (
    JOB,
    agent_config,
    batch_job,
    condition,
    config,
    deployment,
    event,
    later,
    operation,
    pod,
)

LOST = "Checking agent state.\nRun submission error.\n"
PENDING = pod(condition("PodScheduled", "False", "0/1 nodes are available: 1 Insufficient cpu."))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write("cluster.json", operation(), batch_job(), PENDING, agent_config(), config(), deployment("agent", 1))
    Path("agent.log").write_text(LOST)
    return tmp_path


def write(name: str, *objects: Any) -> None:
    Path(name).write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))


def doctor(*args: str, stdin: bytes = b"") -> Ran:
    return run(["doctor", *args], stdin)


def test_json_has_the_fields_of_the_contract() -> None:
    ran = doctor("--cluster", "cluster.json", "--agent-log", "agent.log", "-o", "json")
    report = json.loads(ran.out)
    assert ran.code == 1
    assert set(report) == {"namespace", "release", "verdict", "now", "findings", "not_checked"}
    assert (report["namespace"], report["release"], report["verdict"]) == ("polyaxon", "plx", "trouble")
    assert [each["code"] for each in report["findings"]] == ["no-node", "lost-batch"]
    assert set(report["findings"][0]) == {
        "file", "line", "column", "path", "severity", "code", "message", "hint", "fix", "object", "evidence", "time",
        "commands", "follows",
    }  # fmt: skip
    assert report["findings"][1]["follows"] == "no-node"
    assert {each["what"] for each in report["not_checked"]} == {"events", "the job's log"}
    assert set(report["not_checked"][0]) == {"what", "why", "command"}


def test_a_healthy_report() -> None:
    write("cluster.json", agent_config(), config(), deployment("agent", 1))
    ran = doctor("--cluster", "cluster.json", "-o", "json")
    assert (ran.code, json.loads(ran.out)["verdict"], json.loads(ran.out)["findings"]) == (0, "healthy", [])


def test_the_text_has_the_verdict_the_cause_the_evidence_the_commands_and_what_is_unknown() -> None:
    text = doctor("--cluster", "cluster.json", "--agent-log", "agent.log").out.decode()
    parts = (
        "doctor: trouble: no node takes the cleaner's pod\n",
        "release plx · namespace polyaxon · as of 2026-11-01T03:00:01Z\n",
        "error: no node takes the cleaner's pod [no-node]\n    pod/plx-cleaner-agent-aaaaa  2026-11-01T03:00:01Z\n",
        "    evidence: 0/1 nodes are available: 1 Insufficient cpu.\n    hint: ",
        "        kubectl delete jobs.polyaxon.com plx-cleaner-agent -n polyaxon --timeout=60s\n",
        "(because of no-node) [lost-batch]\n    the agent's log\n    evidence: Run submission error.\n",
        "not checked:\n    events: ",
        "        kubectl get events -n polyaxon -o json\n",
        "\nThe cluster cannot tell what is still in the store",
    )
    at = 0
    for part in parts:
        assert part in text[at:], (part, text)
        at = text.index(part, at)


def test_a_job_that_does_not_end_is_not_called_healthy() -> None:
    write("cluster.json", operation(), batch_job(), pod({"running": {}}, phase="Running"), later(7200))
    ran = doctor("-n", "polyaxon", "--cluster", "cluster.json")
    assert ran.code == 0
    assert ran.out.startswith(
        b"doctor: unclear: the job has not ended since 2026-11-01T03:00:00Z, and its pod is Running"
    )


def test_a_folder_a_kind_and_stdin() -> None:
    Path("left").mkdir()
    write("left/pods.json", PENDING)
    write("left/jobs.polyaxon.com.json")
    write("left/events.json")
    report = json.loads(doctor("-n", "polyaxon", "--cluster", "left", "-o", "json").out)
    assert [each["code"] for each in report["findings"]] == ["no-node"]
    missing = {each["what"] for each in report["not_checked"]}
    assert "jobs.polyaxon.com" not in missing  # an empty list of that name says that there are none
    assert "jobs.batch" in missing
    ran = doctor("-n", "polyaxon", "--cluster", "pods=-", stdin=Path("left/pods.json").read_bytes())
    assert ran.code == 1
    assert doctor("-n", "polyaxon", "--agent-log", "-", stdin=LOST.encode()).code == 1


def test_several_releases_are_an_array_or_one_by_name() -> None:
    write("cluster.json", agent_config("one"), agent_config("two"))
    reports = json.loads(doctor("--cluster", "cluster.json", "-o", "json").out)
    assert [each["release"] for each in reports] == ["one", "two"]
    assert json.loads(doctor("--cluster", "cluster.json", "--release", "two", "-o", "json").out)["release"] == "two"
    assert doctor("--cluster", "cluster.json").out.decode().count("doctor: ") == 2


EMPTY = "empty.json"
UNUSABLE = {
    "nothing at all": ([], "nothing to diagnose"),
    "stdin twice": (["--cluster", "-", "--agent-log", "-"], "stdin can be only one of"),
    "no such files": (["--cluster", "no.json", "--agent-log", "no.log"], "no.log: error: cannot be read"),
    "an empty file": (["--cluster", EMPTY], "contains none of jobs.polyaxon.com, jobs, pods"),
    "half a list": (["--cluster", "half.json"], "the JSON ends too early"),
    "text": (["--cluster", "agent.log"], "not a Kubernetes object"),
    "other kinds": (["--cluster", "other.json"], "contains none of"),
    "another namespace": (["--cluster", "cluster.json", "-n", "polyaxom"], "name the release's namespace: -n polyaxon"),
    "several namespaces": (["--cluster", "two.json"], "agents in several namespaces: a, b"),
    "another release": (["--cluster", "cluster.json", "--release", "plxx"], "did you mean plx?"),
    "the log of which release": (["--cluster", "releases.json", "--agent-log", "agent.log"], "name it: --release one"),
    "a pod that is none": (["--cluster", "shape.json"], "Pod polyaxon/plx-cleaner-agent-aaaaa: not what kubectl"),
    "a kind that is not read": (["--cluster", "nodez=cluster.json"], "is not a kind that is read"),
}


@pytest.mark.parametrize(("args", "words"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_cannot_be_used(args: list[str], words: str) -> None:
    Path(EMPTY).write_text("")
    Path("half.json").write_text('{"kind": "List", "items": [')
    write("other.json", {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "namespace": "b"}})
    elsewhere = [json.loads(json.dumps(agent_config()).replace('"polyaxon"', f'"{name}"')) for name in "ab"]
    write("two.json", *elsewhere)
    write("releases.json", agent_config("one"), agent_config("two"))
    write("shape.json", {**PENDING, "spec": "text"})
    ran = doctor(*args)
    assert (ran.code, ran.out) == (2, b"")
    assert words in ran.err
    assert "Traceback" not in ran.err


ODD: list[dict[str, Any]] = [
    {**operation(), "metadata": {**operation()["metadata"], "creationTimestamp": "yesterday"}},
    {**operation(), "batchJobSpec": {"template": {"spec": {"containers": "text"}}}},
    {**PENDING, "status": {"phase": 7, "conditions": [{}], "containerStatuses": [{"state": 1}]}},
    {**PENDING, "status": {"containerStatuses": [{"state": {"waiting": 2}}, {"state": {"waiting": {"reason": []}}}]}},
    {**event("Pod", f"{JOB}-aaaaa", "Failed", "no"), "reason": 5, "message": {"a": 1}, "lastTimestamp": 7},
    {**agent_config(), "data": {"POLYAXON_AGENT_CLEANER": "{nope"}},
    {**agent_config(), "data": {"POLYAXON_AGENT_CLEANER": "[1]", "POLYAXON_AGENT_DEFAULT_SCHEDULING": "7"}},
    {**deployment("agent", 1), "spec": None, "status": None},
    {**batch_job(), "spec": {"template": None}, "status": None},
]  # fmt: skip


@pytest.mark.parametrize("each", ODD, ids=range(len(ODD)))
def test_odd_values_end_in_a_report_or_a_message(each: dict[str, Any]) -> None:
    write("odd.json", operation(), each)
    ran = doctor("-n", "polyaxon", "--cluster", "odd.json", "-o", "json")
    assert ran.code in (0, 1, 2), ran.err
    assert "Traceback" not in ran.err


def test_logs_of_any_bytes_are_shown_escaped() -> None:
    Path("agent.log").write_bytes(b"Run could not be cleaned. \x1b[31m\xff\n")
    ran = doctor("--agent-log", "agent.log")
    assert ran.code == 1
    assert b"\x1b" not in ran.out


@pytest.mark.slow
def test_many_pods_and_events_take_at_most_three_times_as_long_as_reading_the_json() -> None:
    """Other workloads', and the cleaner's own."""
    others = [pod(name=f"train-{n}") for n in range(2_500)] + [pod(name=f"{JOB}-{n:05}") for n in range(2_500)]
    more = [event("Pod", f"train-{n}", "FailedScheduling", "0/3 nodes are available") for n in range(25_000)]
    more += [event("Pod", f"{JOB}-{n % 2_500:05}", "Failed", "Error: ErrImagePull", n) for n in range(25_000)]
    write("cluster.json", operation(), batch_job(), *others, *more)
    content = Path("cluster.json").read_text()
    start = time.process_time()
    json.loads(content)
    least = time.process_time() - start
    start = time.process_time()
    ran = doctor("-n", "polyaxon", "--cluster", "cluster.json", "-o", "json")
    assert ran.code == 1
    assert time.process_time() - start < 3 * least + 0.2
