"""The pod on a node that runs containers: a real kubelet with containerd and runc."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_cleaner import codes
from tests.conftest import Runner
from tests.live import clusters
from tests.live.conftest import LOGS, Kubectl
from tests.support import registry
from tests.support.node import NAME
from tests.support.objects import Objects, condition, named, removed, wait
from tests.support.snippet_runs import on_cluster, play
from tests.support.snippets import Section

pytestmark = pytest.mark.kubelet

RIGHT, WRONG = "right", "wrong"  # pull secrets
PRIVATE = {"image": f"{registry.HOST}/{registry.REPOSITORY}", "imageTag": registry.TAG}
Rehearsed = Callable[[Any], dict[str, Any]]


@pytest.fixture
def rehearsed(run: Runner, kubectl: Kubectl, namespace: str) -> Rehearsed:
    """Runs the rehearsal of a section under the namespace's default account; returns the Job that kubectl created."""

    def call(section: Any) -> dict[str, Any]:
        given = ("--set-json", f"cleaner={json.dumps(section)}", "--chart-version", "2.15.1", "-n", namespace)
        printed = run("explain", *given, "--rehearsal", stdin="")
        assert printed.code == 0, printed.err
        job: dict[str, Any] = json.loads(kubectl("create", "-n", namespace, "-o", "json", "-f", "-", stdin=printed.out))
        return job

    return call


def pull_secret(name: str, namespace: str, password: str = registry.PASSWORD) -> dict[str, Any]:
    """As `kubectl create secret docker-registry` makes it."""
    user = {"username": registry.USER, "password": password}
    data = base64.b64encode(json.dumps({"auths": {registry.HOST: user}}).encode()).decode()
    kind = "kubernetes.io/dockerconfigjson"
    return {**named("Secret", name, namespace), "type": kind, "data": {".dockerconfigjson": data}}


def waiting(objects: Objects, pods: dict[str, str], namespace: str) -> dict[str, Any]:
    """The reason and message for which the pod's container is waiting, once it is known."""

    def look() -> dict[str, Any] | None:
        for pod in objects.items("Pod", namespace, **pods):
            for status in pod["status"].get("containerStatuses") or ():
                state: dict[str, Any] = status["state"].get("waiting") or {}
                if state.get("reason") not in (None, "ContainerCreating"):
                    return state
        return None

    return wait("why the container waits", look)


def pods_of(job: dict[str, Any]) -> dict[str, str]:
    return {"labelSelector": f"batch.kubernetes.io/job-name={job['metadata']['name']}"}


@pytest.mark.parametrize("section", [{}, {**PRIVATE, "imagePullSecrets": [RIGHT]}], ids=["public", "private"])
def test_a_rehearsal_runs_to_its_end(section: Any, rehearsed: Rehearsed, objects: Objects, namespace: str) -> None:
    objects.create(pull_secret(RIGHT, namespace))
    job = rehearsed(section)
    wait("the rehearsal to end", lambda: condition(objects.get(job) or {}, "Complete").get("status") == "True")
    (pod,) = objects.items("Pod", namespace, **pods_of(job))
    assert pod["spec"]["nodeName"] == NAME
    assert pod["status"]["containerStatuses"][0]["state"]["terminated"]["exitCode"] == 0


def test_another_kubelet_may_run_beside_it(objects: Objects, request: pytest.FixtureRequest) -> None:
    """Its port is a free one, and what is built into it are folders of its own."""
    node = objects.get(named("Node", NAME))
    assert node is not None
    assert node["status"]["daemonEndpoints"]["kubeletEndpoint"]["Port"] != 10250
    sockets = {
        path.relative_to(request.config.stash[LOGS]) for path in request.config.stash[LOGS].rglob("kubelet.sock")
    }
    assert Path("run/built-in/0/kubelet.sock") in sockets


PULL_FAILS = {"ErrImagePull", "ImagePullBackOff"}


@pytest.mark.parametrize(
    ("section", "reasons"),
    [
        (PRIVATE, PULL_FAILS),
        ({**PRIVATE, "imagePullSecrets": ["absent"]}, PULL_FAILS),
        ({**PRIVATE, "imagePullSecrets": [WRONG]}, PULL_FAILS),
        ({**PRIVATE, "imageTag": "2.15", "imagePullSecrets": [RIGHT]}, PULL_FAILS),
        ({"imageTag": "2.15", "imagePullPolicy": "Never"}, {"ErrImageNeverPull"}),
    ],
    ids=["no pull secret", "an absent one", "a wrong password", "a wrong tag", "never pulled"],
)
def test_an_image_that_cannot_be_had(
    section: Any, reasons: set[str], rehearsed: Rehearsed, objects: Objects, namespace: str
) -> None:
    objects.create(pull_secret(RIGHT, namespace))
    objects.create(pull_secret(WRONG, namespace, "guessed"))
    job = rehearsed(section)
    assert waiting(objects, pods_of(job), namespace)["reason"] in reasons


@pytest.mark.parametrize("code", ["image", "image-tag", "image-with-tag"])
def test_a_name_that_we_refuse_is_no_image_to_the_kubelet(code: str, objects: Objects, namespace: str) -> None:
    """The API server and Polyaxon accept these names."""
    section = yaml.safe_load(next(each.bad for each in codes.CODES if each.code == code))
    image = f"{section.get('image', 'polyaxon/polyaxon-init')}:{section.get('imageTag', '2.15.1')}"
    pod = clusters.pod("invalid", NAME, namespace)
    pod["spec"]["containers"][0]["image"] = image
    objects.create(pod)
    assert waiting(objects, {"fieldSelector": "metadata.name=invalid"}, namespace)["reason"] == "InvalidImageName"


RUNS = on_cluster("node")


@pytest.fixture
def guides_cluster(objects: Objects) -> Iterator[None]:
    """The namespace that the guides name, with the account of their release."""
    with removed(objects, clusters.namespace("polyaxon")):
        objects.create(clusters.namespace("polyaxon"))
        objects.create(named("ServiceAccount", "plx-polyaxon-runs-sa", "polyaxon"))
        yield


@pytest.mark.usefixtures("guides_cluster")
@pytest.mark.parametrize(("section", "major"), RUNS, ids=[f"{s.name} [{m or 'no helm'}]" for s, m in RUNS])
def test_snippets_do_what_they_say(section: Section, major: str, kube_config: str, tmp_path: Path) -> None:
    play(section, major, tmp_path, kube_config)
