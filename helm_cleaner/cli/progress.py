"""A progress line on a terminal, for what takes longer than a second."""

from __future__ import annotations

import os
import sys
from time import monotonic

from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

_QUIET = 1.0  # seconds before anything is shown
_PAUSE = 0.1  # seconds between two changes of the line


class Progress:
    """A context manager whose `tell` shows a line on stderr, which is erased at the end.

    Nothing is shown in the first second, or if stderr is not a terminal that can erase a line.
    """

    def __init__(self) -> None:
        self._on = sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._next = monotonic() + _QUIET
        self._shown = 0  # characters

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._shown:
            self._show("")
            self._write("\r")

    def tell(self, what: str, done: int, of: int) -> None:
        """Shows how many are done, if it is time to. what: for example "reading files"."""
        if not self._on or (now := monotonic()) < self._next:
            return
        self._next = now + _PAUSE
        self._show(f"helm-cleaner: {what}: {done:,} of {of:,}")

    def _show(self, line: str) -> None:
        line = line[: self._width() - 1]  # a longer one would wrap, and could not be erased
        self._write("\r" + line.ljust(self._shown))
        self._shown = len(line)

    def _width(self) -> int:
        try:
            return os.get_terminal_size(sys.stderr.fileno()).columns or 80
        except (OSError, ValueError):
            return 80

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):  # the terminal is gone
            self._on = False
