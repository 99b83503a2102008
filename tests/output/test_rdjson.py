"""Findings in reviewdog's Diagnostic Format. Its suggestions: tests/fixing/test_edits.py."""

from __future__ import annotations

import json

from helm_cleaner.diagnostics import Location
from helm_cleaner.output import format_findings
from tests.support.findings import ERROR, NO_LINE


def test_rdjson() -> None:
    found = json.loads(format_findings([ERROR, NO_LINE], "rdjson"))
    assert found == {
        "source": {"name": "helm-cleaner"},
        "diagnostics": [
            {
                "message": "cleaner.a: is wrong\nhint: do it right",
                "location": {
                    "path": "v.yaml",
                    "range": {"start": {"line": 2, "column": 4}, "end": {"line": 2, "column": 7}},
                },
                "severity": "ERROR",
                "code": {"value": "type"},
            },
            {
                "message": "is wrong",
                "location": {"path": "cm"},
                "severity": "WARNING",
                "code": {"value": "type"},
            },
        ],
    }


def test_columns_are_in_bytes() -> None:
    place = Location("./v.yaml", 3, 3, "é🚀é: x", 2)
    [found] = json.loads(format_findings([ERROR._replace(location=place)], "rdjson"))["diagnostics"]
    assert found["location"] == {
        "path": "v.yaml",
        "range": {"start": {"line": 3, "column": 7}, "end": {"line": 3, "column": 10}},
    }
