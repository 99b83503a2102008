"""Splits a list into items by lines, as `stream` splits a stream into documents.

Composing a ResourceList takes time in proportion to its size, and most of it is custom resource definitions that do not
matter. In block style, an item ends at a line that is not indented further than its dash (YAML 1.2, 6.1), unless a
quoted text or a flow collection is still open: libyaml does not require indentation in these. So an item is only left
out if it opens none, or closes each on the same line. The others are composed, which shows where they end.
"""

from __future__ import annotations

import re

from yaml.nodes import MappingNode, SequenceNode

from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.yamltext.stream import Span, Stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from helm_cleaner.yamltext.document import Document

_ITEMS = re.compile(rb"(?:^|\n)items:\n(?: *#[^\n]*\n)*( *)- ")
_ENTRY = re.compile(rb"([A-Za-z][\w./-]*):(?=[ \n])(?: ([A-Za-z][A-Za-z0-9]*)\n)?")
_ANCHOR, _ALIAS = re.compile(rb"&([\w-]+)"), re.compile(rb"\*([\w-]+)")
_STAND_INS = (b"left-out", b"item-that-is-left-out", b"item-that-does-not-matter")
_CONTROLS = bytes({*range(32), 127} - {*b"\t\n"})
_ODD = (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\xef\xbb\xbf")  # line breaks of YAML 1.1, and a BOM
# Replaces what opens a quoted text or a flow collection by a quote; and one that ends on its line.
_OPENERS = bytes.maketrans(b"'[{", b'"""')
_CLOSED = re.compile(
    rb"""\ (?: "(?:[^"\\\n]|\\[^\n])*" | '(?:[^'\n]|'')*'(?!') | \[[^"'\[\]{}\#\n]*\] | \{[^"'\[\]{}\#\n]*\} )""",
    re.VERBOSE,
)


class ShortenedList(NamedTuple):
    """A list in which a scalar replaces each item that is left out, followed by as many line breaks as the item had.

    text: the list; the remaining items are on their original lines. stand_in: the scalar. left_out: the texts of the
    items after their dashes, in order.
    """

    text: bytes
    stand_in: bytes
    left_out: list[bytes]


class _Item(NamedTuple):
    """The span of an item, from after its dash to the next item's line, and its kind, if a line shows it."""

    start: int
    end: int
    kind: str | None


def shorten_list(stream: bytes, needed: Callable[[str], bool], marks: tuple[bytes, ...] = ()) -> ShortenedList | None:
    """A list without the items whose kind is not needed and that contain none of the marks.

    None unless it is the only document of a stream, in block style as Kubernetes' libraries write it. `is_faithful`
    tells whether the items were split correctly. What is left out is not parsed, so it may be invalid YAML.
    """
    if not _is_plain(stream):
        return None
    items = _split(stream)
    stand_in = next((name for name in _STAND_INS if name not in stream), None)
    if stand_in is None:
        return None
    pieces: list[bytes] = []
    left_out: list[bytes] = []
    position = 0
    for start, end, kind in items:
        item = stream[start:end]
        if kind is not None and not needed(kind) and not any(mark in item for mark in marks) and _is_closed(item):
            pieces += [stream[position:start], stand_in, b"\n" * item.count(b"\n")]
            left_out.append(item)
            position = end
    text = b"".join([*pieces, stream[position:]])
    anchors = set(_ANCHOR.findall(text))
    if anchors and any(not anchors.isdisjoint(_ALIAS.findall(item)) for item in left_out):
        return None  # only the whole list shows whether a node is shared
    return ShortenedList(text, stand_in, left_out)


def is_faithful(short: ShortenedList, document: Document) -> bool:
    """Whether each text that was left out of the composed list was an item: whether its stand-in is one."""
    root = document.root
    if not isinstance(root, MappingNode):
        return False
    found = [value for key, value in root.value if key.value == "items"]
    if len(found) != 1 or not isinstance(found[0], SequenceNode):
        return False
    name = short.stand_in.decode()
    return [node.value for node in found[0].value].count(name) == len(short.left_out)


def restore_list(text: bytes, short: ShortenedList) -> bytes:
    """A text made from the shortened list, with the items put back. ValueError if a stand-in is missing."""
    pieces = text.split(short.stand_in)
    result = pieces[:1]
    for item, piece in zip(short.left_out, pieces[1:], strict=True):
        ends = b"\n" * item.count(b"\n")
        if not piece.startswith(ends):
            raise ValueError("the line ends behind a stand-in have changed")
        result += [item, piece[len(ends) :]]
    return b"".join(result)


def _is_plain(stream: bytes) -> bool:
    """Whether a stream is a single document in UTF-8, in which only LF ends a line."""
    try:
        stream.decode()
    except UnicodeDecodeError:
        return False
    if len(stream.translate(None, _CONTROLS)) != len(stream) or b"\n..." in stream:
        return False
    if not stream.isascii() and any(odd in stream for odd in _ODD):
        return False
    return next(Stream(stream).documents(), Span(0, 0)).end == len(stream)


def _split(stream: bytes) -> list[_Item]:
    """The items of the stream's list; none if its lines do not show them."""
    begin = _ITEMS.search(stream)
    if begin is None:
        return []
    dash = begin[1] + b"- "
    inner = len(dash)  # the column of an item's entries
    items: list[_Item] = []
    start = begin.end()
    entries = [start]
    for line in re.compile(rb"\n( {0,%d})[^ \n#]" % inner).finditer(stream, start):
        at = line.start() + 1
        if len(line[1]) < inner:
            items.append(_Item(start, at, _kind(stream, entries)))
            if not stream.startswith(dash, at):
                return items
            start = at + inner
            entries = [start]
        elif not stream.startswith(b"- ", at + inner):
            entries.append(at + inner)
    return [*items, _Item(start, len(stream), _kind(stream, entries))]


def _kind(stream: bytes, entries: list[int]) -> str | None:
    """The kind of an item whose entries begin at this index; None if the lines do not show it for certain."""
    found = None
    for at in entries:
        entry = _ENTRY.match(stream, at)
        if entry is None:
            return None
        if entry[1] == b"kind":
            if found is not None or not entry[2]:
                return None
            found = entry[2]
    return found.decode() if found else None


def _is_closed(item: bytes) -> bool:
    """Whether each quoted text and flow collection of an item in block style ends on its line.

    What looks like one within a text counts too.
    """
    if b"\t" in item:  # may be before one, like a space
        return False
    marked = item.translate(_OPENERS)
    at = marked.find(b' "')
    while at >= 0:
        if not _CLOSED.match(item, at):
            return False
        at = marked.find(b' "', at + 1)
    return True
