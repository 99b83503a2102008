"""Installs, finds and removes the Helm plugins. helm_cleaner.helm.plugin_files has their contents."""

from __future__ import annotations

import os
import re
import shlex
import sys

from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.helm import LAST_MESSAGE, POST_RENDERER, plugin_files
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

# Not `-m`, which looks for modules in the current folder first.
_CODE = "import sys; sys.path[:] = filter(None, sys.path); from helm_cleaner.cli import program; program()"


def plugins_folder() -> Path:
    """Where Helm looks for plugins: the first folder in HELM_PLUGINS, else what `helm env` says, else the default."""
    from pathlib import Path

    found = os.environ.get("HELM_PLUGINS") or _output(_binary(), "env", "HELM_PLUGINS")
    if found:
        return Path(found.split(os.pathsep)[0])
    data = os.environ.get("HELM_DATA_HOME") or os.path.join(
        os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "helm"
    )
    return Path(data, "plugins")


class Helm(NamedTuple):
    """A Helm on this machine. path: of its executable; major: of its version."""

    path: str
    major: int


def current_helm() -> Helm | None:
    """HELM_BIN, which Helm sets for plugins, else the helm on PATH; None if it is not there or does not run."""
    return _helm_at(_binary())


def other_helm(major: int) -> Helm | None:
    """The first Helm of another major version on PATH, as helm, helm3 or helm4; None if there is none."""
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        for name in ("helm", "helm3", "helm4"):
            path = os.path.join(folder, name)
            if os.access(path, os.X_OK) and (found := _helm_at(path)) and found.major != major:
                return found
    return None


def _binary() -> str:
    return os.environ.get("HELM_BIN") or "helm"


def _helm_at(path: str) -> Helm | None:
    version = re.match(r"v?(\d+)\.", _output(path, "version", "--short"))
    return Helm(path, int(version[1])) if version else None


def _output(*command: str) -> str:
    """What a command prints; "" if it fails."""
    import subprocess

    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return os.fsdecode(done.stdout).strip() if done.returncode == 0 else ""


def folder_of(plugin: str) -> Path:
    """The folder of a plugin, installed or not."""
    return plugins_folder() / plugin


def install() -> list[Path]:
    """Installs the plugins that this Helm supports, bound to the current Python; returns their folders.

    Existing files are replaced atomically. On Helm 3, the plugin for Helm 4 is removed. InputError if a file cannot be
    written, or if a plugin that is not ours has one of the names.
    """
    if os.name != "posix":
        hint = "call helm-cleaner before and after `helm template` instead"
        raise InputError.of("plugin", "the plugins need a POSIX system", Location(sys.platform), hint)
    helm = current_helm()
    names = [name for name in plugin_files.NAMES if name != POST_RENDERER or helm is None or helm.major != 3]
    folders = {name: folder_of(name) for name in names}
    for folder in folders.values():
        _check_ours(folder)
    if POST_RENDERER not in names and folder_of(POST_RENDERER) in installed_folders():
        _remove(folder_of(POST_RENDERER))  # otherwise Helm 3 loads no plugin at all
    for name, folder in folders.items():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for file, (text, mode) in plugin_files.build_installed_files(name, sys.executable, _program()).items():
                _write(folder / file, text, mode)
        except OSError as e:
            raise _unwritable(e, folder) from None
    return list(folders.values())


def _program() -> str:
    """What the launcher passes to Python: this package by name, or the zipapp that it runs from."""
    archive = getattr(__loader__, "archive", None)  # type: ignore[name-defined]  # every module has it
    return shlex.quote(os.path.abspath(archive)) if archive else f"-c {shlex.quote(_CODE)}"


def uninstall() -> list[Path]:
    """Removes what `install` wrote; returns the folders of the removed plugins."""
    installed = installed_folders()
    for folder in installed:
        _check_ours(folder)
    for folder in installed:
        _remove(folder)
    return installed


def _remove(folder: Path) -> None:
    """Removes a plugin's files, and its folder if that is empty then. InputError if the plugin is not ours."""
    _check_ours(folder)
    try:
        for name in (*plugin_files.file_names(folder.name), LAST_MESSAGE):
            (folder / name).unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()
    except OSError as e:
        raise _unwritable(e, folder) from None


def installed_folders() -> list[Path]:
    """The folders of the installed plugins."""
    folders = map(folder_of, plugin_files.NAMES)
    # Not Path.exists, which raises if the folder is not accessible.
    return [folder for folder in folders if os.path.exists(folder / "plugin.yaml")]


def _check_ours(folder: Path) -> None:
    try:
        text = (folder / "plugin.yaml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    if plugin_files.is_written(text):
        return
    what = "this plugin was not written by helm-cleaner"
    hint = "remove that plugin first, or set HELM_PLUGINS to another folder"
    if plugin_files.is_packaged(text):
        what = "this plugin was installed from a package"
        hint = f"`helm plugin uninstall {folder.name}` removes it"
        if folder.name == POST_RENDERER:
            hint += "; that of Helm 4, for Helm 3 does not load it"
    raise InputError.of("plugin", what, Location(str(folder)), hint)


def _unwritable(e: OSError, folder: Path) -> InputError:
    hint = "set HELM_PLUGINS to a folder that you can write to; Helm must see the same setting"
    return InputError.of("plugin", f"cannot be written: {e.strerror}", Location(str(folder)), hint)


def _write(path: Path, text: str, mode: int) -> None:
    from helm_cleaner import safe_write

    safe_write.write(str(path), text.encode("utf-8", "surrogateescape"), mode)  # a path in it may contain any bytes
