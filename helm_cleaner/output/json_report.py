"""Findings as JSON, in the format that the command line documents."""

from __future__ import annotations

import json
from collections.abc import Iterable

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.text import escape_json
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def format_json(diagnostics: Iterable[Diagnostic]) -> str:
    """One array of `{"file","line","column","path","severity","code","message","hint"}`.

    line and column are 1-based, or null if unknown.
    """
    return dump([fields(d) for d in diagnostics])


def dump(data: Any) -> str:
    """Data as JSON in which escapes stand for all that is not safe to print."""
    return escape_json(json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "replace").decode()) + "\n"


def fields(d: Diagnostic) -> dict[str, Any]:
    """A diagnostic as a JSON object."""
    line, column = numbers(d.location)
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


def numbers(location: Location) -> tuple[int | None, int | None]:
    return location.line, location.column if location.line is not None else None
