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

from helm_cleaner.cli.folders import files_of
from helm_cleaner.sources.files import SCRIPT_EXTENSIONS, SCRIPT_NAMES
from tests.cli.test_fix import AFTER, BEFORE
from tools import ROOT


def test_the_hooks_name_what_there_is() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_bytes())
    assert [hook["entry"] for hook in hooks] == [
        "helm-cleaner validate --as-in-folder",
        "helm-cleaner fix --as-in-folder",
    ]
    for hook in hooks:
        pattern = re.compile(hook["files"])
        for name in ("values.yaml", "a/prod.yml", "values.yaml.gotmpl", "v.json", "a/Kustomization"):
            assert pattern.search(name), name
        for name in ("values.yaml.gz", "a.md", "NotKustomization"):
            assert not pattern.search(name), name


def test_the_first_hook_looks_at_what_a_folder_is_searched_for(tmp_path: Path) -> None:
    """`files_of` reads the same files."""
    pattern = re.compile(yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_bytes())[0]["files"])
    names = {f"x{extension}" for extension in (".yaml", ".yml", ".gotmpl", ".json", ".tf", ".md", ".txt", ".py")}
    names |= {f"x{extension}" for extension in SCRIPT_EXTENSIONS} | SCRIPT_NAMES | {"Kustomization", "x"}
    for name in names:
        (tmp_path / name).touch()
    found = {Path(path).name for path in files_of(str(tmp_path), lambda _folder, _reason: None)}
    assert found == {name for name in names if pattern.search(name)}


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
    template = b"{{ x }}\na: {{ .y }\n"
    for name, content in (("values.yaml", BEFORE), ("values/a.yml", b"x: 1\n"), ("template.yaml", template)):
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
    assert hook("helm-cleaner-fix").returncode == 0
    assert hook("helm-cleaner-validate").returncode == 0
