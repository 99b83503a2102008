"""Runs the program of a Job as its container would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support.command import Ran


def container_of(job: str | bytes) -> dict[str, Any]:
    """The container of a Job in YAML."""
    (container,) = yaml.safe_load(job)["spec"]["template"]["spec"]["containers"]
    return dict(container)


def run_job(job: str | bytes, env: Mapping[str, str], python: str | Path = sys.executable) -> Ran:
    """What the Job's program prints, and its exit code. env: what `envFrom` and `fieldRef` would give it."""
    container = container_of(job)
    assert container["command"][0] == "python3"
    args = [re.sub(r"\$\$", "$", each) for each in container["args"]]
    assert not any(re.search(r"\$\(\w+\)", each) for each in args)
    values = {each["name"]: each["value"] for each in container["env"] if "value" in each}
    path = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(
        [python, *container["command"][1:], *args],
        env={**path, "NODE_NAME": "node-1", "POD_NAMESPACE": "polyaxon", **values, **env},
        stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd="/", timeout=900,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr.decode())
