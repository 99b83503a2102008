"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def write(path: str, content: bytes, mode: int, owner: tuple[int, int] | None = None) -> None:
    """Gives a file new content: a reader sees the old one or the new one, whatever happens.

    mode, owner (user and group): what the file is to have. OSError where it cannot be; nothing is left behind then.
    A signal to stop waits until it is done.
    """
    with _undisturbed():
        handle, temporary = tempfile.mkstemp(prefix=".helm-cleaner-", dir=os.path.dirname(path) or ".")
        try:
            with open(handle, "wb") as new:
                new.write(content)
                new.flush()
                os.fsync(new.fileno())  # some file systems find out here alone that the disk is full
            if owner is not None:
                with suppress(OSError, AttributeError):  # only root may give files away; Windows knows no owners
                    os.chown(temporary, *owner)
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Holds back the signals that end a process: a temporary file would stay where it is."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):  # pragma: no cover  Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
