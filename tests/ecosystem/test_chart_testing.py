"""chart-testing (ct), as in the guide for chart repositories, on our chart and its schema."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.workflow import command
from tools import CHART, ecosystem
from tools.helm import find

pytestmark = [pytest.mark.ecosystem, pytest.mark.helm, pytest.mark.slow]

# What two programs of Python's check, which the guide's workflow gets from helm/chart-testing-action.
ELSEWHERE = ["--validate-chart-schema=false", "--validate-yaml=false"]


@pytest.mark.parametrize("major", ["helm3", "helm4"])
@pytest.mark.parametrize(("policy", "passes"), [("Always", True), ("always", False)])
def test_ct_lint_with_our_schema(tmp_path: Path, major: str, policy: str, passes: bool) -> None:
    ct, helm = ecosystem.find("ct"), find(major)
    if ct is None or helm is None:
        pytest.skip(f"no ct or no {major} here: make test-ecosystem builds and fetches them")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "helm").symlink_to(helm)
    chart = shutil.copytree(CHART, tmp_path / "charts" / "polyaxon")
    (chart / "ci" / "more-values.yaml").write_text(f"cleaner: {{imagePullPolicy: {policy}}}\n")
    env = {"PATH": os.pathsep.join([str(tmp_path / "bin"), os.environ["PATH"]]), "HOME": str(tmp_path)}
    subprocess.run(["git", "init", "--quiet", tmp_path], env=env, check=True)
    _, *args = command("ct", "lint")
    done = subprocess.run([ct, *args, *ELSEWHERE], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert (done.returncode == 0) is passes, said
    assert ("imagePullPolicy" in said) is not passes, said
