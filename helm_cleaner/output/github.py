"""Findings as GitHub Actions workflow commands."""

from __future__ import annotations

from collections.abc import Iterable

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.output.json_report import line_and_column
from helm_cleaner.text import make_printable


def format_github(diagnostics: Iterable[Diagnostic]) -> str:
    """A workflow command per diagnostic, which GitHub Actions shows beside the line.

    Escaped like GitHub's toolkit (packages/core/src/command.ts).
    """
    return "".join(map(_annotation, diagnostics))


def _annotation(d: Diagnostic) -> str:
    line, column = line_and_column(d.location)
    properties = {"file": d.location.file.removeprefix("./"), "title": f"helm-cleaner {d.code}"}
    if line is not None:
        properties["line"] = str(line)
    if column is not None:
        properties |= {"col": str(column), "endColumn": str(column + d.location.length)}

    where = ",".join(f"{k}={_escape(v).replace(':', '%3A').replace(',', '%2C')}" for k, v in properties.items())
    lines = [f"{d.path}: {d.message}" if d.path else d.message, *([f"hint: {d.hint}"] if d.hint else [])]
    return f"::{d.severity} {where}::{'%0A'.join(map(_escape, lines))}\n"


def _escape(text: str) -> str:
    return make_printable(text).replace("%", "%25")
