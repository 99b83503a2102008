"""Writes files atomically."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def write(path: str, content: bytes, mode: int, owner: tuple[int, int] | None = None) -> None:
    """Replaces a file's content atomically: a reader sees the old or the new content, whatever happens.

    mode, owner (user and group): those of the new file. OSError if it cannot be written; nothing is left behind then.
    Signals that end the process wait until the file is written.
    """
    with _undisturbed():
        handle, temporary = tempfile.mkstemp(prefix=".helm-cleaner-", dir=os.path.dirname(path) or ".")
        try:
            with open(handle, "wb") as new:
                new.write(content)
                new.flush()
                os.fsync(new.fileno())  # some file systems report a full disk only here
            if owner is not None:
                with suppress(OSError, AttributeError):  # only root may change the owner; Windows has no owners
                    os.chown(temporary, *owner)
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Delays signals that would end the process and leave a temporary file behind."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):  # pragma: no cover  Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
