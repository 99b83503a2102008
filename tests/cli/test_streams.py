"""stdin and stdout that are closed, full or a terminal."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.test_post_render import BAD
from tests.conftest import COMMAND
from tests.support.command import run_redirected
from tests.support.manifests import CONFIGMAP, SMALL_STREAM


def test_a_closed_pipe_is_no_traceback() -> None:
    stream = (CONFIGMAP % "{}" + "---\n# " + "x" * 1_000_000).encode()
    with subprocess.Popen([COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
        assert p.stdin
        assert p.stdout
        assert p.stderr
        p.stdout.close()
        p.stdin.write(stream)
        p.stdin.close()
        assert p.stderr.read() == b""
    assert p.returncode == 2


@pytest.mark.parametrize(
    ("redirection", "expected"),
    [
        ("<&-", "<stdin>: error: stdin is closed"),
        ("0>out", "<stdin>: error: cannot be read: Bad file descriptor"),
        (">&-", "<stdout>: error: stdout is closed"),
        ("2>&-", ""),
    ],
)
def test_closed_streams(redirection: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "in").write_text(BAD if redirection == "2>&-" else CONFIGMAP % "{}")
    command = f'"{COMMAND}" < in {redirection}'
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if redirection == "2>&-" else 2)
    assert done.stdout == ""
    assert done.stderr.startswith(expected)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "merge --help",
        "--version",
        "merge",
        "schema",
        "plugin path",
        "fix --diff v",
        "validate --format json v",
    ],
)
@pytest.mark.parametrize(
    ("redirection", "expected"),
    [(">&-", "<stdout>: error: stdout is closed"), (">/dev/full", "<stdout>: error: cannot be written: No space left")],
    ids=["closed", "full"],
)
def test_output_with_nowhere_to_go(command: str, redirection: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "v").write_text("cleaner: {imageTag: 2.10}\n")
    done = run_redirected(command, redirection, tmp_path)
    assert (done.code, done.out) == (2, b"")
    assert expected in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", ["merge -f -", "validate -", "post-render"])
def test_closed_stdin(command: str, tmp_path: Path) -> None:
    done = run_redirected(command, "<&-", tmp_path)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith("<stdin>: error: stdin is closed [stdin]")


def test_a_full_disk() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [COMMAND], input=(CONFIGMAP % "{}").encode(), stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("<stdout>: error: cannot be written: No space left on device [stdout]")


@pytest.mark.parametrize("args", [["diff"], ["patch", "-o", "flux"], ["diff", "-"], ["-f", "v.yaml"]], ids=" ".join)
def test_nobody_types_manifests(args: list[str], tmp_path: Path) -> None:
    """If stdin is a terminal they say so, and do not wait."""
    (tmp_path / "v.yaml").write_text("a: 1\n")
    ours, theirs = os.openpty()
    done = subprocess.run(
        [COMMAND, *args], stdin=theirs, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("helm-cleaner: error: no manifests are piped in\n    hint: helm template ")


@pytest.mark.parametrize(
    ("command", "redirection", "said"),
    [
        ("post-render", "0>not-readable", "<stdin>: error: cannot be read: "),
        ("merge -f -", "0>not-readable", "<stdin>: error: cannot be read: "),
        ("validate -", "0>not-readable", "<stdin>: error: cannot be read: "),
        ("diff", "0>not-readable", "<stdin>: error: cannot be read: "),
        ("patch -o flux", "0>not-readable", "<stdin>: error: cannot be read: "),
        ("explain", "0>not-readable", "<stdin>: error: cannot be read: "),
        ("diff manifests.yaml", "1</dev/null", "<stdout>: error: cannot be written: Bad file descriptor"),
        ("patch -o flux manifests.yaml", "1</dev/null", "<stdout>: error: cannot be written: Bad file descriptor"),
        ("explain manifests.yaml", "1</dev/null", "<stdout>: error: cannot be written: Bad file descriptor"),
        ("merge", "1</dev/null", "<stdout>: error: cannot be written: Bad file descriptor"),
        ("schema", "1</dev/null", "<stdout>: error: cannot be written: Bad file descriptor"),
    ],
)
def test_streams_of_the_wrong_kind(command: str, redirection: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "manifests.yaml").write_bytes(SMALL_STREAM)
    done = run_redirected(command, redirection, tmp_path)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith(said)
    assert "Traceback" not in done.err
