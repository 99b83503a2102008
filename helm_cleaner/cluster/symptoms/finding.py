"""A finding about a deletion: what, where, in whose words, and when."""

from __future__ import annotations

from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from helm_cleaner.diagnostics import Severity


class Finding(NamedTuple):
    """A cause, or a consequence of one.

    object: as kubectl names it, or the log; evidence: its own words; time: as Kubernetes writes it, "" if unknown.
    subject: the name for the commands of the remedy: the job, a claim, …; job: the job that it is about, or "".
    """

    severity: Severity
    code: str
    object: str
    message: str
    evidence: str
    time: str = ""
    job: str = ""
    subject: str = ""
