"""doctor --live after deletions that Polyaxon's own API and agent have carried out on a real API server."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from helm_cleaner.cluster import queries
from tests.conftest import missing, tool
from tests.haupt.conftest import create, delete
from tests.live import clusters
from tests.support import controlplane, haupt, operator
from tests.support.command import run
from tests.support.haupt import Haupt
from tests.support.objects import Manifest, Objects, Refused, condition, connected, named, wait
from tests.support.processes import process
from tools import envtest

NAMESPACE = "polyaxon"
JOB = {**named("Job", operator.JOB, NAMESPACE, "polyaxon.com/v1")}


class Cluster(NamedTuple):
    """A control plane with a node that kwok plays, Polyaxon's kind, and the namespace of the release."""

    kubeconfig: Path
    objects: Objects


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    programs = envtest.find()
    if programs is None or envtest.lacking(programs, envtest.CONTROLLERS):
        reason = "no control plane here: make envtest builds one, where Go is there"
        missing(reason) if shutil.which("go") else pytest.skip(reason)
    assert programs is not None
    folder = tmp_path_factory.mktemp("cluster") / "run"
    with controlplane.running(programs, folder) as kubeconfig, connected(str(kubeconfig)) as client:
        objects = Objects(client)
        objects.create(operator.CRD)
        objects.create(clusters.node("worker"))
        objects.create(clusters.namespace(NAMESPACE))
        wait("the account", lambda: objects.get(named("ServiceAccount", "default", NAMESPACE)))
        wait("the kind", lambda: _is_served(objects))
        yield Cluster(kubeconfig, objects)


def _is_served(objects: Objects) -> bool:
    try:
        return objects.items("Job", NAMESPACE, "polyaxon.com/v1") == []
    except (Refused, ValueError):  # it answers with text, or says that it begins
        return False


@contextmanager
def agent(api: Haupt, cluster: Cluster, folder: Path) -> Iterator[Path]:
    """Polyaxon's own agent; its log."""
    env = {
        **api.env,
        "KUBECONFIG": str(cluster.kubeconfig),
        "POLYAXON_HOST": api.url,
        "POLYAXON_K8S_NAMESPACE": NAMESPACE,
        "POLYAXON_LOG_LEVEL": "INFO",
        "POLYAXON_SERVICE": "agent",
    }
    command = [str(haupt.ENVIRONMENT / "bin" / "polyaxon"), "agent", "start", "--max-interval", "1"]
    with process(folder, "agent", command, env=env):
        yield folder / "agent.log"


def diagnose(cluster: Cluster, log: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """doctor's report on what kubectl reads, with the agent's log, which no pod has here."""
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))
    folder = log.parent / "left"
    folder.mkdir(exist_ok=True)
    for query in queries.queries_of(queries.DOCTOR):
        words = [str(tool("kubectl")), *queries.arguments(query, NAMESPACE)]
        (folder / query.file).write_bytes(subprocess.run(words, capture_output=True, check=True).stdout)
    args = ["--cluster", str(folder), "--agent-log", str(log)]
    ran = run(["doctor", "-n", NAMESPACE, "--release", "plx", "-o", "json", *args])
    assert ran.code in (0, 1), ran.err
    return json.loads(ran.out)


def codes(report: Any) -> list[str]:
    return [each["code"] for each in report["findings"]]


def agent_config(**section: Any) -> Manifest:
    """The agent's ConfigMap with the section that the API was started with, or with more."""
    data = {"POLYAXON_AGENT_CLEANER": json.dumps({"image": "polyaxon/polyaxon-init", "imageTag": "2.15.1", **section})}
    return {**named("ConfigMap", "plx-polyaxon-agent-config", NAMESPACE), "data": data}


def let_it_end(cluster: Cluster, job: Manifest) -> None:
    """Waits for the batch/v1 Job, and removes Polyaxon's, as the operator does."""
    batch = {**named("Job", operator.JOB, NAMESPACE, "batch/v1")}
    wait("the end", lambda: condition(cluster.objects.get(batch) or {}, "Complete").get("status") == "True")
    wait("the event", lambda: any(each["reason"] == "Completed" for each in cluster.objects.items("Event", NAMESPACE)))
    operator.forget(cluster.objects, job)
    wait("the owner's end", lambda: cluster.objects.get(batch) is None)


def test_from_the_deletion_to_the_end_of_the_job(
    api: Haupt, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """201 runs are two batches. The store's claim is missing, so the second one meets a job that waits."""
    objects = cluster.objects
    objects.create(agent_config())
    delete(api, create(api, 201))
    with agent(api, cluster, tmp_path) as log:
        wait("the lost batch", lambda: "Run already running" in log.read_text())
        job = wait("the agent's job", lambda: objects.get(JOB))
        operator.take(objects, job)
        report = wait(
            "the pod", lambda: found if len(codes(found := diagnose(cluster, log, monkeypatch))) > 1 else None
        )
        assert codes(report) == ["missing-claim", "lost-batch"]
        assert report["findings"][1]["message"].startswith("1 batch of deleted runs lost")
        assert report["findings"][1]["follows"] == "missing-claim"

        # The section changes, and the API, which has read the other one, is not restarted.
        objects.patch(agent_config(), {"data": agent_config(nodeSelector={"pool": "new"})["data"]})
        report = diagnose(cluster, log, monkeypatch)
        assert codes(report) == ["stale-section", "missing-claim", "lost-batch"]
        assert report["findings"][0]["evidence"] == 'nodeSelector null, not {"pool": "new"}'
        objects.patch(agent_config(), {"data": agent_config()["data"]})

        # Once the claim is there, the pod starts by itself, and this batch is not lost.
        for each in claim():
            objects.create(each)
        let_it_end(cluster, job)
        assert codes(diagnose(cluster, log, monkeypatch)) == ["lost-batch", "unproven"]


def test_a_deletion_on_a_healthy_cluster(
    api: Haupt, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if cluster.objects.get(claim()[1]) is None:
        for each in claim():
            cluster.objects.create(each)
    for event in cluster.objects.items("Event", NAMESPACE):
        cluster.objects.delete({"apiVersion": "v1", "kind": "Event", **event})
    delete(api, create(api, 20))
    with agent(api, cluster, tmp_path) as log:
        job = wait("the agent's job", lambda: cluster.objects.get(JOB))
        operator.take(cluster.objects, job)
        let_it_end(cluster, job)
        report = diagnose(cluster, log, monkeypatch)
    assert (codes(report), report["verdict"]) == (["unproven"], "healthy")


def claim() -> list[Manifest]:
    """The claim of the API's artifacts store, and a volume for it."""
    size = {"storage": "1Gi"}
    volume = {"capacity": size, "accessModes": ["ReadWriteMany"], "hostPath": {"path": "/artifacts"},
              "claimRef": {"namespace": NAMESPACE, "name": "a"}}  # fmt: skip
    wanted = {
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "",
        "volumeName": "a",
        "resources": {"requests": size},
    }
    return [
        {**named("PersistentVolume", "a"), "spec": volume},
        {**named("PersistentVolumeClaim", "a", NAMESPACE), "spec": wanted},
    ]
