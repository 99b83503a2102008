"""Fixtures of the tests that need an API server: a user's own cluster, or a control plane that is started for them.

The options and fixtures are those of pytest-helm-charts: `--kubeconfig` or KUBECONFIG, `--chart-path` or
ATS_CHART_PATH, `--chart-version`, `--app-config-file-path` for a values file in place of the chart's ci/*-values.yaml.
KUBECONFIG is heeded only where these tests were asked for, with `-m cluster`: a cluster that it happens to name is not
ours to use.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_helm_charts.clusters import Cluster

from helm_cleaner.cluster import kinds, queries, snapshot
from tests.conftest import Helm, missing, tool
from tests.live import clusters
from tests.support import controlplane
from tests.support import node as real_node
from tests.support.extender import Extender, serving
from tests.support.objects import PATIENCE, Objects, condition, connected, named, removed, wait
from tests.support.operator import CRD
from tests.support.processes import last_lines
from tests.support.release import Refusal, Release
from tools import CHART, envtest
from tools.programs import TOOLS

FOLDER = Path(__file__).parent
PREFIX = "helm-cleaner-"  # what the names of the tests' own namespaces start with
AS_IT_IS = "as it is"  # as the values say; a chart that is not ours has no editions
LOGS = pytest.StashKey[Path]()
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if FOLDER in item.path.parents:
            if item.get_closest_marker("kubelet") is None:
                item.add_marker("cluster")
            elif not with_node(config):
                item.add_marker(pytest.mark.skip(reason="make test-node runs it, as root on Linux"))
            item.add_marker("slow")
            # One process of pytest-xdist runs them all, on one control plane.
            item.add_marker(pytest.mark.xdist_group("live"))
    spare = set(_spare(items))
    if spare:
        config.hook.pytest_deselected(items=[item for item in items if item in spare])
        items[:] = [item for item in items if item not in spare]


def _spare(items: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
    """Deselects all but one case of each test for the newest Helm 3: the cases do not differ between versions."""
    seen: set[str] = set()
    for item in items:
        if FOLDER not in item.path.parents or not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
            continue
        if item.callspec.params.get("helm") == "helm3-newest":
            if item.originalname in seen:
                yield item
            seen.add(item.originalname)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and LOGS in item.config.stash:
        folder = item.config.stash[LOGS]
        item.config.stash[FAILED] = True
        report.sections.append(("the control plane's logs", f"are kept in {folder}"))
        report.sections += [(f"the end of {log.name}", last_lines(log, 12)) for log in sorted(folder.rglob("*.log"))]
    return report


# ---- the server -----------------------------------------------------------------------------------------------------


def given_kubeconfig(config: pytest.Config) -> str:
    """The kubeconfig of a user's own cluster, "" where none was given for these tests."""
    option: str = config.getoption("kubeconfig") or ""
    if option or config.getoption("markexpr") != "cluster":
        return option
    return os.environ.get("KUBECONFIG", "")


def with_node(config: pytest.Config) -> bool:
    """Whether the control plane gets a real node: if the tests that need one are requested with `-m kubelet`."""
    return bool(config.getoption("markexpr") == "kubelet")


@pytest.fixture(scope="session")
def extender() -> Iterator[Extender]:
    """The extender that the scheduler of our own control plane tells which nodes pass."""
    with serving() as found:
        yield found


@pytest.fixture(scope="session")
def kube_config(request: pytest.FixtureRequest, extender: Extender) -> Iterator[str]:
    """The path of the kubeconfig; the fixture of pytest-helm-charts requires an existing server."""
    if given := given_kubeconfig(request.config):
        if os.pathsep in given and not Path(given).exists():
            pytest.fail(f"{given} are several files: name one with --kubeconfig")
        yield str(Path(given).expanduser().absolute())
        return
    programs, node = envtest.find(), with_node(request.config)
    if programs is None:
        missing("no API server here: make envtest builds one, where Go is there")
    if node and (absent := real_node.lacking(programs)):
        missing(absent)
    TOOLS.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="server-", dir=TOOLS))
    request.config.stash[LOGS] = folder
    alone = bool(envtest.lacking(programs, envtest.CONTROLLERS))
    with controlplane.running(programs, folder / "run", alone=alone, node=node, extender=extender.url) as kubeconfig:
        yield str(kubeconfig)
    if FAILED not in request.config.stash:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def objects(kube_config: str) -> Iterator[Objects]:
    with connected(kube_config) as client:
        yield Objects(client)


@pytest.fixture(scope="session")
def lacking(kube_config: str, request: pytest.FixtureRequest) -> str:  # noqa: ARG001  it finds the programs
    """What our own control plane has no program for; "" where it has all, and for a user's own cluster."""
    programs = None if given_kubeconfig(request.config) else envtest.find()
    absent = envtest.lacking(programs, envtest.CONTROLLERS) if programs else []
    return f"no {' and no '.join(absent)} in {programs}: make envtest builds them, where Go is there" if absent else ""


@pytest.fixture(scope="session")
def _controllers(lacking: str) -> None:
    """Skips tests that need controllers and a scheduler if there are none."""
    if lacking:
        missing(lacking)


