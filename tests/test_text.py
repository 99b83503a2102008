"""Text that is safe to print, and how many typos apart two words are."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_cleaner.text import distance, join_words, shorten

WORDS = st.text("abc", max_size=6)


@cache
def typos(one: str, other: str) -> int:
    """The same, tried out in every way."""
    if not one or not other:
        return len(one) + len(other)
    ways = [
        typos(one[1:], other) + 1,
        typos(one, other[1:]) + 1,
        typos(one[1:], other[1:]) + (one[0] != other[0]),
    ]
    if one[:2] == other[1::-1]:
        ways.append(typos(one[2:], other[2:]) + 1)
    return min(ways)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("", "", 0),
        ("nvidia", "nvidia", 0),
        ("nvida", "nvidia", 1),
        ("nvidiaa", "nvidia", 1),
        ("nvitia", "nvidia", 1),
        ("nvdiia", "nvidia", 1),
        ("nvdia.con", "nvidia.com", 2),
        ("ab", "ba", 1),
        ("abcd", "badc", 2),
    ],
)
def test_typos(one: str, other: str, apart: int) -> None:
    assert distance(one, other, 2) == distance(other, one, 2) == apart
    assert (distance(one, other, 0) == 0) is (apart == 0)


@given(WORDS, WORDS, st.integers(0, 6))
def test_words_that_are_further_apart_are_only_said_to_be(one: str, other: str, most: int) -> None:
    apart = typos(one, other)
    assert min(distance(one, other, most), most + 1) == min(apart, most + 1)


@pytest.mark.parametrize(("words", "joined"), [("a", "a"), ("ab", "a and b"), ("abc", "a, b and c")])
def test_words_in_a_row(words: str, joined: str) -> None:
    assert join_words(iter(words)) == joined


def test_the_middle_of_a_long_text_is_left_out() -> None:
    assert shorten("a" * 100) == "a" * 100
    short = shorten("a" * 50_000 + "b" * 50_000)
    assert len(short) < 2_000
    assert (short[0], short[-1]) == ("a", "b")
    assert "characters" in short
