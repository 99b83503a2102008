"""The edits of findings' fixes, in the units of each format: applied, they give the same text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from helm_cleaner.actions.validate import ValidationReport, validate
from helm_cleaner.fixing.fix import Setting, find_edits
from helm_cleaner.output import format_findings
from helm_cleaner.section import defaults_to_check_against
from helm_cleaner.sources import File

TEXTS = {
    "wide characters before it": "cleaner: {nodeSelector: {a: \"é🚀\"}, imagePullPolicy: always} # é\n",
    "two edits": "# é\ncleaner:\n  image: a/polyaxon-init:1.0 # é🚀\n  nodeSelector: {}\n",
    "lines that move": "cleaner:\n  resources:\n    memory: 3 # é\n    limits: {}\n    cpu: 1\n",
    "an embedded text": (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    chart: polyaxon\n    helm:\n"
        "      values: |\n        # é\n        cleaner:\n          resources: {cpu: 1} # é\n"
    ),
    "no line break at the end": "cleaner:\n  imageTag: 2.10",
    "CRLF": "cleaner:\r\n  image: polyaxon-init:1\r\n  imageTagg: 5\r\n",
}  # fmt: skip


def report_of(text: str) -> tuple[list[File], Setting, ValidationReport]:
    files = [File("v.yaml", text.encode())]
    return files, Setting(), validate(files, [], defaults_to_check_against)


def replaced(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def starts(text: str | bytes) -> list[int]:
    brk = "\n" if isinstance(text, str) else b"\n"
    return [0, *(found.end() for found in re.finditer(brk, text))]  # type: ignore[arg-type]  # of the same kind


def as_json(text: str, fix: Any) -> str:
    lines = starts(text)

    def at(place: dict[str, int]) -> int:
        return lines[place["line"] - 1] + place["column"] - 1

    return replaced(text, [(at(e["start"]), at(e["end"]), e["text"]) for e in fix["edits"]])


def as_sarif(text: str, fix: Any) -> str:
    lines = starts(text)
    [change] = fix["artifactChanges"]
    edits = []
    for each in change["replacements"]:
        region = each["deletedRegion"]
        start = lines[region["startLine"] - 1] + region["startColumn"] - 1
        end = lines[region["endLine"] - 1] + region["endColumn"] - 1
        edits.append((start, end, each["insertedContent"]["text"]))
    return replaced(text, edits)


def as_rdjson(text: str, suggestion: Any) -> str:
    data = text.encode()
    lines = starts(data)
    start, end = (
        lines[p["line"] - 1] + p["column"] - 1 for p in (suggestion["range"]["start"], suggestion["range"]["end"])
    )
    new: bytes = data[:start] + suggestion["text"].encode() + data[end:]
    return new.decode()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_format_has_the_same_edits(text: str) -> None:
    files, setting, report = report_of(text)
    edits = find_edits(files, setting, report)
    assert edits

    def each(form: str) -> Iterator[Any]:
        log = json.loads(format_findings(report.findings, form, edits))
        if form == "json":
            return (d["fix"] for d in log)
        if form == "sarif":
            return (next(iter(r.get("fixes", ())), None) for r in log["runs"][0]["results"])
        return (next(iter(d.get("suggestions", ())), None) for d in log["diagnostics"])

    for one, other, third in zip(each("json"), each("sarif"), each("rdjson"), strict=True):
        assert (one is None) == (other is None) == (third is None)
        if one is not None:
            new = as_json(text, one)
            assert new == as_sarif(text, other) == as_rdjson(text, third) != text
            assert one["message"] == other["description"]["text"]


def test_a_fix_in_json() -> None:
    files, setting, report = report_of("cleaner: {imagePullPolicy: always}\n")
    [found] = json.loads(format_findings(report.findings, "json", find_edits(files, setting, report)))
    assert found["fix"] == {
        "applicability": "safe",
        "message": "write imagePullPolicy: Always",
        "edits": [
            {"file": "v.yaml", "start": {"line": 1, "column": 28}, "end": {"line": 1, "column": 34}, "text": "Always"}
        ],
    }


def test_both_suggestions() -> None:
    files, setting, report = report_of("cleaner:\n  resources:\n    limits:\n    cpu: 1\n")
    edits = find_edits(files, setting, report)
    [found] = json.loads(format_findings(report.findings, "sarif", edits))["runs"][0]["results"]
    assert [fix["description"]["text"] for fix in found["fixes"]] == [
        "move it under limits, or under requests",
        "moved under requests: cpu",
    ]
    [found] = json.loads(format_findings(report.findings, "rdjson", edits))["diagnostics"]
    assert [suggestion["text"] for suggestion in found["suggestions"]] == [
        "\n      cpu: 1\n",
        "    requests:\n      cpu: 1\n",
    ]


def test_what_the_text_does_not_allow_has_no_edits() -> None:
    files, setting, report = report_of("t: &t {imagePullPolicy: always}\ncleaner: *t\n")
    assert [d.fix is None for d in report.findings] == [False]
    assert find_edits(files, setting, report) == {}


def test_many_fixes_that_cannot_be_made_are_found_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them starts an error: the API server refuses an operator Exists with a value."""
    lines = "".join(f"  - {{key: k{n}, operator: Exist,\n     value: v}}\n" for n in range(100))
    files, setting, report = report_of(f"cleaner:\n  imagePullPolicy: always\n  tolerations:\n{lines}")
    checks = 0

    def check(self: Setting, files: list[File]) -> ValidationReport:
        nonlocal checks
        checks += 1
        return CHECK(self, files)

    monkeypatch.setattr(Setting, "check", check)
    edits = find_edits(files, setting, report)
    assert [d.code for d in edits] == ["pull-policy"]
    assert checks < 5


CHECK = Setting.check
