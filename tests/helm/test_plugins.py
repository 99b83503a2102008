"""The plugins' files: written, found and removed."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from helm_cleaner import __version__
from helm_cleaner.cli import main
from helm_cleaner.diagnostics import InputError
from helm_cleaner.helm import plugin_files
from helm_cleaner.helm import plugins as helm_plugins
from tests.conftest import tool
from tests.support.command import ASCII, COMMAND, run_bounded
from tests.support.manifests import SMALL_STREAM


@pytest.fixture(autouse=True)
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty plugin folder, in an environment without Helm."""
    for name in ("HELM_PLUGIN_NAME", "HELM_PLUGIN_DIR", "HELM_BIN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("HELM_PLUGINS", str(tmp_path / "plug ins"))
    return tmp_path / "plug ins"


def helm_that_says(folder: Path, version: str, name: str = "helm") -> str:
    """A stand-in for Helm; returns a PATH that contains it."""
    helm = folder / name
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
        [plugins / "helm-cleaner" / "post-render"], input=b"kind: a\n", cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"kind: a\n")


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
    assert "the plugin is not installed yet" in err
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


def test_windows_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "name", "nt")
    with pytest.raises(InputError, match="need a POSIX system"):
        helm_plugins.install()


def test_helm_3_is_freed_of_the_plugin_that_stops_it(
    plugins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It loads no plugins at all from a folder that contains one in Helm 4's format."""
    monkeypatch.setenv("PATH", helm_that_says(tmp_path, "v4.3.1"))
    main(["plugin", "install"])
    out = capsys.readouterr().out
    assert "Helm 3 loads no plugin from a folder that contains a Helm 4 plugin." in out
    assert "No Helm runs here" not in out
    monkeypatch.setenv("PATH", helm_that_says(tmp_path, "v3.17.3"))
    assert main(["plugin", "install"]) == 0
    assert sorted(p.name for p in plugins.iterdir()) == ["cleaner", "cleaner-values"]
    assert "Helm 4" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("mine", "other", "said"),
    [
        ("v4.3.1", "v3.17.3", "HELM_BIN={}/helm3 HELM_PLUGINS=~/.helm3-plugins helm-cleaner plugin install"),
        ("v4.3.1", "v4.3.2", "HELM_BIN=/path/to/helm3 HELM_PLUGINS=~/.helm3-plugins helm-cleaner plugin install"),
        ("v3.17.3", "v4.3.1", "HELM_BIN={}/helm3 HELM_PLUGINS=~/.helm4-plugins helm-cleaner plugin install"),
        ("v3.17.3", "v3.22.0", ""),
    ],
)
def test_the_other_helm_is_found_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    mine: str, other: str, said: str,
) -> None:  # fmt: skip
    helm_that_says(tmp_path, other, "helm3")  # whatever its name says, its version decides
    monkeypatch.setenv("PATH", helm_that_says(tmp_path, mine))
    assert main(["plugin", "install"]) == 0
    out = capsys.readouterr().out
    assert said.format(tmp_path) in out
    assert ("HELM_BIN=" in out) == bool(said)


@pytest.mark.helm
@pytest.mark.parametrize("first", ["helm3", "helm4"])
def test_what_it_prints_makes_both_real_helms_work(
    first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    second = {"helm3": "helm4", "helm4": "helm3"}[first]
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "helm").symlink_to(tool(first))
    (tmp_path / "bin" / second).symlink_to(tool(second))
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{Path(COMMAND).parent}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["plugin", "install"]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("  HELM_BIN="))
    subprocess.run(["sh", "-c", line], check=True, capture_output=True)
    for binary, folder in (("helm", tmp_path / "plug ins"), (second, tmp_path / f".{second}-plugins")):
        listed = subprocess.run(
            [binary, "plugin", "list"], env={**os.environ, "HELM_PLUGINS": str(folder)}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        assert "cleaner-values" in listed.stdout
        assert listed.stderr == ""


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
    assert "No Helm runs here, neither HELM_BIN nor a helm on PATH: these are the plugins for Helm 4" in (
        capsys.readouterr().out
    )


def test_a_plugin_that_cannot_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_PLUGINS", str(tmp_path))
    launcher = helm_plugins.install()[0] / "helm-cleaner"
    launcher.unlink()
    launcher.mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        helm_plugins.uninstall()


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
    """Simulated, because root may read everything."""

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setenv("HELM_PLUGINS", str(tmp_path))
    for call in ("stat", "open"):
        monkeypatch.setattr(Path, call, denied)
    monkeypatch.setattr(Path, "mkdir", denied)
    assert helm_plugins.installed_folders() == []
    with pytest.raises(InputError) as caught:
        helm_plugins.install()
    assert caught.value.diagnostics[0].message == "cannot be written: Permission denied"


def test_without_a_home(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "HELM_BIN": "/there/is/no/helm"}
    done = run_bounded(["plugin", "path"], env=env, cwd=tmp_path)
    assert done.code == 0
    assert done.out.endswith(b"helm/plugins/helm-cleaner\n") or b"installed" in done.out
    assert run_bounded([], SMALL_STREAM, env={}).code == 0
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
