"""Findings in reviewdog's Diagnostic Format, which turns fixes into suggestions on a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.output.json_report import dump
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from helm_cleaner.fixes import FixEdits, TextEdit


def format_rdjson(diagnostics: Sequence[Diagnostic], edits: Mapping[Diagnostic, Sequence[FixEdits]]) -> str:
    """A DiagnosticResult (reviewdog's proto/rdf/reviewdog.proto). Columns are in bytes of UTF-8."""
    found = [_diagnostic(d, edits.get(d, ())) for d in diagnostics]
    return dump({"source": {"name": "helm-cleaner"}, "diagnostics": found})


def _diagnostic(d: Diagnostic, fixes: Sequence[FixEdits]) -> dict[str, Any]:
    message = (f"{d.path}: " if d.path else "") + d.message + (f"\nhint: {d.hint}" if d.hint else "")
    location: dict[str, Any] = {"path": d.location.file.replace("\\", "/").removeprefix("./")}
    if d.location.line is not None:
        location["range"] = _range(d.location)
    result: dict[str, Any] = {
        "message": message,
        "location": location,
        "severity": d.severity.upper(),
        "code": {"value": d.code},
    }
    if fixes:  # each suggestion is applied by itself, so that it must be a whole fix
        result["suggestions"] = [{"range": _edit_range(fix.as_one), "text": fix.as_one.text} for fix in fixes]
    return result


def _range(location: Location) -> dict[str, Any]:
    if location.column is None or location.source is None:
        return {"start": {"line": location.line}}
    start = len(location.source[: location.column - 1].encode()) + 1
    end = len(location.source[: location.column - 1 + location.length].encode()) + 1
    return {"start": {"line": location.line, "column": start}, "end": {"line": location.line, "column": end}}


def _edit_range(edit: TextEdit) -> dict[str, Any]:
    return {
        "start": {"line": edit.start_line, "column": edit.start_byte},
        "end": {"line": edit.end_line, "column": edit.end_byte},
    }
