"""Lines and columns of a text, counted like in an editor."""

from __future__ import annotations

from helm_cleaner.diagnostics import Location
from helm_cleaner.typed import NamedTuple


class Line(NamedTuple):
    """A line of a text. start, stop: its indexes, without the line break; number: 0-based; source: as in Location."""

    start: int
    stop: int
    number: int
    source: str


def line_at(text: str, index: int, near: Line | None = None) -> Line:
    """The line that contains an index.

    near: a line found before, so that a long text is searched only once for many places.
    """
    if near is not None and near.start <= index <= near.stop:
        return near
    start, stop = text.rfind("\n", 0, index) + 1, text.find("\n", index)
    stop = stop if stop >= 0 else len(text)
    known = near if near is not None and near.start <= index else Line(0, 0, 0, "")
    number = known.number + text.count("\n", known.start, index)
    return Line(start, stop, number, text[start:stop].rstrip("\r"))


def location_of(
    text: str, index: int, file: str, first_line: int = 1, end: int | None = None, line: Line | None = None
) -> Location:
    """The Location of the character at `index` of `text`, which starts at line `first_line` of `file`.

    As in an editor, only LF or CRLF ends a line, although YAML has other line breaks. line: the line that contains the
    index, if known.
    """
    start, _, number, source = line_at(text, index) if line is None else line
    if start == 0:  # a byte order mark does not count as a column
        index, source, start = (index, source, start) if source[:1] != "\ufeff" else (index - 1, source[1:], 0)
    column = max(index - start, 0)
    length = min(end if end is not None else index + 1, start + len(source)) - start - column
    return Location(file, number + first_line, column + 1, source, max(length, 1))
