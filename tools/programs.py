"""The folder .tools with real programs for the tests, and how a program gets into it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools import ROOT

TOOLS = ROOT / ".tools"


class Unavailable(Exception):
    """A program is not available here; the message says what to do."""


@contextmanager
def scratch() -> Iterator[Path]:
    """A temporary folder in .tools, on the same file system, so that a rename moves a program atomically."""
    TOOLS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tmp-", dir=TOOLS) as folder:
        yield Path(folder)


def put(binary: Path, target: Path) -> None:
    """Moves a program from a scratch folder to its place."""
    target.parent.mkdir(exist_ok=True)
    binary.chmod(0o755)
    binary.replace(target)


def run(command: list[str], env: Mapping[str, str], cwd: Path | None = None) -> str:
    """The output of a command. Unavailable, with its last lines, if it fails."""
    done = subprocess.run(
        command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        raise Unavailable(f"`{' '.join(command)}` failed: {last}")
    return done.stdout


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
