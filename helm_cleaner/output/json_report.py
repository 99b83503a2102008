"""Findings as JSON, in the format that the command line documents."""

from __future__ import annotations

import json
from collections.abc import Iterable

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.text import escape_json
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from helm_cleaner.fixes import FixEdits


def format_json(diagnostics: Iterable[Diagnostic], edits: Mapping[Diagnostic, Sequence[FixEdits]]) -> str:
    """One array of `{"file","line","column","path","severity","code","message","hint","fix"}`.

    line and column are 1-based, or null if unknown. fix is null or `{"applicability","message","edits"}`.
    """
    return dump([to_fields(d) | {"fix": _fix(edits.get(d, ()))} for d in diagnostics])


def _fix(found: Sequence[FixEdits]) -> dict[str, Any] | None:
    """The first one; columns are in characters, and the end is exclusive."""
    for fix in found:
        edits = [
            {
                "file": edit.file,
                "start": {"line": edit.start_line, "column": edit.start_column},
                "end": {"line": edit.end_line, "column": edit.end_column},
                "text": edit.text,
            }
            for edit in fix.edits
        ]
        return {"applicability": fix.applicability, "message": fix.message, "edits": edits}
    return None


def dump(data: Any) -> str:
    """Data as JSON in which escapes stand for all that is not safe to print."""
    return escape_json(json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "replace").decode()) + "\n"


def to_fields(d: Diagnostic) -> dict[str, Any]:
    """A diagnostic as a JSON object."""
    line, column = line_and_column(d.location)
    return {
        "file": d.location.file,
        "line": line,
        "column": column,
        "path": d.path,
        "severity": d.severity,
        "code": d.code,
        "message": d.message,
        "hint": d.hint,
    }


def line_and_column(location: Location) -> tuple[int | None, int | None]:
    return location.line, location.column if location.line is not None else None
