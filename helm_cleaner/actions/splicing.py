"""What all that rewrites the section in a file has in common. It is on Helm's way: it imports little."""

from __future__ import annotations

import json

from helm_cleaner import yamltext
from helm_cleaner.diagnostics import BugError, Diagnostic, Location
from helm_cleaner.names import SECTION
from helm_cleaner.values import Value, plain
from helm_cleaner.yamltext import Splice


def spliced(text: str, splices: list[Splice]) -> str:
    """The text with splices done; a last line without a line break stays one, even if it was moved or taken out."""
    new = yamltext.splice(text, splices)
    if new.endswith("\n") and not text.endswith("\n"):
        return new.removesuffix("\n").removesuffix("\r")
    return new


def as_json(value: Value) -> str:
    """The same text for values that are the same: in JSON, other than in Python, 1 and true are not equal."""
    return json.dumps(plain(value), sort_keys=True)


def bug(location: Location, problem: str = "the rewritten file differs from the intended one") -> BugError:
    """The error about a file that would not become what is meant. location: the first place that was rewritten."""
    hint = "this is a bug in helm-cleaner: please report it with the file"
    return BugError([Diagnostic("error", "internal", SECTION, f"{problem}; nothing was written", hint, location)])
