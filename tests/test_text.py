"""Text that is safe to print."""

from __future__ import annotations

import pytest

from helm_cleaner.text import all_of, shortened


@pytest.mark.parametrize(("words", "joined"), [("a", "a"), ("ab", "a and b"), ("abc", "a, b and c")])
def test_words_in_a_row(words: str, joined: str) -> None:
    assert all_of(iter(words)) == joined


def test_the_middle_of_a_long_text_is_left_out() -> None:
    assert shortened("a" * 100) == "a" * 100
    short = shortened("a" * 50_000 + "b" * 50_000)
    assert len(short) < 2_000
    assert (short[0], short[-1]) == ("a", "b")
    assert "characters" in short
