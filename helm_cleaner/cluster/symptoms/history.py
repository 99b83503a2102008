"""The cleaner's own objects among those of a cluster: its jobs, each with its pods and events.

Jobs follow each other under one name, so what is left of the earlier ones are events. The events of one batch/v1 Job
have its UID; those of its pods have the pods' names, which the Job's events name.
"""

from __future__ import annotations

import re
from itertools import chain

from helm_cleaner.cluster.kinds import BY_OBJECT
from helm_cleaner.cluster.object_schemas import is_well_formed
from helm_cleaner.cluster.objects import mapping
from helm_cleaner.cluster.snapshot import group_of, object_error
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helm_cleaner.cluster.types import Object

JOB = re.compile(r"plx-cleaner-(?:agent|[0-9a-f]{32})")  # not a rehearsal
_POD = re.compile(rf"({JOB.pattern})-[a-z0-9]{{5}}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_CREATED = re.compile(r"pod: (\S+)")
# The kinds that matter here, by their names in kubectl.
KINDS = ("jobs.polyaxon.com", "jobs", "pods", "events", "configmaps", "deployments")
_EVENTS = "events.k8s.io"  # the newer API of the same objects


class Event(NamedTuple):
    """An event. name and uid: of the object that it is about; time: of its last occurrence."""

    kind: str
    name: str
    uid: str
    reason: str
    message: str
    time: str


class PodHistory(NamedTuple):
    """What is left of a pod. pod: the object, None if it is gone; events: oldest first."""

    pod: Object | None
    events: list[Event]


class Batch(NamedTuple):
    """What is left of one batch/v1 Job. job: the object, None if it is gone; events: its own, oldest first."""

    uid: str
    job: Object | None
    events: list[Event]
    pods: dict[str, PodHistory]

    def last(self, *reasons: str) -> Event | None:
        """The last of its own events with one of these reasons."""
        return next((event for event in reversed(self.events) if event.reason in reasons), None)


class CleanerJob(NamedTuple):
    """What is left under one job's name.

    operation: Polyaxon's Job, None if it is gone; foreign: a batch/v1 Job of this name that is not Polyaxon's;
    batches: the batch/v1 Jobs, oldest first.
    """

    name: str
    operation: Object | None
    foreign: Object | None
    batches: list[Batch]


class History(NamedTuple):
    """What the input contains about a namespace. now: the newest timestamp in it.

    kinds: those with an object in any namespace; kinds_here: with one in this namespace.
    """

    namespace: str
    now: str
    kinds: frozenset[str]
    kinds_here: frozenset[str]
    jobs: list[CleanerJob]
    configmaps: dict[str, Object]
    deployments: dict[str, Object]
    pods: dict[str, Object]


def collect(objects: Iterable[Object], namespace: str, file: str, now: str = "") -> History:
    """The history of a namespace. InputError if an object that matters is not what kubectl prints.

    now: the time, if it is known; otherwise the newest timestamp in the input.
    """
    kinds = set()
    found: dict[str, dict[str, Object]] = {kind: {} for kind in KINDS}
    events = []
    for each in objects:
        kind = _kind_of(each)
        metadata = mapping(each.get("metadata"))
        if kind not in found:
            now = max(now, _seconds(metadata.get("creationTimestamp")))
            continue
        kinds.add(kind)
        if kind == "events":
            about = mapping(each.get("involvedObject") or each.get("regarding"))
            event = _event(each, about)
            now = max(now, _seconds(event.time))
            if (about.get("namespace") or metadata.get("namespace")) == namespace and event.name.startswith("plx-"):
                if not is_well_formed(kind, each):
                    raise object_error(each, file)
                events.append(event)
            continue
        now = max(now, *_times(each, metadata))
        if metadata.get("namespace") == namespace:
            if not is_well_formed(kind, each):
                raise object_error(each, file)
            found[kind][metadata["name"]] = each
    events.sort(key=lambda event: event.time)
    by_job: dict[str, list[Event]] = {}
    for event in events:
        by_job.setdefault(_job_name(event), []).append(event)
    pods: dict[str, dict[str, Object]] = {}
    for name, pod in found["pods"].items():
        if match := _POD.fullmatch(name):
            pods.setdefault(match[1], {})[name] = pod
    of_jobs = {name for kind in ("jobs.polyaxon.com", "jobs") for name in found[kind] if JOB.fullmatch(name)}
    names = sorted({*of_jobs, *pods, *by_job} - {""})
    jobs = [
        _job(
            name,
            found["jobs.polyaxon.com"].get(name),
            found["jobs"].get(name),
            pods.get(name, {}),
            by_job.get(name, []),
        )
        for name in names
    ]
    here = frozenset(kind for kind, each in found.items() if each) | ({"events"} if events else set())
    return History(
        namespace, now, frozenset(kinds), here, jobs, found["configmaps"], found["deployments"], found["pods"]
    )


def namespaces(objects: Iterable[Object]) -> list[str]:
    """The namespaces in which there is an agent's ConfigMap, else those with something of the cleaner's."""
    of_agents, of_cleaners = {}, {}
    for each in objects:
        about = mapping(each.get("involvedObject") or each.get("regarding") or each.get("metadata"))
        name, namespace = str(about.get("name")), str(about.get("namespace") or "")
        if each["kind"] == "ConfigMap" and name.endswith("-polyaxon-agent-config"):
            of_agents[namespace] = True
        elif JOB.fullmatch(name) or _POD.fullmatch(name):
            of_cleaners[namespace] = True
    return list(of_agents or of_cleaners)


def conditions(each: Object | None) -> list[Object]:
    """The conditions of an object that are true."""
    found = mapping(mapping(each).get("status")).get("conditions") or ()
    return [condition for condition in found if condition.get("status") == "True"]


def timestamp(each: Object | None, name: str = "creationTimestamp") -> str:
    """A timestamp of an object's metadata; "" without one."""
    return str(mapping(mapping(each).get("metadata")).get(name) or "")


def _kind_of(each: Object) -> str:
    """kubectl's name of an object's kind; "" for one that is not known."""
    group = group_of(each)
    kind = BY_OBJECT.get(("" if group == _EVENTS else group, each["kind"]))
    return kind.name if kind else ""


def _event(each: Object, about: Object) -> Event:
    """An event of either API."""
    series = mapping(each.get("series"))
    time = (
        each.get("lastTimestamp") or series.get("lastObservedTime") or each.get("deprecatedLastTimestamp")
        or each.get("eventTime") or each.get("firstTimestamp") or mapping(each.get("metadata")).get("creationTimestamp")
    )  # fmt: skip
    message = each.get("message") or each.get("note")
    texts = (about.get("kind"), about.get("name"), about.get("uid"), each.get("reason"), message, time)
    return Event(*(str(text or "") for text in texts))


def _times(each: Object, metadata: Object) -> Iterable[str]:
    yield _seconds(metadata.get("creationTimestamp"))
    yield _seconds(metadata.get("deletionTimestamp"))
    found = mapping(each.get("status")).get("conditions")
    for condition in found if isinstance(found, list) else ():
        yield _seconds(mapping(condition).get("lastTransitionTime"))


def _seconds(time: object) -> str:
    """A timestamp to the second, so that texts compare as times do; "" for anything else."""
    return f"{time[:19]}Z" if isinstance(time, str) and _TIME.match(time) else ""


def _job_name(event: Event) -> str:
    """The name of the cleaner's job that an event is about; "" if it is about something else."""
    if event.kind == "Job" and JOB.fullmatch(event.name):
        return event.name
    pod = _POD.fullmatch(event.name) if event.kind == "Pod" else None
    return pod[1] if pod else ""


def _owners(each: Object) -> list[Object]:
    return [mapping(owner) for owner in mapping(each.get("metadata")).get("ownerReferences") or ()]


def _job(
    name: str, operation: Object | None, batch: Object | None, pods: dict[str, Object], events: list[Event]
) -> CleanerJob:
    """What is left under a name. events: its own and those of its pods, oldest first."""
    foreign = None
    if batch is not None and not _is_polyaxons(batch, operation):
        foreign, batch = batch, None
    batches: dict[str, Batch] = {}

    def batch_of(uid: str) -> Batch:
        return batches.setdefault(uid, Batch(uid, None, [], {}))

    owners = {}  # the UID of the batch/v1 Job of each pod
    of_pods: dict[str, list[Event]] = {}
    for event in events:
        if event.kind == "Pod":
            of_pods.setdefault(event.name, []).append(event)
            continue
        batch_of(event.uid).events.append(event)
        created = _CREATED.search(event.message)
        if created and _POD.fullmatch(created[1]):
            owners[created[1]] = event.uid
    for pod, each in pods.items():
        owner = next((owner for owner in _owners(each) if owner.get("kind") == "Job"), None)
        if owner is not None:
            owners[pod] = str(owner.get("uid") or "")
    current = str(mapping((batch or {}).get("metadata")).get("uid") or "")
    if batch is not None:
        batches[current] = batch_of(current)._replace(job=batch)
    for pod in dict.fromkeys(chain(owners, pods, of_pods)):
        its_events = of_pods.get(pod, [])
        uid = owners.get(pod, current or _nearest(batches, its_events))
        batch_of(uid).pods[pod] = PodHistory(pods.get(pod), its_events)
    if foreign is not None:
        batches.pop(str(mapping(foreign.get("metadata")).get("uid") or ""), None)
    return CleanerJob(name, operation, foreign, sorted(batches.values(), key=_start))


def _nearest(batches: dict[str, Batch], events: list[Event]) -> str:
    """The UID of the batch during which a pod's events were, where no event says which Job created it."""
    first = events[0].time if events else ""
    before = [batch for batch in batches.values() if batch.events and batch.events[0].time <= first]
    nearest = max(before, key=lambda batch: batch.events[0].time, default=next(iter(batches.values()), None))
    return nearest.uid if nearest else ""


def _is_polyaxons(batch: Object, operation: Object | None) -> bool:
    """Whether a Job of polyaxon.com owns a batch/v1 Job: the one at hand, if its UID is known."""
    uid = mapping((operation or {}).get("metadata")).get("uid")
    return any(
        str(owner.get("apiVersion")).startswith("polyaxon.com/") and (not uid or owner.get("uid") in (None, uid))
        for owner in _owners(batch)
    )


def _start(batch: Batch) -> tuple[bool, str]:
    """Batches in order; the one whose Job is still there is the last."""
    firsts = [batch.events[:1], *(pod.events[:1] for pod in batch.pods.values())]
    return batch.job is not None, min((event.time for first in firsts for event in first), default=timestamp(batch.job))
