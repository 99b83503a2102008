"""A stream of documents, split by lines, without parsing YAML.

A line that consists of ``---``, or begins with it and a space, starts a document (YAML 1.2, 9.1.2). It always is a
boundary: neither a block scalar (its lines are indented) nor a quoted one may contain it. 98% of a Polyaxon release are
custom resource definitions that do not matter, so boundaries are searched only around a hit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.names import STDIN
from helm_cleaner.typed import NamedTuple
from helm_cleaner.yamltext.composer import compose, decode
from helm_cleaner.yamltext.document import Document

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


class Stream:
    """The bytes of a file or of stdin, their name in messages, and the documents in them.

    Nothing is parsed before `compose` is called, and nothing that it returns is kept: a composed document is many times
    as large as its text.
    """

    __slots__ = ("content", "name")

    def __init__(self, content: bytes, name: str = STDIN) -> None:
        self.content = content
        self.name = name

    def documents(self) -> Iterator[Span]:
        """Every document, in order. Joined, they are the stream; an empty stream has none."""
        start = 0
        while start < len(self.content):
            end = _next_start(self.content, start)
            yield Span(start, end)
            start = end

    def find(self, needles: tuple[bytes, ...]) -> list[Span]:
        """The documents that contain one of the needles, in order. A needle must not contain a line break.

        Needles with a common start or end (the names of a hundred releases' ConfigMaps) are searched together.
        """
        if not needles or b"" in needles:
            return list(self.documents()) if needles else []
        head, tail = _common_ends(needles)
        if not head and not tail:
            return sorted({span for needle in needles for span in self.find((needle,))})
        stream, common, longest = self.content, max(head, tail, key=len), max(map(len, needles))
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

    def body(self, span: Span) -> Span:
        """The part of a document that can be parsed on its own.

        That is without a byte order mark in front of the stream, and only up to a line of ``...``: what follows that
        are the next document's comments and directives.
        """
        stream = self.content
        start = span.start + len(_BOM) if span.start == 0 and stream[: len(_BOM)] == _BOM else span.start
        position = start
        while (at := stream.find(b"\n...", position, span.end)) >= 0:
            if _is_marker(stream, at + 1):
                line_end = stream.find(b"\n", at + 1, span.end)
                return Span(start, line_end + 1 if line_end >= 0 else span.end)
            position = at + 4
        return Span(start, span.end)

    def text(self, span: Span) -> str:
        """The text of a document's body. InputError, with the place, if it is not UTF-8."""
        return decode(self.content[slice(*self.body(span))], self.name, lambda: self.first_line(span))

    def compose(self, span: Span) -> Document:
        """The document. InputError, with the place, if it cannot be read."""
        return compose(self.text(span), self.name, lambda: self.first_line(span))

    def first_line(self, span: Span) -> int:
        """The 1-based number of the span's first line in the stream."""
        return self.content.count(b"\n", 0, span.start) + 1

    def first_lines(self, spans: Iterable[Span]) -> Iterator[int]:
        """`first_line` of each of the spans, which are in order: the stream is searched once."""
        position, line = 0, 1
        for start, _ in spans:
            line += self.content.count(b"\n", position, start)
            position = start
            yield line

    def replace(self, texts: Mapping[Span, bytes]) -> list[bytes | memoryview]:
        """The stream in pieces, with new texts for the bodies of some documents, which are in order.

        Unchanged pieces are views of the stream.
        """
        whole = memoryview(self.content)
        pieces: list[bytes | memoryview] = []
        position = 0
        for span, text in texts.items():
            start, end = self.body(span)
            pieces += [whole[position:start], text]
            position = end
        return [*pieces, whole[position:]]

    def may_be_resource_list(self) -> bool:
        """Whether it looks like the ResourceList of a KRM function: its kind is near the start or the end."""
        return b"ResourceList" in self.content[:_END] or b"ResourceList" in self.content[-_END:]

    def check_encoding(self) -> None:
        """Refuses UTF-16 and UTF-32 with an InputError: Helm and Kubernetes use UTF-8 only."""
        start = self.content[:4]
        found = next((title for mark, title in _FOREIGN_MARKS if start.startswith(mark)), None)
        if found is None:
            found = _UNMARKED.get(bytes(byte == 0 for byte in start))
        if found:
            raise InputError.of(
                "encoding",
                f"the input is in {found}, not in UTF-8",
                Location(self.name),
                f"convert it first: iconv -f {found} -t UTF-8",
            )

    def check_directives(self) -> None:
        """Refuses a YAML directive at the beginning with an InputError: the part before `---` is then not YAML."""
        if b"%" in self.content and (found := _DIRECTIVE.match(self.content)):
            line = self.content.count(b"\n", 0, found.start(1)) + 1
            place = Location(self.name, line, 1, found[1].decode(errors="replace"))
            message = "a YAML directive, which Helm 4, kubectl and kustomize reject"
            raise InputError.of("yaml", message, place, "remove it")


def _is_marker(stream: bytes, at: int) -> bool:
    return stream[at + 3 : at + 4] in _AFTER_MARKER


def _next_start(stream: bytes, position: int) -> int:
    """Where the next document after `position` begins, or the stream's length."""
    while (at := stream.find(b"\n---", position)) >= 0:
        if _is_marker(stream, at + 1):
            return at + 1
        position = at + 4
    return len(stream)


def _own_start(stream: bytes, position: int) -> int:
    """Where the document that contains `position` begins."""
    while (at := stream.rfind(b"\n---", 0, position)) >= 0:
        if _is_marker(stream, at + 1):
            return at + 1
        position = at
    return 0


@lru_cache(maxsize=16)  # many files are searched for the same needles
def _common_ends(texts: tuple[bytes, ...]) -> tuple[bytes, bytes]:
    """What all of them start with, and what all of them end with."""
    return _common_prefix(texts), _common_prefix([text[::-1] for text in texts])[::-1]


def _common_prefix(texts: Sequence[bytes]) -> bytes:
    first, last = min(texts), max(texts)
    return first[: next((i for i, byte in enumerate(first) if last[i : i + 1] != bytes((byte,))), len(first))]
