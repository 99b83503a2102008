"""The Python API and the command line: the same layers, the same result, the same findings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from helm_cleaner import CleanerError, api
from tests.support.command import run
from tests.support.strategies import broken_sections, odd_sections, valid_sections

pytestmark = pytest.mark.slow

layers = st.lists(st.one_of(valid_sections, broken_sections, odd_sections()), max_size=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("layers")


def found(diagnostics: Sequence[tuple[str, str]]) -> tuple[list[str], set[str]]:
    """The codes of errors, and which of warnings there are: a file says one kind of warning once, several files each.

    What is only about how a scalar is written in YAML has no counterpart in Python.
    """
    errors = sorted(code for severity, code in diagnostics if severity == "error")
    return errors, {code for severity, code in diagnostics if severity == "warning"} - {"ambiguous-scalar"}


@given(layers, st.booleans())
def test_merge_is_the_command(folder: Path, sections: list[dict[str, Any]], defaults: bool) -> None:
    args = [] if defaults else ["--no-defaults"]
    for number, section in enumerate(sections):
        (folder / f"{number}.yaml").write_text(json.dumps({"cleaner": section}, ensure_ascii=False), encoding="utf-8")
        args += ["-f", str(folder / f"{number}.yaml")]
    done = run(["merge", "-o", "json", *args])
    try:
        merged = api.merge(*sections, defaults=defaults)
    except CleanerError as e:
        merged, code = None, e.exit_code
        assert code == done.code, done.err  # whatever is raised, and whether it is
    if done.code == 0:
        assert json.loads(done.out) == merged
    elif merged is not None:
        assert any(d.severity == "error" for d in api.validate(merged, defaults=False)) or "_" in str(list(merged))


@given(st.one_of(valid_sections, broken_sections, odd_sections()), st.booleans())
def test_validate_is_the_command(folder: Path, section: dict[str, Any], defaults: bool) -> None:
    (folder / "v.yaml").write_text(json.dumps({"cleaner": section}, ensure_ascii=False), encoding="utf-8")
    args = [] if defaults else ["--no-defaults"]
    done = run(["validate", "--format", "json", str(folder / "v.yaml"), *args])
    theirs = json.loads(done.out)
    assume("foreign-section" not in {d["code"] for d in theirs})  # a program that hands it over means it
    try:
        said = api.validate(section, defaults=defaults)
    except CleanerError as e:
        said = e.diagnostics
    assert sorted(d.path for d in said if d.severity == "error") == sorted(
        d["path"] for d in theirs if d["severity"] == "error"
    )
    assert found([(d.severity, d.code) for d in said]) == found([(d["severity"], d["code"]) for d in theirs])
