"""Findings and differences as text, and in the formats that other tools read."""

from __future__ import annotations

from collections.abc import Sequence

from helm_cleaner.diagnostics import Diagnostic

FORMATS = ("text", "json", "github", "sarif")


def format_findings(diagnostics: Sequence[Diagnostic], form: str) -> str:
    """Diagnostics in one of FORMATS."""
    if form == "json":
        from helm_cleaner.output.json_report import format_json

        return format_json(diagnostics)
    if form == "github":
        from helm_cleaner.output.github import format_github

        return format_github(diagnostics)
    if form == "sarif":
        from helm_cleaner.output.sarif import format_sarif

        return format_sarif(diagnostics)
    from helm_cleaner.output.text import format_text

    return format_text(diagnostics)
