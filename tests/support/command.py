"""Runs the command line: in this process, or in a separate one with limits."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from helm_cleaner.cli import main
from tools import ROOT

COMMAND = str(Path(sys.executable).with_name("helm-cleaner"))
# The environment of a program that may write ASCII only.
ASCII = {
    "PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": "ascii",
}  # fmt: skip
# A small input needs 40 MB and a tenth of a second. The bounds tell what grows with no end from a slow machine.
MEMORY = 1 << 30
SECONDS = 60


class Ran(NamedTuple):
    """How a run ended."""

    code: int
    out: bytes
    err: str


def run(args: Sequence[str], stdin: bytes = b"") -> Ran:
    """Runs the command in this process."""
    written, told = io.BytesIO(), io.BytesIO()
    out, err = io.TextIOWrapper(written), io.TextIOWrapper(told)
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))))
        stack.enter_context(mock.patch.object(sys, "stdout", out))
        stack.enter_context(mock.patch.object(sys, "stderr", err))
        stack.enter_context(mock.patch.dict(os.environ, {"NO_COLOR": "1"}))
        code = main(list(args))
    for stream in (out, err):
        stream.flush()
    return Ran(code, written.getvalue(), told.getvalue().decode())


def run_redirected(command: str, redirection: str, folder: Path) -> Ran:
    """Runs a command line of ours in a shell that redirects its streams, as in `>&-`."""
    line = f'"{COMMAND}" {command} {redirection}'
    done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, check=False)
    return Ran(done.returncode, done.stdout, done.stderr.decode())


def run_bounded(
    args: Sequence[str | bytes],
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    memory: int = MEMORY,
    seconds: int = SECONDS,
) -> Ran:
    """Runs the command in a separate process with limits of memory and CPU time."""

    done = subprocess.run(
        [COMMAND, *args], input=stdin, env=env, cwd=cwd, capture_output=True, check=False, timeout=10 * seconds,
        preexec_fn=partial(_limit, memory, seconds),
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr.decode(errors="surrogateescape"))


def _limit(memory: int, seconds: int) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_all(
    commands: Sequence[Sequence[str]], stdin: bytes, cwd: Path, memory: int = MEMORY, seconds: int = SECONDS
) -> list[Ran]:
    """Runs several commands in turn in one separate process with limits; each gets the same stdin."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.command", str(cwd), json.dumps(commands)],
        input=stdin, cwd=ROOT, capture_output=True, check=False, timeout=10 * seconds,
        preexec_fn=partial(_limit, memory, seconds),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return [Ran(code, out.encode("latin-1"), err) for code, out, err in json.loads(done.stdout)]


if __name__ == "__main__":
    given = sys.stdin.buffer.read()
    os.chdir(sys.argv[1])
    every = [run(command, given) for command in json.loads(sys.argv[2])]
    print(json.dumps([(ran.code, ran.out.decode("latin-1"), ran.err) for ran in every]))
