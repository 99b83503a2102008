"""How sure it is that the agent does not start: an error, or a warning where the SDK is not one that we know."""

from __future__ import annotations

from helm_cleaner.polyaxon.agent_config import CODE, facts
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from helm_cleaner.diagnostics import Diagnostic, Severity

FATAL = "; the agent does not start"
_OLDEST = (2,)  # SDKs before it accept, and refuse, other things


class Judge(NamedTuple):
    """sdk: the version whose fields are known. doubt, of_unknown: why a finding, or one about an unknown field or kind,
    is a warning; "" if it is an error.
    """

    sdk: tuple[int, ...]
    doubt: str = ""
    of_unknown: str = ""

    def severity(self, *, is_unknown: bool = False) -> tuple[Severity, str]:
        """The severity of a finding, and what its message ends with."""
        doubt = self.doubt or (self.of_unknown if is_unknown else "")
        return ("warning", f"; {doubt}") if doubt else ("error", FATAL)


def judge_of(version: str | None, *, is_rendered: bool) -> Judge:
    """The judge for a chart's version. is_rendered: whether a ConfigMap without a version is at hand, not values."""
    newest, known = facts.find_newest_sdk(), parse_version(version)
    if known is None:
        return Judge(newest, "the chart's version is unknown" if is_rendered else "")
    if known < _OLDEST:
        return Judge(newest, "Polyaxon 2 does not start with it")
    if known > newest:
        text = ".".join(map(str, newest))
        return Judge(newest, of_unknown=f"the chart is newer than Polyaxon {text}, which does not know it")
    return Judge(known)


def parse_version(version: str | None) -> tuple[int, ...] | None:
    """A version's numbers; None if it has none, as a range such as 2.x."""
    parts = (version or "").removeprefix("v").partition("-")[0].partition("+")[0].split(".")
    is_exact = len(parts) > 1 and all(part.isascii() and part.isdecimal() for part in parts)
    return tuple(map(int, parts)) if is_exact else None


def doubt(d: Diagnostic, reason: str) -> Diagnostic:
    """An error as a warning, with the reason."""
    if d.severity != "error" or d.code != CODE:
        return d
    return d._replace(severity="warning", message=f"{d.message.removesuffix(FATAL)}; {reason}")
