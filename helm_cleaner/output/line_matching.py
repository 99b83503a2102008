"""Matches the lines of two texts like difflib, but takes time in proportion to their size.

difflib searches everything that is left for each block that it finds. So a large text is first divided at the lines
that occur once on each side, as in a patience diff.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence

from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal

    Opcode = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]

_MANY = 1000  # lines; up to here, difflib is fast enough


class Matcher(difflib.SequenceMatcher[bytes]):
    """A SequenceMatcher of lines."""

    def __init__(self, old: Sequence[bytes], new: Sequence[bytes]) -> None:
        self.old, self.new = old, new
        super().__init__(None, old, new)

    def get_opcodes(self) -> list[Opcode]:
        """The operations that turn the old lines into the new ones."""
        if min(len(self.old), len(self.new)) <= _MANY:
            return super().get_opcodes()
        found: list[Opcode] = []
        for part in _parts(self.old, self.new):
            for code in _opcodes(self.old, self.new, *part):
                if found and found[-1][0] == code[0] == "equal":
                    _, i, _, j, _ = found.pop()
                    found.append(("equal", i, code[2], j, code[4]))
                else:
                    found.append(code)
        return found


def _parts(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[tuple[int, int, int, int]]:
    """Where both sides are divided: before each line that occurs once on both, in the same order."""
    once = _lines_held_once(new).keys() & _lines_held_once(old).keys()
    where = {line: j for j, line in enumerate(new) if line in once}
    i = j = 0
    for end, line in enumerate(old):
        there = where.get(line, -1)
        if there > j or (there == j and end > i):
            yield i, end, j, there
            i, j = end, there
    yield i, len(old), j, len(new)


def _lines_held_once(lines: Sequence[bytes]) -> dict[bytes, int]:
    return {line: times for line, times in Counter(lines).items() if times == 1}


def _opcodes(old: Sequence[bytes], new: Sequence[bytes], i: int, end: int, j: int, stop: int) -> Iterator[Opcode]:
    same = i
    while same < end and j + same - i < stop and old[same] == new[j + same - i]:
        same += 1
    if same > i:
        yield "equal", i, same, j, j + same - i
        i, j = same, j + same - i
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old[i:end], new[j:stop]).get_opcodes():
        yield tag, i + a, i + b, j + c, j + d
