"""What became of the cleaner's jobs: refused, waiting, failed, stuck, or ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from helm_cleaner.cluster.objects import mapping
from helm_cleaner.cluster.symptoms import patterns
from helm_cleaner.cluster.symptoms.finding import Finding
from helm_cleaner.cluster.symptoms.history import conditions, timestamp
from helm_cleaner.cluster.symptoms.pods import MESSAGES, diagnose_pods
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_cleaner.cluster.symptoms.history import Batch, CleanerJob
    from helm_cleaner.cluster.types import Object

OPERATION, BATCH = "jobs.polyaxon.com", "job.batch"
_REFUSALS = {
    "quota": "a ResourceQuota refuses the cleaner's pod",
    "limit-range": "a LimitRange refuses the cleaner's pod",
    "pod-security": "the namespace's Pod Security level refuses the cleaner's pod",
    "missing-account": "the service account that the cleaner runs as does not exist",
    "refused": "the API server refuses the cleaner's pod",
}
_A_MINUTE = timedelta(minutes=1)
_LONG = timedelta(minutes=15)


def diagnose_job(job: CleanerJob, now: str) -> list[Finding]:
    """What went wrong under one job's name, and what is still in its way."""
    found = [*_diagnose_operation(job, now)]
    for batch in job.batches:
        found += _diagnose_batch(job.name, batch)
    if not found and job.operation is not None:
        found += _diagnose_conditions(job.name, job.operation)
    if not any(each.severity == "error" for each in found):
        found += _diagnose_silence(job, now)
    return found


def has_ended_well(batch: Batch) -> bool:
    """Whether a batch/v1 Job completed."""
    return batch.last("Completed") is not None or any(
        each.get("type") in ("Complete", "SuccessCriteriaMet") for each in conditions(batch.job)
    )


def is_older(time: str, now: str, than: timedelta) -> bool:
    """Whether a time was longer ago than that. False if one of them is unknown."""
    try:
        return parse_time(now) - parse_time(time) >= than
    except ValueError:
        return False


def parse_time(time: str) -> datetime:
    """A timestamp as Kubernetes writes it. ValueError if it is not one."""
    return datetime.fromisoformat(f"{time[:19]}+00:00")


def _diagnose_operation(job: CleanerJob, now: str) -> list[Finding]:
    """What Polyaxon's Job says: nobody took it, another Job is in its way, or it cannot be deleted."""
    found = []
    if job.foreign is not None:
        found.append(_foreign(job.name, job.foreign))
    for kind, each in ((OPERATION, job.operation), (BATCH, job.batches[-1].job if job.batches else None)):
        metadata = mapping((each or {}).get("metadata"))
        deleted, finalizers = timestamp(each, "deletionTimestamp"), metadata.get("finalizers") or ()
        # Where nothing in the input is newer, it may have been like this for long.
        if deleted and finalizers and (is_older(deleted, now, _A_MINUTE) or deleted >= now):
            evidence = f"{job.name}: deletionTimestamp {deleted}, finalizers {', '.join(map(str, finalizers))}"
            message = "the job was deleted and is still there: nobody removes its finalizer, and its name stays taken"
            found.append(Finding("error", "finalizer", f"{kind}/{job.name}", message, evidence, deleted, job.name))
    operation = job.operation
    if operation is None or job.foreign is not None or timestamp(operation, "deletionTimestamp"):
        return found
    created, has_batch = timestamp(operation), any(batch.job is not None for batch in job.batches)
    is_taken = conditions(operation) or mapping(operation.get("status")).get("startTime") or has_batch
    if not is_taken and is_older(created, now, _A_MINUTE):
        message = "the operator has not taken the job"
        evidence = f"{job.name}: created {created}, no conditions, and no Job of batch/v1"
        found.append(Finding("error", "operator-down", f"{OPERATION}/{job.name}", message, evidence, created, job.name))
    return found


def _foreign(name: str, foreign: Object) -> Finding:
    """The finding about a batch/v1 Job that is in the way: somebody's own, or that of an earlier batch."""
    metadata, created = mapping(foreign.get("metadata")), timestamp(foreign)
    owners = [mapping(owner) for owner in metadata.get("ownerReferences") or ()]
    message = "a Job that Polyaxon did not create has the cleaner's name"
    evidence = f"{name} of batch/v1, without an owner of polyaxon.com, created {created}"
    if any(str(owner.get("apiVersion")).startswith("polyaxon.com/") for owner in owners):
        message = "the Job of an earlier batch still has the cleaner's name"
        evidence = f"{name} of batch/v1, whose owner is another Job of polyaxon.com, created {created}"
    elif "kubectl.kubernetes.io/last-applied-configuration" in mapping(metadata.get("annotations")):
        message = "a Job that kubectl apply created has the cleaner's name"
    return Finding("error", "foreign-job", f"{BATCH}/{name}", f"{message}, so the operator creates none", evidence,
                   created, name)  # fmt: skip


