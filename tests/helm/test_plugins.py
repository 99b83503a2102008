"""The plugin's files, and the ways by which a message reaches the user."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from helm_cleaner import __version__
from helm_cleaner.cli import main
from helm_cleaner.cli.talk import say
from helm_cleaner.diagnostics import InputError
from helm_cleaner.helm import plugins as helm_plugins
from helm_cleaner.helm import user_stderr


@pytest.fixture(autouse=True)
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty plugin folder, in an environment without Helm."""
    for name in ("HELM_PLUGIN_NAME", "HELM_PLUGIN_DIR", "HELM_BIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("HELM_PLUGINS", str(tmp_path / "plug ins"))
    return tmp_path / "plug ins"


def helm_that_says(folder: Path, version: str) -> str:
    """A stand-in for Helm; returns a PATH that holds it."""
    helm = folder / "helm"
    helm.write_text(f'#!/bin/sh\ncase $1 in version) echo {version};; env) echo "{folder}/from helm env";; esac\n')
    helm.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


ALL = ["cleaner", "cleaner-values", "helm-cleaner"]


def test_install_writes_plugins_that_helm_4_takes(plugins: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugin", "install"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert [line.removeprefix("installed ") for line in out.splitlines()[:3]] == [str(plugins / name) for name in ALL]
    assert str(plugins / "helm-cleaner" / "last-message.txt") in out
    assert {p.parent.name: yaml.safe_load(p.read_text()) for p in plugins.glob("*/plugin.yaml")} == {
        "helm-cleaner": {
            "apiVersion": "v1",
            "type": "postrenderer/v1",
            "name": "helm-cleaner",
            "version": __version__,
            "runtime": "subprocess",
            "runtimeConfig": {"platformCommand": [{"command": "${HELM_PLUGIN_DIR}/post-render"}]},
        },
        "cleaner": {
            "name": "cleaner",
            "version": __version__,
            "usage": "merge, check and patch the cleaner section of Polyaxon's charts",
            "description": "helm cleaner COMMAND is helm-cleaner COMMAND",
            "ignoreFlags": False,
            "command": "$HELM_PLUGIN_DIR/helm-cleaner",
        },
        "cleaner-values": {
            "name": "cleaner-values",
            "version": __version__,
            "usage": "serves -f cleaner://values.yaml",
            "description": "hands Helm a values file with its cleaner section checked and normalized",
            "downloaders": [{"command": "check-values", "protocols": ["cleaner"]}],
        },
    }
    launchers = [p for p in plugins.glob("*/*") if p.name != "plugin.yaml"]
    assert sorted(p.name for p in launchers) == ["check-values", "helm-cleaner", "post-render"]
    assert all(os.access(p, os.X_OK) for p in launchers)


def test_the_launcher_runs_this_python_and_no_module_of_the_current_folder(plugins: Path, tmp_path: Path) -> None:
    main(["plugin", "install"])
    (tmp_path / "yaml.py").write_text("raise SystemExit('hijacked')")
    done = subprocess.run(
        [plugins / "helm-cleaner" / "post-render"], input=b"a: 1\n", cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"a: 1\n")


def test_install_replaces_an_older_one(plugins: Path) -> None:
    main(["plugin", "install"])
    launcher = plugins / "helm-cleaner" / "post-render"
    fresh = launcher.read_text()
    launcher.write_text("old")
    assert main(["plugin", "install"]) == 0
    assert launcher.read_text() == fresh


def test_uninstall_removes_what_install_wrote(plugins: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["plugin", "install"])
    (plugins / "helm-cleaner" / "last-message.txt").write_text("something")
    capsys.readouterr()
    assert main(["plugin", "uninstall"]) == 0
    assert list(plugins.iterdir()) == []
    assert capsys.readouterr().out == "".join(f"removed {plugins / name}\n" for name in ALL)
    assert main(["plugin", "uninstall"]) == 0
    assert capsys.readouterr().out == f"nothing to remove: no helm-cleaner plugin in {plugins}\n"


def test_uninstall_keeps_what_it_did_not_write(plugins: Path) -> None:
    main(["plugin", "install"])
    (plugins / "helm-cleaner" / "mine").touch()
    assert main(["plugin", "uninstall"]) == 0
    assert [p.relative_to(plugins) for p in plugins.glob("*/*")] == [Path("helm-cleaner/mine")]


def test_path(plugins: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plugin", "path"]) == 0
    out, err = capsys.readouterr()
    assert out == f"{plugins / 'helm-cleaner'}\n"
    assert "not installed there yet" in err
    main(["plugin", "install"])
    capsys.readouterr()
    assert main(["plugin", "path"]) == 0
    assert capsys.readouterr() == ("".join(f"{plugins / name}\n" for name in ALL), "")


@pytest.mark.parametrize("action", ["install", "uninstall"])
def test_another_plugin_of_that_name_is_left_alone(
    plugins: Path, capsys: pytest.CaptureFixture[str], action: str
) -> None:
    (plugins / "cleaner").mkdir(parents=True)
    (plugins / "cleaner" / "plugin.yaml").write_text("name: cleaner\n")
    assert main(["plugin", action]) == 2
    assert "this plugin was not written by helm-cleaner [plugin]" in capsys.readouterr().err
    assert [p.relative_to(plugins) for p in plugins.glob("*/*")] == [Path("cleaner/plugin.yaml")]
    assert (plugins / "cleaner" / "plugin.yaml").read_text() == "name: cleaner\n"


def test_a_folder_that_cannot_be_written(plugins: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plugins.write_text("a file where the folder should be")
    assert main(["plugin", "install"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{plugins / 'cleaner'}: error: cannot be written: Not a directory [plugin]" in err
    assert "hint: set HELM_PLUGINS to a folder that you can write to" in err


def test_helm_3_gets_no_plugin_that_it_would_complain_of(
    plugins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", helm_that_says(tmp_path, "v3.17.3+gabc"))
    assert main(["plugin", "install"]) == 0
    assert sorted(p.name for p in plugins.iterdir()) == ["cleaner", "cleaner-values"]
    assert "exited with error" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"HELM_PLUGINS": "/a:/b"}, "/a"),
        ({"PATH": "with helm"}, "{tmp}/from helm env"),
        ({"HELM_DATA_HOME": "/data"}, "/data/plugins"),
        ({"XDG_DATA_HOME": "/xdg"}, "/xdg/helm/plugins"),
        ({"HOME": "/home/me"}, "/home/me/.local/share/helm/plugins"),
    ],
    ids=["HELM_PLUGINS", "helm env", "HELM_DATA_HOME", "XDG_DATA_HOME", "HOME"],
)
def test_where_helm_looks_for_plugins(
    variables: dict[str, str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HELM_PLUGINS", "HELM_DATA_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, helm_that_says(tmp_path, "v4.0.0") if name == "PATH" else value)
    assert str(helm_plugins.plugins_folder()) == expected.format(tmp=tmp_path)


# ---- messages -----------------------------------------------------------------------------------------------------


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
    assert user_stderr.is_discarded(failed) is expected


SAY = (
    "import sys; from helm_cleaner.helm import user_stderr; from helm_cleaner.cli.talk import say; "
    "user_stderr._borrow_stderr = lambda: {borrowed}; say('ours\\n', failed={failed})"
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
    """A parent that goes on writing at a position of its own must not write over what we said, nor we over it."""
    parent = PARENT.format(code=SAY.format(borrowed=None, failed=failed))
    env = {**os.environ, "HELM_PLUGIN_NAME": "helm-cleaner", "HELM_PLUGIN_DIR": str(tmp_path)}
    command = ["setsid", "bash", "-c", f'"$0" -c "$1" {redirection}', sys.executable, parent]
    subprocess.run(command, cwd=tmp_path, env=env, check=True, stdin=subprocess.DEVNULL)
    assert (tmp_path / "log").read_text() == expected
    assert (tmp_path / "last-message.txt").exists() is (redirection == "2>log" and not failed)


def test_the_last_resort_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HELM_PLUGIN_NAME", "helm-cleaner")
    monkeypatch.setenv("HELM_PLUGIN_DIR", str(tmp_path))
    monkeypatch.setattr(user_stderr, "_helms_stderr", lambda _failed: None)
    real = user_stderr._open
    monkeypatch.setattr(user_stderr, "_open", lambda path, flags=0: None if path == "/dev/tty" else real(path, flags))
    say("the reason\n", failed=True)
    assert (tmp_path / "last-message.txt").read_text() == "the reason\n"
    expected = f"helm-cleaner: messages were written to {tmp_path / 'last-message.txt'}\nthe reason\n"
    assert capsys.readouterr().err == expected


def test_no_way_at_all_is_no_crash(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HELM_PLUGIN_NAME", "helm-cleaner")
    monkeypatch.setattr(user_stderr, "_helms_stderr", lambda _failed: None)
    monkeypatch.setattr(user_stderr, "_open", lambda _path, _flags=0: None)
    say("the reason\n", failed=True)
    assert capsys.readouterr().err == "the reason\n"


def test_windows_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "name", "nt")
    with pytest.raises(InputError, match="need a POSIX system"):
        helm_plugins.install()


# ---- Helm 3 and Helm 4 on one machine -------------------------------------------------------------------------------


def test_helm_3_is_freed_of_the_plugin_that_stops_it(
    plugins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It loads no plugin at all from a folder that holds one in Helm 4's format."""
    monkeypatch.setenv("PATH", helm_that_says(tmp_path, "v4.3.1"))
    main(["plugin", "install"])
    out = capsys.readouterr().out
    assert "Helm 3 loads no plugin from a folder that holds one of Helm 4's." in out
    assert "No helm was found" not in out
    monkeypatch.setenv("PATH", helm_that_says(tmp_path, "v3.17.3"))
    assert main(["plugin", "install"]) == 0
    assert sorted(p.name for p in plugins.iterdir()) == ["cleaner", "cleaner-values"]
    assert "Helm 4" not in capsys.readouterr().out


def test_a_plugin_of_somebody_elses_stays(
    plugins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (plugins / "helm-cleaner").mkdir(parents=True)
    (plugins / "helm-cleaner" / "plugin.yaml").write_text("name: helm-cleaner\n")
    monkeypatch.setenv("PATH", helm_that_says(tmp_path, "v3.17.3"))
    assert main(["plugin", "install"]) == 2
    assert "was not written by helm-cleaner" in capsys.readouterr().err
    assert (plugins / "helm-cleaner" / "plugin.yaml").exists()


def test_without_a_helm_it_says_for_which_the_plugins_are(capsys: pytest.CaptureFixture[str]) -> None:
    main(["plugin", "install"])
    assert "No helm was found on PATH: these are for Helm 4." in capsys.readouterr().out
