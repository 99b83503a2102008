"""Running the command line: in this process, and in one of its own with bounds."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from helm_cleaner.cli import main

COMMAND = str(Path(sys.executable).with_name("helm-cleaner"))
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


def run_bounded(
    args: Sequence[str | bytes],
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    memory: int = MEMORY,
    seconds: int = SECONDS,
) -> Ran:
    """Runs the command in a process of its own, which may not take more memory or time than that."""

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    done = subprocess.run(
        [COMMAND, *args], input=stdin, env=env, cwd=cwd, capture_output=True, check=False, timeout=10 * seconds,
        preexec_fn=limit,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr.decode(errors="surrogateescape"))
