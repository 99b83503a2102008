"""The snippets of README.md and the guides: the fenced blocks, and what comments before them say is done with them.

    <!-- run: TOOL… -->       the shell or Python in the block is run; it needs these tools (helm3, helm4, helm: each of
                              the two, kubectl, kustomize, helmfile), or cluster or node: a kubectl that reaches a
                              cluster with the namespace polyaxon, whose nodes kwok plays, or that has a real node.
                              bash stops at the first command that fails.
    <!-- output -->           the block is what the last run printed, on stdout and stderr; a line … is any lines.
    <!-- output: exit N -->   the same, and it failed with this code.
    <!-- file: NAME -->       the block is written to a file.
    <!-- set up -->           how to install helm-cleaner itself, which the tests have done in their own way.

By themselves, without a block:

    <!-- given: NAME… -->     values.yaml or manifests.yaml is there from here on.
    <!-- check: TOOL…         a script that the reader does not see: bash, up to the comment's end.
    … -->

A block that none of our tools can run is followed by a line `<!-- not run: REASON. -->`, and so is a file that the
program it is for does not get to read. The headings of the second
level divide a page; what stands below one is run in order, in a folder of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tools import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CLUSTERS = ("cluster", "node")  # what tests/live has
_NOT_RUN = re.compile(r"<!-- not run: (.*) -->")
_KINDS = ("run", "output", "file", "set up", "given", "check")
_COMMENT = re.compile(r"<!-- *(?P<kind>[a-z ]+?) *(?::(?P<told>[^\n]*?))? *(?:-->|\n(?P<script>.*?)\n-->)", re.DOTALL)


@dataclass
class Step:
    """A block, or a comment that stands for one. kind: the mark, empty where there is none; told: what stands in it."""

    kind: str
    told: list[str]
    language: str
    text: str
    line: int
    not_run: str = ""


@dataclass
class Section:
    """What stands below a heading of the second level, or before the first one."""

    page: Path
    title: str
    steps: list[Step] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.page.name}: {self.title}"

    @property
    def tools(self) -> set[str]:
        """The tools that the runs and checks need."""
        return {tool for step in self.steps if step.kind in ("run", "check") for tool in step.told}


def sections(page: Path) -> Iterator[Section]:
    """The sections of a page that hold snippets. AssertionError where a comment or fence is left open."""
    section = Section(page, "the beginning")
    lines = page.read_text(encoding="utf-8").splitlines()
    marks: list[Step] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("## "):
            if section.steps:
                yield section
            section, marks = Section(page, line[3:]), []
        elif line.startswith("<!--"):
            end = next(n for n in range(at, len(lines)) if lines[n].endswith("-->"))
            comment = _COMMENT.fullmatch("\n".join(lines[at : end + 1]))
            if comment and comment["kind"] in _KINDS:
                step = Step(comment["kind"], (comment["told"] or "").split(), "bash", comment["script"] or "", at + 1)
                if step.kind in ("given", "check"):
                    section.steps.append(step)
                else:
                    marks.append(step)
            at = end
        elif line.startswith("```"):
            end = next(n for n in range(at + 1, len(lines)) if lines[n] == "```")
            assert len(marks) <= 1, f"{page.name}:{at + 1}: one mark a block"
            step = marks.pop() if marks else Step("", [], "", "", 0)
            step.language, step.line = line[3:].strip(), at + 1
            step.text = "".join(f"{each}\n" for each in lines[at + 1 : end])
            below = next((each for each in lines[end + 1 :] if each), "")
            reason = _NOT_RUN.fullmatch(below)
            step.not_run = reason[1] if reason else ""
            section.steps.append(step)
            at = end
        elif line:
            assert not marks, f"{page.name}:{at + 1}: a mark stands right above its block"
        at += 1
    if section.steps:
        yield section
