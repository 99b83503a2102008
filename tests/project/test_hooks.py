"""The hooks for pre-commit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.test_fix import AFTER, BEFORE
from tools import ROOT


def test_the_hooks_name_what_there_is() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_bytes())
    assert [hook["entry"] for hook in hooks] == ["helm-cleaner validate", "helm-cleaner fix"]
    for hook in hooks:
        pattern = re.compile(hook["files"])
        for name in (
            "values.yaml",
            "a/values-prod.yml",
            "prod.values.yaml",
            "charts/x/values.yaml",
            "values/prod.yaml",
        ):
            assert pattern.search(name), name
        for name in ("values.json", "a/templates/deployment.yaml", "invaluesx/a.yaml", "values.yaml.gz"):
            assert not pattern.search(name), name


@pytest.mark.slow
@pytest.mark.ecosystem  # pre-commit builds the package, several times
def test_the_hooks_run_under_pre_commit(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("pre-commit")
    env = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT"))}
    env["PRE_COMMIT_HOME"] = str(tmp_path / "home")
    env |= {f"GIT_{who}_{what}": "t@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def do(*args: str | Path, cwd: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(args, cwd=cwd, env=env, check=check, capture_output=True, text=True)

    if not command.exists() or not (ROOT / ".git").exists():
        pytest.skip("needs pre-commit and a git repository")
    if do(
        sys.executable, "-m", "pip", "download", "-q", "--no-deps", "hatchling", cwd=tmp_path, check=False
    ).returncode:
        pytest.skip("needs PyPI, for pre-commit builds the package")
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for name in do("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT).stdout.splitlines():
        if (ROOT / name).exists():
            (ours / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, ours / name)
    for step in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        do("git", *step, cwd=ours)
    theirs.mkdir()
    for name, content in (("values.yaml", BEFORE), ("values/a.yml", b"x: 1\n"), ("other.yaml", BEFORE)):
        (theirs / name).parent.mkdir(exist_ok=True)
        (theirs / name).write_bytes(content)
    for step in (["init", "-q"], ["add", "-A"]):
        do("git", *step, cwd=theirs)

    def hook(name: str) -> subprocess.CompletedProcess[str]:
        return do(command, "try-repo", ours, name, "--all-files", cwd=theirs, check=False)

    found = hook("helm-cleaner-validate")
    assert found.returncode == 1, found.stdout + found.stderr
    assert "values.yaml:3:13: error: cleaner.imageTag: must be a string" in found.stdout
    fixed = hook("helm-cleaner-fix")
    assert fixed.returncode == 1, fixed.stdout + fixed.stderr
    assert "files were modified by this hook" in fixed.stdout
    assert 'values.yaml:3:13: fixed: cleaner.imageTag: 2.10 -> "2.10"' in fixed.stdout
    assert (theirs / "values.yaml").read_bytes() == AFTER
    assert (theirs / "other.yaml").read_bytes() == BEFORE
    assert hook("helm-cleaner-fix").returncode == 0
    assert hook("helm-cleaner-validate").returncode == 0
