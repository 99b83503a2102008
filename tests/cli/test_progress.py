"""The line on a terminal while validate works. The clock is ours: no test waits for a second to pass."""

from __future__ import annotations

import fcntl
import io
import itertools
import os
import pty
import struct
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from helm_cleaner.cli import main, progress

FINDING = "more/bad.yaml:1:21: error: cleaner.imageTag: must be a string, found the number 2.1 [type]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "bad.yaml").write_text("cleaner: {imageTag: 2.10}\n")
    for name in "cde":
        (tmp_path / "more" / f"{name}.yaml").touch()
    return tmp_path


def ticking(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Makes so many seconds pass between two looks at the clock."""
    monkeypatch.setattr(progress, "monotonic", itertools.count(0, seconds).__next__)


def on_terminal(monkeypatch: pytest.MonkeyPatch, *args: str, columns: int = 80) -> str:
    """What validate writes to a pseudo-terminal in the place of stderr."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with os.fdopen(theirs, "w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        assert main(["validate", "more", *args]) == 1
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        return b"".join(_pieces(terminal)).decode().replace("\r\n", "\n")


def _pieces(terminal: io.FileIO) -> Iterator[bytes]:
    with suppress(OSError):  # Linux's way to say that there is no more
        while piece := terminal.read(65_536):
            yield piece


def test_what_takes_longer_than_a_second_is_told_and_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    ticking(monkeypatch, 0.5)
    text = on_terminal(monkeypatch)
    lines = text[: text.index(FINDING)].split("\r")
    assert [line.rstrip() for line in lines] == [
        "",
        "helm-cleaner: reading files: 1 of 4",
        "helm-cleaner: reading files: 2 of 4",
        "helm-cleaner: reading files: 3 of 4",
        "helm-cleaner: searching files: 0 of 4",
        "helm-cleaner: searching files: 1 of 4",
        "helm-cleaner: searching files: 2 of 4",
        "helm-cleaner: searching files: 3 of 4",
        "helm-cleaner: checking sections: 0 of 1",
        "",
        "",
    ]
    assert len(lines[-2]) == len(lines[-3])  # spaces over all that was there


def test_the_line_changes_ten_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    ticking(monkeypatch, 0.26)  # the line is due at 1 s and then each tenth; the clock is read at 1.04, 1.3, …
    assert on_terminal(monkeypatch).split("\r")[1].rstrip() == "helm-cleaner: reading files: 3 of 4"
    monkeypatch.setattr(progress, "_PAUSE", 100.0)
    ticking(monkeypatch, 0.26)
    assert len(on_terminal(monkeypatch).split("\r")) == 4


def test_what_is_quick_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ticking(monkeypatch, 0.0001)
    assert "\r" not in on_terminal(monkeypatch)


def test_a_narrow_terminal_gets_what_fits_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    ticking(monkeypatch, 1)
    text = on_terminal(monkeypatch, columns=20)
    assert "\rhelm-cleaner: readi\r" in text
    assert max(map(len, text[: text.index(FINDING)].split("\r"))) == 19


def test_a_terminal_that_cannot_erase_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    ticking(monkeypatch, 1)
    assert "\r" not in on_terminal(monkeypatch)


def test_reports_on_stdout_are_as_without(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "more", "--format", "json"]) == 1
    report = capsys.readouterr().out
    ticking(monkeypatch, 1)
    assert "checking sections" in on_terminal(monkeypatch, "--format", "json")
    assert capsys.readouterr().out == report


def test_a_pipe_gets_none(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    ticking(monkeypatch, 1)
    assert main(["validate", "more"]) == 1
    assert "\r" not in capsys.readouterr().err
