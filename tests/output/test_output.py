"""Whatever is in the input, every format is safe to print: no control characters, no marks that turn text around."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_cleaner.codes import BY_NAME
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.output import FORMATS, format_findings
from helm_cleaner.text import make_printable
from tests.conftest import Runner

# All of Unicode, half surrogates too (a file name may contain any bytes), and often what would do harm.
ODD = "\x00\x07\x1b\x7f\x9b\r\n\t\u061c\u200b\u200e\u202e\u2028\u2066\ufeff\ud800\udcff\U000e0001"
texts = st.text(st.one_of(st.sampled_from(ODD), st.sampled_from("ab: %,[]\"'"), st.characters()), max_size=12)
lines = st.none() | st.integers(1, 5)
locations = st.builds(Location, texts, lines, lines, st.none() | texts, st.integers(1, 4))
findings = st.builds(
    Diagnostic, st.sampled_from(["error", "warning"]), st.sampled_from(sorted(BY_NAME)), texts, texts, texts, locations
)


def is_safe(text: str) -> bool:
    return all(char.isprintable() or char == "\n" for char in text)


def strings(data: Any) -> list[str]:
    """All texts in JSON data."""
    if isinstance(data, dict):
        return [text for value in data.values() for text in strings(value)]
    if isinstance(data, list):
        return [text for item in data for text in strings(item)]
    return [data] if isinstance(data, str) else []


@pytest.mark.parametrize("form", FORMATS)
@given(st.lists(findings, max_size=3))
def test_every_format_is_safe_to_print(form: str, found: list[Diagnostic]) -> None:
    assert is_safe(format_findings(found, form))


@pytest.mark.parametrize("form", [form for form in FORMATS if form not in ("text", "github")])
@given(findings)
def test_escapes_in_json_stand_for_what_was_meant(form: str, found: Diagnostic) -> None:
    """Only half a surrogate, which is no character, is lost."""
    message = found.message.encode("utf-8", "replace").decode()
    assert any(message in text for text in strings(json.loads(format_findings([found], form))))


@given(texts, texts)
def test_different_texts_look_different(one: str, other: str) -> None:
    if "\\" not in one + other:
        assert (make_printable(one) == make_printable(other)) == (one == other)


@pytest.mark.parametrize("form", FORMATS)
def test_what_a_user_names_is_escaped(form: str, run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = "a\u202e\x1b[1m.yaml"
    Path(name).write_text('cleaner: {"\u202eimage": 1, "a\\eb": 1, nodeSelector: {"x\u2066": 1}}\nclaener\u202e: {}\n')
    for args in (
        ["validate", name, "--format", form],
        ["validate", name, "--section", "x\u202e.cleaner", "--format", form],
    ):
        done = run(*args)
        assert is_safe(done.out.decode() + done.err), args


@pytest.mark.parametrize(
    "args",
    [
        ["validate", "--format", "x\u202e"],
        ["validate", "--ignore", "x\u202e"],
        ["x\u202e\x1b"],
        ["rule", "x\u202e"],
        ["merge", "--set", "cleaner.a\u202e=1"],
        ["merge", "--raw", "--set", "cleaner.image=\u202e"],
        ["merge", "-o", "json", "--raw", "--set", "cleaner.image=\u202e"],
        ["merge", "-f", "x\u202e.yaml"],
        ["explain", "--set", "cleaner.nodeSelector.a=\u202e"],
        ["explain", "-f", "v\u202e.yaml", "-n", "\u202e", "--release", "\u202e"],
        ["fix", "--diff", "v\u202e.yaml"],
    ],
    ids=lambda args: " ".join(map(make_printable, args)),
)
def test_every_command_escapes(args: list[str], run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("v\u202e.yaml").write_text("cleaner: {resources: {cpu: 50m}, nodeSelector: {a: '\\u2066'}}\n")
    done = run(*args)
    assert is_safe(done.out.decode() + done.err)
