"""stdin and stdout as bytes. A closed stream or a full disk is reported like any other unusable input."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Callable, Iterable

from helm_cleaner.cli.errors import UsageError
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypeVar

    from helm_cleaner.yamltext.manifests import Stream

    Content = TypeVar("Content")

_LARGE = 8 * 2**20  # more than a release
STDIN = "<stdin>"


def is_piped() -> bool:
    """Whether something is piped in: stdin is a pipe or a file, not a terminal or /dev/null."""
    if sys.stdin is None:
        return False
    try:
        return not stat.S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode)
    except OSError:  # not a file of the system's
        return True


def check_piped() -> None:
    """Raises UsageError if stdin is a terminal: waiting for someone to type manifests would look like a hang."""
    if sys.stdin is not None and sys.stdin.isatty():
        hint = "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner …"
        raise UsageError(f"helm-cleaner: error: no manifests are piped in\n    hint: {hint}")


def read_stdin() -> bytes:
    """All of stdin. InputError if it is closed or cannot be read."""
    return _read(lambda stdin: stdin.read())


def read_stream() -> Stream:
    """All of stdin, however large; InputError as `read_stdin`."""
    return _read(_read_large)


def _read(how: Callable[[io.BufferedIOBase], Content]) -> Content:
    if sys.stdin is None:
        raise InputError.of("stdin", "stdin is closed", Location(STDIN), "pipe something in")
    stdin = sys.stdin.buffer
    assert isinstance(stdin, io.BufferedIOBase)
    try:
        return how(stdin)
    except OSError as e:
        message = f"cannot be read: {e.strerror or e}"
        raise InputError.of("stdin", message, Location(STDIN), "pipe something in") from None


def _read_large(stdin: io.BufferedIOBase) -> Stream:
    """To be given memory by the kernel takes longer than to fill it, and least in huge pages, for which only an mmap
    can ask. It is no file's: what is read stays as it is.
    """
    start = stdin.read(_LARGE)
    if len(start) < _LARGE:
        return start
    import mmap

    if not hasattr(mmap, "MADV_HUGEPAGE") or sys.hexversion < 0x030B0000:  # before 3.11, a search in an mmap is slow
        return start + stdin.read()
    memory = mmap.mmap(-1, 2 * _LARGE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    try:
        memory.madvise(mmap.MADV_HUGEPAGE)
    except OSError:  # a kernel that was built without
        return start + stdin.read()
    memory[:_LARGE] = start
    end = _LARGE
    while True:
        with memoryview(memory) as whole, whole[end:] as rest:
            count = stdin.readinto(rest)
        end += count
        if end < len(memory):
            memory.resize(end)
            return memory
        memory.resize(2 * end)


def write_stdout(pieces: Iterable[Stream | memoryview]) -> None:
    """Writes the pieces. InputError if stdout is closed or cannot be written.

    BrokenPipeError if the reader has exited.
    """
    if sys.stdout is None:
        raise InputError.of("stdout", "stdout is closed", Location("<stdout>"), "give the output somewhere to go")
    try:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.flush()
    except OSError as e:
        forget_stdout()
        if isinstance(e, BrokenPipeError):
            raise
        raise InputError.of("stdout", f"cannot be written: {e.strerror or e}", Location("<stdout>")) from None


def forget_stdout() -> None:
    """Discards what is still buffered, so that Python does not report the same error again on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
