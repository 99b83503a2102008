"""What goes wrong around the tool: full disks, signals, odd names, two at once, a home or /proc that is not there.

There is no partial output, no traceback and no lost file then.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
import yaml

from helm_cleaner.diagnostics import InputError
from helm_cleaner.helm import plugin_files, plugins
from tests.support.command import COMMAND, run, run_bounded, run_redirected

BEFORE = b"# c\ncleaner:\n  imageTag: 2.10 # t\n" + b"# filling\n" * 1000
AFTER = BEFORE.replace(b"2.10", b'"2.10"')
STREAM = b"kind: ConfigMap\nmetadata: {name: c}\ndata: {POLYAXON_AGENT_CLEANER: '{}'}\n"
ASCII = {
    "PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": "ascii",
}  # fmt: skip


@pytest.fixture
def values(tmp_path: Path) -> Path:
    file = tmp_path / "v.yaml"
    file.write_bytes(BEFORE)
    return file


def only(folder: Path) -> Path:
    """The only file in a folder."""
    [file] = folder.iterdir()
    return file


# ---- disks --------------------------------------------------------------------------------------------------------


def test_a_file_that_may_not_grow(values: Path) -> None:
    """The limit of a file's size is met as a full disk is: in the middle of it."""

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
    """Root may write everywhere, hence the pretence."""

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


def test_too_little_memory(tmp_path: Path) -> None:
    (tmp_path / "v.yaml").write_bytes(b"cleaner: {}\nx: " + b"y" * 100_000_000)
    for args in (["merge", "-f", "v.yaml"], ["fix", "v.yaml"], ["validate", "v.yaml"]):
        done = run_bounded(args, cwd=tmp_path, memory=150 << 20)
        assert (done.code, done.out) == (2, b"")
        assert done.err.startswith("helm-cleaner: error: the input does not fit in memory; nothing was")


