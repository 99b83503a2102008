from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_cleaner.in_cluster.rules import format_time
from tests.conftest import Runner
from tests.support import reports
from tests.support.command import Ran
from tests.support.reports import CONNECTION, leftovers


class Leftovers:
    """The command with the files that it reads."""

    def __init__(self, run: Runner, folder: Path) -> None:
        self.run, self.folder = run, folder
        self.manifests = self.write("manifests.yaml", reports.manifests())

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return str(self.folder / name)

    def clean(self, report: str, *args: str, stdin: str = "") -> Ran:
        path = report if report == "-" else self.write("report.txt", report)
        return self.run("leftovers", "clean", self.manifests, "--report", path, *args, stdin=stdin)


@pytest.fixture
def command(run: Runner, tmp_path: Path) -> Leftovers:
    return Leftovers(run, tmp_path)


def test_survey_prints_a_job(command: Leftovers) -> None:
    ran = command.run("leftovers", "survey", command.manifests)
    found = yaml.safe_load(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert found["metadata"]["generateName"] == "plx-leftovers-survey-"
    assert found["metadata"]["namespace"] == "polyaxon"


def test_survey_of_values(command: Leftovers) -> None:
    values = command.write("values.yaml", yaml.safe_dump({"artifactsStore": CONNECTION, "cleaner": {"imageTag": "1"}}))
    command.run.monkeypatch.setattr("helm_cleaner.cli.jobs.is_piped", lambda: False)
    ran = command.run("leftovers", "survey", "-f", values, "--release", "plx", "-n", "polyaxon")
    container = yaml.safe_load(ran.out)["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == "polyaxon/polyaxon-init:1"
    assert json.loads(container["args"][1])["release"] == "plx"
    ran = command.run("leftovers", "survey", "-f", values)
    assert (ran.code, ran.out) == (2, b"")
    assert "--release NAME" in ran.err


def test_survey_of_a_node_says_which(command: Leftovers) -> None:
    host = {"name": "a", "kind": "host_path", "schema": {"hostPath": "/data", "mountPath": "/a"}}
    path = command.write("host.yaml", reports.manifests(host))
    ran = command.run("leftovers", "survey", path)
    assert "the Job surveys the node that it runs on" in ran.err
    flag = r"cleaner.nodeSelector.kubernetes\.io/hostname=node-2"
    pinned = command.run("leftovers", "survey", path, "--set", flag)
    selector = yaml.safe_load(pinned.out)["spec"]["template"]["spec"]["nodeSelector"]
    assert selector == {"kubernetes.io/hostname": "node-2"}


def test_survey_of_ee_says_that_it_counts(command: Leftovers) -> None:
    path = command.write("ee.yaml", reports.manifests(chart="agent"))
    assert "counts leftovers and does not list them" in command.run("leftovers", "survey", path).err


def test_two_releases_in_the_manifests(command: Leftovers) -> None:
    path = command.write("two.yaml", reports.manifests() + "---\n" + reports.manifests(release="other"))
    ran = command.run("leftovers", "survey", path)
    assert (ran.code, ran.out) == (2, b"")
    assert "2 agents in these manifests: plx-polyaxon-agent-config, other-polyaxon-agent-config" in ran.err
    ran = command.run("leftovers", "survey", path, "--release", "other")
    assert yaml.safe_load(ran.out)["metadata"]["labels"]["app.kubernetes.io/instance"] == "other"
    assert command.run("leftovers", "survey", path, "--release", "third").code == 2


def test_clean_shows_a_table(command: Leftovers) -> None:
    folders = leftovers(12)
    young = leftovers(2, days=3)
    both = sorted([*folders, *young])
    ran = command.clean(reports.write(both, counts={"known": 40, "archived": 2, "too-young": 5}))
    text = ran.out.decode()
    assert ran.code == 0
    assert text.startswith("12 leftovers in s3://bucket/plx of plx: 64.5 KiB in 66 files; one Job")
    assert text.index(folders[11].name) < text.index(folders[2].name)  # the largest first
    assert folders[1].name not in text
    assert "and 2 more; -o json lists them all" in text
    for line in ("         2  younger", "        40  known", "         2  archived", "         5  too-young"):
        assert f"\n{line}" in text
    assert "not checked: whether another release in this cluster uses the store" in ran.err
    assert "-o yaml --store-is-mine prints the Job" in ran.err


def test_clean_as_json_is_the_list(command: Leftovers) -> None:
    folders = leftovers(3)
    ran = command.clean(reports.write(folders), "-o", "json")
    data = json.loads(ran.out)
    assert [each["name"] for each in data["folders"]] == [each.name for each in folders]
    assert (data["total"], data["bytes"], data["parts"]) == (3, 3000, 1)
    assert data["refusals"] == []
    assert [each["code"] for each in data["confirmations"]] == ["store-is-mine"]


def test_clean_as_yaml_is_a_job(command: Leftovers) -> None:
    folders = leftovers(201)
    for part, names in ((1, folders[:200]), (2, folders[200:])):
        ran = command.clean(
            reports.write(folders, counts={"known": 500}), "--store-is-mine", "-o", "yaml", "--part", str(part)
        )
        config = json.loads(yaml.safe_load(ran.out)["spec"]["template"]["spec"]["containers"][0]["args"][1])
        assert config["folders"] == [each.name for each in names]
        assert f"part {part} of 2" in ran.err
        assert ran.code == 0


@pytest.mark.parametrize("part", ["0", "3", "-1"])
def test_a_part_that_is_not_there(command: Leftovers, part: str) -> None:
    text = reports.write(leftovers(201), counts={"known": 500})
    ran = command.clean(text, "--store-is-mine", "-o", "yaml", f"--part={part}")
    assert (ran.code, ran.out) == (2, b"")
    assert "--part 1 to --part 2" in ran.err


REFUSED: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "not confirmed": ({}, [], "store-is-mine"),
    "few are known": ({"counts": {"known": 2}}, ["--store-is-mine"], "remove-count"),
    "another number": ({}, ["--store-is-mine", "--remove", "4"], "remove-count"),
    "none is known": ({"counts": {"known": 0}}, ["--store-is-mine", "--remove", "3"], "unknown-store"),
    "old": ({"time": format_time(time.time() - 90_000)}, ["--store-is-mine"], "report-expired"),
    "another release": ({"release": "x"}, ["--store-is-mine"], "report-mismatch"),
    "ee": ({"counts_only": True}, ["--store-is-mine"], "enterprise"),
    "none is old enough": ({}, ["--store-is-mine", "--older-than", "60d"], "no-leftovers"),
}


@pytest.mark.parametrize(("changes", "flags", "code"), REFUSED.values(), ids=REFUSED)
def test_no_job_and_the_reason(command: Leftovers, changes: dict[str, Any], flags: list[str], code: str) -> None:
    ran = command.clean(reports.write(leftovers(3), **changes), *flags, "-o", "yaml")
    assert (ran.code, ran.out) == (1, b"")
    assert f"[{code}]" in ran.err
    assert "hint: " in ran.err


@pytest.mark.parametrize("output", ["text", "json", "yaml"])
def test_a_report_that_is_cut(command: Leftovers, output: str) -> None:
    ran = command.clean(reports.write(leftovers(3))[:-20], "-o", output, "--store-is-mine")
    assert (ran.code, ran.out) == (1, b"")
    assert "[report-incomplete]" in ran.err


def test_no_report(command: Leftovers) -> None:
    ran = command.clean("progress\n")
    assert (ran.code, ran.out) == (2, b"")
    assert "[report]" in ran.err


def test_another_release_on_the_store(command: Leftovers) -> None:
    """400 live runs of another release among 6,000 leftovers look like leftovers: only --cluster tells."""
    text = reports.write(leftovers(400), counts={"known": 500})
    path = command.write("cm.json", reports.configmaps(("polyaxon", "plx", CONNECTION), ("ml", "other", CONNECTION)))
    flags = ("--store-is-mine", "--remove", "400", "--cluster", path)
    ran = command.clean(text, *flags, "-o", "yaml")
    assert (ran.code, ran.out) == (1, b"")
    assert "ml/other-polyaxon-agent-config uses the same artifacts store" in ran.err
    ran = command.clean(text, *flags)
    assert ran.code == 1
    assert b"400 leftovers" in ran.out
    alone = command.write("alone.json", reports.configmaps(("polyaxon", "plx", CONNECTION)))
    ran = command.clean(text, "--store-is-mine", "--remove", "400", "--cluster", alone, "-o", "yaml")
    assert ran.code == 0


@pytest.mark.parametrize("age", ["1d", "47h", "0w", "7", "d", "-3d", "7 days", "1.5d"])
def test_an_age_that_is_too_small_or_none(command: Leftovers, age: str) -> None:
    ran = command.clean(reports.write(leftovers(3)), f"--older-than={age}")
    assert (ran.code, ran.out) == (2, b"")
    assert "--older-than" in ran.err


@pytest.mark.parametrize("age", ["2d", "48h", "1w"])
def test_ages(command: Leftovers, age: str) -> None:
    assert command.clean(reports.write(leftovers(3)), f"--older-than={age}").code == 0


def test_from_powershell(command: Leftovers) -> None:
    (command.folder / "utf16.txt").write_bytes(reports.write(leftovers(3)).replace("\n", "\r\n").encode("utf-16"))
    ran = command.run("leftovers", "clean", command.manifests, "--report", str(command.folder / "utf16.txt"))
    assert ran.out.startswith(b"3 leftovers")


def test_the_report_from_stdin(command: Leftovers) -> None:
    assert command.clean("-", stdin=reports.write(leftovers(3))).out.startswith(b"3 leftovers")


def test_stdin_is_one_of_them(command: Leftovers) -> None:
    ran = command.run("leftovers", "clean", "-", "--report", "-")
    assert (ran.code, ran.out) == (2, b"")
    assert "stdin can be only one" in ran.err


@pytest.mark.parametrize(("args", "message"), [
    ((), "arguments are required: action"),
    (("remove",), "invalid choice: 'remove'"),
    (("clean",), "--report is required"),
    (("survey", "--report", "x"), "--report goes with clean"),
    (("survey", "-o", "yaml"), "--output goes with clean"),
    (("survey", "--store-is-mine"), "--store-is-mine goes with clean"),
])  # fmt: skip
def test_usage(command: Leftovers, args: tuple[str, ...], message: str) -> None:
    ran = command.run("leftovers", *args)
    assert (ran.code, ran.out) == (2, b"")
    assert message in ran.err


def test_the_manifests_may_come_last(command: Leftovers) -> None:
    path = command.write("report.txt", reports.write(leftovers(3)))
    assert command.run("leftovers", "clean", "--report", path, command.manifests).code == 0


@pytest.mark.parametrize("args", [("--help",), ("survey", "--help"), ("clean", "--help")])
def test_help(command: Leftovers, args: tuple[str, ...]) -> None:
    ran = command.run("leftovers", *args)
    assert ran.code == 0
    assert b"examples:" in ran.out
