"""helm-cleaner fix: files are rewritten whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner import yamltext
from helm_cleaner.fixing.fix import fix_files
from tests.conftest import Runner
from tests.support.command import Ran
from tests.support.fixing import fix

Run = Callable[..., Ran]

BEFORE = b"# c\r\ncleaner:\r\n  imageTag: 2.10 # t\r\n"
AFTER = b'# c\r\ncleaner:\r\n  imageTag: "2.10" # t\r\n'


@pytest.fixture
def run(run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return partial(run, "fix")


def test_a_file_is_rewritten(run: Run) -> None:
    Path("values.yaml").write_bytes(BEFORE)
    done = run("values.yaml")
    assert (done.code, done.out) == (0, b"")
    assert done.err == 'values.yaml:3:13: fixed: cleaner.imageTag: 2.10 -> "2.10"\n'
    assert Path("values.yaml").read_bytes() == AFTER
    assert list(Path().iterdir()) == [Path("values.yaml")]


def test_a_file_that_needs_nothing_is_not_touched(run: Run) -> None:
    Path("values.yaml").write_bytes(AFTER)
    os.utime("values.yaml", ns=(5, 5))
    was = Path("values.yaml").stat()
    done = run("values.yaml")
    assert (done.code, done.out, done.err) == (0, b"", "")
    assert (Path("values.yaml").stat().st_ino, Path("values.yaml").stat().st_mtime_ns) == (was.st_ino, 5)


def test_what_is_left_is_an_error(run: Run) -> None:
    Path("values.yaml").write_bytes(b"cleaner:\n  image: a:1\n  nope: 1\n")
    done = run("values.yaml")
    assert done.code == 1
    assert Path("values.yaml").read_bytes() == b'cleaner:\n  image: a\n  imageTag: "1"\n  nope: 1\n'
    lines = done.err.splitlines()
    assert lines[0] == 'values.yaml:2:10: fixed: cleaner.image: a:1 -> a; added imageTag: "1"'
    assert lines[1].startswith("values.yaml:4:3: error: cleaner.nope: unknown field")


def test_a_warning_is_no_error(run: Run) -> None:
    Path("values.yaml").write_bytes(b"r: &r {cpu: 100m}\ncleaner:\n  resources: *r\n")
    done = run("values.yaml")
    assert done.code == 0
    assert "values.yaml:1:8: warning: cleaner.resources.cpu: cannot be rewritten:" in done.err
    assert Path("values.yaml").read_bytes() == b"r: &r {cpu: 100m}\ncleaner:\n  resources: *r\n"


def test_files_are_done_whatever_the_others_are(run: Run) -> None:
    Path("a.yaml").write_bytes(b"cleaner: {imageTag: x, nope: 1}\n")
    Path("b.yaml").write_bytes(b"cleaner: [\n")
    Path("d.yaml").write_bytes(b"x: 1\n")
    Path("folder").mkdir()
    Path("e.yaml").write_bytes(BEFORE)
    done = run("a.yaml", "b.yaml", "c.yaml", "folder", "d.yaml", "e.yaml")
    assert done.code == 2
    assert "a.yaml:1:24: error: cleaner.nope" in done.err
    assert "b.yaml:2:1: error: not YAML" in done.err
    assert "c.yaml: error: cannot be read: No such file or directory" in done.err
    assert "b.yaml: no cleaner section" not in done.err
    assert "c.yaml: no cleaner section" not in done.err
    assert "helm-cleaner: folder: no YAML, JSON or template file in it\n" in done.err
    assert "folder: fixed" not in done.err
    assert "helm-cleaner: d.yaml: no cleaner section\n" in done.err
    assert Path("e.yaml").read_bytes() == AFTER


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
spec:
  chart: {spec: {chart: polyaxon}}
  values:
    cleaner:
      imageTag: 2.10 # t
"""


