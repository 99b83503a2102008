"""Clusters that the real kube-scheduler, LimitRanger and ResourceQuota have judged (Kubernetes 1.37).

tests/cases/clusters.jsonl.gz is a sample, at least one of each kind; all are judged where the folder beside the
repository is.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner.actions import preflight
from helm_cleaner.cluster import scheduling, snapshot
from helm_cleaner.polyaxon.job import job
from helm_cleaner.polyaxon.scheduling import scheduling_in
from helm_cleaner.section.layers import merge_over
from helm_cleaner.values import Map, read
from tests.support.command import run
from tools import ROOT, STREAMS

SAMPLE = ROOT / "tests" / "cases" / "clusters.jsonl.gz"
ALL = STREAMS.parent / "cases" / "clusters.jsonl.gz"


def cases(path: Path) -> list[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def verdict_of(case: Any) -> preflight.Verdict:
    """The verdict on a case's section, in this process, as `preflight --no-defaults` gives it."""
    given = read(json.dumps({"cleaner": case["section"]}).encode(), "values.yaml")
    cleaner, _ = merge_over(None, given)
    assert isinstance(cleaner, Map)
    known = snapshot.collect(case["objects"]["items"], "cluster.json")
    return preflight.check("", job(cleaner, scheduling_in(given.values)), known, case["namespace"])


def check(case: Any) -> None:
    found, want = verdict_of(case), case["verdict"]
    assert {each.name: {reason.plugin for reason in each.reasons} for each in found.nodes} == {
        name: set(plugins) for name, plugins in want["nodes"].items()
    }
    assert {each.kind for each in found.admission} == set(want["admission"])
    fits = any(not plugins for plugins in want["nodes"].values())
    assert found.verdict == ("refused" if want["admission"] else "fits" if fits else "no-node")
    assert found.exit_code == (0 if fits and not want["admission"] else 1)
    if not fits:
        assert scheduling.format_message(found.nodes) + "." == want["message"]


@pytest.mark.parametrize("case", cases(SAMPLE), ids=map(str, range(len(cases(SAMPLE)))))
def test_sample(case: Any) -> None:
    check(case)


@pytest.mark.slow
@pytest.mark.skipif(not ALL.exists(), reason="no cases beside the repository")
def test_all() -> None:
    for case in cases(ALL):
        check(case)


def test_the_command_says_the_same(tmp_path: Path) -> None:
    for case in cases(SAMPLE)[:8]:
        (tmp_path / "values.yaml").write_text(json.dumps({"cleaner": case["section"]}))
        (tmp_path / "cluster.json").write_text(json.dumps(case["objects"]))
        files = ["-f", str(tmp_path / "values.yaml"), "--cluster", str(tmp_path / "cluster.json")]
        ran = run(["preflight", *files, os.devnull, "--no-defaults", "-n", case["namespace"], "-o", "json"])
        said, expected = json.loads(ran.out), verdict_of(case)
        assert (said["verdict"], ran.code) == (expected.verdict, expected.exit_code)
        assert [node["name"] for node in said["nodes"] if node["fits"]] == [
            each.name for each in expected.nodes if not each.reasons
        ]
