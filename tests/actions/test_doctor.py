"""doctor on what was left of real deletions, and how its findings follow from each other."""

from __future__ import annotations

import pytest

from helm_cleaner.actions import doctor
from helm_cleaner.cluster import queries
from helm_cleaner.cluster.kinds import find_kind
from helm_cleaner.cluster.symptoms.history import KINDS
from helm_cleaner.codes import BY_NAME
from tests.support.deletions import (
    agent_config,
    batch_job,
    condition,
    config,
    deployment,
    diagnose,
    event,
    operation,
    pod,
    waiting,
)
from tests.support.traces import Trace, read_traces

TRACES = read_traces()
NAMES = [f"{trace.name}-{n}" for n, trace in enumerate(TRACES)]


@pytest.mark.parametrize("trace", TRACES, ids=NAMES)
def test_traces(trace: Trace) -> None:
    found = trace.diagnose()
    codes = {each.code for each in found.errors}
    assert trace.codes <= codes <= trace.codes | trace.free
    assert found.exit_code == (1 if codes else 0)


@pytest.mark.parametrize("trace", TRACES, ids=NAMES)
def test_evidence_is_in_the_input(trace: Trace) -> None:
    """Each error quotes a text of the input, and names an object with the cleaner's or the release's name, or a log."""
    texts = f"{trace.objects}{trace.agent_log}{trace.job_log}".replace("\\'", "'")
    for finding in trace.diagnose().errors:
        assert any(name in finding.object for name in ("plx-cleaner-", trace.release, "log")), finding.object
        words = finding.evidence.split()
        assert any(len(word) > 7 and word.strip(":,()") in texts for word in words), finding.evidence


def test_every_finding_has_a_code_and_a_place_in_the_order() -> None:
    assert set(doctor.ORDER) <= set(BY_NAME)


def test_every_kind_has_a_query_and_a_reason() -> None:
    kinds = {kind.name for query in queries.queries_of(queries.DOCTOR) if (kind := find_kind(query.kind))}
    assert kinds == set(KINDS) == set(doctor.WHY)


PENDING = [
    operation(),
    batch_job(),
    pod(condition("PodScheduled", "False", "0/2 nodes are available: 2 Insufficient cpu.")),
    event("Pod", "plx-cleaner-agent-aaaaa", "FailedScheduling", "0/2 nodes are available: 2 Insufficient cpu."),
]


def test_the_root_comes_first_and_the_rest_says_what_it_follows_from() -> None:
    log = "Checking agent state.\nRun already running, triggering an apply mechanism.\n" * 3
    found = diagnose(PENDING, agent_log=log)
    assert [each.code for each in found.findings] == ["no-node", "lost-batch"]
    assert found.follows == {1: "no-node"}
    assert found.findings[1].message.startswith("3 batches of deleted runs lost")


def test_a_deadline_follows_from_what_the_pod_waited_for() -> None:
    over = event("Job", "plx-cleaner-agent", "DeadlineExceeded", "Job was active longer than specified deadline", 90)
    found = diagnose(
        [
            PENDING[3],
            event("Job", "plx-cleaner-agent", "SuccessfulCreate", "Created pod: plx-cleaner-agent-aaaaa", 0),
            over,
        ]
    )
    assert [each.code for each in found.errors] == ["no-node", "deadline"]
    assert found.follows == {1: "no-node"}


def test_a_lost_batch_on_its_own_follows_from_nothing() -> None:
    found = diagnose([config()], agent_log="Run already running, triggering an apply mechanism.\n")
    assert [each.code for each in found.errors] == ["lost-batch"]
    assert not found.follows


@pytest.mark.parametrize(
    ("objects", "log", "quiet"),
    [
        ([config("WARNING")], None, True),
        ([config("WARNING")], "Agent is starting.\n", True),
        ([config("WARNING")], "Checking agent state.\n", False),  # it logs at INFO all the same
        ([config("INFO")], None, False),
        ([config("debug")], "", False),
        ([], None, False),  # the level is not known
    ],
)
def test_quiet_log(objects: list[object], log: str | None, quiet: bool) -> None:
    found = diagnose(objects, agent_log=log)
    assert [each.code for each in found.findings] == (["quiet-log"] if quiet else [])
    assert found.exit_code == 0


COMPLETED = event("Job", "plx-cleaner-agent", "Completed", "Job completed", 30)


@pytest.mark.parametrize(
    ("log", "codes"),
    [
        (None, ["unproven"]),
        ("ProviderKind.S3 subpath was cleaned, subpath: \n`['bucket/a']`\n", []),
        ("Could not delete path a\nError: [Errno 2] No such file or directory\nsubpath was cleaned", ["unproven"]),
        ("Could not delete path /a\nError: [Errno 13] Permission denied: '/a'\nsubpath was cleaned\n", ["not-deleted"]),
    ],
)  # fmt: skip
def test_what_ended_well_is_proven_by_its_log_alone(log: str | None, codes: list[str]) -> None:
    assert [each.code for each in diagnose([COMPLETED], job_log=log).findings] == codes


def test_several_releases_have_a_diagnosis_each() -> None:
    """Each gets the jobs that run as its own account, and those of which nobody can tell."""
    stuck = operation(
        account="one-polyaxon-runs-sa", conditions=[condition("Warning", "True", "0/1 nodes are available")]
    )
    objects = [stuck, config(release="one"), config(release="two"), agent_config("one"), agent_config("two")]
    assert [each.code for each in diagnose(objects, release="one").errors] == ["no-node"]
    assert not diagnose(objects, release="two").errors


def test_agent_and_operator_without_a_replica() -> None:
    found = diagnose([deployment("agent", None), deployment("operator", 0)])
    assert [each.code for each in found.errors] == ["agent-down", "operator-down"]
    down = {**deployment("agent", None), "spec": {"replicas": 0}}
    assert diagnose([down]).errors[0].message == "the agent is scaled to 0, so no batch is taken"
    assert not diagnose([deployment("agent", 1), deployment("operator", 2)]).errors


def test_an_agent_that_does_not_load_its_configuration() -> None:
    sidecar = {"POLYAXON_AGENT_SIDECAR": {"imagePullPolicy": "always"}}
    (found,) = diagnose([deployment("agent", None), agent_config(entries=sidecar)]).errors
    assert found.code == "agent-down"
    assert found.message == "the agent does not run, so no batch is taken: it does not load its configuration"
    assert "POLYAXON_AGENT_SIDECAR.imagePullPolicy: " in found.evidence


def test_a_job_whose_api_was_restarted_since_is_no_stale_section() -> None:
    other = operation(image="registry.example.com/old:1")
    api = pod(name="plx-polyaxon-api-5c-aaaaa", created=99)
    assert [each.code for each in diagnose([other, agent_config("plx"), batch_job()]).errors] == ["stale-section"]
    assert not diagnose([other, agent_config("plx"), batch_job(), api]).errors


def test_what_is_not_in_the_input_comes_with_its_command() -> None:
    found = {each.what: each for each in diagnose([pod(waiting("ImagePullBackOff", "no"))]).not_checked}
    logs = {"the agent's log", "the job's log"}
    assert set(found) == {"jobs.polyaxon.com", "jobs.batch", "events", "configmaps", "deployments.apps"} | logs
    assert found["events"].command == "kubectl get events -n polyaxon -o json"
    assert found["the job's log"].command.startswith("kubectl logs job/plx-cleaner-agent -n polyaxon")
