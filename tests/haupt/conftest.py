"""Polyaxon's own API with runs of every kind, and what its own cleaner does with them."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import missing
from tests.support import haupt, s3_server
from tests.support.command import Ran, run
from tests.support.haupt import Haupt
from tests.support.job_runs import run_job
from tests.support.reports import manifests
from tests.support.s3_server import S3

_CREATE = """
state, status, names = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
project, _ = Models.Project.objects.get_or_create(name="p")
Models.Run.all.bulk_create([Models.Run(
    project=project, uuid=name, name=name[:8], kind="job", runtime="job", status=status, live_state=state,
    managed_by="agent", content="{}") for name in names])
"""


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/haupt/" in item.path.as_posix():
            item.add_marker(pytest.mark.polyaxon)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def empty_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Haupt]:
    """The API, started once. Its agent has the section that the charts render."""
    if reason := haupt.lacking():
        missing(reason)
    folder = tmp_path_factory.mktemp("haupt")
    store = {"name": "artifacts", "kind": "volume_claim", "schema": {"volumeClaim": "a", "mountPath": "/artifacts"}}
    env = {
        "POLYAXON_SET_AGENT": "true",
        "POLYAXON_K8S_NAMESPACE": "polyaxon",
        "POLYAXON_AGENT_ARTIFACTS_STORE": json.dumps(store),
        "POLYAXON_AGENT_CLEANER": json.dumps({"image": "polyaxon/polyaxon-init", "imageTag": "2.15.1"}),
    }
    with haupt.serve(folder, **env) as api:
        yield api


@pytest.fixture
def api(empty_api: Haupt) -> Haupt:
    """The API without runs."""
    empty_api.django("Models.Run.all.all().delete()")
    return empty_api


def create(api: Haupt, number: int, state: int = 1, status: str = "succeeded") -> list[str]:
    """Runs that have ended. state: 1 live, 0 archived, -1 being deleted."""
    names = [uuid.uuid4().hex for _ in range(number)]
    restore(api, names, state, status)
    return names


def restore(api: Haupt, names: list[str], state: int = 1, status: str = "succeeded") -> None:
    """The runs are in the database."""
    api.django(_CREATE, str(state), status, json.dumps(names))


def delete(api: Haupt, names: list[str]) -> None:
    """The user deletes runs, and two minutes pass."""
    assert api("DELETE", "/default/p/runs/delete", {"uuids": names}).status == 200
    api.django(
        "from datetime import timedelta\nfrom django.utils.timezone import now\n"
        "Models.Run.all.filter(live_state=-1).update(updated_at=now() - timedelta(seconds=180))"
    )


def batches(api: Haupt) -> list[list[str]]:
    """What the agent's polls hand over: the command of each cleaner job. Its API marks these runs as deleted."""
    found: list[list[str]] = []
    while True:
        state = api("GET", "/orgs/default/agents/state").data["state"]
        operations = [each[3] for each in state["deleting"] if each[3]]  # the others are to be stopped first
        if not operations:
            return found
        for operation in operations:
            container = json.loads(operation)["component"]["run"]["container"]
            found.append([*container["command"], *container["args"]])


def pass_a_day(api: Haupt) -> None:
    """A day passes, and the API's own cron forgets the deleted runs."""
    api.django(
        "from datetime import timedelta\nfrom django.db.models import F\n"
        "from haupt.orchestration.crons.deletion import CronsDeletionManager\n"
        "Models.Run.all.filter(live_state=-1).update(deleted_at=F('deleted_at') - timedelta(days=1.1))\n"
        "CronsDeletionManager.delete_in_progress_runs()"
    )


class Release:
    """A release with its store, and helm-cleaner beside it."""

    def __init__(self, api: Haupt, folder: Path, connection: dict[str, Any], **env: str) -> None:
        self.api, self.folder, self.connection = api, folder, connection
        self.env = {**haupt.environment(folder), "POLYAXON_HOST": api.url, **env}
        self.manifests = folder / "manifests.yaml"
        self.manifests.write_text(manifests(connection))

    def polyaxons_cleaner(self, command: list[str]) -> None:
        """Runs Polyaxon's own cleaner as its container would."""
        catalog = json.dumps({"connections": [self.connection]})
        env = {**self.env, "POLYAXON_SERVICE": "init", "POLYAXON_CONNECTIONS_CATALOG": catalog}
        args = [each.replace("/artifacts/", f"{self.connection['schema']['mountPath']}/") for each in command]
        done = subprocess.run(args, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "subpath was cleaned" in done.stdout

    def survey(self, **env: str) -> Ran:
        made = run(["leftovers", "survey", str(self.manifests)])
        assert made.code == 0, made.err
        ran = run_job(made.out, {**self.env, **env}, haupt.PYTHON)
        (self.folder / "report.txt").write_bytes(ran.out)
        return ran

    def clean(self, *args: str) -> Ran:
        return run(["leftovers", "clean", str(self.manifests), "--report", str(self.folder / "report.txt"), *args])

    def leftovers(self) -> list[str]:
        """What the report lists and is old enough."""
        ran = self.clean("-o", "json")
        assert ran.code == 0, ran.err
        return [each["name"] for each in json.loads(ran.out)["folders"]]

    def delete(self, *args: str, **env: str) -> Ran:
        made = self.clean("--store-is-mine", "-o", "yaml", *args)
        assert made.code == 0, made.err
        assert yaml.safe_load(made.out)["kind"] == "Job"
        return run_job(made.out, {**self.env, **env}, haupt.PYTHON)


@pytest.fixture
def disk(api: Haupt, tmp_path: Path) -> Release:
    """A release whose store is a claim."""
    store = tmp_path / "store"
    store.mkdir()
    schema = {"volumeClaim": "artifacts", "mountPath": str(store)}
    return Release(api, tmp_path, {"name": "artifacts", "kind": "volume_claim", "schema": schema})


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    if reason := haupt.lacking():
        missing(reason)
    with s3_server.serve(tmp_path_factory.mktemp("s3")) as server:
        yield server._replace(env={**server.env, "PATH": os.environ["PATH"]})


@pytest.fixture
def bucket(api: Haupt, tmp_path: Path, s3: S3) -> Release:
    """A release whose store is a folder of a bucket."""
    name = f"b{uuid.uuid4().hex[:8]}"
    s3.put({}, (name,))
    connection = {"name": "artifacts", "kind": "s3", "schema": {"bucket": f"s3://{name}/p"}}
    return Release(api, tmp_path, connection, **s3.env)
