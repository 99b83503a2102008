"""helmfile, with the helmfile of the guide."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Helm
from tools import CHART, ROOT, ecosystem

pytestmark = [pytest.mark.ecosystem, pytest.mark.helm, pytest.mark.slow]

GUIDE = (ROOT / "docs" / "other-tools.md").read_text(encoding="utf-8")


def guides_helmfile() -> Any:
    """The first helmfile in the guide, with our chart, without its schema, in place of Polyaxon's."""
    text = re.search(r"<!-- file: helmfile.yaml -->\n```yaml\n(.*?)```", GUIDE, re.DOTALL)
    assert text is not None
    data = yaml.safe_load(text[1])
    (release,) = data["releases"]
    assert release["postRenderer"] == "helm-cleaner"
    release |= {"chart": str(CHART), "skipSchemaValidation": True}
    del release["version"]
    return data


@pytest.mark.parametrize(("policy", "passes"), [("Never", True), ("never", False)])
def test_helmfile_runs_it(helm: Helm, tmp_path: Path, policy: str, passes: bool) -> None:
    binary = ecosystem.find("helmfile")
    if binary is None:
        pytest.skip('no helmfile here: make test-ecosystem ECOSYSTEM="flux ct helmfile" builds it')
    (tmp_path / "helmfile.yaml").write_text(yaml.safe_dump(guides_helmfile()))
    (tmp_path / "values.yaml").write_text(f"cleaner: {{imagePullPolicy: {policy}, resources: {{cpu: 50m}}}}\n")
    env = {**helm.env, "HELMFILE_CACHE_HOME": str(tmp_path / "cache")}
    env["PATH"] = os.pathsep.join([str(helm.binary.parent), env["PATH"]])
    command = [str(binary), "--helm-binary", str(helm.binary), "template", "--skip-deps"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    if passes:
        assert done.returncode == 0, done.stderr
        assert "checksum/agent-config" in done.stdout
        assert '"requests":{' in done.stdout.replace("\\", "")
    else:
        assert done.returncode != 0
        assert 'imagePullPolicy: "never" is not one of Always, IfNotPresent, Never' in done.stderr.replace("\\", "")
