"""Argo CD's own server for config management plugins runs the guide's plugin, as its repo server asks it to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conftest import Helm
from tests.support.processes import last_lines, process
from tools import CHART, ROOT, ecosystem

pytestmark = [pytest.mark.helm, pytest.mark.slow]

GUIDE = (ROOT / "docs" / "argocd.md").read_text(encoding="utf-8")
(CONFIG,) = re.findall(r"<!-- file: plugin.yaml -->\n```yaml\n(.*?)```", GUIDE, re.DOTALL)
PATIENCE = 120  # seconds until the server must be there
ANSWER = 600  # seconds until it must have answered


class ArgoCD:
    """The server, and a folder of an Application whose charts it renders."""

    def __init__(self, binary: Path, socket: Path, folder: Path) -> None:
        self.binary, self.socket, self.folder = binary, socket, folder

    def generate(self, values: str) -> subprocess.CompletedProcess[str]:
        """What comes of the Application with these values."""
        (self.folder / "values-prod.yaml").write_text(values)
        # As the repo server names them, and the Application's own `VALUES`.
        env = ["ARGOCD_APP_NAME=plx", "ARGOCD_APP_NAMESPACE=polyaxon", "ARGOCD_ENV_VALUES=values-prod.yaml"]
        command = [str(self.binary), "generate", str(self.socket), str(self.folder), *env]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=ANSWER)


@pytest.fixture
def argocd(helm: Helm, tmp_path: Path) -> Iterator[ArgoCD]:
    binary = ecosystem.find("argocd")
    if binary is None:
        pytest.skip('no server of Argo CD here: make test-ecosystem ECOSYSTEM="… argocd" builds it')
    folder = tmp_path / "server"
    folder.mkdir()
    (folder / "plugin.yaml").write_text(CONFIG)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "helm").symlink_to(helm.binary)
    chart = shutil.copytree(CHART, tmp_path / "app", ignore=shutil.ignore_patterns("values.schema.json"))
    # A socket's path has at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="hc-") as sockets:
        env = {**helm.env, "ARGOCD_PLUGINSOCKFILEPATH": sockets, "ARGOCD_CMP_WORKDIR": str(tmp_path)}
        env["PATH"] = os.pathsep.join([str(tmp_path / "bin"), helm.env["PATH"]])
        command = ["env", *(f"{name}={value}" for name, value in env.items()), str(binary), "serve"]
        with process(folder, "server", [*command, "--config-dir-path", str(folder)]) as server:
            socket, end = (
                Path(sockets) / f"{yaml.safe_load(CONFIG)['metadata']['name']}.sock",
                time.monotonic() + PATIENCE,
            )
            while not socket.exists():
                assert server.poll() is None, last_lines(folder / "server.log", 20)
                assert time.monotonic() < end, last_lines(folder / "server.log", 20)
                time.sleep(0.1)
            yield ArgoCD(binary, socket, chart)


def test_the_plugin_of_the_guide(argocd: ArgoCD) -> None:
    good = argocd.generate("cleaner: {imageTag: dev}\n")
    assert good.returncode == 0, good.stderr
    objects = {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(good.stdout) if each}
    template = objects["Deployment", "plx-polyaxon-api"]["spec"]["template"]
    assert "checksum/agent-config" in template["metadata"]["annotations"]
    bad = argocd.generate("cleaner: {imagePullPolicy: always}\n")
    assert bad.returncode == 1
    assert not bad.stdout
    assert 'error: cleaner.imagePullPolicy: "always" is not one of Always, IfNotPresent, Never' in bad.stderr
