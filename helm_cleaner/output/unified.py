"""Unified diffs of bytes, in color or not; `patch` and `git apply` accept them."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.output.line_matching import Matcher
from helm_cleaner.output.terminal import paint
from helm_cleaner.text import make_printable

_STYLES = {b"-": "removed", b"+": "added", b"@": "range"}
_ESCAPES = {'"': '\\"', "\\": "\\\\", **dict(zip("\a\b\t\n\v\f\r", (rf"\{c}" for c in "abtnvfr"), strict=True))}


def unified_diff(
    old: bytes, new: bytes, name: str, first_line: int = 1, *, terminal: bool = False, color: bool = False
) -> Iterator[bytes]:
    """The lines of the diff; none if nothing differs. Only LF ends a line; a CR before it belongs to the line.

    first_line: the number of both texts' first line. terminal: whether the diff is for a person rather than a program;
    control characters in its lines are then escaped. As in git, a missing newline at the end is noted, and a name with
    control characters is quoted.
    """
    for line in _unified_lines(_lines(old), _lines(new), _header_name(name), first_line):
        text = line.removesuffix(b"\n")
        shown = _escape(text) if terminal else text
        if color and (style := _STYLES.get(text[:1])):
            shown = paint(style, shown.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        yield shown + b"\n"
        if text == line:
            yield b"\\ No newline at end of file\n"


def _unified_lines(old: list[bytes], new: list[bytes], file: bytes, first_line: int) -> Iterator[bytes]:
    """The lines of `difflib.unified_diff`, with the line breaks of the texts."""
    for number, group in enumerate(Matcher(old, new).get_grouped_opcodes()):
        if not number:
            yield from (b"--- %s\n" % file, b"+++ %s\n" % file)
        i, end, j, stop = group[0][1], group[-1][2], group[0][3], group[-1][4]
        yield b"@@ -%s +%s @@\n" % (_range(i, end, first_line), _range(j, stop, first_line))
        for tag, a, b, c, d in group:
            if tag == "equal":
                yield from (b" " + line for line in old[a:b])
            else:
                yield from (b"-" + line for line in old[a:b])
                yield from (b"+" + line for line in new[c:d])


def _range(start: int, end: int, first_line: int) -> bytes:
    """The lines of a hunk: the number of the first one, or of the line before if there are none, and how many."""
    count = end - start
    first = start + first_line - (count == 0)
    return b"%d" % first if count == 1 else b"%d,%d" % (first, count)


def _header_name(name: str) -> bytes:
    """A name after `---`: unchanged, followed by a tab if it contains spaces, or quoted (git's quote.c)."""
    if name.isprintable() and '"' not in name and "\\" not in name:
        return _encode(name) + (b"\t" if " " in name else b"")
    quoted = "".join(
        c if c.isprintable() and c not in '"\\' else _ESCAPES.get(c) or "".join(f"\\{b:03o}" for b in _encode(c))
        for c in name
    )
    return b'"' + quoted.encode() + b'"'


def _encode(name: str) -> bytes:
    """A name in UTF-8, whatever the file system's encoding: the names of manifests are in the diff too."""
    return name.encode("utf-8", "surrogateescape")


def _escape(line: bytes) -> bytes:
    """A line of the diff that is safe on a terminal. Tabs, and a CR at its end, are harmless."""
    text = line.decode("utf-8", "surrogateescape")
    body = text.removesuffix("\r")
    return ("\t".join(map(make_printable, body.split("\t"))) + text[len(body) :]).encode()


def _lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]
