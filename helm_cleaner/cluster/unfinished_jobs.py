"""Cleaner jobs that have not ended. While one exists, Polyaxon cannot create the next, and later deletions are lost.

A batch/v1 Job has ended if its condition is Complete or Failed (pkg/controller/job/utils.go, `IsJobFinished`); a Job of
polyaxon.com, if it has a completionTime or a final condition.
"""

from __future__ import annotations

from helm_cleaner.cluster.types import ClusterWarning
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Object

PREFIX = "plx-cleaner-"
_REHEARSAL = "plx-cleaner-rehearsal-"  # of `explain --rehearsal`, which keeps Polyaxon from nothing
_FINAL = ("complete", "failed", "succeeded", "stopped", "done", "skipped", "upstream_failed")


def find_unfinished(namespace: str, snapshot: ClusterSnapshot) -> list[ClusterWarning]:
    """Warns about each job of the namespace that has not ended. Polyaxon's Job and its batch/v1 Job count as one."""
    found: dict[str, str] = {}
    for kind in ("jobs.polyaxon.com", "jobs"):
        for job in snapshot.in_namespace(kind, namespace):
            name = job["metadata"]["name"]
            if name.startswith(PREFIX) and not name.startswith(_REHEARSAL) and not _has_ended(job):
                found.setdefault(name, kind)
    pods = snapshot.in_namespace("pods", namespace)
    return [_warned(name, kind, namespace, snapshot, pods) for name, kind in found.items()]


def _warned(name: str, kind: str, namespace: str, snapshot: ClusterSnapshot, pods: list[Object]) -> ClusterWarning:
    job = snapshot.get(kind, name, namespace) or {}
    since = (job.get("metadata") or {}).get("creationTimestamp")
    message = f"the job {name} has not ended{f' since {since}' if since else ''}{_of_pod(name, pods)}"
    message += (
        ": until it ends, Polyaxon cannot create the next one, and the artifacts of later deletions are never removed"
    )
    hint = f"kubectl describe {kind} {name} -n {namespace}; if it is stuck, fix the cause and delete it"
    return ClusterWarning("unfinished-job", message, hint)


def _has_ended(job: Object) -> bool:
    status = job.get("status") or {}
    return bool(status.get("completionTime")) or any(
        str(each.get("type")).lower() in _FINAL and each.get("status") == "True"
        for each in status.get("conditions") or ()
    )


def _of_pod(name: str, pods: list[Object]) -> str:
    """What its pod is waiting for, if it has one that waits."""
    for pod in pods:
        if pod["metadata"]["name"].startswith(f"{name}-"):
            status = pod.get("status") or {}
            for each in status.get("conditions") or ():
                if each.get("type") == "PodScheduled" and each.get("status") == "False":
                    return (
                        f" (its pod is {status.get('phase', 'Pending')}: {each.get('message') or each.get('reason')})"
                    )
            for each in status.get("containerStatuses") or ():
                waiting = (each.get("state") or {}).get("waiting") or {}
                if waiting.get("reason"):
                    return f" (its pod waits: {waiting['reason']})"
    return ""