def test_a_folder(run: Run) -> None:
    Path("apps/sub").mkdir(parents=True)
    Path("apps/release.yaml").write_text(RELEASE)
    Path("apps/sub/values.yml").write_bytes(BEFORE)
    Path("apps/other.yaml").write_text("x: 1\n")
    Path("apps/notes.txt").write_bytes(BEFORE)
    done = run("apps")
    assert (done.code, done.out) == (0, b"")
    assert done.err.splitlines() == [
        'apps/release.yaml:7:17: fixed: cleaner.imageTag: 2.10 -> "2.10"',
        'apps/sub/values.yml:3:13: fixed: cleaner.imageTag: 2.10 -> "2.10"',
        "helm-cleaner: apps: fixed in 2 of 3 files",
        "helm-cleaner: apps: no cleaner section, in 1 of its files",
    ]
    assert Path("apps/release.yaml").read_text() == RELEASE.replace("2.10", '"2.10"')
    assert Path("apps/sub/values.yml").read_bytes() == AFTER
    assert Path("apps/notes.txt").read_bytes() == BEFORE


def test_where_nothing_can_be_edited_it_says_why(run: Run) -> None:
    text = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: cm}\ndata:\n"
    text += '  POLYAXON_AGENT_CLEANER: \'{"imagePullPolicy": "always"}\'\n'
    Path("cm.yaml").write_text(text)
    done = run("cm.yaml")
    assert done.code == 1
    assert "warning: cleaner.imagePullPolicy: cannot be rewritten: Helm rendered it, or a flag sets it" in done.err
    assert "hint: fix the values that it comes from" in done.err
    assert "no cleaner section" not in done.err
    assert Path("cm.yaml").read_text() == text


def test_a_section_elsewhere(run: Run) -> None:
    Path("values.yaml").write_bytes(b"p: {cleaner: {imageTag: 1}}\ncleaner: {imageTag: 1}\n")
    assert run("--section", "p.cleaner", "values.yaml").code == 0
    assert Path("values.yaml").read_bytes() == b'p: {cleaner: {imageTag: "1"}}\ncleaner: {imageTag: 1}\n'
    done = run("--section", "q.cleaner", "values.yaml")
    assert done.code == 0
    assert done.err.endswith("helm-cleaner: values.yaml: no q.cleaner section\n")


@pytest.mark.parametrize("args", [[], ["-"], ["a.yaml", "--nope"], ["--section", "a..b", "a.yaml"]])
def test_usage(run: Run, args: list[str]) -> None:
    done = run(*args)
    assert done.code == 2
    assert "helm-cleaner fix: error: " in done.err
    assert "hint: " in done.err


def test_a_diff_writes_nothing(run: Run) -> None:
    Path("values.yaml").write_bytes(BEFORE)
    done = run("--diff", "values.yaml")
    assert done.code == 0
    assert Path("values.yaml").read_bytes() == BEFORE
    assert done.out == (
        b"--- values.yaml\n+++ values.yaml\n@@ -1,3 +1,3 @@\n # c\r\n cleaner:\r\n"
        b'-  imageTag: 2.10 # t\r\n+  imageTag: "2.10" # t\r\n'
    )
    assert done.err == 'values.yaml:3:13: can be fixed: cleaner.imageTag: 2.10 -> "2.10"\n'


@pytest.mark.parametrize(
    "name", ["values.yaml", "with blank.yaml", "größe.yaml", "a\nnew line\t.yaml", "esc-\x1b[2J.yaml", 'a "\\b".yaml']
)
@pytest.mark.parametrize(
    "content", [BEFORE, BEFORE.rstrip(), b"cleaner:\n  image: a:b", b"\xef\xbb\xbfx: \xc3\xa9\n" + BEFORE]
)
@pytest.mark.parametrize("command", [["patch", "-p0", "--binary"], ["git", "apply", "-p0", "-"]], ids=lambda c: c[0])
def test_a_diff_is_what_other_tools_take(run: Run, name: str, content: bytes, command: list[str]) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"needs {command[0]}")
    Path(name).write_bytes(content)
    diff = run("--diff", name).out
    subprocess.run(command, input=diff, check=True, capture_output=True)
    assert Path(name).read_bytes() == fix(content, name).content != content


