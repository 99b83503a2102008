"""What a kubelet and a controller-manager do, as far as Helm and the tests wait for it, on a server that has neither.

Without them no Job ends, so that Helm waits for its hooks in vain, and no namespace ever goes away. Nothing else is
played: Deployments get no pods and never become ready. Only the tests' own namespaces are looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

import pykube

PREFIX = "helm-cleaner-"  # what the names of the tests' own namespaces start with
_INTERVAL = 0.1


@contextmanager
def connected(kubeconfig: str) -> Iterator[pykube.HTTPClient]:
    """A client of the server, closed at the end of the block."""
    client = pykube.HTTPClient(pykube.KubeConfig.from_file(kubeconfig))
    with client.session:
        yield client


def has_nodes(client: pykube.HTTPClient) -> bool:
    """Whether there is a node that runs pods."""
    conditions = (c for node in pykube.Node.objects(client) for c in node.obj["status"].get("conditions", []))
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


@contextmanager
def stand_in(kubeconfig: str) -> Iterator[None]:
    """Ends Jobs and lets namespaces go as long as the block lasts. An error in it is raised when the block ends."""
    stop = threading.Event()
    errors: list[Exception] = []
    thread = threading.Thread(target=_loop, args=(kubeconfig, stop, errors), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if errors:
        raise errors[0]


def _loop(kubeconfig: str, stop: threading.Event, errors: list[Exception]) -> None:
    with connected(kubeconfig) as client:  # its own: sessions are not made for two threads
        while not stop.wait(_INTERVAL):
            try:
                _once(client)
            except Exception as e:
                errors.append(e)
                return


def _once(client: pykube.HTTPClient) -> None:
    for job in pykube.Job.objects(client).filter(namespace=pykube.all):
        if job.namespace.startswith(PREFIX) and not job.obj.get("status", {}).get("conditions"):
            _patch(
                client, f"jobs/{job.name}/status", {"status": _completed()}, version="batch/v1", namespace=job.namespace
            )
    for namespace in pykube.Namespace.objects(client):
        if namespace.name.startswith(PREFIX) and "deletionTimestamp" in namespace.metadata:
            body = {**namespace.obj, "spec": {"finalizers": []}}
            _accept(client.put(url=f"namespaces/{namespace.name}/finalize", json=body))


def _completed() -> dict[str, Any]:
    """The status of a Job whose one pod has ended well."""
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    conditions = [
        {
            "type": kind,
            "status": "True",
            "reason": "CompletionsReached",
            "lastProbeTime": now,
            "lastTransitionTime": now,
        }
        for kind in ("SuccessCriteriaMet", "Complete")
    ]
    return {"startTime": now, "completionTime": now, "succeeded": 1, "conditions": conditions}


def _patch(client: pykube.HTTPClient, url: str, body: dict[str, Any], **where: str) -> None:
    _accept(client.patch(url=url, json=body, headers={"Content-Type": "application/merge-patch+json"}, **where))


def _accept(response: Any) -> None:
    """Whoever made an object may remove it in the meantime."""
    if response.status_code not in (404, 409):
        response.raise_for_status()
