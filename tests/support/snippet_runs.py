"""Runs a section's snippets as a reader would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import missing
from tests.support.snippets import CLUSTERS, PAGES, Section, Step, sections
from tools.programs import Unavailable
from tools.sandbox import MAJORS, Sandbox

GIVEN = "cleaner:\n  imageTag: dev\n"


def variants(section: Section) -> list[str]:
    """The Helms that a section is run with; an empty name if it needs none."""
    if "helm" in section.tools:
        return list(MAJORS)
    return [major for major in MAJORS if major in section.tools] or [""]


def on_cluster(tool: str) -> list[tuple[Section, str]]:
    """The sections that need one of CLUSTERS, each with the Helms that it is run with."""
    needing = (section for page in PAGES for section in sections(page) if tool in section.tools)
    return [(section, major) for section in needing for major in variants(section)]


def play(section: Section, major: str, path: Path, kubeconfig: str = "") -> None:
    """Runs a section's snippets in a folder; skips the test if a tool is missing. The arguments are those of Folder."""
    try:
        folder = Folder(section, major, path, kubeconfig)
    except Unavailable as reason:
        missing(str(reason))
    for step in section.steps:
        folder.take(step)


class Folder:
    """Where a section's snippets are run, one after another. Unavailable where a tool is missing.

    major: the Helm to run it with, empty where it needs none; kubeconfig: of the cluster, where it needs one.
    """

    def __init__(self, section: Section, major: str, path: Path, kubeconfig: str = "") -> None:
        self.section, self.major = section, major
        self.last: subprocess.CompletedProcess[str] | None = None
        self.passes_over = False  # what is for another Helm
        tools = {major, *section.tools} - {"", "helm", *CLUSTERS, *({*MAJORS} - {major})}
        self.box = Sandbox(path, tools | ({"kubectl"} if kubeconfig else set()))
        self.box.env["KUBECONFIG"] = kubeconfig or os.devnull
        self.path = self.box.path

    def take(self, step: Step) -> None:
        where = f"{self.section.page.name}:{step.line}"
        for name in step.told if step.kind == "given" else []:
            (self.path / name).write_text(self.given(name))
        if step.kind == "file":
            file = self.path / step.told[0]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step.text)
        if step.kind in ("run", "check"):
            self.passes_over = bool({*step.told} & {*MAJORS}) and self.major not in step.told
        if self.passes_over:
            return
        if step.kind in ("run", "check"):
            shell = [sys.executable, "-c"] if step.language == "python" else ["bash", "-e", "-o", "pipefail", "-c"]
            self.last = self.run(*shell, step.text)
            follows = self.section.steps[self.section.steps.index(step) + 1 :][:1]
            if not follows or follows[0].kind != "output":
                assert self.last.returncode == 0, f"{where}: exit {self.last.returncode}\n{self.last.stdout}"
        elif step.kind == "output":
            assert self.last is not None, f"{where}: the output of what?"
            code = int(step.told[1]) if step.told else 0
            assert self.last.returncode == code, f"{where}: exit {self.last.returncode}\n{self.last.stdout}"
            assert matches(step.text, self.last.stdout), f"{where} is not what comes:\n{self.last.stdout}"

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.path, env=self.box.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip

    def given(self, name: str) -> str:
        if name == "values.yaml":
            return GIVEN
        assert name == "manifests.yaml"
        done = self.run("helm", "template", "plx", "polyaxon/polyaxon")
        assert done.returncode == 0, done.stdout
        return done.stdout


def matches(expected: str, found: str) -> bool:
    """Whether a text is as expected; a line … stands for any lines, and … in a line for the rest of it."""
    parts = re.split(r"^ *…\n", expected, flags=re.MULTILINE)
    escaped = [re.escape(part).replace("…", ".*") for part in parts]
    return re.fullmatch("(?:.*\n)*?".join(escaped), found) is not None