@pytest.fixture(scope="module")
def workers(_controllers: None, objects: Objects, request: pytest.FixtureRequest) -> Iterator[None]:
    """Nodes that run pods: those of a user's own cluster, or one that kwok simulates, for all tests of the module."""
    if given_kubeconfig(request.config):
        if not any(condition(node, "Ready").get("status") == "True" for node in objects.items("Node")):
            pytest.skip("needs nodes that run pods, and this cluster has none")
        yield
        return
    worker = clusters.node(f"worker-{secrets.token_hex(4)}")
    with removed(objects, worker, until_gone=False):
        objects.create(worker)
        wait(
            "the node to take pods",
            lambda: not (objects.get(worker) or {"spec": {"taints": ["x"]}})["spec"].get("taints"),
        )
        yield


@pytest.fixture
def bare(_controllers: None, objects: Objects, request: pytest.FixtureRequest) -> Iterator[Objects]:
    """A cluster of our own without nodes, for a test that makes its own; those and their pods go with the test."""
    if given_kubeconfig(request.config):
        pytest.skip("makes nodes, which is not for a user's own cluster")
    assert objects.items("Node") == []
    try:
        yield objects
    finally:
        for kind in "Pod", "Node":
            for each in objects.items(kind):
                objects.delete({"apiVersion": "v1", "kind": kind, **each})


@pytest.fixture
def namespace(objects: Objects, lacking: str) -> Iterator[str]:
    """A namespace of the test's own. It goes with the test, or soon after: nobody waits for the end of it."""
    name = PREFIX + secrets.token_hex(4)
    with removed(objects, clusters.namespace(name), until_gone=False):
        objects.create(clusters.namespace(name))
        if not lacking:  # no pod gets in before its account; the Job controller tries again only ten seconds later
            wait("the namespace's account", lambda: objects.get(named("ServiceAccount", "default", name)))
        yield name


@pytest.fixture
def refusal(objects: Objects) -> Refusal:
    """Validates like `kubectl create --dry-run=server --validate=strict`; "" if the server accepts the manifest."""

    def ask(manifest: dict[str, Any]) -> str:
        return objects.would_refuse({**manifest, "metadata": {**manifest["metadata"], "namespace": "default"}})

    return ask


Kubectl = Callable[..., bytes]
# The kinds in preflight's help, less those that are not installed here.
_ABSENT = ("jobs.polyaxon.com", "nodepools.karpenter.sh")
KINDS = tuple(
    query.kind for query in queries.queries_of(queries.PREFLIGHT) if not query.name and query.kind not in _ABSENT
)


def cluster_files(printed: bytes, folder: Path) -> Path:
    """A folder with a file for each kind, as preflight's help has kubectl write it; printed: all kinds in one list."""
    lists: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for each in json.loads(printed)["items"]:
        lists[kinds.BY_OBJECT[snapshot.group_of(each), each["kind"]].name].append(each)
    folder.mkdir()
    for kind, items in lists.items():
        (folder / f"{kind}.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    return folder


FACTS = ("get", ",".join(KINDS), "-A", "-o", "json")


@pytest.fixture(scope="session")
def kubectl(kube_config: str) -> Kubectl:
    """Runs a real kubectl, with what is piped into it; what it prints."""
    binary = tool("kubectl")

    def call(*args: str, stdin: bytes = b"") -> bytes:
        command = [str(binary), "--kubeconfig", kube_config, *args]
        done = subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=900)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    return call


@pytest.fixture(scope="module")
def polyaxon_kind(kubectl: Kubectl, request: pytest.FixtureRequest) -> Iterator[None]:
    """The kind of Polyaxon's own Jobs, without its operator."""
    if given_kubeconfig(request.config):
        pytest.skip("a kind for the whole cluster is not for a user's own")
    manifest = json.dumps(CRD).encode()
    kubectl("apply", "-f", "-", stdin=manifest)
    kubectl("wait", "--for=condition=established", "crd/jobs.polyaxon.com", "--timeout=120s")
    yield
    kubectl("delete", "-f", "-", stdin=manifest)


# ---- the chart ------------------------------------------------------------------------------------------------------


def chart(config: pytest.Config) -> Path:
    given: str = config.getoption("chart_path") or os.environ.get("ATS_CHART_PATH", "")
    return Path(given).absolute() if given else CHART


def values_files(config: pytest.Config) -> list[Path]:
    """The values to install the chart with."""
    given: str = config.getoption("app_config_file_path") or os.environ.get("ATS_APP_CONFIG_FILE_PATH", "")
    return [Path(given).absolute()] if given else sorted((chart(config) / "ci").glob("*-values.yaml"))


# For a test where the edition does not matter: each release takes seconds.
ONE_EDITION = pytest.mark.parametrize("edition", [AS_IT_IS])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = {mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")}
    if "edition" in metafunc.fixturenames and "edition" not in chosen:
        metafunc.parametrize("edition", ["ce", "agent"] if chart(metafunc.config) == CHART else [AS_IT_IS])
    if "values_file" in metafunc.fixturenames:
        files = values_files(metafunc.config)
        metafunc.parametrize("values_file", files, ids=[file.name.removesuffix("-values.yaml") for file in files])


@pytest.fixture
def release(
    helm: Helm, edition: str, kube_config: str, kube_cluster: Cluster, chart_version: str, pytestconfig: pytest.Config,
    workers: None,  # noqa: ARG001  Helm waits for the Jobs of its hooks
    namespace: str,
) -> Release:  # fmt: skip
    """A release that is not installed yet, of the chart under test."""
    always = ["--version", chart_version] if chart_version else []
    always += [] if edition == AS_IT_IS else ["--set", f"edition={edition}"]
    assert kube_cluster.kube_client is not None
    kube_cluster.kube_client.timeout = PATIENCE
    return Release(helm, kube_cluster.kube_client, kube_config, namespace, chart(pytestconfig), always)
