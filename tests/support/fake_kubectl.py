"""A kubectl that answers from files, and writes down what it was asked."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

EMPTY = {"apiVersion": "v1", "kind": "List", "items": []}
_PROGRAM = """\
#!{python}
import json, sys, time
answers = json.load(open({answers!r}))
with open({asked!r}, "a") as f:
    f.write(json.dumps(sys.argv[1:]) + chr(10))
answer = answers.get(" ".join(sys.argv[1:3]), answers.get(sys.argv[1], {{}}))
time.sleep(answer.get("sleep", 0))
sys.stdout.write(answer.get("out", ""))
sys.stderr.write(answer.get("err", ""))
sys.exit(answer.get("code", 0))
"""


class FakeKubectl:
    """Answers by the first two arguments, such as `get pods`, or by the first alone."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._answers, self._asked = folder / "answers.json", folder / "asked.jsonl"
        program = folder / "bin" / "kubectl"
        program.parent.mkdir()
        program.write_text(_PROGRAM.format(python=sys.executable, answers=str(self._answers), asked=str(self._asked)))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
        self.answers: dict[str, dict[str, Any]] = {"get": {"out": json.dumps(EMPTY)}}
        self.answer()

    def answer(self, **answers: dict[str, Any]) -> None:
        """Sets answers; `get_pods` is for `get pods`."""
        self.answers |= {name.replace("_", " "): each for name, each in answers.items()}
        self._answers.write_text(json.dumps(self.answers))

    def objects(self, kind: str, *objects: Any) -> None:
        """Sets the objects of a kind."""
        self.answers[f"get {kind}"] = {"out": json.dumps({**EMPTY, "items": list(objects)})}
        self._answers.write_text(json.dumps(self.answers))

    def fail(self, what: str, message: str) -> None:
        """Lets a command fail with a message of kubectl's."""
        self.answers[what] = {"err": message + "\n", "code": 1}
        self._answers.write_text(json.dumps(self.answers))

    @property
    def asked(self) -> list[str]:
        """What was run, as one types it."""
        if not self._asked.exists():
            return []
        return ["kubectl " + " ".join(json.loads(line)) for line in self._asked.read_text().splitlines()]
