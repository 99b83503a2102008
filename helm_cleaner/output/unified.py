"""Unified diffs of bytes, in color or not; `patch` and `git apply` accept them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from helm_cleaner.text import printable

_COLOURS = {b"-": b"\x1b[31m", b"+": b"\x1b[32m", b"@": b"\x1b[36m"}
_ESCAPES = {'"': '\\"', "\\": "\\\\", **dict(zip("\a\b\t\n\v\f\r", (rf"\{c}" for c in "abtnvfr"), strict=True))}
_RESET = b"\x1b[0m"
_HUNK = re.compile(rb"@@ -(\d+)(\S*) \+(\d+)(\S*) @@")


def diff(
    old: bytes, new: bytes, name: str, first_line: int = 1, terminal: bool = False, colour: bool = False
) -> Iterator[bytes]:
    """The lines of the diff; none if nothing differs. Only LF ends a line; a CR before it belongs to the line.

    first_line: the number of both texts' first line. terminal: whether the diff is for a person rather than a program;
    control characters in its lines are then escaped. As in git, a missing newline at the end is noted, and a name with
    control characters is quoted.
    """
    file = _header_name(name)
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
        yield ink + (_shown(text) if terminal else text) + (_RESET + b"\n" if ink else b"\n")
        if text == line:
            yield b"\\ No newline at end of file\n"


def _header_name(name: str) -> bytes:
    """A name after `---`: unchanged, followed by a tab if it contains spaces, or quoted (git's quote.c)."""
    if name.isprintable() and '"' not in name and "\\" not in name:
        return _encoded(name) + (b"\t" if " " in name else b"")
    quoted = "".join(
        c if c.isprintable() and c not in '"\\' else _ESCAPES.get(c) or "".join(f"\\{b:03o}" for b in _encoded(c))
        for c in name
    )
    return b'"' + quoted.encode() + b'"'


def _encoded(name: str) -> bytes:
    """A name in UTF-8, whatever the file system's encoding: the names of manifests are in the diff too."""
    return name.encode("utf-8", "surrogateescape")


def _shown(line: bytes) -> bytes:
    """A line of the diff that is safe on a terminal. Tabs, and a CR at its end, are harmless."""
    text = line.decode("utf-8", "surrogateescape")
    body = text.removesuffix("\r")
    return ("\t".join(map(printable, body.split("\t"))) + text[len(body) :]).encode()


def _lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]
