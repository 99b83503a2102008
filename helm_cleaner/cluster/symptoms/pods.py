"""What keeps a pod of the cleaner from running, in the words of the scheduler and the kubelet."""

from __future__ import annotations

import re

from helm_cleaner.cluster.objects import mapping
from helm_cleaner.cluster.symptoms import patterns
from helm_cleaner.cluster.symptoms.finding import Finding
from helm_cleaner.cluster.symptoms.history import timestamp
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_cleaner.cluster.symptoms.history import Batch, Event
    from helm_cleaner.cluster.types import Object

_NAMED = re.compile(r"(?:persistentvolumeclaim|secret|configmap) \"(?:[^\"/]+/)?([^\"]+)\"")
_PULLED = re.compile(r"image \"([^\"]+)\"")
_KUBELET_REASONS = ("Failed", "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "BackOff", "InspectFailed",
                    "ErrImageNeverPull")  # fmt: skip
MESSAGES = {
    "no-node": "no node takes the cleaner's pod",
    "missing-claim": "a volume of the artifacts store is not available",
    "missing-secret": "a Secret or ConfigMap that the cleaner's pod needs does not exist",
    "image-pull": "the cleaner's image cannot be pulled",
    "no-bash": "the cleaner's image does not contain /bin/bash, which starts the cleaner",
    "refused": "the kubelet refuses to start the cleaner's container",
}


def diagnose_pods(job: str, batch: Batch) -> list[Finding]:
    """Why the pods of a batch do not run, one finding for each cause. A pod that has run says nothing here."""
    found: dict[str, Finding] = {}
    for name, (pod, events) in batch.pods.items():
        finding = _diagnose_live(job, name, pod, events) if pod is not None else _diagnose_gone(job, name, events)
        if finding is not None:
            found.setdefault(finding.code, finding)
    return list(found.values())


def _diagnose_live(job: str, name: str, pod: Object, events: list[Event]) -> Finding | None:
    status = mapping(pod.get("status"))
    for condition in map(mapping, status.get("conditions") or ()):
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            text = str(condition.get("message") or condition.get("reason") or "not scheduled")
            last = _last(events, "FailedScheduling")
            since = str(condition.get("lastTransitionTime") or timestamp(pod))
            code = patterns.match(patterns.SCHEDULER, text) or "no-node"
            return _finding(job, name, code, text, last.time if last and last.message == text else since)
    for container in map(mapping, status.get("containerStatuses") or ()):
        state = mapping(container.get("state"))
        waiting, ended = mapping(state.get("waiting")), mapping(state.get("terminated"))
        reason, message = str(waiting.get("reason") or ""), str(waiting.get("message") or "")
        if ended:
            text = str(ended.get("message") or "")
            if patterns.match(patterns.KUBELET, text) == "no-bash":
                return _finding(job, name, "no-bash", text, str(ended.get("finishedAt") or timestamp(pod)))
            continue
        code = patterns.match(patterns.KUBELET, message)
        if reason in patterns.IMAGE_REASONS:
            return _finding(job, name, "image-pull", *_pull_problem(reason, message, events, timestamp(pod)))
        if code or reason in ("CreateContainerConfigError", "CreateContainerError", "RunContainerError"):
            return _finding(job, name, code or "refused", f"{reason}: {message}", timestamp(pod))
    if status.get("phase") == "Pending":
        return _diagnose_events(job, name, events)
    return None


def _diagnose_gone(job: str, name: str, events: list[Event]) -> Finding | None:
    """What the events say about a pod that is not in the input."""
    scheduled = _last(events, "Scheduled")
    waited = _last(events, "FailedScheduling")
    if waited is not None and (scheduled is None or scheduled.time < waited.time):
        code = patterns.match(patterns.SCHEDULER, waited.message) or "no-node"
        return _finding(job, name, code, waited.message, waited.time)
    return _diagnose_events(job, name, events) if _last(events, "Started") is None else None


def _diagnose_events(job: str, name: str, events: list[Event]) -> Finding | None:
    """What the kubelet's events say, the most specific first."""
    troubles = [event for event in events if event.reason in _KUBELET_REASONS]
    for code in ("no-bash", "missing-secret", "missing-claim"):
        for event in troubles:
            if patterns.match(patterns.KUBELET, event.message) == code:
                return _finding(job, name, code, f"{event.reason}: {event.message}", event.time)
    pulls = [event for event in troubles if "pull" in event.message.lower() or event.reason in patterns.IMAGE_REASONS]
    if pulls:
        return _finding(job, name, "image-pull", *_pull_problem("", "", events, pulls[-1].time))
    return None


def _pull_problem(reason: str, message: str, events: list[Event], time: str) -> tuple[str, str]:
    """The evidence that an image cannot be pulled, and its time. An event has the registry's answer for longer."""
    for event in reversed(events):
        if "Failed to pull image" in event.message or event.reason == "ErrImageNeverPull":
            return f"{event.reason}: {event.message}", event.time
    if message:
        return f"{reason}: {message}", time
    last = next((event for event in reversed(events) if "pull" in event.message.lower()), None)
    return (f"{last.reason}: {last.message}", last.time) if last else (reason, time)


def _last(events: list[Event], reason: str) -> Event | None:
    return next((event for event in reversed(events) if event.reason == reason), None)


def _finding(job: str, pod: str, code: str, text: str, time: str) -> Finding:
    named = _NAMED.search(text) or (_PULLED.search(text) if code == "image-pull" else None)
    subject = named[1] if named else ""
    message = MESSAGES[code] + (f": {subject}" if subject else "")
    return Finding("error", code, f"pod/{pod}", message, text, time, job, subject)
