"""The workflow of the guide for chart repositories."""

from __future__ import annotations

import re

import yaml

from tools import ROOT

_GUIDE = ROOT / "docs" / "github-actions.md"


def command(start: str) -> str:
    """The one command of the workflow that starts like this."""
    text = re.search(r"```yaml\n(.*?)```", _GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert text is not None
    steps = [step for job in yaml.safe_load(text[1])["jobs"].values() for step in job["steps"]]
    (found,) = [step["run"] for step in steps if step.get("run", "").startswith(start)]
    assert isinstance(found, str)
    return found
