"""A document in a scalar of another one: YAML in YAML, in which every place is that in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yaml.nodes import ScalarNode

from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.yamltext.composer import compose
from helm_cleaner.yamltext.document import Document

_HEADER = re.compile(r"(?:[&!]\S*\s+)*[|>][^\n]*\n")  # of a block scalar, with its anchor and tag
_QUOTE = re.compile(r"(?:[&!]\S*\s+)*([\"'])")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
_HEX = {"x": 2, "u": 4, "U": 8}
_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
            "e": "\x1b", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}  # fmt: skip

Atom = tuple[str, int]  # a character of the value, "" for a line break, and its index


class NestedDocument(Document):
    """A document whose text is not that of the file, such as one in a scalar; around: the document that contains it.

    outer: for each index into the text, and its end, the index into the text around it; None if they are the same.
    scalar: the node that contains it; None if it is the whole document around it.
    """

    __slots__ = ("around", "outer", "scalar")

    def __init__(
        self, inner: Document, around: Document, outer: Sequence[int] | None, scalar: ScalarNode | None = None
    ) -> None:
        super().__init__(inner.text, inner.root, around.file, around.first_line)
        self.around = around
        self.outer = outer
        self.scalar = scalar

    def location(self, index: int, end: int | None = None) -> Location:
        """The place in the file of an index into the text."""
        if self.outer is None:
            return self.around.location(index, end)
        start = self.outer[index]
        stop = self.outer[end - 1] + 1 if end is not None and end > index else start + 1
        return self.around.location(start, stop)


def root_document(document: Document) -> Document:
    """The file's document that a document is or is within."""
    while isinstance(document, NestedDocument) and document.outer is not None:
        document = document.around
    return document


def compose_nested(
    text: str, around: Document, outer: Sequence[int] | None, scalar: ScalarNode | None
) -> NestedDocument:
    """The text as a document within another one. InputError, with the place in the file, if it is not YAML."""
    try:
        inner = compose(text, around.file)
    except InputError as e:
        frame = NestedDocument(Document(text, None, around.file, around.first_line), around, outer, scalar)
        raise InputError([d._replace(location=_move(d.location, frame)) for d in e.diagnostics]) from None
    return NestedDocument(inner, around, outer, scalar)


def _move(place: Location, frame: NestedDocument) -> Location:
    if place.line is None or place.column is None:
        return frame.location(0)
    start = 0
    for _ in range(place.line - 1):
        start = frame.text.index("\n", start) + 1
    index = min(start + place.column - 1, len(frame.text))
    return frame.location(index, index + place.length)


def compose_scalar(document: Document, node: ScalarNode) -> NestedDocument:
    """The YAML in a scalar's value. InputError, with the place in the file, if it is not YAML."""
    return compose_nested(node.value, document, index_map(document.text, node), node)


def index_map(text: str, node: ScalarNode) -> list[int]:
    """For each character of a scalar's value, and its end, its index in the text."""
    end = node.end_mark.index - (node.style in ("'", '"'))
    found = _align(node.value, list(_atoms(text, node)), end)
    return found if found is not None else [node.start_mark.index] * (len(node.value) + 1)


def _atoms(text: str, node: ScalarNode) -> Iterator[Atom]:
    start, end = node.start_mark.index, node.end_mark.index
    if node.style in ("|", ">"):
        header = _HEADER.match(text, start)
        return _block(text, header.end(), end, node.value) if header else iter(())
    if node.style in ("'", '"'):
        quote = _QUOTE.match(text, start)
        return _flow(text, quote.end(), end - 1, quote[1]) if quote else iter(())
    properties = _PROPERTIES.match(text, start)
    assert properties is not None
    return _flow(text, properties.end(), end, "")


def _block(text: str, start: int, end: int, value: str) -> Iterator[Atom]:
    lines = text[start:end].splitlines(keepends=True)
    first = next((line for line in lines if line.strip()), "")
    filled = next((line for line in value.splitlines() if line.strip()), "")
    indent = (len(first) - len(first.lstrip(" "))) - (len(filled) - len(filled.lstrip(" ")))
    at = start
    for line in lines:
        content = line.rstrip("\r\n")
        yield from ((content[i], at + i) for i in range(indent, len(content)))
        if content != line:
            yield "", at + len(content)
        at += len(line)


def _flow(text: str, start: int, end: int, quote: str) -> Iterator[Atom]:
    """A plain or quoted scalar: whitespace around a line break is not part of it."""
    pending: list[Atom] = []  # whitespace, which counts unless a line break follows
    at, fresh = start, False
    while at < end:
        char = text[at]
        if char in "\r\n":
            yield "", at
            at += 2 if text.startswith("\r\n", at) else 1
            pending, fresh = [], True
            continue
        if char in " \t":
            if not fresh:
                pending.append((char, at))
            at += 1
            continue
        yield from pending
        pending, fresh = [], False
        if quote == '"' and char == "\\":
            escape = text[at + 1]
            if escape in "\r\n":  # joins two lines
                at += 3 if text.startswith("\r\n", at + 1) else 2
                fresh = True
                continue
            digits = _HEX.get(escape, 0)
            decoded = chr(int(text[at + 2 : at + 2 + digits], 16)) if digits else _ESCAPES.get(escape, escape)
            yield decoded, at
            at += 2 + digits
        else:
            yield char, at
            at += 2 if quote == "'" and char == "'" else 1
    yield from pending


def _align(value: str, atoms: list[Atom], end: int) -> list[int] | None:
    """The places of the value's characters; None if these are not the atoms' characters."""
    found: list[int] = []
    i = a = 0
    while i < len(value):
        if a >= len(atoms):
            return None
        char, at = atoms[a]
        if char:
            if char != value[i]:
                return None
            found.append(at)
            i, a = i + 1, a + 1
            continue
        breaks = []
        while a < len(atoms) and not atoms[a][0]:
            breaks.append(atoms[a][1])
            a += 1
        if value[i] == " ":  # folded
            found.append(breaks[0])
            i += 1
            continue
        for place in breaks:
            if i < len(value) and value[i] == "\n":
                found.append(place)
                i += 1
    return [*found, end]
