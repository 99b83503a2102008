"""The codes of --ignore, and of HELM_CLEANER_IGNORE for callers that can pass no arguments."""

from __future__ import annotations

import os

from helm_cleaner.cli.options import check_codes
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

VARIABLE = "HELM_CLEANER_IGNORE"


def ignored_codes(given: Sequence[str], prog: str) -> frozenset[str]:
    """The codes of findings to leave out. given: those of --ignore; prog: the command, for messages.

    UsageError for a code that cannot be ignored.
    """
    check_codes(given, prog)
    named = [code.strip() for code in os.environ.get(VARIABLE, "").split(",") if code.strip()]
    check_codes(named, f"{prog}: {VARIABLE}")
    return frozenset((*given, *named))
