"""Unified diffs: what difflib makes of small texts, and diffs of large ones that `patch` would take."""

from __future__ import annotations

import difflib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_cleaner.output import line_matching, unified

words = st.lists(st.sampled_from([b"a", b"b", b"c", b"d", b"", b"@@ -1 +1 @@", b"e\r"]), max_size=12)


def applied(old: bytes, diff: bytes) -> bytes:
    """The result of a diff applied to a text; every line in it is verified."""
    there, result = old.split(b"\n"), []
    lines = iter(diff.split(b"\n")[:-1])
    position = 0
    for line in itertools.islice(lines, 2, None):
        if line.startswith(b"@@"):
            start = int(line.split()[1][1:].split(b",")[0])
            start -= not line.split()[1].endswith(b",0")
            result += there[position:start]
            position = start
        elif line[:1] in b" -":
            assert there[position] == line[1:]
            position += 1
            result += [line[1:]] * (line[:1] == b" ")
        else:
            assert line[:1] == b"+", line
            result.append(line[1:])
    return b"\n".join(result + there[position:])


@given(words, words)
def test_small_texts_differ_as_difflib_says(old: list[bytes], new: list[bytes]) -> None:
    before, after = ([line + b"\n" for line in lines] for lines in (old, new))
    expected = list(difflib.diff_bytes(difflib.unified_diff, before, after, b"x", b"x"))
    assert list(unified.unified_diff(b"".join(before), b"".join(after), "x")) == expected


@given(words, words, st.lists(st.tuples(st.integers(0, 11), words), max_size=3))
def test_large_texts_differ_rightly(old: list[bytes], new: list[bytes], edits: list[tuple[int, list[bytes]]]) -> None:
    changed = list(new)
    for at, inserted in edits:
        changed[at:at] = inserted
    before, after = (b"".join(line + b"\n" for line in lines) for lines in (old + new, old + changed))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(line_matching, "_MANY", 0)
        diff = b"".join(unified.unified_diff(before, after, "x"))
    assert applied(before, diff) == after if diff else before == after
    codes = line_matching.Matcher(before.splitlines(True), after.splitlines(True)).get_opcodes()
    assert all(a[0] != b[0] for a, b in itertools.pairwise(codes))


def test_a_line_that_both_sides_hold_once_divides_them() -> None:
    old = [b"%d\n" % n for n in range(3000)]
    new = [line.replace(b"7", b"x") for line in old]
    codes = line_matching.Matcher(old, new).get_opcodes()
    assert {code[0] for code in codes} == {"equal", "replace"}
    assert sum(code[2] - code[1] for code in codes if code[0] == "equal") == sum(b"7" not in line for line in old)
