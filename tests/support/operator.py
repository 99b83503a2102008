"""A stand-in for Polyaxon's operator, whose sources are in no registry: its kind, and what it does with a job.

The real one adds a finalizer to the Job of polyaxon.com, makes a batch/v1 Job of it, and copies how that does into the
conditions; both are removed a second after the end.
"""

from __future__ import annotations

from typing import Any

from tests.support.objects import Manifest, Objects

JOB = "plx-cleaner-agent"
FINALIZER = "operation.status.finalizers.polyaxon.com"
_LABELS = {"app.kubernetes.io/component": "polyaxon-cleaners"}
_OPEN = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
# As much of the CRD as policies and doctor look at.
CRD = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "jobs.polyaxon.com"},
    "spec": {
        "group": "polyaxon.com",
        "scope": "Namespaced",
        "names": {"kind": "Job", "listKind": "JobList", "plural": "jobs", "singular": "job"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "termination": {
                                "type": "object",
                                "properties": {
                                    "activeDeadlineSeconds": {"type": "integer"},
                                    "backoffLimit": {"type": "integer"},
                                },
                            },
                            "batchJobSpec": _OPEN,
                            "status": _OPEN,
                        },
                    }
                },
            }
        ],
    },
}  # fmt: skip


def submit(objects: Objects, namespace: str, name: str = JOB, **pod: Any) -> Manifest:
    """Polyaxon's Job, as the agent creates it. pod: of its pod's spec, over one that runs anywhere."""
    container = {"name": "polyaxon-main", "image": "polyaxon/polyaxon-init:2.15.1", "command": ["/bin/bash", "-c"],
                 "args": ["polyaxon clean-artifacts host-path -sp=/artifacts/a"],
                 **pod.pop("container", {})}  # fmt: skip
    spec = {"containers": [container], "restartPolicy": "Never", "automountServiceAccountToken": False, **pod}
    return objects.create({
        "apiVersion": "polyaxon.com/v1", "kind": "Job",
        "metadata": {"name": name, "namespace": namespace, "labels": _LABELS},
        "batchJobSpec": {"template": {"spec": spec}},
    })  # fmt: skip


def take(objects: Objects, operation: Manifest, **spec: Any) -> Manifest:
    """What the operator does with it: a finalizer, a condition, and the batch/v1 Job. spec: over that one's own."""
    metadata, template = operation["metadata"], operation["batchJobSpec"]["template"]
    pod = {**template["spec"], "restartPolicy": "Never"}
    starting = {"type": "Starting", "status": "True", "reason": "OperatorController"}
    objects.patch(operation, {"metadata": {"finalizers": [FINALIZER]}, "status": {"conditions": [starting]}})
    owner = {"apiVersion": "polyaxon.com/v1", "kind": "Job", "name": metadata["name"], "uid": metadata["uid"],
             "controller": True, "blockOwnerDeletion": True}  # fmt: skip
    return objects.create({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": metadata["name"], "namespace": metadata["namespace"], "labels": metadata["labels"],
                     "ownerReferences": [owner]},
        "spec": {"backoffLimit": 1, "template": {**template, "spec": pod}, **spec},
    })  # fmt: skip


def forget(objects: Objects, operation: Manifest) -> None:
    """Removes Polyaxon's Job and its finalizer, so that its namespace can go."""
    if objects.get(operation) is not None:
        objects.patch(operation, {"metadata": {"finalizers": None}})
        objects.delete(operation)
