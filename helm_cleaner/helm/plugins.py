"""The Helm plugins: installed, found and removed.

Three plugins, each in a folder of its own:

- `helm-cleaner`, of Helm 4's type postrenderer/v1, so that `--post-renderer helm-cleaner` is right on both majors.
  Helm 3 would complain of its plugin.yaml at every command, so it is written only where Helm is no Helm 3;
- `cleaner`, in Helm's old format, which both majors know: `helm cleaner merge …`;
- `cleaner-values`, likewise: `-f cleaner://values.yaml`. It is apart from `cleaner` because Helm 4 takes a plugin with
  downloaders for nothing but these (fromMetadataLegacy in its internal/plugin/metadata.go).
"""

from __future__ import annotations

import os
import sys

from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.helm import COMMAND, LAST_MESSAGE, POST_RENDERER, VALUES
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.version import __version__

if TYPE_CHECKING:
    from pathlib import Path


class _Plugin(NamedTuple):
    """A plugin's files. launcher: the name of its script; command: what that calls; manifest: its plugin.yaml."""

    launcher: str
    command: str
    manifest: str


_HEAD = """\
# Written by helm-cleaner {version}. `helm-cleaner plugin install` writes it anew, `... plugin uninstall` removes it.
name: {name}
version: {version}
"""
_PLUGINS = {
    COMMAND: _Plugin(
        "helm-cleaner",
        "",
        """\
usage: merge, check and patch the cleaner section of Polyaxon's charts
description: helm cleaner COMMAND is helm-cleaner COMMAND
ignoreFlags: false
command: $HELM_PLUGIN_DIR/helm-cleaner
""",
    ),
    VALUES: _Plugin(
        "check-values",
        "preprocess",
        """\
usage: serves -f cleaner://values.yaml
description: hands Helm a values file with its cleaner section checked and normalized
downloaders:
  - command: check-values
    protocols: [cleaner]
""",
    ),
    POST_RENDERER: _Plugin(
        "post-render",
        "post-render",
        """\
apiVersion: v1
type: postrenderer/v1
runtime: subprocess
runtimeConfig:
  platformCommand:
    - command: ${HELM_PLUGIN_DIR}/post-render
""",
    ),
}

# Helm splits a command at spaces, and its stderr is lost: hence a script, one that can say that its Python has gone.
_LAUNCHER = """\
#!/bin/sh
# Written by helm-cleaner {version}. `helm-cleaner plugin install` writes it anew.
python={python}
if ! [ -x "$python" ]; then
  message="helm-cleaner: error: $python, for which this plugin was installed, is gone
    hint: run 'helm-cleaner plugin install' once more"
  {{ echo "$message" >> "/proc/$PPID/fd/2"; }} 2> /dev/null || echo "$message" >> /dev/tty
  exit 2
fi
exec "$python" {program} {command} "$@"
"""
# Not `-m`, which would look for modules in the current folder first.
_CODE = "import sys; sys.path[:] = filter(None, sys.path); from helm_cleaner.cli import program; program()"


def plugins_folder() -> Path:
    """Where Helm looks for plugins: HELM_PLUGINS (the first of several), what `helm env` tells, or Helm's default."""
    from pathlib import Path

    found = os.environ.get("HELM_PLUGINS") or _helm_output("env", "HELM_PLUGINS")
    if found:
        return Path(found.split(os.pathsep)[0])
    data = os.environ.get("HELM_DATA_HOME") or os.path.join(
        os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "helm"
    )
    return Path(data, "plugins")


def helm_major() -> int | None:
    """The major version of the helm on PATH (HELM_BIN, where Helm runs us); None where there is none."""
    import re

    version = re.match(r"v?(\d+)\.", _helm_output("version", "--short"))
    return int(version[1]) if version else None


def _helm_output(*args: str) -> str:
    import subprocess

    try:
        done = subprocess.run(
            [os.environ.get("HELM_BIN") or "helm", *args],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return os.fsdecode(done.stdout).strip() if done.returncode == 0 else ""


def folder_of(plugin: str) -> Path:
    """Where a plugin is, or would be."""
    return plugins_folder() / plugin


def install() -> list[Path]:
    """Writes the plugins that this Helm can use, bound to the Python that runs this; returns their folders.

    Older ones are replaced, file by file and each at once; where this Helm is a Helm 3, the one for Helm 4 is removed.
    InputError where they cannot be written, or where a plugin that is not ours has one of the names.
    """
    import shlex

    if os.name != "posix":
        hint = "call helm-cleaner before and after `helm template` instead"
        raise InputError.of("plugin", "the plugins need a POSIX system", Location(sys.platform), hint)
    names = [name for name in _PLUGINS if name != POST_RENDERER or helm_major() != 3]
    folders = {name: folder_of(name) for name in names}
    for folder in folders.values():
        _check_ours(folder)
    if POST_RENDERER not in names and folder_of(POST_RENDERER) in installed_folders():
        _remove(folder_of(POST_RENDERER))  # with it there, Helm 3 loads no plugin at all
    for name, folder in folders.items():
        plugin = _PLUGINS[name]
        launcher = _LAUNCHER.format(
            version=__version__, python=shlex.quote(sys.executable), program=_program(), command=plugin.command
        )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / plugin.launcher, launcher, 0o755)
            _write(folder / "plugin.yaml", _HEAD.format(name=name, version=__version__) + plugin.manifest, 0o644)
        except OSError as e:
            raise _unwritable(e, folder) from None
    return list(folders.values())


def _program() -> str:
    """What the launcher hands to Python: this package by name or, where all of it is one archive, that archive."""
    import shlex

    archive = getattr(__loader__, "archive", None)  # type: ignore[name-defined]  # every module has it
    return shlex.quote(os.path.abspath(archive)) if archive else f"-c {shlex.quote(_CODE)}"


def uninstall() -> list[Path]:
    """Removes what `install` wrote; returns the folders where there was something to remove."""
    installed = installed_folders()
    for folder in installed:
        _check_ours(folder)
    for folder in installed:
        _remove(folder)
    return installed


def _remove(folder: Path) -> None:
    """Removes a plugin's files, and its folder where nothing else is in it. InputError where it is not ours."""
    _check_ours(folder)
    try:
        for name in ("plugin.yaml", _PLUGINS[folder.name].launcher, LAST_MESSAGE):
            (folder / name).unlink(missing_ok=True)
        if not any(folder.iterdir()):
            folder.rmdir()
    except OSError as e:
        raise _unwritable(e, folder) from None


def installed_folders() -> list[Path]:
    """The folders of the plugins that are there."""
    folders = map(folder_of, _PLUGINS)
    # Not Path.exists, which raises where the folder may not be looked into.
    return [folder for folder in folders if os.path.exists(folder / "plugin.yaml")]


def _check_ours(folder: Path) -> None:
    try:
        text = (folder / "plugin.yaml").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    if "Written by helm-cleaner" not in text:
        hint = "remove that plugin first, or set HELM_PLUGINS to another folder"
        raise InputError.of("plugin", "this plugin was not written by helm-cleaner", Location(str(folder)), hint)


def _unwritable(e: OSError, folder: Path) -> InputError:
    hint = "set HELM_PLUGINS to a folder that you can write to; Helm must see the same setting"
    return InputError.of("plugin", f"cannot be written: {e.strerror}", Location(str(folder)), hint)


def _write(path: Path, text: str, mode: int) -> None:
    from helm_cleaner import wholefile

    wholefile.write(str(path), text.encode("utf-8", "surrogateescape"), mode)  # a path in it may be of any bytes
