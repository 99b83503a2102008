"""Text that is safe to print."""

from __future__ import annotations

import pytest

from helm_cleaner.text import join_words, shorten


@pytest.mark.parametrize(("words", "joined"), [("a", "a"), ("ab", "a and b"), ("abc", "a, b and c")])
def test_words_in_a_row(words: str, joined: str) -> None:
    assert join_words(iter(words)) == joined


def test_the_middle_of_a_long_text_is_left_out() -> None:
    assert shorten("a" * 100) == "a" * 100
    short = shorten("a" * 50_000 + "b" * 50_000)
    assert len(short) < 2_000
    assert (short[0], short[-1]) == ("a", "b")
    assert "characters" in short
