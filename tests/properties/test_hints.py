"""A hint is true: what it says to write ends the finding, and a hint that is only an example says so."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, settings

from helm_cleaner import section
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.fixes import Fix
from helm_cleaner.fixing.expected import apply_changes
from helm_cleaner.values import ParsedValues, read
from helm_cleaner.yamltext.scalars import to_json
from tests.properties.test_fix import SECTIONS
from tests.support.strategies import broken_sections
from tools import ROOT

# A hint that says exactly what to write.
EXACT = re.compile(r"did you mean|^write (?!how|a |one |--set)")
# Errors about two values, of which the other one may be wrong too.
COMPARED = ("request-over-limit", "extended-resource", "hugepages")
CASES = ROOT / "tests" / "cases" / "sections.jsonl"


def parse(data: Any) -> ParsedValues:
    """A section as a values file in JSON, so that each value knows where it is."""
    return read(to_json({"cleaner": data}).encode(), "v.yaml")


def findings(values: ParsedValues) -> list[Diagnostic]:
    return section.resolve(None, None, values, advice=False).findings


def check_hints(data: Any) -> None:
    values = parse(data)
    before = findings(values)
    for found in before:
        fixes = [found.fix, found.fix.other] if found.fix else []
        for fix in filter(None, fixes):
            check_fix(values, found, fix)
        if found.severity == "error" and EXACT.search(found.hint) and "for example" not in found.hint:
            assert found.fix, found.hint


def check_fix(values: ParsedValues, found: Diagnostic, fix: Fix) -> None:
    """What the fix makes of the section has not the finding, nor another error at its place that was not there."""

    def find_there(section_findings: list[Diagnostic]) -> list[str]:
        return [
            d.message
            for d in section_findings
            if d.path == found.path and (d.code == found.code or (d.severity == "error" and d.code not in COMPARED))
        ]

    before = find_there(findings(values))
    after = find_there(findings(parse(apply_changes(values.values, fix.changes)["cleaner"])))
    assert len(after) < len(before), (found.hint, after)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(SECTIONS)
def test_hints_are_true(data: Any) -> None:
    check_hints(data)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(broken_sections)
def test_hints_for_whatever_is_in_a_section_are_true(data: Any) -> None:
    check_hints(data)


def test_hints_for_the_cases_are_true() -> None:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        check_hints(json.loads(line)["section"])
