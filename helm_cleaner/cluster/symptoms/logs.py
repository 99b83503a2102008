"""What the logs say: the agent's about batches that were lost, a job's about what it could not delete."""

from __future__ import annotations

import re

from helm_cleaner.cluster.symptoms import patterns
from helm_cleaner.cluster.symptoms.finding import Finding
from helm_cleaner.text import pluralize
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from helm_cleaner.cluster.symptoms.patterns import Pattern

AGENT_LOG, JOB_LOG = "the agent's log", "the job's log"
# What kubectl writes before each line: the pod with --prefix, the time with --timestamps.
_PREFIX = re.compile(r"(?:\[pod/\S+\] )?(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) )?")
_ORDINARY = "; ordinary runs leave the same line, so it may be about one of those"
_MESSAGES = {
    patterns.CONFLICT: "a job of the same name had not ended" + _ORDINARY,
    patterns.SUBMISSION: "the API server refused the job" + _ORDINARY,
    patterns.NOT_MADE: "Polyaxon could not create the job",
}


def diagnose_agent_log(text: str, job: str) -> list[Finding]:
    """Each kind of loss, with its count, and why the agent did not start. job: the one whose name is taken."""
    lines: dict[Pattern, list[tuple[str, str]]] = {}
    for time, line in _lines(text):
        for pattern in patterns.AGENT_LINES:
            if pattern.regex.search(line):
                lines.setdefault(pattern, []).append((time, line))
                break
    found = []
    for pattern, each in lines.items():
        time, last = each[-1]
        if pattern is patterns.NOT_STARTED:
            message = "the agent failed to start, so no batch is taken"
            reasons = [line for line in text.splitlines() if "validation error" in line or "Input should be" in line]
            evidence = " / ".join([last, *(line.strip() for line in reasons[:2])])
            found.append(Finding("error", pattern.code, AGENT_LOG, message, evidence, time))
        else:
            count = f"{len(each)} batch{'' if len(each) == 1 else 'es'}"
            message = f"{count} of deleted runs lost: {_MESSAGES[pattern]}"
            found.append(Finding("error", pattern.code, AGENT_LOG, message, last, time, job))
    return found


def is_quiet(text: str | None, level: str | None) -> bool:
    """Whether lost batches leave no trace in the agent's log: it is written at a level above INFO."""
    if text is not None and patterns.AT_INFO.search(text):
        return False
    return level is not None and level.upper() in ("WARN", "WARNING", "ERROR", "CRITICAL", "FATAL")


def diagnose_job_log(text: str, job: str) -> list[Finding]:
    """What could not be deleted, unless it was never there; and why the cleaner itself failed."""
    failures = []
    crashed = None
    pending: tuple[str, str] | None = None
    for time, line in _lines(text):
        if pending is not None and line.startswith("Error:"):
            if not patterns.ABSENT.search(line):
                failures.append((time, f"{pending[1]} / {line}"))
            pending = None
            continue
        if patterns.NOT_DELETED.regex.search(line):
            pending = (time, line)
        elif crashed is None and patterns.CRASHED.regex.search(line):
            crashed = (time, line)
    found = []
    if failures:
        count = pluralize(len(failures), "path")
        message = f"the cleaner ended as succeeded, and did not delete {count}"
        found.append(Finding("error", "not-deleted", JOB_LOG, message, failures[-1][1], failures[-1][0], job))
    if crashed is not None and not failures:
        message = "the cleaner's command failed"
        found.append(Finding("error", "failed-twice", JOB_LOG, message, crashed[1], crashed[0], job))
    return found


def is_clean(text: str) -> bool:
    """Whether a job's log says that paths were deleted, and of none that it was not."""
    return "subpath was cleaned" in text and not patterns.NOT_DELETED.regex.search(text)


def _lines(text: str) -> Iterable[tuple[str, str]]:
    """The lines of a log with their times, "" without --timestamps."""
    for line in text.splitlines():
        match = _PREFIX.match(line)
        if match is not None and match.end():
            yield match[1] or "", line[match.end() :]
        else:
            yield "", line
