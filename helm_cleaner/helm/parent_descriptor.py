"""Borrows a file descriptor of the parent process, on Linux.

/proc/PID/fd/2, opened anew, has a position of its own, so that Helm and we would overwrite each other in a log file.
Only the descriptor itself shares Helm's position, and only the system call pidfd_getfd hands it over. Python has no
function for that call; ctypes makes it.
"""

from __future__ import annotations

import os

_PIDFD_GETFD = 438  # the same number on every architecture, as all system calls since Linux 5.0


def borrow_descriptor(number: int) -> int | None:
    """A duplicate of one of the parent's descriptors; None without ptrace permission (root, ptrace_scope 0)."""
    try:
        import ctypes

        pidfd = os.pidfd_open(os.getppid())
        try:
            descriptor = ctypes.CDLL(None, use_errno=True).syscall(_PIDFD_GETFD, pidfd, number, 0)
        finally:
            os.close(pidfd)
    except (AttributeError, ImportError, OSError):
        return None
    return descriptor if descriptor >= 0 else None
