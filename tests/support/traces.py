"""What was left of deletions in real clusters: kubectl's output and the logs, each with the diagnosis.

tests/cases/traces.jsonl.gz: states into which real Polyaxon, a control plane and a node were brought, with other
workloads in trouble beside it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from helm_cleaner.actions import doctor
from helm_cleaner.cluster import objects
from helm_cleaner.cluster.symptoms import history
from tools import ROOT

TRACES = ROOT / "tests" / "cases" / "traces.jsonl.gz"


class Trace(NamedTuple):
    """A state. codes: the errors that must be found; free: those that may be."""

    name: str
    namespace: str
    release: str
    objects: list[Any]
    agent_log: str | None
    job_log: str | None
    codes: frozenset[str]
    free: frozenset[str]

    def diagnose(self, objects: Sequence[Any] | None = None) -> doctor.Diagnosis:
        """The diagnosis, of other objects if they are given."""
        past = history.collect(self.objects if objects is None else objects, self.namespace, "cluster.json")
        logs = {self.release: doctor.Logs(self.agent_log, self.job_log)}
        return doctor.diagnose(past, [self.release], logs)[0]


def read_traces() -> list[Trace]:
    with gzip.open(TRACES, "rt", encoding="utf-8") as lines:
        return [_trace(json.loads(line)) for line in lines]


def _trace(case: dict[str, Any]) -> Trace:
    files = case["files"]
    found = [each for name, text in files.items() if name.endswith(".json") for each in objects.parse(text, name)]
    return Trace(
        case["name"], case["namespace"], case["release"], found, files.get("agent.log"), files.get("job.log"),
        frozenset(case["codes"]), frozenset(case["free"]),
    )  # fmt: skip
