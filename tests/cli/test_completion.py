"""Shell completion in real shells: what the completion key makes of a line."""

from __future__ import annotations

import functools
import os
import pty
import re
import shutil
import subprocess
import threading
from importlib import import_module
from pathlib import Path

import pytest

from helm_cleaner.cli import COMMANDS
from tests.conftest import COMMAND

# A line, and what may stand at its end; all words are inserted.
LINES = {
    "va": ["validate"],
    "p": ["patch", "plugin", "post-render", "preflight"],
    "--req": ["--require-target"],
    "--ver": ["--version"],
    "-f va": ["values.yaml"],
    "post-render --no-": ["--no-defaults", "--no-rollout"],
    "diff -o ": ["jsonpatch", "text"],
    "diff --output=j": ["--output=jsonpatch"],
    "patch -o k": ["kustomize"],
    "validate va": ["values.yaml"],
    "validate sub/": ["sub/more.yaml"],
    "validate --format s": ["sarif"],
    "fix my": ["my values.yaml"],
    "fix values.yaml my": ["my values.yaml"],
    "fix --di": ["--diff"],
    "merge --sh": ["--show-origin"],
    "merge --set va": ["va"],
    "merge --set-file cleaner.image=va": ["cleaner.image=values.yaml"],
    "plugin ": ["install", "path", "uninstall"],
    "rule pull-": ["pull-policy", "pull-secret"],
    "schema --v": ["--values"],
    "merge --set-l": ["--set-literal"],
    "completion ": ["bash", "fish", "zsh"],
    "nothing va": ["va"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    for name in ("values.yaml", "my values.yaml", "sub/more.yaml"):
        (tmp_path / name).touch()
    return tmp_path


@functools.cache
def script(shell: str) -> str:
    return subprocess.run([COMMAND, "completion", shell], capture_output=True, text=True, check=True).stdout


def typed(shell: list[str], start: str, key: str, folder: Path) -> dict[str, list[str]]:
    """The words that a real shell on a terminal completes for each line, sorted."""
    if not shutil.which(shell[0]):
        pytest.skip(f"no {shell[0]} here")
    (folder / "start").write_text(start)
    keys = ". ./start\n" + "".join(f"helm-cleaner {line}{key}\n" for line in LINES) + "exit\n"
    ours, theirs = pty.openpty()
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
        shell, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        watch = threading.Timer(60, process.kill)  # a shell that waits for more would wait for ever
        watch.start()
        screen = b""
        try:
            os.write(ours, keys.encode())
            while piece := os.read(ours, 10_000):
                screen += piece
        except OSError:  # the shell has closed the terminal
            pass
        finally:
            os.close(ours)
            process.wait()
            watch.cancel()
    assert (folder / "seen").exists(), screen.decode()
    seen = [line.split("\0")[:-1] for line in (folder / "seen").read_text().split("\n")[:-1]]
    assert len(seen) == len(LINES), screen.decode()
    return {line: sorted(words[len(re.findall(r"\S+(?= )", line)) :]) for line, words in zip(LINES, seen, strict=True)}


RECORD = """helm-cleaner() { printf '%s\\0' "$@" >> seen; printf '\\n' >> seen; }\n"""


def test_bash(folder: Path) -> None:
    start = f"{RECORD}{script('bash')}bind 'set enable-bracketed-paste off'\n"
    assert typed(["bash", "--norc", "--noprofile", "-i"], start, "\x1b*", folder) == LINES  # insert-completions


@pytest.mark.parametrize("installed", ["sourced", "in fpath"])
def test_zsh(installed: str, folder: Path) -> None:
    (folder / "functions").mkdir()
    if installed == "in fpath":
        (folder / "functions" / "_helm-cleaner").write_text(script("zsh"))
    start = (
        "fpath=($PWD/functions $fpath)\nautoload -U compinit && compinit -u -D\n"
        "zstyle ':completion:*' completer _all_matches _complete\nzstyle ':completion:*' insert true\n"
        f"unsetopt beep\n{RECORD}{script('zsh') if installed == 'sourced' else ''}"
    )
    assert typed(["zsh", "-f", "-i"], start, "\t", folder) == LINES


def test_fish(folder: Path) -> None:
    if not shutil.which("fish"):
        pytest.skip("no fish here")
    (folder / "start").write_text(script("fish"))
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    for line, words in LINES.items():
        ask = f"source start; complete -C {subprocess.list2cmdline(['helm-cleaner ' + line])}"
        done = subprocess.run(
            ["fish", "--no-config", "-c", ask], cwd=folder, env=env, capture_output=True, text=True, check=True
        )
        found = sorted(each.partition("\t")[0] for each in done.stdout.splitlines())
        assert (found or [line.rpartition(" ")[2]]) == words, line


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_that_the_help_tells_is_there(name: str, shell: str) -> None:
    shown = import_module(f"helm_cleaner.cli.commands.{name.replace('-', '_')}").parser().format_help()
    options = re.findall(r"^  (?:-\w[ ,][^-\n]*)?--([\w-]+)", shown, re.MULTILINE)
    assert "help" in options
    parts = {
        "bash": rf'^ +{name}\) words="(.*)"',
        "zsh": rf"^ +{name}\)\n +_arguments(.*?);;",
        "fish": rf"^(complete -c helm-cleaner -n '__fish_seen_subcommand_from {name}' .*)$",
    }
    text = script(shell)
    if shell == "fish" and name == "post-render":
        found = [line for line in text.splitlines() if "not __fish_seen_subcommand_from" in line]
    else:
        flags = re.MULTILINE | (re.DOTALL if shell == "zsh" else 0)
        found = [match[0] for match in re.finditer(parts[shell], text, flags)]
    there = {word for line in found for word in re.findall(r"(?:--|-l )([\w-]+)", line)}
    assert set(options) <= there


def test_help_tells_how_to_install_it() -> None:
    shown = subprocess.run([COMMAND, "completion", "--help"], capture_output=True, text=True, check=True).stdout
    assert "source <(helm-cleaner completion bash)" in shown
