"""Writes files, each whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from io import BufferedRandom


def write(path: str, content: bytes, mode: int, owner: tuple[int, int] | None = None) -> None:
    """Replaces a file's content atomically: a reader sees the old or the new content, whatever happens.

    mode, owner (user and group): those of the new file. OSError if it cannot be written; nothing is left behind then.
    Signals that end the process wait until the file is written.
    """
    with _delay_signals():
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


def overwrite(path: str, content: bytes) -> None:
    """Changes a file's content in place, so that its hard links and a mount on it stay.

    OSError if it cannot be written, with the old content restored: space is reserved first. A reader may see a part of
    the content. Signals that end the process wait until the file is written.
    """
    with _delay_signals(), open(path, "r+b") as file:
        old = file.read()
        try:
            _reserve(file, len(content))
            _fill(file, content)
        except BaseException:
            _fill(file, old)
            raise


def _reserve(file: BufferedRandom, size: int) -> None:
    if size and hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file.fileno(), 0, size)
        except OSError as e:
            if e.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # some file systems cannot
                raise


def _fill(file: BufferedRandom, content: bytes) -> None:
    file.seek(0)
    file.write(content)
    file.truncate()
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _delay_signals() -> Iterator[None]:
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
