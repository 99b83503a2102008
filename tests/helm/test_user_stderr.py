"""The ways by which a message reaches the user."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helm_cleaner.cli.console import print_text
from helm_cleaner.helm import POST_RENDERER, user_stderr
from helm_cleaner.helm.parent_descriptor import borrow_descriptor
from tests.support.command import COMMAND
from tests.support.manifests import SMALL_STREAM


@pytest.mark.parametrize(
    ("plugin", "parent", "failed", "expected"),
    [
        ("helm-cleaner", "helm", True, True),
        ("helm-cleaner", "helm", False, True),
        (None, "helm", True, False),
        (None, "helm", False, True),
        ("secrets", "helm", False, True),
        (None, "bash", False, False),
        ("cleaner", "helm", False, False),
        ("cleaner-values", "helm", False, False),
    ],
    ids=["helm4 failed", "helm4", "helm3 failed", "helm3", "helm3 below a plugin", "shell", "command", "values"],
)
def test_when_helm_discards_stderr(
    plugin: str | None, parent: str, failed: bool, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if plugin:
        monkeypatch.setenv("HELM_PLUGIN_NAME", plugin)
    monkeypatch.setattr(user_stderr, "_parent_name", lambda: parent)
    assert user_stderr.is_discarded(failed=failed) is expected


SAY = (
    "import sys; from helm_cleaner.helm import user_stderr; from helm_cleaner.cli.console import print_text; "
    "user_stderr.borrow_descriptor = lambda _: {borrowed}; print_text('ours\\n', failed={failed})"
)
PARENT = """\
import subprocess, sys
print('before', file=sys.stderr, flush=True)
subprocess.run([sys.executable, '-c', {code!r}], stderr=subprocess.DEVNULL)
print('Error: after', file=sys.stderr)
"""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="there is no /proc here")
@pytest.mark.parametrize(
    ("redirection", "failed", "expected"),
    [
        ("2>log", True, "before\nError: after\n" + " " * 498 + "\nours\n"),
        ("2>>log", True, "before\nours\nError: after\n"),
        ("2>log", False, "before\nError: after\n"),
        ("2>>log", False, "before\nours\nError: after\n"),
        ("2>&1 | cat >log", True, "before\nours\nError: after\n"),
    ],
    ids=["file, failed", "appended, failed", "file", "appended", "pipe"],
)
def test_where_helms_descriptor_cannot_be_borrowed(
    redirection: str, failed: bool, expected: str, tmp_path: Path
) -> None:
    """A parent that continues writing at its own position must not overwrite our message, nor we its output."""
    parent = PARENT.format(code=SAY.format(borrowed=None, failed=failed))
    env = {**os.environ, "HELM_PLUGIN_NAME": "helm-cleaner", "HELM_PLUGIN_DIR": str(tmp_path)}
    command = ["setsid", "bash", "-c", f'"$0" -c "$1" {redirection}', sys.executable, parent]
    subprocess.run(command, cwd=tmp_path, env=env, check=True, stdin=subprocess.DEVNULL)
    assert (tmp_path / "log").read_text() == expected
    assert (tmp_path / "last-message.txt").exists() is (redirection == "2>log" and not failed)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="there is no /proc here")
def test_a_pipe_of_another_users(tmp_path: Path) -> None:
    """As below `sudo -u` or in a container: Helm's stderr is open, but it may not be opened again."""
    ask = "from helm_cleaner.helm.parent_descriptor import borrow_descriptor; exit(borrow_descriptor(2) is None)"
    if subprocess.run([sys.executable, "-c", ask], check=False).returncode:
        pytest.skip("processes may not borrow descriptors from each other here")
    unopened = "user_stderr._open = lambda *_: None; print_text('ours\\n', failed=True)"
    parent = PARENT.format(code=SAY.partition("user_stderr.borrow")[0] + unopened)
    env = {**os.environ, "HELM_PLUGIN_NAME": "helm-cleaner", "HELM_PLUGIN_DIR": str(tmp_path)}
    command = ["setsid", sys.executable, "-c", parent]
    done = subprocess.run(command, env=env, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.stderr == "before\nours\nError: after\n"


def test_the_last_resort_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HELM_PLUGIN_NAME", "helm-cleaner")
    monkeypatch.setenv("HELM_PLUGIN_DIR", str(tmp_path))
    monkeypatch.setattr(user_stderr, "_helms_stderr", lambda **_: None)
    real = user_stderr._open
    monkeypatch.setattr(user_stderr, "_open", lambda path, flags=0: None if path == "/dev/tty" else real(path, flags))
    print_text("the reason\n", failed=True)
    assert (tmp_path / "last-message.txt").read_text() == "the reason\n"
    expected = f"helm-cleaner: messages were written to {tmp_path / 'last-message.txt'}\nthe reason\n"
    assert capsys.readouterr().err == expected
    print_text("and another\n")
    assert (tmp_path / "last-message.txt").read_text() == "the reason\nand another\n", "of the same run"


def test_the_environment_switches_it_off(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HELM_PLUGIN_NAME", "helm-cleaner")
    monkeypatch.setenv("HELM_CLEANER_STDERR", "plain")
    monkeypatch.setattr(user_stderr, "_helms_stderr", lambda **_: pytest.fail("looked for Helm's stderr"))
    print_text("the reason\n", failed=True)
    assert capsys.readouterr().err == "the reason\n"


def test_no_way_at_all_is_no_crash(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HELM_PLUGIN_NAME", "helm-cleaner")
    monkeypatch.setattr(user_stderr, "_helms_stderr", lambda **_: None)
    monkeypatch.setattr(user_stderr, "_open", lambda _path, _flags=0: None)
    print_text("the reason\n", failed=True)
    assert capsys.readouterr().err == "the reason\n"


def test_a_parent_that_cannot_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getppid", lambda: 0)  # the kernel's own, which /proc does not list
    monkeypatch.delenv("HELM_PLUGIN_NAME", raising=False)
    assert not user_stderr.is_discarded(failed=False)
    assert user_stderr._helms_stderr(failed=True) is None
    assert borrow_descriptor(2) is None
    assert not user_stderr._is_appended("/proc/0")


def test_no_place_at_all_for_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_PLUGIN_NAME", POST_RENDERER)
    monkeypatch.setattr(os, "getppid", lambda: 0)
    monkeypatch.setattr(user_stderr, "_open", lambda *_: None)
    assert user_stderr.open_user_stderr(failed=True) == (None, None)


def test_without_proc() -> None:
    """Helm's stderr cannot be found then, so messages are written to a file."""
    script = f'mount -t tmpfs none /proc && exec "{COMMAND}"'
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("/proc cannot be hidden here")
    for env, wrong in (({}, False), ({"HELM_PLUGIN_NAME": "helm-cleaner"}, True)):
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", script],
            input=SMALL_STREAM.replace(b"{}", b'{"a":1}') if wrong else SMALL_STREAM,
            env={"PATH": os.environ["PATH"], **env},
            capture_output=True,
            check=False,
            start_new_session=True,  # no terminal either
        )
        assert done.returncode == int(wrong)
        assert bool(done.stdout) == (not wrong)
        assert b"Traceback" not in done.stderr
        assert (b"messages were written to" in done.stderr) == wrong
