"""Runs other post-renderers before or after this one, because Helm takes one post-renderer and no list."""

from __future__ import annotations

import shlex
import signal
import subprocess
from collections.abc import Iterable

from helm_cleaner.cli.console import print_text
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.diagnostics import InputError, Location


def split_command(option: str, command: str) -> list[str]:
    """A command's words, as a shell splits them. UsageError if there are none, or if a quote is not closed."""
    try:
        words = shlex.split(command)
        problem = "" if words and words[0] else "the command is empty"
    except ValueError as e:  # "No closing quotation", "No escaped character"
        words, problem = [], f"{command!r} cannot be split: {str(e).lower()}"
    if problem:
        hint = f"for example {option} 'kustomize-renderer overlays/prod'"
        raise UsageError(f"{option}: {problem}", hint, "helm-cleaner post-render")
    return words


def run_renderer(option: str, words: list[str], pieces: Iterable[bytes | memoryview]) -> bytes:
    """What another post-renderer makes of a stream. What it writes to stderr is passed on to the user.

    option: --before or --after; words: the command, which runs without a shell, in this folder and environment.
    InputError if it cannot be started, fails, or prints nothing.
    """
    name, where = shlex.join(words), Location(option)
    try:
        done = subprocess.run(words, input=b"".join(pieces), capture_output=True, check=False)
    except OSError as e:
        message = f"{name}: cannot be started: {e.strerror or e}"
        hint = "it must be an executable on PATH, or its path; what needs a shell is written as sh -c '…'"
        raise InputError.of("renderer", message, where, hint) from None
    failed = done.returncode != 0 or not done.stdout.strip()
    print_text(done.stderr.decode(errors="backslashreplace"), failed=failed)
    if done.returncode:
        hint = "its own messages are above" if done.stderr.strip() else "it wrote no message of its own"
        raise InputError.of("renderer", f"{name}: {_ending(done.returncode)}; nothing was written", where, hint)
    if failed:
        hint = "a post-renderer reads all manifests from stdin, and writes all of them to stdout"
        raise InputError.of("renderer", f"{name}: printed nothing; nothing was written", where, hint)
    return done.stdout


def _ending(code: int) -> str:
    """How a command ended, from its return code."""
    if code > 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
