"""Findings and differences as text, and in the formats that other tools read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_cleaner.fixes import FixEdits

    Edits = Mapping[Diagnostic, Sequence[FixEdits]]

FORMATS = ("text", "json", "github", "sarif", "gitlab", "rdjson")
WITH_EDITS = ("json", "sarif", "rdjson")  # those that print what fixes do to the text


def format_findings(diagnostics: Sequence[Diagnostic], form: str, edits: Edits = {}) -> str:  # noqa: B006 - not changed
    """Diagnostics in one of FORMATS. edits: what the fixes and other suggestions do to the text, for WITH_EDITS."""
    if form == "json":
        from helm_cleaner.output.json_report import format_json

        return format_json(diagnostics, edits)
    if form == "github":
        from helm_cleaner.output.github import format_github

        return format_github(diagnostics)
    if form == "sarif":
        from helm_cleaner.output.sarif import format_sarif

        return format_sarif(diagnostics, edits)
    if form == "gitlab":
        from helm_cleaner.output.gitlab import format_gitlab

        return format_gitlab(diagnostics)
    if form == "rdjson":
        from helm_cleaner.output.rdjson import format_rdjson

        return format_rdjson(diagnostics, edits)
    from helm_cleaner.output.text import format_text

    return format_text(diagnostics)
