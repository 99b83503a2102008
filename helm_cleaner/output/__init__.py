"""Findings and differences as text, and in the formats that other tools read."""

from __future__ import annotations

from collections.abc import Sequence

from helm_cleaner.diagnostics import Diagnostic

FORMATS = ("text", "json", "github", "sarif")


def formatted(diagnostics: Sequence[Diagnostic], form: str) -> str:
    """Diagnostics in one of FORMATS."""
    if form == "json":
        from helm_cleaner.output.json_report import as_json

        return as_json(diagnostics)
    if form == "github":
        from helm_cleaner.output.github import github

        return github(diagnostics)
    if form == "sarif":
        from helm_cleaner.output.sarif import sarif

        return sarif(diagnostics)
    from helm_cleaner.output.text import text

    return text(diagnostics)
