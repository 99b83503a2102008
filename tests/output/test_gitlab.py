"""Findings as GitLab's Code Quality report."""

from __future__ import annotations

import json

from helm_cleaner.diagnostics import Location
from helm_cleaner.output import format_findings
from tests.support.findings import ERROR, NO_LINE


def test_gitlab() -> None:
    found = json.loads(format_findings([ERROR, NO_LINE], "gitlab"))
    for each in found:
        assert len(each.pop("fingerprint")) == 64
    assert found == [
        {
            "description": "cleaner.a: is wrong (hint: do it right)",
            "check_name": "type",
            "severity": "major",
            "location": {"path": "v.yaml", "lines": {"begin": 2}},
        },
        {
            "description": "is wrong",
            "check_name": "type",
            "severity": "minor",
            "location": {"path": "cm", "lines": {"begin": 1}},
        },
    ]


def test_a_finding_that_moves_keeps_its_fingerprint() -> None:
    moved = ERROR._replace(location=ERROR.location._replace(line=9))
    other = ERROR._replace(location=Location("./other.yaml", 2))
    prints = [each["fingerprint"] for each in json.loads(format_findings([ERROR, ERROR, other], "gitlab"))]
    assert len(set(prints)) == 3
    assert json.loads(format_findings([moved], "gitlab"))[0]["fingerprint"] == prints[0]
