"""Why nothing was cleaned: what is left of the cleaner's jobs in a namespace, put together for each release."""

from __future__ import annotations

from helm_cleaner import polyaxon
from helm_cleaner.cluster import queries
from helm_cleaner.cluster.kinds import find_kind
from helm_cleaner.cluster.symptoms import logs
from helm_cleaner.cluster.symptoms.finding import Finding
from helm_cleaner.cluster.symptoms.history import CleanerJob, History, timestamp
from helm_cleaner.cluster.symptoms.jobs import BATCH, OPERATION, diagnose_job, has_ended_well
from helm_cleaner.cluster.symptoms.release import (
    diagnose_deployments,
    find_agent_config,
    has_restarted_since,
    is_of,
    log_level,
    pod_spec,
    release_names,
)
from helm_cleaner.polyaxon import agent_config
from helm_cleaner.polyaxon.stale_section import differences
from helm_cleaner.text import quote
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

# From the root down: what is further up is the reason for what is further down.
ORDER = (
    "agent-down", "agent-failed", "operator-down", "foreign-job", "finalizer", "stale-section", "quota", "limit-range",
    "pod-security", "missing-account", "refused", "missing-claim", "no-node", "image-pull", "missing-secret", "no-bash",
    "failed-twice", "deadline", "lost-batch", "not-deleted", "unfinished-job", "quiet-log", "unproven",
)  # fmt: skip
# What keeps a job, and so its name, from ending.
_BLOCKING = frozenset((
    "operator-down", "foreign-job", "finalizer", "stale-section", "quota", "limit-range", "pod-security",
    "missing-account", "refused", "missing-claim", "no-node", "image-pull", "missing-secret", "no-bash",
))  # fmt: skip
WHY = {
    "jobs.polyaxon.com": "whether a job waits for the operator, or cannot be deleted",
    "jobs": "whether the cluster made a Job of it, and how that ended",
    "pods": "what a pod of the cleaner waits for",
    "events": "why a job or a pod failed; Kubernetes keeps events for an hour",
    "configmaps": "the log level, and whether the jobs are what the section says",
    "deployments": "whether the agent and the operator run",
}

_WATCH = (
    "kubectl get pods -n {n} -l app.kubernetes.io/component=polyaxon-cleaners --watch-only -o name | "
    "while read -r pod; do kubectl logs -n {n} -f $pod; done"
)


class NotRead(NamedTuple):
    """Something that is not in the input. why: what cannot be told without it; command: the one that prints it."""

    what: str
    why: str
    command: str


class Logs(NamedTuple):
    """The logs, each None if it was not given."""

    agent: str | None = None
    job: str | None = None


class Diagnosis(NamedTuple):
    """The diagnosis of a release. release: "" if none is known.

    follows: for the index of a finding that is the consequence of another, that one's code.
    unread: how many of the kinds that matter are not in the input.
    """

    namespace: str
    release: str
    now: str
    findings: list[Finding]
    follows: dict[int, str]
    not_checked: list[NotRead]
    unread: int

    @property
    def errors(self) -> list[Finding]:
        return [each for each in self.findings if each.severity == "error"]

    @property
    def exit_code(self) -> int:
        """1 if something was not cleaned."""
        return 1 if self.errors else 0


def diagnose(
    history: History, releases: Sequence[str], logged: Mapping[str, Logs], read: Iterable[str] = ()
) -> list[Diagnosis]:
    """The diagnosis of each release. releases: "" alone if none is known; logged: the logs of each.

    read: kinds that were read, although the input has no object of them.
    """
    known = release_names(history)
    seen = history.kinds | set(read)
    result = []
    for name in releases:
        given = logged.get(name, Logs())
        findings = _findings(history, given, name, known)
        findings.sort(key=lambda each: ORDER.index(each.code))
        missing = _not_read(history, given, name, seen)
        unread = len(set(WHY) - seen)
        result.append(Diagnosis(history.namespace, name, history.now, findings, _follows(findings), missing, unread))
    return result


def _findings(history: History, given: Logs, release: str, known: list[str]) -> list[Finding]:
    jobs = [job for job in history.jobs if is_of(job, release, known)]
    found = diagnose_deployments(history, release)
    for job in jobs:
        found += diagnose_job(job, history.now)
        found += _diagnose_section(job, history, release)
    codes = [each.code for each in found]
    found = [each for n, each in enumerate(found) if each.code != "operator-down" or codes.index(each.code) == n]
    blocked = next((each.job for each in found if each.code in _BLOCKING), "")
    if given.agent is not None:
        found += logs.diagnose_agent_log(given.agent, blocked)
    if given.job is not None:
        of_log = logs.diagnose_job_log(given.job, jobs[0].name if jobs else "")
        found += [each for each in of_log if each.code != "failed-twice" or each.code not in codes]
    level = log_level(history, release)
    if logs.is_quiet(given.agent, level):
        message = f"the log level is {level}, at which a lost batch leaves no trace in the agent's log"
        evidence = f"POLYAXON_LOG_LEVEL: {level}"
        found.append(Finding("warning", "quiet-log", f"configmap/{release}-polyaxon-config", message, evidence))
    refused = _refused_entry(find_agent_config(history, release))
    found = [_because(each, refused) if each.code in ("agent-down", "agent-failed") else each for each in found]
    return found + _unproven(jobs, given, found)


