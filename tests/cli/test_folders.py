"""Which files of a folder are checked, and what is said of those that cannot be."""

from __future__ import annotations

import builtins
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner

BAD = "cleaner: {imagePullPolicy: sometimes}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(files: dict[str, str | bytes]) -> None:
    for name, content in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content.encode() if isinstance(content, str) else content)


FOUND = {
    "values.yaml": True, "a/b.yml": True, ".helm/values.yaml": True, ".argocd/.deep/v.yaml": True, "v.json": True,
    ".git/v.yaml": False, ".terraform/v.yaml": False, "a/.venv/v.yaml": False, ".cache/v.yaml": False, "v.txt": False,
    "values": False,
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_which_files_are_checked(name: str, run: Runner) -> None:
    write(
        {name: '{"cleaner": {"imagePullPolicy": "sometimes"}}\n' if name.endswith(".json") else BAD, "w.yaml": "a: 1"}
    )
    assert run("validate", ".").code == FOUND[name]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_values_in_another_encoding_are_said(encoding: str, run: Runner) -> None:
    write({"v.yaml": BAD.encode(encoding), "other.yaml": "a: 1\n".encode(encoding)})
    done = run("validate", ".")
    assert done.code == 2
    assert f"./v.yaml: error: the input is in {encoding[:6].upper()}, not in UTF-8 [encoding]" in done.err
    assert "other.yaml" not in done.err


def test_scripts_without_an_extension_are_looked_at(run: Runner) -> None:
    write({"bin/deploy": "#!/bin/sh\nhelm x --set cleaner.imageTag=a\n", "bin/other": "cleaner: --set cleaner.image=b"})
    done = run("validate", ".")
    assert "./bin/deploy:2:14: warning: cleaner.imageTag: --set in a command is not checked" in done.err
    assert "other" not in done.err


JSON = {
    "comments": ('{\n  // of an editor\n  "cleaner": {"image": "x"}\n}', "not-checked"),
    "a word in it": ('{"packages": {"css-cleaner": [}', ""),
    "a long list of packages": ('{"a": "the cleaner: x"}', ""),
}


@pytest.mark.parametrize(("text", "code"), JSON.values(), ids=JSON)
def test_json_in_a_folder_need_not_be_values(text: str, code: str, run: Runner) -> None:
    write({"a.json": text})
    done = run("validate", ".")
    assert done.code == 0
    assert (f"[{code}]" in done.err) if code else ("[" not in done.err)


def test_a_chart_beside_values_that_cannot_be_read_is_said(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"Chart.yaml": "name: x\n", "values.yaml": "cleaner: {imageTag: x}\n"})
    real = builtins.open

    def refuse(path: Any, *args: Any, **options: Any) -> Any:
        if os.fspath(path) == "Chart.yaml":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **options)

    monkeypatch.setattr(builtins, "open", refuse)
    expected = "Chart.yaml: warning: cannot be read: Permission denied; what the files beside it mean may depend on it"
    for args in (["validate", "values.yaml"], ["merge", "-f", "values.yaml"]):
        assert expected in run(*args).err
