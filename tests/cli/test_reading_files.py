"""Files are read as they are, whatever they are."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from helm_cleaner.cli.files import _SMALL, read_file
from helm_cleaner.diagnostics import InputError


@pytest.mark.parametrize("size", [0, 1, 2, _SMALL - 1, _SMALL, _SMALL + 1, 3 * _SMALL])
def test_files_of_any_size(size: int, tmp_path: Path) -> None:
    content = os.urandom(size)
    (tmp_path / "file").write_bytes(content)
    assert read_file(str(tmp_path / "file")) == content


@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_a_named_pipe(size: int, tmp_path: Path) -> None:
    content = os.urandom(size)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()
    assert read_file(str(pipe)) == content
    writer.join()


def test_a_file_that_does_not_tell_its_size() -> None:
    proc = Path("/proc/self/cmdline")
    if not proc.exists():
        pytest.skip("no /proc here")
    assert read_file(str(proc)) == proc.read_bytes() != b""


@pytest.mark.parametrize("change", [b"a", b"a: 1\nb: 2\n"], ids=["shrinks", "grows"])
def test_a_file_that_changes_while_it_is_read(change: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"a: 1\n")
    fstat = os.fstat

    def changed(descriptor: int) -> os.stat_result:
        result = fstat(descriptor)
        file.write_bytes(change)
        return result

    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", changed)
        assert read_file(str(file)) == change


@pytest.mark.parametrize("name", ["folder", "nothing", "a\0b"])
def test_what_cannot_be_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    before = len(list(Path("/dev/fd").iterdir()))
    with pytest.raises(InputError, match="cannot be read: "):
        read_file(str(tmp_path / name))
    assert len(list(Path("/dev/fd").iterdir())) == before
