"""What is said of arguments in which no section was found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner

GOOD = "cleaner: {imageTag: x}\n"
BROKEN = "cleaner: [\n"
# The files, the arguments, and the notes.
CASES: dict[str, tuple[dict[str, str], list[str], list[str]]] = {
    "a file that is not YAML": ({"b.yaml": BROKEN}, ["b.yaml"], []),
    "a file that is missing": ({}, ["none.yaml"], []),
    "a file of two documents": ({"b.yaml": "x: 1\n---\ny: 1\n"}, ["b.yaml"], ["b.yaml: no cleaner section"]),
    "a file without a section": ({"n.yaml": "x: 1\n"}, ["n.yaml"], ["n.yaml: no cleaner section"]),
    "a folder with both": (
        {"a/b.yaml": BROKEN, "a/n.yaml": "x: 1\n", "a/g.yaml": GOOD}, ["a"],
        ["a: no cleaner section, in 1 of its files"],
    ),
    "a folder of unreadable files": ({"a/b.yaml": BROKEN}, ["a"], []),
    "a folder without such files": ({"a/n.txt": ""}, ["a"], ["a: no YAML, JSON or template file in it"]),
    "other sections": (
        {"n.yaml": GOOD}, ["n.yaml", "--section", "a.cleaner", "--section", "b.cleaner"],
        ["n.yaml: no a.cleaner or b.cleaner section"],
    ),
    "an umbrella chart's": (
        {"Chart.yaml": "dependencies: [{name: polyaxon}]\n", "values.yaml": "x: 1\n"}, ["values.yaml"],
        ["values.yaml: the section is polyaxon.cleaner, as the Chart.yaml beside it says"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("command", ["validate", "fix"])
@pytest.mark.parametrize(("files", "args", "expected"), CASES.values(), ids=CASES)
def test_notes(
    command: str,
    files: dict[str, str],
    args: list[str],
    expected: list[str],
    run: Runner,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in files.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)
    said = [line for line in run(command, *args).err.splitlines() if line.startswith("helm-cleaner: ")]
    counts = (" checked, ", ": fixed in ")
    assert [line for line in said if not any(each in line for each in counts)] == [
        f"helm-cleaner: {n}" for n in expected
    ]


@pytest.mark.parametrize("command", ["validate", "fix"])
def test_stdin_is_named(command: str, run: Runner) -> None:
    done = run(command, "-", stdin=b"x: 1\n")
    assert ("helm-cleaner: <stdin>: no cleaner section\n" in done.err) == (command == "validate")
