"""A Helm release on an API server, and what the server holds of it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pykube

from helm_cleaner import polyaxon

KINDS = (
    pykube.ConfigMap, pykube.Secret, pykube.ServiceAccount, pykube.Service, pykube.Role, pykube.RoleBinding,
    pykube.Deployment, pykube.StatefulSet, pykube.DaemonSet, pykube.Job, pykube.PersistentVolumeClaim,
)  # fmt: skip
# What the cluster itself puts into every namespace.
THEIRS = {("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default")}
RENDERER = ("--post-renderer", "helm-cleaner")

Key = tuple[str, str]  # kind and name
Objects = dict[Key, dict[str, Any]]
Refusal = Callable[[dict[str, Any]], str]  # what the server says against a manifest


class Release(NamedTuple):
    """helm: runs a real Helm. always: options of each command that renders the chart."""

    helm: Callable[..., subprocess.CompletedProcess[str]]
    client: pykube.HTTPClient
    kubeconfig: str
    namespace: str
    chart: Path
    always: Sequence[str]
    name: str = "rel"

    def run(self, *args: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A command of Helm's in the namespace."""
        return self.helm(*args, "--kubeconfig", self.kubeconfig, "--namespace", self.namespace, check=check)

    def deploy(self, verb: str, *args: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """`install`, `upgrade` or `template`, through the post-renderer."""
        return self.run(verb, self.name, self.chart, *self.always, *args, *RENDERER, check=check)

    def revisions(self) -> list[str]:
        """The states of the revisions, oldest first; none without a release."""
        done = self.run("history", self.name, "-o", "json", check=False)
        return [each["status"] for each in json.loads(done.stdout)] if done.returncode == 0 else []

    def objects(self) -> Objects:
        """What is in the namespace, Helm's own records and what the cluster puts there aside."""
        found = {
            (kind.kind, each.name): {"kind": kind.kind, **each.obj}  # the items of a list come without
            for kind in KINDS
            for each in kind.objects(self.client).filter(namespace=self.namespace)
        }
        return {
            key: each for key, each in found.items() if key not in THEIRS and each.get("type") != "helm.sh/release.v1"
        }


def agent(objects: Objects) -> polyaxon.Agent:
    """The agent's ConfigMap."""
    (found,) = [agent for each in objects.values() for agent in polyaxon.find_agents(each)]
    return found


def section(objects: Objects) -> Any:
    """The section that the agent will load."""
    return json.loads(agent(objects).section)


def consumers(objects: Objects) -> set[Key]:
    """The workloads whose pods use the ConfigMap."""
    name = agent(objects).name.name
    return {key for key, each in objects.items() for c in polyaxon.find_consumers(each) if name in c.configmaps}


def templates(objects: Objects) -> dict[Key, Any]:
    """The pod templates of all workloads; if one changes, its pods restart."""
    return {key: each["spec"]["template"] for key, each in objects.items() if polyaxon.find_consumers(each)}


def expected_checksum(objects: Objects) -> str:
    """The SHA-256 of the ConfigMap's data on the server."""
    return hashlib.sha256(json.dumps([agent(objects).data], sort_keys=True, separators=(",", ":")).encode()).hexdigest()
