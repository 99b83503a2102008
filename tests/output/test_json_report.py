"""Findings as JSON."""

from __future__ import annotations

import json

from helm_cleaner.output import format_findings
from tests.support.findings import ERROR, NO_LINE


def test_json() -> None:
    assert json.loads(format_findings([ERROR, NO_LINE], "json")) == [
        {
            "file": "v.yaml", "line": 2, "column": 4, "path": "cleaner.a", "severity": "error", "code": "type",
            "message": "is wrong", "hint": "do it right", "fix": None,
        },
        {
            "file": "cm", "line": None, "column": None, "path": "", "severity": "warning", "code": "type",
            "message": "is wrong", "hint": "", "fix": None,
        },
    ]  # fmt: skip


def test_half_a_surrogate_is_no_crash() -> None:
    assert json.loads(format_findings([ERROR._replace(message="\ud800")], "json"))[0]["message"] == "?"
