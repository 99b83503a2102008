"""A stderr that reaches the user, whichever Helm runs us.

Helm 4 keeps a post-renderer's stderr to itself, on failure too (runPostrenderer in its internal/plugin/
runtime_subprocess.go). Helm 3 shows it only where the post-renderer fails. What we say is written to Helm's own stderr
then. Both pass on the stderr of plugins in the old format.
"""

from __future__ import annotations

import io
import os
import stat

from helm_cleaner.helm import COMMAND, LAST_MESSAGE, POST_RENDERER, VALUES
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PIDFD_GETFD = 438  # the same number on every architecture, as all system calls since Linux 5.0


def is_discarded(failed: bool) -> bool:
    """Whether Helm throws our stderr away: Helm 4 always does, Helm 3 where we succeed."""
    plugin = os.environ.get("HELM_PLUGIN_NAME")
    if plugin == POST_RENDERER:
        return True
    return not failed and plugin not in (COMMAND, VALUES) and _parent_name().startswith("helm")


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
        import tempfile
        from contextlib import suppress
        from pathlib import Path

        places = [Path(folder, LAST_MESSAGE) for folder in [os.environ.get("HELM_PLUGIN_DIR")] if folder]
        with suppress(FileNotFoundError):  # where no folder will do
            places.append(Path(tempfile.gettempdir(), f"helm-cleaner-{LAST_MESSAGE}"))
        for path in places:
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
        with open(f"/proc/{os.getppid()}/comm") as file:
            return file.read().strip()
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
        with open(f"{parent}/fdinfo/2") as file:
            lines = file.read().splitlines()
    except OSError:
        return False
    return any(line.startswith("flags:") and int(line.split()[1], 8) & os.O_APPEND for line in lines)
