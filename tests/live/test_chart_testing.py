"""chart-testing installs a chart as the guide for chart repositories has it, on a cluster."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Helm
from tests.support.workflow import command
from tools import CHART, ecosystem
from tools.helm import find

pytestmark = [pytest.mark.ecosystem, pytest.mark.helm]

# What the user reads where the section is bad.
REFUSAL = "error: cleaner.resources.requests.cpu: requests.cpu 2 exceeds limits.cpu 1000m"


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize(("cpu", "passes"), [("50m", True), ("2", False)])
def test_ct_installs_through_the_post_renderer(
    helm: Helm, kube_config: str, tmp_path: Path, cpu: str, passes: bool
) -> None:
    ct, kubectl = ecosystem.find("ct"), find("kubectl")
    if ct is None or kubectl is None:
        pytest.skip("no ct or no kubectl here: make test-ecosystem builds ct, make helm fetches kubectl")
    (tmp_path / "bin").mkdir()
    for name, binary in ("helm", helm.binary), ("kubectl", kubectl):
        (tmp_path / "bin" / name).symlink_to(binary)
    shutil.copytree(CHART, tmp_path / "charts" / "polyaxon", ignore=shutil.ignore_patterns("ci"))
    (tmp_path / "charts" / "polyaxon" / "ci").mkdir()
    values = f"cleaner: {{resources: {{requests: {{cpu: {cpu}}}}}}}\n"
    (tmp_path / "charts" / "polyaxon" / "ci" / "cpu-values.yaml").write_text(values)
    path = os.pathsep.join([str(tmp_path / "bin"), helm.env["PATH"]])
    env = {**helm.env, "PATH": path, "HOME": str(tmp_path), "KUBECONFIG": kube_config}
    subprocess.run(["git", "init", "--quiet", tmp_path], env=env, check=True)
    _, *args = command("ct", "install")
    done = subprocess.run([ct, *args], cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=900)
    said = done.stdout + done.stderr
    assert (done.returncode == 0) is passes, said
    assert (REFUSAL in said.replace("\\", "")) is not passes, said
