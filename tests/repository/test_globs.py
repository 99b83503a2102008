"""Globs mean what they mean in .gitignore: git itself is asked."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from helm_cleaner.diagnostics import Location
from helm_cleaner.repository.globs import Exclusion, Glob

HERE = Location("x")
PATHS = (
    "values.yaml", "a.yml", "legacy/values.yaml", "legacy/old/values.yaml", "vendor/x/values.yaml", "sub/vendor/v.yaml",
    "sub/legacy/a.yaml", "a b.yaml", "[x].yaml", "!x.yaml", "#x.yaml", "x1.yaml", "xa.yaml", "deep/a/b/c/v.yaml",
    ".helm/v.yaml", "legacy.yaml", "x-.yaml", "x^.yaml", "x].yaml",
)  # fmt: skip
LISTS = (
    ["vendor/**"], ["legacy/*.yaml"], ["legacy"], ["legacy/"], ["/legacy"], ["*.yml"], ["values.yaml"],
    ["/values.yaml"], ["**/values.yaml"], ["deep/**/v.yaml"], ["**/b"], ["x?.yaml"], ["x[0-9].yaml"], ["x[!0-9].yaml"],
    ["x[^a].yaml"],
    [r"\!x.yaml"], [r"\#x.yaml"], [r"\[x\].yaml"], ["a b.yaml"], ["a.yml  "], ["*", "!values.yaml"],
    ["legacy/*", "!legacy/values.yaml"], ["legacy/", "!legacy/values.yaml"], ["*.yaml", "!legacy/", "!x1.yaml"],
    ["sub/**/a.yaml"], ["sub/**"], ["**"], ["**/"], ["a**.yml"], [".helm"], ["legacy/**/values.yaml"],
    ["x[[:digit:]].yaml"], ["x[]].yaml"], ["x[-a].yaml"], ["x[a^].yaml"], ["vendor/*/"], ["[", "values.yaml"],
)  # fmt: skip


@pytest.mark.parametrize("globs", LISTS, ids=" ".join)
def test_globs_are_those_of_git(tmp_path: Path, globs: list[str]) -> None:
    for path in PATHS:
        tmp_path.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(path).touch()
    tmp_path.joinpath(".gitignore").write_text("\n".join(globs))
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    asked = subprocess.run(["git", "check-ignore", "-z", "--stdin"], cwd=tmp_path, input="\0".join(PATHS),
                           capture_output=True, text=True, check=False)  # fmt: skip
    exclusion = Exclusion([Glob(glob, HERE) for glob in globs])
    assert [path for path in PATHS if exclusion.covers(path)] == [
        path for path in PATHS if path in asked.stdout.split("\0")
    ]


@pytest.mark.parametrize("text", ["", "!", "/", "  ", "!/"])
def test_a_glob_matches_something(text: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        Glob(text, HERE)


def test_an_exclusion_knows_which_globs_matched() -> None:
    exclusion = Exclusion([Glob("vendor/", HERE), Glob("*.json", HERE)])
    assert exclusion.covers("vendor/a.yaml")
    assert not exclusion.covers("a.yaml")
    assert exclusion.used == {"vendor/"}


def test_a_glob_covers_what_is_in_its_folders() -> None:
    assert Glob("legacy", HERE).covers("legacy/a/b.yaml")
    assert not Glob("legacy/*.yaml", HERE).covers("legacy/a/b.yaml")
