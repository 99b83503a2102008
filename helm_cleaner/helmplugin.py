"""The Helm plugin that makes `--post-renderer helm-cleaner` work with Helm 4, and a stderr that reaches the user.

Helm 4 takes only the name of a plugin of type postrenderer/v1, and keeps the plugin's stderr to itself, on failure too
(runPostrenderer in its internal/plugin/runtime_subprocess.go). Helm 3 runs an executable and shows its stderr only
where it fails. What we say is written to Helm's own stderr then.
"""

from __future__ import annotations

import io
import os
import shlex
import stat
import sys
import tempfile
from pathlib import Path

from helm_cleaner import __version__
from helm_cleaner.diagnostics import InputError, Location

POST_RENDERER = "helm-cleaner"  # the plugin's name, to be given to --post-renderer
PREPROCESSOR = "cleaner"  # a plugin in the old format, whose stderr Helm passes on
LAST_MESSAGE = "last-message.txt"
_PIDFD_GETFD = 438  # the same number on every architecture, as all system calls since Linux 5.0

_PLUGIN_YAML = """\
# Written by helm-cleaner {version}. `helm-cleaner plugin install` writes it anew, `... plugin uninstall` removes it.
apiVersion: v1
type: postrenderer/v1
name: {name}
version: {version}
runtime: subprocess
runtimeConfig:
  platformCommand:
    - command: ${{HELM_PLUGIN_DIR}}/post-render
"""

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
exec "$python" -c '{code}' post-render "$@"
"""
# Not `-m`, which would look for modules in the current folder first.
_CODE = "import sys; sys.path[:] = filter(None, sys.path); from helm_cleaner.cli import main; sys.exit(main())"


# ---- installing ---------------------------------------------------------------------------------------------------


def plugins_folder() -> Path:
    """Where Helm looks for plugins: HELM_PLUGINS (the first of several), what `helm env` tells, or Helm's default."""
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
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def plugin_folder() -> Path:
    """Where the post-renderer plugin is, or would be."""
    return plugins_folder() / POST_RENDERER


def install() -> Path:
    """Writes the post-renderer plugin, bound to the Python that runs this; returns its folder.

    An older one is replaced, file by file and each at once. InputError where it cannot be written, or where a plugin
    that is not ours has the name.
    """
    if os.name != "posix":
        hint = "call helm-cleaner after `helm template` instead"
        raise InputError.of("plugin", "the plugin for Helm 4 needs a POSIX system", Location(sys.platform), hint)
    folder = plugin_folder()
    _check_ours(folder)
    launcher = _LAUNCHER.format(version=__version__, python=shlex.quote(sys.executable), code=_CODE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "post-render", launcher, 0o755)
        _write(folder / "plugin.yaml", _PLUGIN_YAML.format(name=POST_RENDERER, version=__version__), 0o644)
    except OSError as e:
        raise _unwritable(e, folder) from None
    return folder


def uninstall() -> tuple[Path, bool]:
    """Removes what `install` wrote; returns the folder and whether there was anything to remove."""
    folder = plugin_folder()
    _check_ours(folder)
    was_there = (folder / "plugin.yaml").exists()
    try:
        for name in ("plugin.yaml", "post-render", LAST_MESSAGE):
            (folder / name).unlink(missing_ok=True)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    except OSError as e:
        raise _unwritable(e, folder) from None
    return folder, was_there


def is_installed() -> bool:
    """Whether the plugin is there."""
    return (plugin_folder() / "plugin.yaml").exists()


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
    """Writes a file at once: whoever reads it, or is stopped, sees the old one or the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


# ---- a stderr that reaches the user ---------------------------------------------------------------------------------


def is_discarded(failed: bool) -> bool:
    """Whether Helm throws our stderr away: Helm 4 always does, Helm 3 where we succeed."""
    plugin = os.environ.get("HELM_PLUGIN_NAME")
    if plugin == POST_RENDERER:
        return True
    return not failed and plugin != PREPROCESSOR and _parent_name().startswith("helm")


def user_stderr(failed: bool) -> tuple[io.FileIO | None, Path | None]:
    """Where to write what the user must read, and the file's path where all that is left is a file.

    None for the stream means our own stderr. failed: whether we exit with an error.
    """
    if not is_discarded(failed):
        return None, None
    descriptor = _helms_stderr(failed)
    if descriptor is None:
        descriptor = _open("/dev/tty")
    if descriptor is not None:
        return io.FileIO(descriptor, "w"), None
    if os.environ.get("HELM_PLUGIN_NAME") == POST_RENDERER:
        for folder in (os.environ.get("HELM_PLUGIN_DIR"), tempfile.gettempdir()):
            if folder:
                path = Path(folder, LAST_MESSAGE if folder != tempfile.gettempdir() else f"helm-cleaner-{LAST_MESSAGE}")
                descriptor = _open(str(path), os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0))
                if descriptor is not None:
                    return io.FileIO(descriptor, "w"), path
    return None, None


def _open(path: str, flags: int = 0) -> int | None:
    try:
        return os.open(path, os.O_WRONLY | os.O_NOCTTY | flags, 0o600)
    except OSError:
        return None


def _parent_name() -> str:
    try:
        return Path(f"/proc/{os.getppid()}/comm").read_text().strip()
    except OSError:
        return ""


def _helms_stderr(failed: bool) -> int | None:
    """Helm's own stderr, by way of /proc (Linux): a terminal, a pipe or a log file."""
    parent = f"/proc/{os.getppid()}"
    try:
        info = os.stat(f"{parent}/fd/2")
    except OSError:
        return None
    if not stat.S_ISREG(info.st_mode):
        return _open(f"{parent}/fd/2")
    # In a file opened without O_APPEND Helm writes on at a position of its own, over what anyone else has appended.
    borrowed = _borrow_stderr()
    if borrowed is not None:
        return borrowed
    descriptor = _open(f"{parent}/fd/2", os.O_APPEND)
    if descriptor is None or _is_appended(parent):
        return descriptor
    if not failed:  # no telling how much Helm has still to write
        os.close(descriptor)
        return None
    os.write(descriptor, b" " * 511 + b"\n")  # room for the one line that Helm has still to write
    return descriptor


def _borrow_stderr() -> int | None:
    """A duplicate of Helm's own descriptor, position included; needs the right to trace it (root, ptrace_scope 0)."""
    try:
        import ctypes

        pidfd = os.pidfd_open(os.getppid())
        try:
            descriptor = ctypes.CDLL(None, use_errno=True).syscall(_PIDFD_GETFD, pidfd, 2, 0)
        finally:
            os.close(pidfd)
    except (AttributeError, ImportError, OSError):
        return None
    return descriptor if descriptor >= 0 else None


def _is_appended(parent: str) -> bool:
    try:
        lines = Path(f"{parent}/fdinfo/2").read_text().splitlines()
    except OSError:
        return False
    return any(line.startswith("flags:") and int(line.split()[1], 8) & os.O_APPEND for line in lines)
