"""Findings as SARIF."""

from __future__ import annotations

import json
from email.message import Message
from importlib.metadata import PackageNotFoundError
from typing import Any, NoReturn

import jsonschema
import pytest

from helm_cleaner.codes import BY_NAME, OtherCode
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.output import format_findings
from helm_cleaner.output.rule_page import rule_page
from helm_cleaner.version import __version__
from tests.support import sarif
from tests.support.findings import ERROR, NO_LINE
from tools import ROOT


def test_sarif() -> None:
    log = json.loads(format_findings([ERROR, NO_LINE], "sarif"))
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
    log = json.loads(format_findings([ERROR._replace(location=Location("./my dir/é#.yaml", 1))], "sarif"))
    [place] = log["runs"][0]["results"][0]["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "my%20dir/%C3%A9%23.yaml"},
        "region": {"startLine": 1},
    }


def rules() -> dict[str, dict[str, Any]]:
    log = json.loads(format_findings([ERROR._replace(code=code) for code in BY_NAME], "sarif"))
    return {rule["id"]: rule for rule in log["runs"][0]["tool"]["driver"]["rules"]}


def test_sarif_explains_each_code() -> None:
    assert set(rules()) == set(BY_NAME)
    for code, rule in rules().items():
        assert rule["shortDescription"]["text"] == BY_NAME[code].reason
        assert rule["help"]["text"] == rule_page(BY_NAME[code])


def test_sarif_links_to_the_source_of_a_rule_as_long_as_the_project_has_no_address() -> None:
    assert rules()["quantity"]["helpUri"].startswith("https://kubernetes.io/docs/")
    assert "helpUri" not in rules()["encoding"]
    assert not [code for code, rule in rules().items() if "helpUri" in rule and isinstance(BY_NAME[code], OtherCode)]


def test_sarif_links_to_the_guides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each link leads to a row of a table."""
    project = Message()
    project["Project-URL"] = "Issues, https://example.com/me/helm-cleaner/issues"
    project["Project-URL"] = "Repository, https://example.com/me/helm-cleaner/"
    monkeypatch.setattr("importlib.metadata.metadata", lambda _: project)
    for code, rule in rules().items():
        start = f"https://example.com/me/helm-cleaner/blob/v{__version__}/"
        page, _, anchor = rule["helpUri"].removeprefix(start).partition("#")
        assert anchor == code
        assert f'<a id="{code}"></a>' in (ROOT / page).read_text(encoding="utf-8")


def test_sarif_of_an_archive_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> NoReturn:
        raise PackageNotFoundError

    monkeypatch.setattr("importlib.metadata.metadata", missing)
    assert rules()["quantity"]["helpUri"].startswith("https://kubernetes.io/docs/")


@pytest.mark.slow
def test_sarif_keeps_its_schema() -> None:
    schema = sarif.schema()
    if schema is None:
        pytest.skip("SARIF's schema comes with npm, which is not here")
    every = [ERROR._replace(code=code) for code in BY_NAME]
    for diagnostics in ([], [ERROR, NO_LINE], every):
        jsonschema.validate(json.loads(format_findings(diagnostics, "sarif")), schema)


def test_sarif_of_a_finding_about_a_whole_file() -> None:
    d = Diagnostic("error", "yaml", "", "not YAML", "", Location("v.yaml", 3))
    (result,) = json.loads(format_findings([d], "sarif"))["runs"][0]["results"]
    assert result["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "v.yaml"}, "region": {"startLine": 3}}}
    ]
