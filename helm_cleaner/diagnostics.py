"""Diagnostics: where something is wrong, what is wrong, and how to fix it."""

from __future__ import annotations

from helm_cleaner.text import shorten
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Literal

    from helm_cleaner.fixes import Fix

    Severity = Literal["error", "warning"]


class Location(NamedTuple):
    """A place in the user's input.

    file: a path as the user gave it, ``--set …`` or, for a section that a chart rendered, its ConfigMap's name.
    line, column: 1-based, in characters; None if unknown.
    source: the line's text, without its line break, for the excerpt below the message.
    length: the number of characters that the caret marks, starting at the column.
    """

    file: str
    line: int | None = None
    column: int | None = None
    source: str | None = None
    length: int = 1


class Diagnostic(NamedTuple):
    """One finding.

    code: stable, lowercase, with hyphens (``pull-policy``).
    path: dotted, as in ``cleaner.tolerations[0].effect``; empty if it is not about a field.
    hint: how to fix it; may be empty. fix: the same as changes of the data, if the hint says what to write exactly.
    """

    severity: Severity
    code: str
    path: str
    message: str
    hint: str
    location: Location
    fix: Fix | None = None


class CleanerError(Exception):
    """The user's input is invalid. Carries every finding, including warnings.

    exit_code: the exit code of the command line.
    """

    exit_code = 2

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        super().__init__("; ".join(d.message for d in diagnostics if d.severity == "error"))
        self.diagnostics = diagnostics


class SectionError(CleanerError):
    """The section is invalid: Polyaxon could not load it, or Kubernetes would reject the Job."""

    exit_code = 1


class InputError(CleanerError):
    """The input cannot be used: no such file, a document that is not YAML, a shape that cannot be edited."""

    exit_code = 2

    @classmethod
    def of(cls, code: str, message: str, location: Location, hint: str = "", path: str = "") -> InputError:
        """The error for a single finding."""
        return cls([Diagnostic("error", code, path, shorten(message), shorten(hint), location)])


class BugError(CleanerError):
    """The result failed its own verification: a bug in helm-cleaner. Nothing may be written."""

    exit_code = 3
