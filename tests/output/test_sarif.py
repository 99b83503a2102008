"""Findings as SARIF."""

from __future__ import annotations

import json

import jsonschema
import pytest

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.output import formatted
from tests.support import sarif
from tests.support.findings import ERROR, NO_LINE


def test_sarif() -> None:
    log = json.loads(formatted([ERROR, NO_LINE], "sarif"))
    [run] = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["type"]
    assert [(r["ruleId"], r["level"], r["message"]["text"]) for r in run["results"]] == [
        ("type", "error", "cleaner.a: is wrong (do it right)"),
        ("type", "warning", "is wrong"),
    ]
    assert run["results"][0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "v.yaml"},
                "region": {"startLine": 2, "startColumn": 4, "endColumn": 7},
            },
            "logicalLocations": [{"fullyQualifiedName": "cleaner.a"}],
        }
    ]
    assert run["results"][1]["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "cm/"}]}]


def test_sarif_escapes_paths() -> None:
    log = json.loads(formatted([ERROR._replace(location=Location("my dir/é#.yaml", 1))], "sarif"))
    [place] = log["runs"][0]["results"][0]["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "my%20dir/%C3%A9%23.yaml"},
        "region": {"startLine": 1},
    }


@pytest.mark.slow
def test_sarif_keeps_its_schema() -> None:
    schema = sarif.schema()
    if schema is None:
        pytest.skip("SARIF's schema comes with npm, which is not here")
    for diagnostics in ([], [ERROR, NO_LINE]):
        jsonschema.validate(json.loads(formatted(diagnostics, "sarif")), schema)


def test_sarif_of_a_finding_about_a_whole_file() -> None:
    d = Diagnostic("error", "yaml", "", "not YAML", "", Location("v.yaml", 3))
    (result,) = json.loads(formatted([d], "sarif"))["runs"][0]["results"]
    assert result["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "v.yaml"}, "region": {"startLine": 3}}}
    ]
