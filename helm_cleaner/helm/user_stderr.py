"""A stderr that reaches the user with every Helm.

Helm 4 discards a post-renderer's stderr, even if it fails (runPostrenderer in its
internal/plugin/runtime_subprocess.go). Helm 3 shows it only if the post-renderer fails. Messages are therefore written
to Helm's own stderr. Both Helms pass on the stderr of plugins in the old format.

HELM_CLEANER_STDERR=plain in the environment switches this off: messages then go to our own stderr, whatever Helm does.
"""

from __future__ import annotations

import io
import os
import stat
from functools import cache

from helm_cleaner.helm import COMMAND, LAST_MESSAGE, POST_RENDERER, VALUES
from helm_cleaner.helm.parent_descriptor import borrow_descriptor
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Space for the one line that Helm still writes to a file that it does not append to, in which it would overwrite ours.
_ROOM_FOR_HELM = b" " * 511 + b"\n"


def is_discarded(*, failed: bool) -> bool:
    """Whether Helm discards our stderr: Helm 4 always does, Helm 3 if we succeed."""
    if os.environ.get("HELM_CLEANER_STDERR") == "plain":
        return False
    plugin = os.environ.get("HELM_PLUGIN_NAME")
    if plugin == POST_RENDERER:
        return True
    return not failed and plugin not in (COMMAND, VALUES) and _parent_name().startswith("helm")


@cache
def open_user_stderr(*, failed: bool) -> tuple[io.FileIO | None, Path | None]:
    """The stream for messages to the user, and its path if nothing but a file is left.

    None as the stream means our own stderr. failed: whether we exit with an error. It stays open until we exit, so that
    a second message does not replace the first.
    """
    if not is_discarded(failed=failed):
        return None, None
    descriptor = _helms_stderr(failed=failed)
    if descriptor is None:
        descriptor = _open("/dev/tty")
    if descriptor is not None:
        return io.FileIO(descriptor, "w", closefd=False), None
    return _open_last_message() if os.environ.get("HELM_PLUGIN_NAME") == POST_RENDERER else (None, None)


@cache
def _open_last_message() -> tuple[io.FileIO | None, Path | None]:
    """The file that has the messages of the last run, and its path."""
    import tempfile
    from contextlib import suppress
    from pathlib import Path

    places = [Path(folder, LAST_MESSAGE) for folder in [os.environ.get("HELM_PLUGIN_DIR")] if folder]
    with suppress(FileNotFoundError):  # if no folder is usable
        places.append(Path(tempfile.gettempdir(), f"helm-cleaner-{LAST_MESSAGE}"))
    for path in places:
        descriptor = _open(str(path), os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0))
        if descriptor is not None:
            return io.FileIO(descriptor, "w", closefd=False), path
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
        return descriptor if descriptor is not None else borrow_descriptor(2)
    # In a file opened without O_APPEND, Helm writes at its own position and overwrites what others have appended.
    borrowed = borrow_descriptor(2)
    if borrowed is not None:
        return borrowed
    descriptor = _open(f"{parent}/fd/2", os.O_APPEND)
    if descriptor is None or _is_appended(parent):
        return descriptor
    if not failed:  # Helm may still write any number of lines
        os.close(descriptor)
        return None
    os.write(descriptor, _ROOM_FOR_HELM)
    return descriptor


def _is_appended(parent: str) -> bool:
    try:
        with open(f"{parent}/fdinfo/2") as file:
            lines = file.read().splitlines()
    except OSError:
        return False
    return any(line.startswith("flags:") and int(line.split()[1], 8) & os.O_APPEND for line in lines)
