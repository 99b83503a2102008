"""What goes wrong while fix writes a file: full disks, signals. The file is whole then, the old one or the new one."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command import COMMAND, run

BEFORE = b"# c\ncleaner:\n  imageTag: 2.10 # t\n" + b"# filling\n" * 1000
AFTER = BEFORE.replace(b"2.10", b'"2.10"')


@pytest.fixture
def values(tmp_path: Path) -> Path:
    file = tmp_path / "v.yaml"
    file.write_bytes(BEFORE)
    return file


def only(folder: Path) -> Path:
    """The only file in a folder."""
    [file] = folder.iterdir()
    return file


def test_a_file_that_may_not_grow(values: Path) -> None:
    """Exceeding the file size limit is like a full disk: it happens halfway through the file."""

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    done = subprocess.run([COMMAND, "fix", values], capture_output=True, text=True, check=False, preexec_fn=limit)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{values}: error: cannot be written: File too large [file]\n")
    assert "hint: the file is unchanged" in done.stderr
    assert only(values.parent).read_bytes() == BEFORE


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    script = (
        f'mount -t tmpfs -o size=40k none "{tmp_path}" && cd "{tmp_path}" && cat > v.yaml && '
        f'{{ dd if=/dev/zero of=filler bs=1k 2>/dev/null; "{COMMAND}" fix v.yaml; echo "code $?"; ls -A; cat v.yaml; }}'
    )
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("no file system may be mounted here")
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], input=BEFORE, capture_output=True, check=False)
    if b"code" not in done.stdout:
        pytest.skip(f"no file system may be mounted here: {done.stderr.decode()}")
    assert done.stdout == b"code 2\nfiller\nv.yaml\n" + BEFORE
    assert b"v.yaml: error: cannot be written: No space left on device [file]" in done.stderr


@pytest.mark.parametrize("call", ["fsync", "chmod", "replace"])
def test_an_error_at_any_step_leaves_the_file(values: Path, call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    done = run(["fix", str(values)])
    assert done.code == 2
    assert "cannot be written: No space left on device [file]" in done.err
    assert only(values.parent).read_bytes() == BEFORE


@pytest.mark.parametrize(
    ("error", "code", "after"),
    [
        pytest.param(errno.EROFS, 0, AFTER, id="the file is a mount in a read-only folder: written in place"),
        pytest.param(errno.EDQUOT, 2, BEFORE, id="the quota is used up"),
    ],
)
def test_a_folder_that_takes_no_file(
    error: int, code: int, after: bytes, values: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulated, because root may write everywhere."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(error, os.strerror(error))

    import tempfile

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    done = run(["fix", str(values)])
    assert done.code == code
    assert (f"cannot be written: {os.strerror(error)} [file]" in done.err) is (code == 2)
    assert only(values.parent).read_bytes() == after


def test_the_longest_name_that_there_is(tmp_path: Path) -> None:
    file = tmp_path / ("v" * 250 + ".yaml")
    file.write_bytes(BEFORE)
    assert run(["fix", str(file)]).code == 0
    assert only(tmp_path).read_bytes() == AFTER


INTERRUPTED = """
import os, signal, sys
from helm_cleaner.cli import main
real = os.{call}
def interrupted(*args):
    os.kill(os.getpid(), signal.{name})
    return real(*args)
os.{call} = interrupted
sys.exit(main(["fix", "v.yaml"]))
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
@pytest.mark.parametrize("call", ["fsync", "chmod", "replace"])
def test_a_signal_while_a_file_is_written(values: Path, call: str, name: str) -> None:
    """It waits until the file is complete: no partial and no temporary file is left."""
    script = INTERRUPTED.format(call=call, name=name)
    done = subprocess.run([sys.executable, "-c", script], cwd=values.parent, capture_output=True, check=False)
    assert done.returncode == (130 if name == "SIGINT" else -getattr(signal, name))
    assert b"Traceback" not in done.stderr
    assert only(values.parent).read_bytes() == AFTER


@pytest.mark.slow
def test_a_signal_at_any_time(values: Path) -> None:
    seen = set()
    for step in range(24):
        values.write_bytes(BEFORE)
        with subprocess.Popen([COMMAND, "fix", values], stderr=subprocess.PIPE) as p:
            time.sleep(0.01 * step)
            p.terminate()
            assert p.stderr
            assert b"Traceback" not in p.stderr.read()
        seen.add(p.returncode)
        assert only(values.parent).read_bytes() in (BEFORE, AFTER)
    assert -signal.SIGTERM in seen
