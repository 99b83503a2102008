"""Lines and columns, as editors count them."""

from __future__ import annotations

import pytest

from helm_cleaner.diagnostics import Location
from helm_cleaner.yamltext.lines import location_of


@pytest.mark.parametrize(
    ("document", "index", "end", "expected"),
    [
        ("a: b\nc: d\n", 8, 9, Location("f", 2, 4, "c: d", 1)),
        ("a: b\r\nc: d\r\n", 9, 10, Location("f", 2, 4, "c: d", 1)),
        ("é: 🚀x", 3, 5, Location("f", 1, 4, "é: 🚀x", 2)),
        ("\ufeffa: b", 4, 5, Location("f", 1, 4, "a: b", 1)),
        ("a:\n  b\n  c", 5, 10, Location("f", 2, 3, "  b", 1)),
        ("", 0, None, Location("f", 1, 1, "", 1)),
        ("a: b\n", 5, None, Location("f", 2, 1, "", 1)),
    ],
    ids=["line", "crlf", "wide", "bom", "over lines", "empty", "end"],
)
def test_place(document: str, index: int, end: int | None, expected: Location) -> None:
    assert location_of(document, index, "f", 1, end) == expected


def test_place_counts_on_from_a_first_line() -> None:
    assert location_of("a\nb", 2, "f", 10).line == 11
