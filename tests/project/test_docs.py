"""README.md and the guides: every snippet is run, or says that it is not (see tests/support/snippets.py)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_cleaner.cli import COMMANDS
from tests.support.commandlines import invocations, parse
from tests.support.snippet_runs import matches, play, variants
from tests.support.snippets import CLUSTERS, PAGES, Section, Step, sections
from tools import ROOT

SECTIONS = [section for page in PAGES for section in sections(page)]
STEPS = [(section, step) for section in SECTIONS for step in section.steps]


RUNS = [
    (section, major)
    for section in SECTIONS
    if any(step.kind in ("run", "check") for step in section.steps)
    and not section.tools & {*CLUSTERS}  # tests/live runs these
    for major in variants(section)
]


@pytest.mark.helm
@pytest.mark.slow
@pytest.mark.parametrize(("section", "major"), RUNS, ids=[f"{s.name} [{m or 'no helm'}]" for s, m in RUNS])
def test_snippets_do_what_they_say(section: Section, major: str, tmp_path: Path) -> None:
    play(section, major, tmp_path)


@pytest.mark.parametrize(
    ("expected", "found", "is_so"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\nb\n", "a\nc\n", False),
        ("a\n…\nb\n", "a\nx\ny\nb\n", True),
        ("a\n  …\nb\n", "a\nb\n", True),
        ("a\n…\n", "b\n", False),
        ("a\n", "a\nb\n", False),
        ("in …\n", "in a b\n", True),
        ("in …\n", "in a\nb\n", False),
    ],
)
def test_matches(expected: str, found: str, is_so: bool) -> None:
    assert matches(expected, found) is is_so


@pytest.mark.parametrize(("section", "step"), STEPS, ids=[f"{s.page.name}:{step.line}" for s, step in STEPS])
def test_every_snippet_is_run_or_says_that_it_is_not(section: Section, step: Step) -> None:
    assert step.kind or step.not_run, f"{section.name}: run it, or say why not in a line below it"
    if step.not_run:  # a file may be checked, and yet not be used by the program that it is for
        assert step.kind in ("", "file")
        assert step.not_run.endswith(".")
    if step.kind == "set up":
        assert re.fullmatch(r"(?:(?:pip|pipx|python3 -m venv|\.) [^\n]*\n)+", step.text)
    if step.kind == "run":
        assert step.language in ("sh", "python")
    if step.language == "yaml":
        documents = list(yaml.safe_load_all(step.text))
        commands = [shell for document in documents for shell in shells(document)]
    elif step.language == "hcl":
        commands = [
            f"helm-cleaner {' '.join(json.loads(args))}" for args in re.findall(r"args\s*=\s*(\[.*?])", step.text)
        ]
    else:
        commands = [step.text] if step.language in ("sh", "dockerfile", "bash") else []
    for args in [args for shell in commands for args in invocations(shell)]:
        parse(args)


def shells(data: Any) -> Iterator[str]:
    """The texts in YAML that may be shell code, and the lists that are command lines or post-renderers."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        if data and str(data[0]) == "helm-cleaner":
            yield " ".join(data)
        else:
            for each in data:
                yield from shells(each)
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from shells(["helm-cleaner", *value] if key == "postRendererArgs" else value)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_is_fenced_and_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert not re.findall(r"\n\n    \S.*", prose), "indented code has no marks: put it between fences"
    for target in re.findall(r"\]\(([^)]+)\)", prose):
        if not re.match(r"https?://|#", target):
            assert (page.parent / target.partition("#")[0]).exists(), target


def test_the_index_names_every_guide() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert page.name == "README.md" or f"({page.name}" in index


def test_the_page_of_commands_names_each() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert {*re.findall(r"^\| `([a-z][a-z-]+)` +\|", page, flags=re.MULTILINE)} == {*COMMANDS}
