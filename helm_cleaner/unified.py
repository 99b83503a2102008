"""Unified diffs of bytes, as `patch` and `git apply` take them, coloured or not."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator

_COLOURS = {b"-": b"\x1b[31m", b"+": b"\x1b[32m", b"@": b"\x1b[36m"}
_RESET = b"\x1b[0m"
_HUNK = re.compile(rb"@@ -(\d+)(\S*) \+(\d+)(\S*) @@")


def diff(old: bytes, new: bytes, name: str, first_line: int = 1, colour: bool = False) -> Iterator[bytes]:
    """The lines of the diff; none where nothing differs. Lines end in LF alone: a CR is a line's own.

    first_line: the number that both texts' first line has. A line without an end is told as git tells it.
    """
    file = os.fsencode(name) + (b"\t" if any(c.isspace() for c in name) else b"")  # which ends a name with blanks
    for line in difflib.diff_bytes(difflib.unified_diff, _lines(old), _lines(new), file, file):
        text = line.removesuffix(b"\n")
        if hunk := _HUNK.fullmatch(text):
            text = b"@@ -%d%s +%d%s @@" % (
                int(hunk[1]) + first_line - 1,
                hunk[2],
                int(hunk[3]) + first_line - 1,
                hunk[4],
            )
        ink = _COLOURS.get(text[:1], b"") if colour else b""
        yield ink + text + (_RESET + b"\n" if ink else b"\n")
        if text == line:
            yield b"\\ No newline at end of file\n"


def _lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]
