"""Survey, clean and the deleting Job on a real node, with an image made from PyPI's `polyaxon`."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner
from tests.live.conftest import LOGS, Kubectl
from tests.support import fake_polyaxon, polyaxon_image, reports
from tests.support.fake_polyaxon import LIVE, FakeApi
from tests.support.node import HOST, NAME
from tests.support.objects import Objects, named, wait
from tests.support.store_folders import add_run

pytestmark = pytest.mark.kubelet


@pytest.fixture
def image(request: pytest.FixtureRequest, kube_config: str, tmp_path: Path) -> None:  # noqa: ARG001  it starts the node
    """The image is on the node."""
    archive = polyaxon_image.make(tmp_path)
    (control,) = (path for path in request.config.stash[LOGS].rglob("containerd.sock"))
    command = ["ctr", "--address", str(control), "--namespace", "k8s.io", "images", "import", str(archive)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """An API that the node's pods reach."""
    with fake_polyaxon.serve("0.0.0.0") as found:  # noqa: S104  for the pods
        found.url = found.url.replace("0.0.0.0", HOST)  # noqa: S104
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    """A folder of the node; the pods run as root."""
    folder = tmp_path / "store"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def finish(kubectl: Kubectl, job: dict[str, Any], namespace: str) -> tuple[str, str]:
    """The Job's condition and its log."""
    name = f"job/{job['metadata']['name']}"

    def condition() -> str:
        found = json.loads(kubectl("get", name, "-n", namespace, "-o", "json"))["status"].get("conditions") or ()
        return next((each["type"] for each in found if each["type"] in ("Complete", "Failed")), "")

    wait("the Job to end", condition)
    return condition(), kubectl("logs", name, "-n", namespace).decode()


@pytest.mark.usefixtures("image")
def test_from_the_survey_to_the_deleted_folders(
    run: Runner, kubectl: Kubectl, objects: Objects, namespace: str, api: FakeApi, store: Path, tmp_path: Path
) -> None:
    for name, data in (("config", {}), ("proxies-config", {"POLYAXON_HOST": api.url})):
        objects.create({**named("ConfigMap", f"plx-polyaxon-{name}", namespace), "data": data})
    live, left, young = [add_run(store) for _ in range(3)], [add_run(store) for _ in range(4)], add_run(store, days=1)
    api.runs = dict.fromkeys(live, LIVE)
    connection = {
        "name": "artifacts", "kind": "host_path",
        "schema": {"hostPath": str(store), "mountPath": "/artifacts"},
    }  # fmt: skip
    section = json.dumps({"image": polyaxon_image.NAME.rpartition(":")[0], "imageTag": "from-pypi"})
    text = reports.manifests(connection).replace("CLEANER: '{}'", f"CLEANER: '{section}'")
    manifests = tmp_path / "manifests.yaml"
    manifests.write_text(text.replace("namespace: polyaxon", f"namespace: {namespace}"))

    def create(text: bytes) -> dict[str, Any]:
        return dict(json.loads(kubectl("create", "-n", namespace, "-o", "json", "-f", "-", stdin=text)))

    made = run("leftovers", "survey", str(manifests))
    condition, log = finish(kubectl, create(made.out), namespace)
    assert condition == "Complete", log
    (tmp_path / "report.txt").write_text(log)
    assert f'"node": "{NAME}"' in log
    flags = ["leftovers", "clean", str(manifests), "--report", str(tmp_path / "report.txt")]
    made = run(*flags, "--store-is-mine", "--remove", "4", "-o", "yaml")
    assert made.code == 0, made.err
    job = create(made.out)
    assert "affinity" in job["spec"]["template"]["spec"]
    condition, log = finish(kubectl, job, namespace)
    assert condition == "Complete", log
    assert "4 deleted, 0 already gone, 0 left, 0 not deleted, 0 not tried" in log
    assert {path.name for path in store.iterdir()} == {*live, young}
    assert not set(left) & {path.name for path in store.iterdir()}
