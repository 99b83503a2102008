"""The codes of --ignore, and of HELM_CLEANER_IGNORE for callers that can pass no arguments."""

from __future__ import annotations

import os

from helm_cleaner.cli.errors import UsageError, did_you_mean
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

VARIABLE = "HELM_CLEANER_IGNORE"


def ignored_codes(given: Sequence[str], prog: str) -> frozenset[str]:
    """The codes of findings to leave out. given: those of --ignore; prog: the command, for messages.

    UsageError for a code that cannot be ignored.
    """
    more = os.environ.get(VARIABLE, "")
    if not given and not more:  # the usual case, without the import of the codes
        return frozenset()
    check_codes(given, prog)
    named = [code.strip() for code in more.split(",") if code.strip()]
    check_codes(named, f"{prog}: {VARIABLE}")
    return frozenset((*given, *named))


def check_codes(codes: Sequence[str], what: str) -> None:
    """UsageError for a code of no finding about a section, or the rest of the agent's configuration.

    what: the command, for messages.
    """
    from helm_cleaner.codes import AGENT_CODES, BY_NAME, CODES, PLACE_CODES

    known = [code.code for code in (*CODES, *AGENT_CODES, *PLACE_CODES)]
    for code in codes:
        if code not in known:
            problem = (
                f"{code} cannot be ignored: it is not about a section" if code in BY_NAME else f"unknown code {code!r}"
            )
            hint = did_you_mean(code, () if code in BY_NAME else known, "helm-cleaner rule lists the codes")
            raise UsageError(f"{what}: error: {problem}\n    hint: {hint}")
