"""Folders in which people write the section, each with the mistake that must be found in it, or none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support import cases
from tests.support.folders import report

CASES = [json.loads(line) for line in cases.lines("places.jsonl")]


@pytest.mark.parametrize("case", CASES, ids=[f"{number}-{case['place']}" for number, case in enumerate(CASES)])
def test_what_is_wrong_is_found_and_nothing_else(case: dict[str, Any]) -> None:
    found = report(case["files"])
    wrong = [(d.code, d.location.file, d.location.line) for d in found.findings if d.severity == "error"]
    assert not found.is_unusable
    if case["error"] is None:
        assert wrong == []
    else:
        assert tuple(case["error"].values()) in wrong
