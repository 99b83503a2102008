"""Processes that write a log each and end with a block."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_LINE = 400  # characters
_GRACE = 20.0  # seconds until a process that does not end is killed


@contextmanager
def process(
    folder: Path, name: str, command: list[str], env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in the folder until the block ends, with its output in NAME.log and its PID in NAME.pid."""
    with (
        (folder / f"{name}.log").open("ab") as log,
        subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as child,
    ):
        (folder / f"{name}.pid").write_text(str(child.pid))
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(_GRACE)
            except subprocess.TimeoutExpired:
                child.kill()


def last_words(folder: Path, name: str) -> str:
    """The last line of a process's log."""
    return last_lines(folder / f"{name}.log", 1)


def last_lines(log: Path, number: int) -> str:
    """The end of a log; for long lines, the start and the end."""
    lines = log.read_text(errors="replace").strip().split("\n")[-number:]
    return "\n".join(
        line if len(line) < _LINE else f"{line[: _LINE // 4]} … {line[-_LINE * 3 // 4 :]}" for line in lines
    )


def free_port() -> int:
    """A free port on loopback."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
