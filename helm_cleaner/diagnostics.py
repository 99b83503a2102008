"""Diagnostics of bad data: where, what, and how to fix it."""

from __future__ import annotations

from helm_cleaner.text import shortened
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Literal

    Severity = Literal["error", "warning"]


class Location(NamedTuple):
    """A place in something that a user wrote.

    file: a path as the user gave it, ``--set …`` or, for a section that a chart rendered, its ConfigMap's name.
    line, column: 1-based, in characters; None where the place has none.
    source: the line's text, without its line break, for the excerpt under the message.
    length: how many characters the caret marks, from the column on.
    """

    file: str
    line: int | None = None
    column: int | None = None
    source: str | None = None
    length: int = 1


class Diagnostic(NamedTuple):
    """One finding.

    code: stable, lowercase, with dashes (``pull-policy``).
    path: dotted, as in ``cleaner.tolerations[0].effect``; empty where no field is meant.
    hint: what to type; may be empty.
    """

    severity: Severity
    code: str
    path: str
    message: str
    hint: str
    location: Location


class CleanerError(Exception):
    """Something is wrong with what a user gave; carries every finding, warnings included.

    exit_code: as in the command line's contract.
    """

    exit_code = 2

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        super().__init__("; ".join(d.message for d in diagnostics if d.severity == "error"))
        self.diagnostics = diagnostics


class SectionError(CleanerError):
    """The section is invalid: Polyaxon could not load it, or Kubernetes would refuse what it means."""

    exit_code = 1


class InputError(CleanerError):
    """The input cannot be used: no such file, a document that is not YAML, a shape that cannot be edited."""

    exit_code = 2

    @classmethod
    def of(cls, code: str, message: str, location: Location, hint: str = "", path: str = "") -> InputError:
        """The error for a single finding."""
        return cls([Diagnostic("error", code, path, shortened(message), shortened(hint), location)])


class BugError(CleanerError):
    """The result failed its own verification: a bug in helm-cleaner. Nothing may be written."""

    exit_code = 3
