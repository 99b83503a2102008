"""The workflow in docs/github-actions.md."""

from __future__ import annotations

import re
import shlex
from typing import Any

import yaml

from tools import ROOT

PAGE = (ROOT / "docs" / "github-actions.md").read_text(encoding="utf-8")
(_TEXT,) = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
WORKFLOW: dict[str, Any] = yaml.safe_load(_TEXT)
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]
COMMANDS = [shlex.split(line, comments=True) for step in STEPS for line in step.get("run", "").splitlines()]


def command(*start: str) -> list[str]:
    """The words of the one command that starts with these."""
    (found,) = [words for words in COMMANDS if words[: len(start)] == [*start]]
    return found
