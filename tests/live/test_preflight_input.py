"""What preflight is given, by a real kubectl: with and without rights, with lists that are empty, and with --raw."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner import polyaxon
from helm_cleaner.cluster import queries
from tests.conftest import COMMAND, Runner, tool
from tests.live import clusters
from tests.live.cases import LEVEL
from tests.live.staging import create_nodes
from tests.live.test_preflight import job_of
from tests.live.verdicts import outcome
from tests.support.manifests import agent_configmap
from tests.support.objects import Objects, named, removed

Shell = Callable[[str], "subprocess.CompletedProcess[str]"]
CLAIMED = json.dumps({"name": "s", "kind": "volume_claim", "schema": {"volumeClaim": "store", "mountPath": "/a"}})


@pytest.fixture
def reader(objects: Objects) -> Iterator[str]:
    """A user with the rights of the guide, but for pods."""
    name = f"helm-cleaner-reader-{secrets.token_hex(4)}"
    rules = [
        {**rule, "resources": [each for each in rule["resources"] if each != "pods"]}
        for rule in queries.rules(queries.PREFLIGHT)
    ]
    version = "rbac.authorization.k8s.io/v1"
    role = {**named("ClusterRole", name, version=version), "rules": rules}
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": name}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name}
    binding = {**named("ClusterRoleBinding", name, version=version), "subjects": [subject], "roleRef": reference}
    with removed(objects, role, binding, until_gone=False):
        objects.create(role)
        objects.create(binding)
        yield name


@pytest.fixture
def shell(kube_config: str, tmp_path: Path) -> Shell:
    """Runs a script in a folder of the test's, with helm-cleaner and a real kubectl."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "kubectl").symlink_to(tool("kubectl"))
    (programs / "helm-cleaner").symlink_to(COMMAND)
    env = {**os.environ, "KUBECONFIG": kube_config, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}

    def call(script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )

    return call


@pytest.fixture
def stream(namespace: str, tmp_path: Path, objects: Objects) -> Callable[..., str]:
    """Writes manifests.yaml, with an account that exists."""
    objects.create(named("ServiceAccount", "runs", namespace))

    def write(section: Any, **data: str) -> str:
        text = agent_configmap(json.dumps(section), namespace=namespace, **{polyaxon.RUNS_ACCOUNT: "runs", **data})
        (tmp_path / "manifests.yaml").write_text(text)
        return text

    return write


LOOP = "\n".join(queries.loop(queries.PREFLIGHT, "cluster"))


def test_a_reader_who_may_not_list_pods_gets_no_plain_yes(
    bare: Objects, reader: str, shell: Shell, stream: Callable[..., str], namespace: str
) -> None:
    """On a full node, by the guide's commands, and by the pipe in which kubectl's exit code is lost."""
    create_nodes(bare, clusters.node("full"))
    bare.create(clusters.pod("p", "full", namespace, cpu="4"))
    stream({"resources": {"requests": {"cpu": "1"}}}, **{polyaxon.ARTIFACTS_STORE: CLAIMED})
    check = f"helm-cleaner preflight manifests.yaml --no-defaults -n {namespace} --cluster"
    done = shell(f'kubectl() {{ command kubectl --as={reader} "$@"; }}\n{LOOP}\nls cluster\n{check} cluster')
    assert re.search(r'pods is forbidden: User "helm-cleaner-reader', done.stderr)
    assert "pods.json" not in done.stdout
    assert "persistentvolumeclaims.json" in done.stdout  # there is none, which is said
    assert "preflight: stays pending · " in done.stdout
    stream({"resources": {"requests": {"cpu": "1"}}})
    for script in (f"{check} cluster", f"kubectl --as={reader} get nodes,pods -A -o json | {check} -"):
        done = shell(script)
        assert re.search(r"preflight: fits, as far as was checked \(.*pods", done.stdout), done.stdout
        assert shell(f"set -o pipefail; {script} --strict").returncode == 1
    done = shell(f"rm -r cluster\n{LOOP}\n{check} cluster")
    assert "preflight: no-node · " in done.stdout


