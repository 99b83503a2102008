"""The workflow in docs/github-actions.md: it is valid, and everything it runs exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helm_cleaner.cli import main
from tests.support.workflow import PAGE, STEPS, WORKFLOW, command
from tools import ROOT


def test_it_is_a_workflow() -> None:
    assert {
        "name",
        True,
        "permissions",
        "env",
        "jobs",
    } == WORKFLOW.keys()  # `on` is true to YAML 1.1, and `on` to GitHub
    assert WORKFLOW["jobs"]["cluster"]["needs"] in WORKFLOW["jobs"]
    assert all(("uses" in step) is not ("run" in step) for step in STEPS)


def test_what_it_validates_is_reported_where_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "prod.yaml").write_text("cleaner:\n  imageTag: 2.10\n")
    (tmp_path / "charts").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(command("helm-cleaner", "validate")[1:]) == 1
    said = capsys.readouterr().out
    assert said.startswith("::error file=environments/prod.yaml,")
    assert ",line=2,col=13," in said


def test_its_other_commands_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("helm-cleaner", "plugin") == ["helm-cleaner", "plugin", "install"]
    assert main(["plugin", "--help"]) == 0
    assert "install" in capsys.readouterr().out
    target = command("make")[-1]
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_what_it_sets_is_read_by_the_tests(pytestconfig: pytest.Config) -> None:
    """These are names of pytest-helm-charts: ATS_CHART_PATH goes with --chart-path."""
    names = {name for step in STEPS for name in step.get("env", {})}
    assert names == {"KUBECONFIG", "ATS_CHART_PATH"}
    for option in re.findall(r"`--([a-z-]+)`", PAGE.partition("The options")[2]):
        assert pytestconfig.getoption(option.replace("-", "_"), "no such option") != "no such option"
