"""What is known of a code."""

from __future__ import annotations

from helm_cleaner.typed import NamedTuple


class Code(NamedTuple):
    """A code. severity: error or warning; source: where the rule comes from; bad and good: sections, in YAML."""

    code: str
    severity: str
    reason: str
    source: str
    bad: str
    good: str


class OtherCode(NamedTuple):
    """A code that is not about a value in the section. fix: what to do; bad, good: a file, a command line, or empty."""

    code: str
    severity: str
    reason: str
    fix: str
    bad: str = ""
    good: str = ""


class ClusterCode(NamedTuple):
    """A code of explain and preflight: the section does not fit the release or the cluster.

    severity: error or warning; source: where the rule comes from; fix: what to do.
    """

    code: str
    severity: str
    reason: str
    source: str
    fix: str


AnyCode = Code | ClusterCode | OtherCode