@pytest.mark.parametrize(
    ("environment", "colored"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_diff_is_colored_on_a_terminal(
    run: Run, environment: dict[str, str], colored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ({"TERM": "xterm", "NO_COLOR": ""} | environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    Path("values.yaml").write_bytes(b"cleaner: {imageTag: 1}")
    out = run("--diff", "values.yaml").out
    assert (b'\x1b[32m+cleaner: {imageTag: "1"}\x1b[0m\n\\ No newline at end of file\n' in out) == colored
    assert (b"\x1b" in out) == colored


posix = pytest.mark.skipif(os.name != "posix", reason="links and modes as POSIX has them")


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_links_and_modes_stay(run: Run, mode: int) -> None:
    Path("real").mkdir()
    Path("real/values.yaml").write_bytes(BEFORE)
    Path("real/values.yaml").chmod(mode)
    Path("link.yaml").symlink_to("real/values.yaml")
    assert run("link.yaml").code == 0
    assert Path("link.yaml").is_symlink()
    assert Path("link.yaml").readlink() == Path("real/values.yaml")
    assert Path("real/values.yaml").read_bytes() == AFTER
    assert Path("real/values.yaml").stat().st_mode & 0o7777 == mode
    assert list(Path("real").iterdir()) == [Path("real/values.yaml")]


@posix
def test_hard_links_stay(run: Run) -> None:
    Path("values.yaml").write_bytes(BEFORE)
    os.link("values.yaml", "other.yaml")
    assert run("values.yaml").code == 0
    assert Path("other.yaml").read_bytes() == AFTER
    assert Path("values.yaml").samefile("other.yaml")
    assert sorted(Path().iterdir()) == [Path("other.yaml"), Path("values.yaml")]


@posix
@pytest.mark.parametrize("error", [errno.EBUSY, errno.EACCES, errno.EROFS])
def test_a_file_that_cannot_be_replaced_is_written_in_place(
    run: Run, error: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError(error, os.strerror(error))

    Path("values.yaml").write_bytes(BEFORE)
    was = Path("values.yaml").stat().st_ino
    monkeypatch.setattr(os, "replace", fail)
    assert run("values.yaml").code == 0
    assert Path("values.yaml").read_bytes() == AFTER
    assert Path("values.yaml").stat().st_ino == was
    assert list(Path().iterdir()) == [Path("values.yaml")]


@posix
def test_a_bind_mounted_file(tmp_path: Path) -> None:
    if not shutil.which("unshare") or not shutil.which("mount"):
        pytest.skip("needs unshare and mount")
    for name in ("values.yaml", "mounted.yaml"):
        (tmp_path / name).write_bytes(BEFORE)
    inside = 'mount --bind values.yaml mounted.yaml || exit 77; exec "$0" -m helm_cleaner fix mounted.yaml'
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", inside, sys.executable],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0 and "fixed:" not in done.stderr and "helm-cleaner" not in done.stderr:
        pytest.skip(f"mounts are not allowed here: {done.stderr}")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "values.yaml").read_bytes() == AFTER
    assert (tmp_path / "mounted.yaml").read_bytes() == BEFORE


@posix
@pytest.mark.parametrize("broken", ["fsync", "posix_fallocate"])
def test_a_full_disk_leaves_a_file_with_several_names_as_it_was(
    run: Run, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(os, broken)

    def fail_once(*_args: object) -> None:
        monkeypatch.setattr(os, broken, real)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    Path("values.yaml").write_bytes(BEFORE)
    os.link("values.yaml", "other.yaml")
    monkeypatch.setattr(os, broken, fail_once)
    done = run("values.yaml")
    assert done.code == 2
    assert done.err.startswith("values.yaml: error: cannot be written: No space left on device [file]\n")
    assert Path("other.yaml").read_bytes() == BEFORE


@posix
@pytest.mark.parametrize("broken", ["fsync", "replace", "chmod"])
def test_a_full_disk_leaves_the_file_as_it_was(run: Run, broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    Path("values.yaml").write_bytes(BEFORE)
    monkeypatch.setattr(os, broken, fail)
    done = run("values.yaml")
    assert done.code == 2
    assert done.err.startswith("values.yaml: error: cannot be written: No space left on device [file]\n")
    assert Path("values.yaml").read_bytes() == BEFORE
    assert list(Path().iterdir()) == [Path("values.yaml")]


@posix
def test_a_file_that_may_not_be_written(run: Run) -> None:
    Path("values.yaml").write_bytes(BEFORE)
    Path("values.yaml").chmod(0o444)
    if os.access("values.yaml", os.W_OK):
        pytest.skip("this user may write everything")
    done = run("values.yaml")
    assert done.code == 2
    assert "cannot be written: Permission denied" in done.err
    assert Path("values.yaml").read_bytes() == BEFORE


@posix
def test_what_is_no_regular_file(run: Run) -> None:
    os.mkfifo("pipe.yaml")
    writer = subprocess.Popen([sys.executable, "-c", f"open('pipe.yaml', 'wb').write({BEFORE!r})"])
    done = run("pipe.yaml")
    writer.wait()
    assert done.code == 2
    assert "pipe.yaml: error: cannot be written: it is not a regular file" in done.err


def test_an_edit_that_goes_wrong_does_not_keep_others_from_being_made(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = yamltext.splice
    monkeypatch.setattr(yamltext, "splice", lambda text, splices: "" if "bad" in text else real(text, splices))
    Path("a.yaml").write_bytes(b"bad: 1\n" + BEFORE)
    Path("b.yaml").write_bytes(BEFORE)
    done = run("a.yaml", "b.yaml")
    assert done.code == 1
    assert "a.yaml:4:13: warning: cleaner.imageTag: cannot be rewritten: its style is not supported" in done.err
    assert Path("a.yaml").read_bytes() == b"bad: 1\n" + BEFORE
    assert Path("b.yaml").read_bytes() == AFTER


# ---- what others do to the files meanwhile ---------------------------------------------------------------------------


@pytest.mark.parametrize("options", [[], ["--diff"]])
def test_a_file_that_has_changed_meanwhile_is_left(
    run: Run, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    Path("a.yaml").write_bytes(BEFORE)
    Path("b.yaml").write_bytes(BEFORE)

    def meanwhile(*args: Any, **options: Any) -> Any:
        report = fix_files(*args, **options)
        with Path("b.yaml").open("ab") as f:
            f.write(b"more: 1\n")
        return report

    monkeypatch.setattr("helm_cleaner.cli.commands.fix.fix_files", meanwhile)
    done = run(*options, "a.yaml", "b.yaml")
    assert done.code == 2
    assert Path("b.yaml").read_bytes() == BEFORE + b"more: 1\n"
    assert "b.yaml: error: cannot be written: it has changed since it was read [file]" in done.err
    assert "hint: the file is as that change left it: run fix again" in done.err
    assert "b.yaml:3:13: " not in done.err.replace("b.yaml:3:13: error", "")
    assert Path("a.yaml").read_bytes() == (BEFORE if options else AFTER)


@pytest.mark.parametrize("options", [[], ["--diff"]])
def test_no_link_leads_out_of_a_folder(run: Run, options: list[str]) -> None:
    Path("elsewhere.yaml").write_bytes(BEFORE)
    Path("folder").mkdir()
    Path("folder/link.yaml").symlink_to("../elsewhere.yaml")
    Path("folder/own.yaml").write_bytes(BEFORE)
    Path("folder/inner.yaml").symlink_to("own.yaml")
    done = run(*options, "folder")
    assert done.code == 2
    assert Path("elsewhere.yaml").read_bytes() == BEFORE
    assert "folder/link.yaml: error: cannot be written: it is a link to" in done.err
    assert Path("folder/own.yaml").read_bytes() == (BEFORE if options else AFTER)
    assert Path("folder/inner.yaml").is_symlink()
    assert run(*options, "folder/link.yaml").code == 0  # which names it
    assert Path("elsewhere.yaml").read_bytes() == (BEFORE if options else AFTER)


@pytest.mark.parametrize("content", [BEFORE, b"cleaner:\n  imgTag: 5\n  nope: 1\n", b"cleaner: [\n", AFTER])
@pytest.mark.parametrize("suggested", [[], ["--suggested"]])
def test_a_diff_says_and_exits_like_the_real_run(run: Run, content: bytes, suggested: list[str]) -> None:
    Path("v.yaml").write_bytes(content)
    shown = run("--diff", *suggested, "v.yaml")
    assert Path("v.yaml").read_bytes() == content
    done = run(*suggested, "v.yaml")
    assert (done.code, done.err) == (shown.code, shown.err.replace("can be fixed", "fixed"))
    assert bool(shown.out) == (Path("v.yaml").read_bytes() != content)


def test_suggestions(run: Run) -> None:
    Path("v.yaml").write_bytes(b"cleaner:\n  imgTag: dev\n")
    assert run("v.yaml").code == 1
    done = run("--suggested", "v.yaml")
    assert (done.code, done.err) == (0, "v.yaml:2:3: fixed: cleaner.imgTag: imgTag -> imageTag\n")
    assert Path("v.yaml").read_bytes() == b"cleaner:\n  imageTag: dev\n"