def _diagnose_batch(name: str, batch: Batch) -> list[Finding]:
    """What one batch/v1 Job, its pods and their events say. Nothing is wrong any more with one that completed."""
    if has_ended_well(batch):
        return []
    found = _diagnose_admission(name, batch)
    found += diagnose_pods(name, batch)
    ends = {str(each.get("reason")): each for each in conditions(batch.job) if each.get("type") == "Failed"}
    for reason, code in (("DeadlineExceeded", "deadline"), ("BackoffLimitExceeded", "failed-twice")):
        event, condition = batch.last(reason), ends.get(reason)
        if event is None and condition is None:
            continue
        if code == "failed-twice" and any(each.code == "no-bash" for each in found):
            continue
        text = event.message if event else str((condition or {}).get("message") or reason)
        time = event.time if event else str((condition or {}).get("lastTransitionTime") or "")
        if code == "deadline":
            found.append(Finding("error", code, f"{BATCH}/{name}", "the job was ended at its deadline, before it had "
                                 "deleted everything", f"{reason}: {text}", time, name))  # fmt: skip
        else:
            found.append(_failed_twice(name, batch, f"{reason}: {text}", time))
    return found


def _failed_twice(name: str, batch: Batch, text: str, time: str) -> Finding:
    """The finding that both attempts failed, with what the last pod says about how, if it is still there."""
    how = ""
    for pod, _ in batch.pods.values():
        how = _end_of(pod) or how
    message = f"the cleaner failed twice{f' ({how})' if how else ''}, and is not tried again"
    return Finding("error", "failed-twice", f"{BATCH}/{name}", message, text, time, name)


def _end_of(pod: Object | None) -> str:
    """How a pod failed: evicted, killed, or with an exit code. "" if that is unknown."""
    status = mapping(mapping(pod).get("status"))
    for container in map(mapping, status.get("containerStatuses") or ()):
        ended = mapping(mapping(container.get("state")).get("terminated"))
        if ended.get("reason") not in (None, "Error", "Completed"):
            return f"{ended['reason']}, exit code {ended.get('exitCode')}"
        if ended.get("exitCode"):
            return f"exit code {ended['exitCode']}"
    return str(status.get("reason") or "") if status.get("phase") == "Failed" else ""


def _diagnose_admission(name: str, batch: Batch) -> list[Finding]:
    """Why no pod is created, unless one was created since."""
    refused, created = batch.last("FailedCreate"), batch.last("SuccessfulCreate")
    if refused is None or (created is not None and created.time >= refused.time):
        return []
    code = patterns.match(patterns.ADMISSION, refused.message) or "refused"
    return [Finding("error", code, f"{BATCH}/{name}", _REFUSALS[code], refused.message, refused.time, name)]


def _diagnose_conditions(name: str, operation: Object) -> list[Finding]:
    """What the operator copied of the pod's trouble into its Job's conditions, where pods and events are missing."""
    current = conditions(operation)
    if not current or current[-1].get("type") != "Warning":
        return []
    text, time = str(current[-1].get("message") or ""), str(current[-1].get("lastTransitionTime") or "")
    code = patterns.match(patterns.SCHEDULER, text)
    return [Finding("error", code, f"{OPERATION}/{name}", MESSAGES[code], text, time, name)] if code else []


def _diagnose_silence(job: CleanerJob, now: str) -> list[Finding]:
    """A job that has not ended for long, for a reason that the input does not tell."""
    newest = job.operation or (job.batches[-1].job if job.batches else None)
    created = timestamp(newest)
    if newest is None or not is_older(created, now, _LONG) or any(map(has_ended_well, job.batches)):
        return []
    pods = [(name, pod) for batch in job.batches for name, (pod, _) in batch.pods.items() if pod is not None]
    where = f"pod/{pods[-1][0]}" if pods else f"{OPERATION if job.operation else BATCH}/{job.name}"
    phase = mapping(pods[-1][1].get("status")).get("phase") if pods else None
    state = f"its pod is {phase}" if phase else "it has no pod"
    message = f"the job has not ended since {created}, and {state}: later batches are lost until it ends"
    return [Finding("warning", "unfinished-job", where, message, f"{job.name}, created {created}", created, job.name)]
