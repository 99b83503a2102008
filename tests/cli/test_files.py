"""Files and arguments with odd names, whatever the locale; files of any size and kind."""

from __future__ import annotations

import json
import os
import threading
from functools import partial
from pathlib import Path

import pytest
import yaml

from helm_cleaner.cli.files import _SMALL, read_file
from helm_cleaner.diagnostics import InputError
from tests.support.command import ASCII, run_bounded
from tests.support.manifests import SMALL_STREAM

VALUES = b"# c\ncleaner:\n  imageTag: 2.10 # t\n"
FIXED = VALUES.replace(b"2.10", b'"2.10"')

NAMES = [
    b"with blanks .yaml",
    b'quote\'s and "quotes".yaml',
    "größe-🚀.yaml".encode(),
    b"raw-\xff-bytes.yaml",
    b"a\nnew line.yaml",
    b"escape-\x1b[2J.yaml",
    b"-dash.yaml",
    b"a,comma.yaml",
    b"#hash %s {0} $HOME `x` *.yaml",
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "env"),
    [pytest.param(name, None, id=repr(name)) for name in NAMES]
    + [pytest.param(name, ASCII, id=f"{name!r} ASCII") for name in NAMES if not name.isascii() or b"\x1b" in name],
)
def test_names(name: bytes, env: dict[str, str] | None, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/" + name
    Path(os.fsdecode(path)).write_bytes(b"cleaner:\n  imageTag: dev\n  tag: on\n")
    ran = partial(run_bounded, env=env, cwd=tmp_path)
    quoted = b'"' + path.replace(b'"', b'""') + b'"' if b"," in name or b'"' in name else path

    merged = ran(["merge", "--raw", "--show-origin", "-f", quoted])
    assert merged.code == 0, merged.err
    assert yaml.safe_load(merged.out)["imageTag"] == "dev"
    assert b"\x1b" not in merged.out
    patched = ran(["post-render", "-f", quoted], SMALL_STREAM)
    assert (patched.code, patched.out) == (1, b"")
    checked = ran(["preprocess", "", "", "", b"cleaner:" + path])
    assert (checked.code, checked.out) == (1, b"")

    for form in ("text", "json", "github", "sarif"):
        done = ran(["validate", "--format", form, path])
        assert done.code == 1
        assert "Traceback" not in done.err
        assert "tag" in (done.err if form == "text" else done.out.decode())
        assert "\x1b" not in done.err
        if form in ("json", "sarif"):
            json.loads(done.out)

    assert ran(["explain", "-f", quoted], b"").code == 1
    Path(os.fsdecode(path)).write_bytes(b"nodeSelector: {a: b}\ncleaner:\n  imageTag: dev\n")
    for output in ([], ["-o", "yaml"], ["-o", "json"]):
        explained = ran(["explain", "-f", quoted, *output], b"")
        assert explained.code == 0
        assert "error" not in explained.err
        assert "\x1b" not in explained.err
        assert all(c.isprintable() or c == "\n" for c in explained.out.decode())
    (job,) = yaml.safe_load_all(ran(["explain", "-f", quoted, "-o", "yaml"], b"").out)
    assert job["spec"]["template"]["spec"]["nodeSelector"] == {"a": "b"}

    Path(os.fsdecode(path)).write_bytes(SMALL_STREAM)
    shown = ran(["diff", b"./" + name])
    assert (shown.code, shown.err) == (0, "")
    for form in ("kustomize", "flux", "jsonpatch"):
        patched = ran(["patch", "-o", form, b"./" + name])
        if b"\xff" in name and form == "kustomize":
            assert (patched.code, patched.out) == (2, b"")
            assert "error: the file name is not UTF-8, and a kustomization cannot contain it" in patched.err
            continue
        assert (patched.code, patched.err) == (0, "")
        found = yaml.safe_load(patched.out)
        if form == "kustomize":
            assert found["resources"] == [name.decode()]
    Path(os.fsdecode(path)).write_bytes(b"cleaner:\n  imageTag: dev\n  tag: on\n")

    diff = ran(["fix", "--diff", path])
    assert (diff.code, diff.out) == (1, b"")
    assert ": error: cleaner.tag: unknown field" in diff.err
    Path(os.fsdecode(path)).write_bytes(VALUES)
    fixed = ran(["fix", path])
    assert (fixed.code, Path(os.fsdecode(path)).read_bytes()) == (0, FIXED)
    assert [os.fsencode(file.name) for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("env", [None, ASCII], ids=["here", "ASCII"])
def test_arguments_of_any_bytes(env: dict[str, str] | None) -> None:
    for args in ([b"\xff"], [b"merge", b"\xff\xc3\xbc"], [b"merge", b"--section", b"\xff."], [b"validate", b"\xff"]):
        done = run_bounded(args, env=env)
        assert done.code == 2
        assert "error: " in done.err
        assert "Traceback" not in done.err
    done = run_bounded([b"merge", b"--set", "cleaner.imageTag=größe".encode()], env=env)
    assert (done.code, "größe" in done.err) == (1, True)


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


@pytest.mark.parametrize("url", ["https://example.com/values.yaml", "oci://example.com/x", "git+ssh://a/b"])
def test_a_url_is_not_opened(url: str) -> None:
    with pytest.raises(InputError) as refused:
        read_file(url)
    (finding,) = refused.value.diagnostics
    assert finding.message == "cannot be read: it is a URL, and helm-cleaner opens no connection"
    assert finding.hint.startswith("download the file first")