# ---- signals ------------------------------------------------------------------------------------------------------

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
    """It waits until the file is whole: neither half a file nor a temporary one is left."""
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


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_to_post_render(name: str) -> None:
    """Output is written once it is complete: nothing comes out of a run that is stopped before."""
    with subprocess.Popen([COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
        assert p.stdin
        p.stdin.write(STREAM)
        p.stdin.flush()
        time.sleep(1)  # it waits for the end of its input
        p.send_signal(getattr(signal, name))
        out, err = p.communicate(timeout=60)
    assert p.returncode == (130 if name == "SIGINT" else -signal.SIGTERM)
    assert (out, err) == (b"", b"")


# ---- streams ------------------------------------------------------------------------------------------------------


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
    (tmp_path / "manifests.yaml").write_bytes(STREAM)
    done = run_redirected(command, redirection, tmp_path)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith(said)
    assert "Traceback" not in done.err


# ---- plugins ------------------------------------------------------------------------------------------------------


def environment(plugins: Path | str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HELM_")}
    return kept | {"HELM_PLUGINS": str(plugins), "HELM_BIN": "/there/is/no/helm"}


def test_several_installations_at_once(tmp_path: Path) -> None:
    running = [
        subprocess.Popen(
            [COMMAND, "plugin", "install"], env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(6)
    ]
    for p in running:
        out, err = p.communicate()
        assert (p.returncode, err) == (0, b""), err
        assert out.count(b"installed ") == 3
    for name in plugin_files.NAMES:
        manifest, launcher = plugin_files.file_names(name)
        assert sorted(file.name for file in (tmp_path / name).iterdir()) == sorted([manifest, launcher])
        assert yaml.safe_load((tmp_path / name / manifest).read_text())["name"] == name
        assert os.access(tmp_path / name / launcher, os.X_OK)


# Below a file, in a folder that not even root may write to, with a name and a path that are too long.
PLACES = ["/dev/null/plugins", "/proc/plugins", "/tmp/" + "x" * 300, "/x" * 3000]  # noqa: S108  # nothing is there


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place[:20])
@pytest.mark.parametrize("action", ["install", "uninstall", "path"])
def test_a_plugin_folder_that_cannot_be_written(place: str, action: str) -> None:
    done = run_bounded(["plugin", action], env=environment(place))
    assert done.code == (2 if action == "install" else 0)
    assert "Traceback" not in done.err
    if action == "install":
        assert f"{place}/cleaner: error: cannot be written: " in done.err
        assert "hint: set HELM_PLUGINS to a folder that you can write to" in done.err


def test_a_plugin_folder_that_may_not_be_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may look into everything, hence the pretence."""

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setenv("HELM_PLUGINS", str(tmp_path))
    for call in ("stat", "open"):
        monkeypatch.setattr(Path, call, denied)
    monkeypatch.setattr(Path, "mkdir", denied)
    assert plugins.installed_folders() == []
    with pytest.raises(InputError) as caught:
        plugins.install()
    assert caught.value.diagnostics[0].message == "cannot be written: Permission denied"


def test_without_a_home(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HELM_BIN": "/there/is/no/helm"}
    done = run_bounded(["plugin", "path"], env=env, cwd=tmp_path)
    assert done.code == 0
    assert done.out.endswith(b"helm/plugins/helm-cleaner\n") or b"installed" in done.out
    assert run_bounded([], STREAM, env={}).code == 0
    assert list(tmp_path.iterdir()) == []


def test_helm_tells_a_folder_of_any_name(tmp_path: Path) -> None:
    helm = tmp_path / "helm"
    folder = os.fsencode(tmp_path) + b"/gr\xc3\xb6\xc3\x9fe \xff"
    helm.write_bytes(b'#!/bin/sh\nprintf "%s\\n" "' + folder + b'"\n')
    helm.chmod(0o755)
    done = run_bounded(["plugin", "install"], env={**ASCII, "HELM_BIN": str(helm)})
    assert (done.code, done.err) == (0, "")
    assert b"installed " + folder + b"/cleaner\n" in done.out
    names = ["cleaner", "cleaner-values", "helm-cleaner"]
    assert sorted(file.name for file in Path(os.fsdecode(folder)).iterdir()) == names
    done = run_bounded(["plugin", "path"], env={**ASCII, "HELM_BIN": str(helm)})
    assert done.out.splitlines()[0] == folder + b"/cleaner"


def test_without_proc() -> None:
    """What Helm's stderr is cannot be found out then; there is a file for it."""
    script = f'mount -t tmpfs none /proc && exec "{COMMAND}"'
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("/proc cannot be hidden here")
    for env, wrong in (({}, False), ({"HELM_PLUGIN_NAME": "helm-cleaner"}, True)):
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", script],
            input=STREAM.replace(b"{}", b'{"a":1}') if wrong else STREAM,
            env={"PATH": os.environ["PATH"], **env},
            capture_output=True,
            check=False,
            start_new_session=True,  # no terminal either
        )
        assert done.returncode == int(wrong)
        assert bool(done.stdout) == (not wrong)
        assert b"Traceback" not in done.stderr
        assert (b"messages were written to" in done.stderr) == wrong


# ---- names --------------------------------------------------------------------------------------------------------

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
@pytest.mark.parametrize("env", [None, ASCII], ids=["here", "ASCII"])
@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_names(name: bytes, env: dict[str, str] | None, tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/" + name
    Path(os.fsdecode(path)).write_bytes(b"cleaner:\n  imageTag: dev\n  tag: on\n")
    ran = partial(run_bounded, env=env, cwd=tmp_path)
    quoted = b'"' + path.replace(b'"', b'""') + b'"' if b"," in name or b'"' in name else path

    merged = ran(["merge", "--raw", "--show-origin", "-f", quoted])
    assert merged.code == 0, merged.err
    assert yaml.safe_load(merged.out)["imageTag"] == "dev"
    assert b"\x1b" not in merged.out
    patched = ran(["post-render", "-f", quoted], STREAM)
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

    Path(os.fsdecode(path)).write_bytes(STREAM)
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
    Path(os.fsdecode(path)).write_bytes(BEFORE)
    fixed = ran(["fix", path])
    assert (fixed.code, Path(os.fsdecode(path)).read_bytes()) == (0, AFTER)
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
