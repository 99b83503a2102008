"""stdin and stdout as bytes; a closed one, or a full disk, is told like any other input that cannot be used."""

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
    """Whether stdin may hold something: a pipe or a file does, a terminal and /dev/null do not."""
    if sys.stdin is None:
        return False
    try:
        return not stat.S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode)
    except OSError:  # not a file of the system's
        return True


def check_piped() -> None:
    """UsageError where stdin is a terminal: nobody types manifests, and waiting for them looks like work."""
    if sys.stdin is not None and sys.stdin.isatty():
        hint = "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner …"
        raise UsageError(f"helm-cleaner: error: no manifests are piped in\n    hint: {hint}")


def read_stdin() -> bytes:
    """All of stdin. InputError where it is closed, or cannot be read."""
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
    """Writes the pieces, large ones past Python's own buffer. InputError where they have nowhere to go.

    A reader that has gone is a BrokenPipeError still, for the boundary.
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
    """Lets what Python still holds go nowhere: it must not find out once more at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