def _refused_entry(configmap: dict[str, Any] | None) -> str:
    """The first entry of an agent's ConfigMap with which the agent does not load; "" without one."""
    for agent in polyaxon.find_agents(configmap):
        for each in agent_config.check(agent):
            if each.severity == "error":
                return f"{each.path}: {each.message}"
    return ""


def _because(finding: Finding, refused: str) -> Finding:
    """The finding that the agent does not run, with the entry of its configuration that it refuses, if there is one."""
    if not refused:
        return finding
    return finding._replace(
        message=f"{finding.message}: it does not load its configuration", evidence=f"{finding.evidence}; {refused}"
    )


def _unproven(jobs: list[CleanerJob], given: Logs, found: list[Finding]) -> list[Finding]:
    """The warning about the newest job that ended well, unless a log tells what it deleted."""
    ended = [(batch.last("Completed"), job) for job in jobs for batch in job.batches if has_ended_well(batch)]
    if not ended or any(each.code == "not-deleted" for each in found) or (given.job and logs.is_clean(given.job)):
        return []
    event, job = max(ended, key=lambda each: each[0].time if each[0] else "")
    message = "the job ended well, but only the store knows what it deleted"
    evidence = f"{event.reason}: {event.message}" if event else f"{job.name}: Complete"
    return [
        Finding("warning", "unproven", f"{BATCH}/{job.name}", message, evidence, event.time if event else "", job.name)
    ]


def _diagnose_section(job: CleanerJob, history: History, release: str) -> list[Finding]:
    """Whether the job is what the section says, unless the API was restarted since it was made."""
    configmap, pod = find_agent_config(history, release), pod_spec(job)
    if configmap is None or not pod or (created := timestamp(job.operation)) == "":
        return []
    different = differences(configmap, pod)
    if not different or has_restarted_since(history, release, created):
        return []
    shown = "; ".join(f"{each.field} {quote(each.job)}, not {quote(each.section)}" for each in different)
    message = (
        f"the job is not what the ConfigMap {release}-polyaxon-agent-config says: "
        f"{', '.join(each.field for each in different)}"
    )
    return [Finding("error", "stale-section", f"{OPERATION}/{job.name}", message, shown, created, job.name)]


def _follows(findings: list[Finding]) -> dict[int, str]:
    """Of which finding another is the consequence: what lost its name to a job that cannot end, or cannot start."""
    result = {}
    roots = [each for each in findings if each.severity == "error"]
    for n, each in enumerate(findings):
        reasons = [root for root in roots if root.code in _BLOCKING and root.job and root.job == each.job]
        if each.code == "lost-batch":
            reasons = [root for root in roots if root.code in _BLOCKING]
        elif each.code not in ("failed-twice", "deadline"):
            reasons = []
        if reasons and reasons[0] is not each:
            result[n] = reasons[0].code
    return result


def _not_read(history: History, given: Logs, release: str, seen: frozenset[str]) -> list[NotRead]:
    """What is not in the input, with the commands that print it."""
    namespace = history.namespace
    found = [
        NotRead(query.kind, WHY[kind.name], queries.shown(queries.arguments(query, namespace)))
        for query in queries.queries_of(queries.DOCTOR)
        if (kind := find_kind(query.kind)) and kind.name not in seen
    ]
    if given.agent is None:
        words = queries.log_arguments(f"deployment/{release or 'RELEASE'}-polyaxon-agent", namespace)
        found.append(NotRead("the agent's log", "how many batches were lost, and why", queries.shown(words)))
    if not (given.job or "").strip():  # that of a pod that has not started is empty
        running = running_job(history)
        why, command = "what the cleaner could not delete", _WATCH.format(n=namespace)
        if running:
            command = queries.shown(queries.log_arguments(f"job/{running}", namespace))
        else:
            why += "; it is gone a second after the job ends, so start this, delete a run, and wait two minutes"
        found.append(NotRead("the job's log", why, command))
    return found


def running_job(history: History) -> str:
    """A job of the cleaner that has a pod, and so a log; "" without one."""
    batches = ((job.name, batch) for job in history.jobs for batch in job.batches)
    return next((name for name, batch in batches if any(pod for pod, _ in batch.pods.values())), "")
