"""Fixtures of the tests that need an API server: a user's own cluster, or a server that is started for them.

The options and fixtures are those of pytest-helm-charts: `--kubeconfig` or KUBECONFIG, `--chart-path` or
ATS_CHART_PATH, `--chart-version`, `--app-config-file-path` for a values file in place of the chart's ci/*-values.yaml.
KUBECONFIG is heeded only where these tests were asked for, with `-m cluster`: a cluster that it happens to name is not
ours to use.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from pytest_helm_charts.clusters import Cluster

from tests.conftest import Helm, missing
from tests.support import apiserver, controllers
from tests.support.release import Refusal, Release
from tools import CHART, envtest
from tools.programs import TOOLS

FOLDER = Path(__file__).parent
AS_IT_IS = "as it is"  # a chart that is not ours has no editions
LOGS = pytest.StashKey[Path]()
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker("cluster")
            item.add_marker("slow")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and LOGS in item.config.stash:
        item.config.stash[FAILED] = True
        report.sections.append(("the API server's logs", f"are kept in {item.config.stash[LOGS]}"))
    return report


# ---- the server -----------------------------------------------------------------------------------------------------


def given_kubeconfig(config: pytest.Config) -> str:
    """The kubeconfig of a user's own cluster, "" where none was given for these tests."""
    option: str = config.getoption("kubeconfig") or ""
    if option or config.getoption("markexpr") != "cluster":
        return option
    return os.environ.get("KUBECONFIG", "")


@pytest.fixture(scope="session")
def kube_config(request: pytest.FixtureRequest) -> Iterator[str]:
    """The path of the kubeconfig; the fixture of pytest-helm-charts knows no server but a given one.

    Each process of pytest-xdist starts a server of its own, in some seconds.
    """
    if given := given_kubeconfig(request.config):
        if os.pathsep in given and not Path(given).exists():
            pytest.fail(f"{given} are several files: name one with --kubeconfig")
        yield str(Path(given).expanduser().absolute())
        return
    programs = envtest.find()
    if programs is None:
        missing("no API server here: make envtest builds one, where Go is there")
    TOOLS.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="server-", dir=TOOLS))
    request.config.stash[LOGS] = folder
    with apiserver.running(programs, folder / "run") as kubeconfig:
        yield str(kubeconfig)
    if FAILED not in request.config.stash:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def nodes(kube_config: str) -> Iterator[bool]:
    """Whether pods run there. Where they do not, a stand-in ends Jobs and lets namespaces go."""
    with controllers.connected(kube_config) as client:
        found = controllers.has_nodes(client)
    with nullcontext() if found else controllers.stand_in(kube_config):
        yield found


@pytest.fixture
def namespace(
    nodes: bool,  # noqa: ARG001  where there are none, its stand-in lets the namespace go
    namespace_factory_function_scope: Callable[[str], Any],
) -> str:
    """A namespace of the test's own, gone after it."""
    name = controllers.PREFIX + secrets.token_hex(4)
    namespace_factory_function_scope(name)
    return name


@pytest.fixture(autouse=True)
def _kubelet(request: pytest.FixtureRequest) -> None:
    """Skips what needs running pods where none run."""
    if request.node.get_closest_marker("kubelet") and not request.getfixturevalue("nodes"):
        pytest.skip("needs a node that runs pods, and this server has none")


@pytest.fixture
def refusal(kube_cluster: Cluster) -> Refusal:
    """Asks as `kubectl create --dry-run=server --validate=strict` does; "" where the server takes the manifest."""

    def ask(manifest: dict[str, Any]) -> str:
        assert kube_cluster.kube_client is not None
        response = kube_cluster.kube_client.post(
            version=manifest["apiVersion"],
            namespace="default",
            url=f"{manifest['kind'].lower()}s",
            params={"dryRun": "All", "fieldValidation": "Strict"},
            json=manifest,
        )
        assert response.status_code in (201, 400, 422), response.text
        return "" if response.status_code == 201 else response.json()["message"]

    return ask


# ---- the chart ------------------------------------------------------------------------------------------------------


def chart(config: pytest.Config) -> Path:
    given: str = config.getoption("chart_path") or os.environ.get("ATS_CHART_PATH", "")
    return Path(given).absolute() if given else CHART


def values_files(config: pytest.Config) -> list[Path]:
    """The values to install the chart with."""
    given: str = config.getoption("app_config_file_path") or os.environ.get("ATS_APP_CONFIG_FILE_PATH", "")
    return [Path(given).absolute()] if given else sorted((chart(config) / "ci").glob("*-values.yaml"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "edition" in metafunc.fixturenames:
        metafunc.parametrize("edition", ["ce", "agent"] if chart(metafunc.config) == CHART else [AS_IT_IS])
    if "values_file" in metafunc.fixturenames:
        files = values_files(metafunc.config)
        metafunc.parametrize("values_file", files, ids=[file.name.removesuffix("-values.yaml") for file in files])


@pytest.fixture
def release(
    helm: Helm, edition: str, kube_config: str, kube_cluster: Cluster, namespace: str, chart_version: str,
    pytestconfig: pytest.Config,
) -> Release:  # fmt: skip
    """A release that is not installed yet, of the chart under test."""
    always = ["--version", chart_version] if chart_version else []
    always += [] if edition == AS_IT_IS else ["--set", f"edition={edition}"]
    return Release(helm, kube_cluster.kube_client, kube_config, namespace, chart(pytestconfig), always)
