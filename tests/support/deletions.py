"""Objects that a deletion leaves behind, as kubectl prints them, and their diagnosis."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from helm_cleaner.actions import doctor
from helm_cleaner.cluster.symptoms import history

NAMESPACE, RELEASE, JOB = "polyaxon", "plx", "plx-cleaner-agent"
IMAGE = "polyaxon/polyaxon-init:2.15.1"
_START = datetime(2026, 11, 1, 3, 0, tzinfo=timezone.utc)
_RESOURCES = {"limits": {"cpu": "0.5", "memory": "1000Mi"}, "requests": {"cpu": "0.1", "memory": "80Mi"}}


def at(seconds: int) -> str:
    """A timestamp so many seconds after the start."""
    return (_START + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def condition(type_: str, status: str = "True", message: str = "", reason: str = "") -> dict[str, Any]:
    return {"type": type_, "status": status, "message": message, "reason": reason, "lastTransitionTime": at(1)}


def operation(
    name: str = JOB,
    created: int = 0,
    conditions: Sequence[Any] = (condition("Starting"),),
    account: str = "plx-polyaxon-runs-sa",
    image: str = IMAGE,
    **metadata: Any,
) -> dict[str, Any]:
    """Polyaxon's Job."""
    container = {"name": "polyaxon-main", "image": image, "imagePullPolicy": "IfNotPresent", "resources": _RESOURCES}
    spec = {"serviceAccountName": account, "containers": [container]}
    return {
        "apiVersion": "polyaxon.com/v1",
        "kind": "Job",
        "metadata": {"name": name, "namespace": NAMESPACE, "uid": "op", "creationTimestamp": at(created), **metadata},
        "batchJobSpec": {"template": {"spec": spec}},
        "status": {"conditions": list(conditions)} if conditions else None,
    }


def batch_job(
    name: str = JOB,
    owner: str | None = "op",
    conditions: Sequence[Any] = (),
    uid: str = "b1",
    created: int = 0,
    **metadata: Any,
) -> dict[str, Any]:
    """The batch/v1 Job that the operator makes of it; without an owner, somebody else's."""
    owners = [{"apiVersion": "polyaxon.com/v1", "kind": "Job", "name": name, "uid": owner}] if owner else []
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "namespace": NAMESPACE, "uid": uid, "creationTimestamp": at(created),
                     "ownerReferences": owners, **metadata},
        "spec": {"template": {"spec": {"containers": []}}},
        "status": {"conditions": list(conditions)},
    }  # fmt: skip


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"waiting": {"reason": reason, "message": message}}


def pod(*states: dict[str, Any], name: str = f"{JOB}-aaaaa", owner: str = "b1", phase: str = "Pending",
        created: int = 0) -> dict[str, Any]:  # fmt: skip
    """A pod of the batch/v1 Job. states: conditions, and states of its container."""
    conditions = [state for state in states if "type" in state]
    statuses = [{"name": "polyaxon-main", "state": state} for state in states if "type" not in state]
    job = name.rpartition("-")[0]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": NAMESPACE, "creationTimestamp": at(created),
                     "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": job, "uid": owner}]},
        "spec": {"containers": [{"name": "polyaxon-main"}]},
        "status": {"phase": phase, "conditions": conditions, "containerStatuses": statuses},
    }  # fmt: skip


def event(kind: str, name: str, reason: str, message: str, seconds: int = 1, uid: str = "b1") -> dict[str, Any]:
    about = {"kind": kind, "name": name, "namespace": NAMESPACE, "uid": uid if kind == "Job" else f"uid-{name}"}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{name}.{seconds}", "namespace": NAMESPACE},
        "involvedObject": about,
        "reason": reason,
        "message": message,
        "lastTimestamp": at(seconds),
    }


def config(level: str = "INFO", release: str = RELEASE) -> dict[str, Any]:
    """The release's ConfigMap, which has the log level."""
    return _configmap(f"{release}-polyaxon-config", {"POLYAXON_LOG_LEVEL": level})


def agent_config(release: str = RELEASE, entries: dict[str, Any] | None = None, **section: Any) -> dict[str, Any]:
    """The agent's ConfigMap. entries: others than the section."""
    cleaner = {"image": "polyaxon/polyaxon-init", "imageTag": "2.15.1", **section}
    data = {"POLYAXON_AGENT_CLEANER": json.dumps(cleaner)} | {
        key: json.dumps(each) for key, each in (entries or {}).items()
    }
    return _configmap(f"{release}-polyaxon-agent-config", data)


def deployment(part: str, available: int | None, release: str = RELEASE) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": f"{release}-polyaxon-{part}", "namespace": NAMESPACE},
        "spec": {"replicas": 1},
        "status": {} if available is None else {"availableReplicas": available},
    }


def later(seconds: int = 600) -> dict[str, Any]:
    """An object of nobody's that makes it later than everything else."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n", "creationTimestamp": at(seconds)}}


def diagnose(objects: Iterable[Any], release: str = RELEASE, agent_log: str | None = None,
             job_log: str | None = None) -> doctor.Diagnosis:  # fmt: skip
    past = history.collect(objects, NAMESPACE, "cluster.json")
    return doctor.diagnose(past, [release], {release: doctor.Logs(agent_log, job_log)})[0]


def _configmap(name: str, data: dict[str, str]) -> dict[str, Any]:
    labels = {"app.kubernetes.io/version": "2.15.1"}
    metadata = {"name": name, "namespace": NAMESPACE, "labels": labels}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
