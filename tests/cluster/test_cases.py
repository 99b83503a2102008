"""Clusters that Kubernetes' own scheduler and admission plugins have judged: preflight says the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support import cases
from tests.support.command import run


def expected(verdict: Any) -> tuple[int, str]:
    """The exit code and the verdict."""
    if verdict["admission"]:
        return 1, "refused"
    return (0, "fits") if any(not plugins for plugins in verdict["nodes"].values()) else (1, "no-node")


def test_as_kubernetes_judges(tmp_path: Path) -> None:
    wrong = []
    for index, line in enumerate(cases.lines("clusters.jsonl")):
        case = json.loads(line)
        values, cluster = tmp_path / "values.yaml", tmp_path / "cluster.json"
        values.write_text(json.dumps({"cleaner": case["section"]}))
        cluster.write_text(json.dumps(case["objects"]))
        options = ["--no-defaults", "-n", case["namespace"], "--cluster", str(cluster), "-o", "json"]
        done = run(["preflight", "-f", str(values), *options])
        said = json.loads(done.out)
        nodes = {node["name"]: {reason["code"] for reason in node["reasons"]} for node in said["nodes"]}
        got = (done.code, said["verdict"], nodes, sorted({each["kind"] for each in said["admission"]}))
        wanted = {name: set(plugins) for name, plugins in case["verdict"]["nodes"].items()}
        if got != (*expected(case["verdict"]), wanted, sorted(case["verdict"]["admission"])):
            wrong.append((index, got, case["verdict"]))
    assert not wrong
