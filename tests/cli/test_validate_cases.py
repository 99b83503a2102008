"""Repositories as teams keep them: what must be found, what must be said, and what is right."""

from __future__ import annotations

import json
from pathlib import Path, PurePath
from typing import Any

import pytest

from tests.conftest import Runner
from tests.support import cases

CASES = [json.loads(line) for line in cases.lines("places2.jsonl")]


@pytest.mark.parametrize("case", CASES, ids=[f"{number}-{case['place']}" for number, case in enumerate(CASES)])
def test_a_repository(case: dict[str, Any], run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in case["files"].items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    done = run("validate", "--format", "json", ".")
    found = [(d["severity"], d["code"], PurePath(d["file"]).as_posix(), d["line"]) for d in json.loads(done.out)]
    wrong = [each[1:] for each in found if each[0] == "error"]
    if case["error"] is None:
        assert (wrong, done.code) == ([], 0)
    else:
        assert tuple(case["error"].values()) in wrong
        assert done.code == 1
    if said := case.get("said"):
        assert any(file == said["file"] and (not said["lines"] or line in said["lines"]) for *_, file, line in found)
