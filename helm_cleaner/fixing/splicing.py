"""Shared by everything that rewrites a section in a file. Imported while Helm waits, so it imports little."""

from __future__ import annotations

import json

from helm_cleaner import yamltext
from helm_cleaner.diagnostics import BugError, Diagnostic, Location
from helm_cleaner.names import SECTION
from helm_cleaner.values import Value, to_data
from helm_cleaner.yamltext import Splice


def spliced(text: str, splices: list[Splice]) -> str:
    """The text with splices applied; a last line without a line break stays so, even if it was moved or removed."""
    new = yamltext.splice(text, splices)
    if new.endswith("\n") and not text.endswith("\n"):
        return new.removesuffix("\n").removesuffix("\r")
    return new


def as_json(value: Value) -> str:
    """The same text for equal values: unlike in Python, 1 and true are different."""
    return json.dumps(to_data(value), sort_keys=True)


def bug(location: Location, problem: str = "the rewritten file differs from the intended one") -> BugError:
    """The error about a file that failed the verification. location: the first place that was rewritten."""
    hint = "this is a bug in helm-cleaner: please report it with the file"
    return BugError([Diagnostic("error", "internal", SECTION, f"{problem}; nothing was written", hint, location)])
