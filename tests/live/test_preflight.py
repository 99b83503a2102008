"""preflight's verdict on a small cluster, compared with its own scheduler, API server and controllers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner import polyaxon
from tests.conftest import COMMAND, Runner
from tests.live import cases, cases_of_volumes, clusters, situations
from tests.live.cases import FITS, MAYBE, PENDING, POOLS, Case
from tests.live.cases_of_volumes import CLAIM
from tests.live.clusters import ACCOUNT, HOME, OTHER, Manifest
from tests.live.conftest import FACTS, Kubectl, cluster_files, given_kubeconfig
from tests.live.staging import create_nodes, staged
from tests.support.extender import Extender
from tests.support.manifests import agent_configmap
from tests.support.objects import Objects, named, removed, wait

COLUMNS = "NAMESPACE:.metadata.namespace,NAME:.metadata.name,TYPE:.type"


@pytest.fixture(scope="module")
def namespaces(objects: Objects, _controllers: None, request: pytest.FixtureRequest) -> Iterator[None]:
    """Two namespaces for all cases: a new one takes a while to get its account, and longer to be deleted."""
    if given_kubeconfig(request.config):
        pytest.skip("makes nodes, which is not for a user's own cluster")
    with removed(objects, *(clusters.namespace(name) for name in (HOME, OTHER))):
        for name, team in ((HOME, "cleaner"), (OTHER, "other")):
            objects.create(clusters.namespace(name, team=team))
            wait(f"the account of {name}", lambda name=name: objects.get(named("ServiceAccount", "default", name)))  # type: ignore[misc]
        objects.create(named("ServiceAccount", ACCOUNT, HOME))
        yield


def stream_of(case: Case) -> str:
    """What Helm renders of the section, as far as the agent reads it."""
    data = {polyaxon.RUNS_ACCOUNT: case.account, polyaxon.SCHEDULING: json.dumps(case.scheduling or {})}
    if case.claim:
        schema = {"volumeClaim": case.claim, "mountPath": "/artifacts"}
        data[polyaxon.ARTIFACTS_STORE] = json.dumps({"name": "s", "kind": "volume_claim", "schema": schema})
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
    create_nodes(bare, *POOLS)
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


ALL = [*cases.CASES, *cases_of_volumes.CASES]


@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_small_cluster(
    case: Case, bare: Objects, extender: Extender, run: Runner, kubectl: Kubectl, tmp_path: Path
) -> None:
    compare(case, f"-{ALL.index(case)}", bare, extender, run, kubectl, tmp_path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        count, first = metafunc.config.getoption("situations"), metafunc.config.getoption("first_situation")
        metafunc.parametrize("seed", range(first, first + count))


@pytest.mark.usefixtures("namespaces")
def test_a_random_situation(
    seed: int, bare: Objects, extender: Extender, run: Runner, kubectl: Kubectl, tmp_path: Path
) -> None:
    compare(situations.draw(seed), f"-s{seed}", bare, extender, run, kubectl, tmp_path)


def compare(
    case: Case, suffix: str, objects: Objects, extender: Extender, run: Runner, kubectl: Kubectl, folder: Path
) -> None:
    """Puts preflight's verdict beside what the cluster does. suffix: for the names of nodes and volumes."""
    stream = stream_of(case)
    live = staged(objects, extender, case, job_of(run, stream), suffix, lambda: kubectl(*FACTS))
    fitting = {name for name, refusing in (live.plugins or {}).items() if not refusing}
    of_claim = case.means == CLAIM  # the API server takes such a pod, and the scheduler leaves it pending on every node

    # The cluster agrees with itself, and is what the case says.
    how = "refused" if live.refused else "bound" if fitting else "pending"
    assert live.became.how == how or live.later, live.became
    assert how != "bound" or live.became.said in fitting
    assert not of_claim or (how == "pending" and "persistentvolumeclaim" in live.became.said.lower())
    verdict = "refused" if live.refused or of_claim else FITS if fitting else MAYBE if live.later else PENDING
    assert case.means in (None, CLAIM, *(live.refused or [verdict]))

    files = cluster_files(live.facts, folder / "cluster")
    (files / "jobs.polyaxon.com.json").write_text('{"kind": "List", "items": []}')  # as where Polyaxon is installed
    args = ("preflight", "--no-defaults", "-n", HOME, "--cluster", str(files))
    judged = run(*args, "-o", "json", stdin=stream)
    said: dict[str, Any] = json.loads(judged.out)
    refusing = {CLAIM} if of_claim else live.refused
    assert {each["kind"] for each in said["admission"]} - live.untold == refusing - live.untold
    if live.plugins is not None and not of_claim:
        assert {node["name"]: {each["code"] for each in node["reasons"]} for node in said["nodes"]} == live.plugins
        assert {node["name"] for node in said["nodes"] if node["fits"]} == fitting
    assert said["verdict"] == verdict
    if (
        live.became.how == "pending" and not of_claim
    ):  # in the very words of this scheduler, which then goes on about preemption
        unfit = [each["message"] for each in said["findings"] if each["code"] == "no-node"]
        words = live.became.said.partition(". preemption: ")[0].rstrip(".")
        assert [each[each.index(words) :] for each in unfit] == [words]
    assert judged.code == (0 if verdict in (FITS, MAYBE) else 1)
    unknown = {each["what"] for each in said["not_checked"]}
    assert unknown <= (set() if case.claim else {"persistentvolumeclaims"})
    line = next(each for each in run(*args, stdin=stream).out.decode().splitlines() if each.startswith("preflight: "))
    if verdict == FITS and not said["not_checked"]:
        assert line.startswith("preflight: fits · ")
    if of_claim:
        assert line.startswith("preflight: stays pending · ")