def test_that_there_is_none_is_said(bare: Objects, shell: Shell, stream: Callable[..., str], namespace: str) -> None:
    """A claim that does not exist, in a cluster without any."""
    create_nodes(bare, clusters.node("a"))
    stream({}, **{polyaxon.ARTIFACTS_STORE: CLAIMED})
    check = f"helm-cleaner preflight manifests.yaml --no-defaults -n {namespace} --cluster nodes.json --cluster"
    shell("kubectl get nodes -o json > nodes.json; kubectl get --raw /api/v1/persistentvolumeclaims > raw.json")
    for given in ("pvc=-", "persistentvolumeclaims=-"):
        done = shell(f"kubectl get pvc -A -o json | {check} {given}")
        assert (done.returncode, "preflight: stays pending" in done.stdout) == (1, True), done.stdout
    done = shell(f"{check} raw.json")
    assert (done.returncode, "preflight: stays pending" in done.stdout) == (1, True), done.stdout
    done = shell(f"kubectl get pvc -A -o json | {check} -")  # which of all kinds are none?
    assert (done.returncode, "preflight: fits, as far as was checked (" in done.stdout) == (0, True), done.stdout


def test_items_without_a_kind(bare: Objects, shell: Shell, stream: Callable[..., str], namespace: str) -> None:
    create_nodes(bare, clusters.node("full"))
    bare.create(clusters.pod("p", "full", namespace, cpu="4"))
    stream({"resources": {"requests": {"cpu": "1"}}})
    shell("for kind in nodes pods; do kubectl get --raw /api/v1/$kind > raw-$kind.json; done")
    done = shell(
        f"helm-cleaner preflight manifests.yaml --no-defaults -n {namespace} --cluster raw-nodes.json "
        "--cluster raw-pods.json"
    )
    assert (done.returncode, "Insufficient cpu" in done.stdout) == (1, True), done.stdout


def test_a_pod_that_the_server_takes_and_nothing_starts(
    bare: Objects, run: Runner, shell: Shell, stream: Callable[..., str], namespace: str
) -> None:
    """A pull secret that does not exist: the pod is scheduled, and the text says what becomes of it."""
    create_nodes(bare, clusters.node("a"))
    manifests = stream({"imagePullSecrets": ["absent"]})
    shell(f"{LOOP}\nkubectl get secrets -A -o custom-columns=NAMESPACE:.metadata.namespace,NAME:.metadata.name,"
          "TYPE:.type > cluster/secrets.txt")  # fmt: skip
    done = shell(f"helm-cleaner preflight manifests.yaml --no-defaults -n {namespace} --cluster cluster")
    assert (done.returncode, "preflight: image is not pulled · " in done.stdout) == (1, True), done.stdout
    assert "refused" not in done.stdout.replace("nothing refuses it", "")
    assert outcome(bare, {**(job := job_of(run, manifests)), **bare.create(job)}).how == "bound"


def test_pod_security_is_one_finding_with_the_servers_list(
    bare: Objects, run: Runner, stream: Callable[..., str], namespace: str, shell: Shell
) -> None:
    create_nodes(bare, clusters.node("a"))
    bare.patch(clusters.namespace(namespace), {"metadata": {"labels": {LEVEL: "restricted"}}})
    store = {"name": "s", "kind": "host_path", "schema": {"hostPath": "/data", "mountPath": "/data"}}
    manifests = stream({}, **{polyaxon.ARTIFACTS_STORE: json.dumps(store)})
    shell(LOOP)
    done = shell(f"helm-cleaner preflight manifests.yaml --no-defaults -n {namespace} --cluster cluster -o json")
    (refusal,) = json.loads(done.stdout)["admission"]
    became = outcome(bare, {**(job := job_of(run, manifests)), **bare.create(job)})
    assert became.how == "refused"
    parts = re.findall(r"(?:, |: )([a-zA-Z ]+?)(?= !=| \()", became.said.partition("violates PodSecurity ")[2])
    assert len(refusal["message"].partition(": ")[2].split("; ")) == len(parts), (refusal["message"], became.said)
    assert refusal["message"].count("hostPath") == 1


def test_a_node_selector_of_the_namespace_is_not_checked(
    bare: Objects, shell: Shell, stream: Callable[..., str], namespace: str
) -> None:
    """No admission plugin applies it here, by default: the pod fits, and the line says that this is not certain."""
    create_nodes(bare, clusters.node("a"))
    create_nodes(bare, clusters.node("infra", {"pool": "infra"}))
    annotations = {"openshift.io/node-selector": "pool=infra"}
    bare.patch(clusters.namespace(namespace), {"metadata": {"annotations": annotations}})
    stream({})
    done = shell(f"{LOOP}\nhelm-cleaner preflight manifests.yaml --no-defaults -n {namespace} --cluster cluster")
    assert "node-selector of the namespace" in done.stdout
    assert "if so, 1 node is left (infra)" in done.stdout
