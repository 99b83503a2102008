"""Splits a rendered stream into documents by lines, without parsing YAML.

A line that consists of ``---``, or begins with it and a space, starts a document (YAML 1.2, 9.1.2). It always is a
boundary: neither a block scalar (its lines are indented) nor a quoted one may contain it. 98% of a Polyaxon release are
custom resource definitions that do not matter, so boundaries are searched only around a hit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.typed import NamedTuple

_BOM = b"\xef\xbb\xbf"
_END = 4096
_DIRECTIVE = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*(?:#[^\n]*)?\r?\n)*(%[^\r\n]*)")
_AFTER_MARKER = (b"\n", b"\r", b" ", b"\t", b"")
# UTF-32 before UTF-16, because its little-endian mark begins with that of UTF-16.
_FOREIGN_MARKS = (
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
# Without a mark: which of the first four bytes are zero if the first character is ASCII.
_UNMARKED = {
    b"\1\0\1\0": "UTF-16",
    b"\0\1\0\1": "UTF-16",
    b"\1\1\1\0": "UTF-32",
    b"\0\1\1\1": "UTF-32",
}


class Span(NamedTuple):
    """A document's bytes in the stream: from its ``---`` line (or the stream's start) to the next document."""

    start: int
    end: int


def check_encoding(stream: bytes, name: str) -> None:
    """Refuses a stream in UTF-16 or UTF-32 with an InputError: Helm and Kubernetes use UTF-8 only."""
    start = stream[:4]
    found = next((title for mark, title in _FOREIGN_MARKS if start.startswith(mark)), None)
    if found is None:
        found = _UNMARKED.get(bytes(byte == 0 for byte in start))
    if found:
        raise InputError.of(
            "encoding",
            f"the input is in {found}, not in UTF-8",
            Location(name),
            f"convert it first: iconv -f {found} -t UTF-8",
        )


def check_directives(stream: bytes, name: str) -> None:
    """Refuses a stream that begins with a YAML directive with an InputError: the part before `---` is then not YAML."""
    if b"%" in stream and (found := _DIRECTIVE.match(stream)):
        line = stream.count(b"\n", 0, found.start(1)) + 1
        place = Location(name, line, 1, found[1].decode(errors="replace"))
        raise InputError.of("yaml", "a YAML directive, which Helm 4, kubectl and kustomize reject", place, "remove it")


def may_be_resource_list(stream: bytes) -> bool:
    """Whether a stream looks like the ResourceList of a KRM function: its kind is near the start or the end."""
    return b"ResourceList" in stream[:_END] or b"ResourceList" in stream[-_END:]


def _is_marker(stream: bytes, at: int) -> bool:
    return stream[at + 3 : at + 4] in _AFTER_MARKER


def _next_start(stream: bytes, position: int) -> int:
    """Where the next document after `format_position` begins, or the stream's length."""
    while (at := stream.find(b"\n---", position)) >= 0:
        if _is_marker(stream, at + 1):
            return at + 1
        position = at + 4
    return len(stream)


def _own_start(stream: bytes, position: int) -> int:
    """Where the document that contains `format_position` begins."""
    while (at := stream.rfind(b"\n---", 0, position)) >= 0:
        if _is_marker(stream, at + 1):
            return at + 1
        position = at
    return 0


def documents(stream: bytes) -> Iterator[Span]:
    """Every document of the stream, in order. Joined, they are the stream; an empty stream has none."""
    start = 0
    while start < len(stream):
        end = _next_start(stream, start)
        yield Span(start, end)
        start = end


def split(stream: bytes) -> list[Span]:
    """The documents, all at once."""
    return list(documents(stream))


@lru_cache(maxsize=16)  # many files are searched for the same needles
def _common_ends(texts: tuple[bytes, ...]) -> tuple[bytes, bytes]:
    """What all of them start with, and what all of them end with."""
    return _common_prefix(texts), _common_prefix([text[::-1] for text in texts])[::-1]


def _common_prefix(texts: Sequence[bytes]) -> bytes:
    first, last = min(texts), max(texts)
    return first[: next((i for i, byte in enumerate(first) if last[i : i + 1] != bytes((byte,))), len(first))]


def holding(stream: bytes, needles: tuple[bytes, ...]) -> list[Span]:
    """The documents that contain one of the needles, in order. A needle must not contain a line break.

    Needles with a common start or end (the names of a hundred releases' ConfigMaps) are searched together.
    """
    if not needles or b"" in needles:
        return split(stream) if needles else []
    head, tail = _common_ends(needles)
    if not head and not tail:
        return sorted({span for needle in needles for span in holding(stream, (needle,))})
    common = max(head, tail, key=len)
    longest = max(map(len, needles))
    spans, position = [], 0
    while (hit := stream.find(common, position)) >= 0:
        end = hit + len(common)
        if (
            stream[hit : hit + longest].startswith(needles)
            if common is head
            else stream[max(end - longest, 0) : end].endswith(needles)
        ):
            spans.append(Span(_own_start(stream, hit), _next_start(stream, hit)))
            position = spans[-1].end
        else:
            position = hit + 1
    return spans


def content(stream: bytes, span: Span) -> Span:
    """The part of a document that can be parsed on its own: without a byte order mark in front of the stream, and only
    up to a line of ``...`` (what follows that are the next document's comments and directives).
    """
    start = span.start + len(_BOM) if span.start == 0 and stream[: len(_BOM)] == _BOM else span.start
    position = start
    while (at := stream.find(b"\n...", position, span.end)) >= 0:
        if _is_marker(stream, at + 1):
            line_end = stream.find(b"\n", at + 1, span.end)
            return Span(start, line_end + 1 if line_end >= 0 else span.end)
        position = at + 4
    return Span(start, span.end)


def first_line(stream: bytes, span: Span) -> int:
    """The 1-based number of the span's first line in the stream."""
    return stream.count(b"\n", 0, span.start) + 1


def first_lines(stream: bytes, spans: Iterable[Span]) -> Iterator[int]:
    """`first_line` of each of the spans, which are in order: the stream is searched once."""
    position, line = 0, 1
    for start, _ in spans:
        line += stream.count(b"\n", position, start)
        position = start
        yield line
