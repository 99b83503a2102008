"""preflight's verdict on a small cluster, compared with its own scheduler, API server and controllers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner import polyaxon
from tests.conftest import COMMAND, Runner
from tests.live import clusters
from tests.live.cases import CASES, FITS, PENDING, POOLS, Case
from tests.live.clusters import ACCOUNT, HOME, OTHER, Manifest
from tests.live.conftest import FACTS, Kubectl
from tests.live.staging import staged
from tests.support.extender import Extender
from tests.support.manifests import agent_configmap
from tests.support.objects import Objects, named, wait

COLUMNS = "NAMESPACE:.metadata.namespace,NAME:.metadata.name,TYPE:.type"


@pytest.fixture(scope="module")
def namespaces(objects: Objects, _controllers: None) -> None:
    """Two namespaces for all cases: a new one takes a while to get its account, and longer to be deleted."""
    for name, team in ((HOME, "cleaner"), (OTHER, "other")):
        objects.create(clusters.namespace(name, team=team))
        wait(f"the account of {name}", lambda name=name: objects.get(named("ServiceAccount", "default", name)))  # type: ignore[misc]
    objects.create(named("ServiceAccount", ACCOUNT, HOME))


def stream_of(case: Case) -> str:
    """What Helm renders of the section, as far as the agent reads it."""
    data = {polyaxon.RUNS_ACCOUNT: case.account, polyaxon.SCHEDULING: json.dumps(case.scheduling or {})}
    return agent_configmap(json.dumps(case.section), namespace=HOME, **data)


def job_of(run: Runner, stream: str) -> Manifest:
    """The Job that explain prints."""
    explained = run("explain", "--no-defaults", "-o", "json", stdin=stream)
    assert explained.code == 0, explained.err
    manifest: Manifest = json.loads(explained.out)
    return manifest


@pytest.mark.parametrize("section", [{}, {"nodeSelector": {"pool": "none"}}], ids=[FITS, PENDING])
def test_what_kubectl_prints_goes_into_stdin(
    section: Manifest, bare: Objects, kubectl: Kubectl, tmp_path: Path, namespace: str
) -> None:
    """As in the help, with the secrets as the table that kubectl prints with their names and types."""
    for each in POOLS:
        bare.create(each)
    for name, kind in (("right", "kubernetes.io/dockercfg"), ("opaque", "Opaque")):
        data = {".dockercfg": "e30="}
        bare.create({**named("Secret", name, namespace), "type": kind, "data": data})
    values, secrets = tmp_path / "values.yaml", tmp_path / "secrets.txt"
    values.write_text(json.dumps({"cleaner": {**section, "imagePullSecrets": ["right", "opaque", "absent"]}}))
    secrets.write_bytes(kubectl("get", "secrets", "-A", "-o", f"custom-columns={COLUMNS}"))
    command = [COMMAND, "preflight", "-f", str(values), "-n", namespace, "--cluster", "-", "--cluster", str(secrets)]
    done = subprocess.run([*command, "-o", "json"], input=kubectl(*FACTS), capture_output=True, check=False)
    said = json.loads(done.stdout)
    assert {each["name"] for each in said["nodes"] if each["fits"]} == (set() if section else {"a", "c"})
    assert {each["name"] for each in said["admission"] if each["kind"] == "Secret"} == {"opaque", "absent"}


@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_small_cluster(
    case: Case, bare: Objects, extender: Extender, run: Runner, kubectl: Kubectl, tmp_path: Path
) -> None:
    stream = stream_of(case)
    live = staged(bare, extender, case, job_of(run, stream), f"-{CASES.index(case)}", lambda: kubectl(*FACTS))
    fitting = {name for name, refusing in (live.plugins or {}).items() if not refusing}

    # The cluster agrees with itself, and is what the case says.
    how = "refused" if live.refused else "bound" if fitting else "pending"
    assert live.became.how == how, live.became
    assert how != "bound" or live.became.said in fitting
    verdict = "refused" if live.refused else FITS if fitting else PENDING
    assert case.means in (None, live.refused or verdict)

    facts = tmp_path / "cluster.json"
    facts.write_bytes(live.facts)
    judged = run("preflight", "--no-defaults", "-n", HOME, "--cluster", str(facts), "-o", "json", stdin=stream)
    said: dict[str, Any] = json.loads(judged.out)
    assert {each["kind"] for each in said["admission"]} == ({live.refused} if live.refused else set())
    if live.plugins is not None:
        assert {node["name"]: {each["code"] for each in node["reasons"]} for node in said["nodes"]} == live.plugins
        assert {node["name"] for node in said["nodes"] if node["fits"]} == fitting
    assert said["verdict"] == verdict
    if how == "pending":  # in the very words of this scheduler, which then goes on about preemption
        unfit = [each["message"] for each in said["findings"] if each["code"] == "no-node"]
        assert unfit == [f"no node fits: {live.became.said.partition('. preemption: ')[0]}"]
    assert judged.code == (0 if verdict == FITS else 1)
