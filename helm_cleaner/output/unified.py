"""Unified diffs of bytes, as `patch` and `git apply` take them, coloured or not."""

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
    """The lines of the diff; none where nothing differs. Lines end in LF alone: a CR is a line's own.

    first_line: the number that both texts' first line has. A line without an end is told as git tells it, and a name
    with control characters is quoted as git quotes it. terminal: whether people read it, and no program: the lines'
    control characters are escaped then.
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
    """A name behind `---`: as it is, with a tab that ends it where it has blanks in it; or quoted (git's quote.c)."""
    if name.isprintable() and '"' not in name and "\\" not in name:
        return _encoded(name) + (b"\t" if " " in name else b"")
    quoted = "".join(
        c if c.isprintable() and c not in '"\\' else _ESCAPES.get(c) or "".join(f"\\{b:03o}" for b in _encoded(c))
        for c in name
    )
    return b'"' + quoted.encode() + b'"'


def _encoded(name: str) -> bytes:
    """A name's bytes, whatever the system takes names to be written in: manifests hold names, too."""
    return name.encode("utf-8", "surrogateescape")


def _shown(line: bytes) -> bytes:
    """A line of the diff as a terminal may have it; a tab, and the CR at its end, do no harm there."""
    text = line.decode("utf-8", "surrogateescape")
    body = text.removesuffix("\r")
    return ("\t".join(map(printable, body.split("\t"))) + text[len(body) :]).encode()


def _lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]
