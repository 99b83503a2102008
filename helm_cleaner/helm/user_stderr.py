"""A stderr that reaches the user with every Helm.

Helm 4 discards a post-renderer's stderr, even if it fails (runPostrenderer in its
internal/plugin/runtime_subprocess.go). Helm 3 shows it only if the post-renderer fails. Messages are therefore written
to Helm's own stderr. Both Helms pass on the stderr of plugins in the old format.
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


def is_discarded(*, failed: bool) -> bool:
    """Whether Helm discards our stderr: Helm 4 always does, Helm 3 if we succeed."""
    plugin = os.environ.get("HELM_PLUGIN_NAME")
    if plugin == POST_RENDERER:
        return True
    return not failed and plugin not in (COMMAND, VALUES) and _parent_name().startswith("helm")


def open_user_stderr(*, failed: bool) -> tuple[io.FileIO | None, Path | None]:
    """The stream for messages to the user, and its path if nothing but a file is left.

    None as the stream means our own stderr. failed: whether we exit with an error.
    """
    if not is_discarded(failed=failed):
        return None, None
    descriptor = _helms_stderr(failed=failed)
    if descriptor is None:
        descriptor = _open("/dev/tty")
    if descriptor is not None:
        return io.FileIO(descriptor, "w"), None
    if os.environ.get("HELM_PLUGIN_NAME") == POST_RENDERER:
        import tempfile
        from contextlib import suppress
        from pathlib import Path

        places = [Path(folder, LAST_MESSAGE) for folder in [os.environ.get("HELM_PLUGIN_DIR")] if folder]
        with suppress(FileNotFoundError):  # if no folder is usable
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


def _helms_stderr(*, failed: bool) -> int | None:
    """Helm's own stderr, through /proc (Linux): a terminal, a pipe or a log file."""
    parent = f"/proc/{os.getppid()}"
    try:
        info = os.stat(f"{parent}/fd/2")
    except OSError:
        return None
    if not stat.S_ISREG(info.st_mode):
        descriptor = _open(f"{parent}/fd/2")
        # A pipe or terminal that another user has made cannot be opened anew, as below `sudo -u`.
        return descriptor if descriptor is not None else _borrow_stderr()
    # In a file opened without O_APPEND, Helm writes at its own position and overwrites what others have appended.
    borrowed = _borrow_stderr()
    if borrowed is not None:
        return borrowed
    descriptor = _open(f"{parent}/fd/2", os.O_APPEND)
    if descriptor is None or _is_appended(parent):
        return descriptor
    if not failed:  # Helm may still write any number of lines
        os.close(descriptor)
        return None
    os.write(descriptor, b" " * 511 + b"\n")  # space for the one line that Helm will still write
    return descriptor


def _borrow_stderr() -> int | None:
    """A duplicate of Helm's descriptor, which shares its position; needs ptrace permission (root, ptrace_scope 0)."""
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
