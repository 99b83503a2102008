"""Findings as text."""

from __future__ import annotations

import pytest

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.output.text import format_text
from tests.support.findings import ERROR


def test_a_whole_block() -> None:
    assert format_text([ERROR, ERROR._replace(severity="warning", hint="")]) == (
        "v.yaml:2:4: error: cleaner.a: is wrong [type]\n"
        "    a: bcd\n"
        "       ^^^\n"
        "    hint: do it right\n"
        "v.yaml:2:4: warning: cleaner.a: is wrong [type]\n"
        "    a: bcd\n"
        "       ^^^\n"
    )


def test_color() -> None:
    shown = format_text([ERROR], color=True)
    assert "\x1b[1;31merror:\x1b[0m" in shown
    assert "\x1b[1;33mwarning:\x1b[0m" in format_text([ERROR._replace(severity="warning")], color=True)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (Location("f"), "f: error: cleaner.a: is wrong [type]\n    hint: do it right\n"),
        (Location("f", 3), "f:3: error: cleaner.a: is wrong [type]\n    hint: do it right\n"),
        (Location(""), "error: cleaner.a: is wrong [type]\n    hint: do it right\n"),
        (
            Location("--set", None, 3, "a=b"),
            "--set: error: cleaner.a: is wrong [type]\n    a=b\n      ^\n    hint: do it right\n",
        ),
    ],
    ids=["file", "line", "nowhere", "flag"],
)
def test_places_that_lack_something(location: Location, expected: str) -> None:
    assert format_text([ERROR._replace(location=location)]) == expected


def test_long_lines_are_cut_around_the_caret() -> None:
    location = Location("f", 1, 501, "x" * 500 + "HERE" + "y" * 500, 4)
    excerpt, caret = format_text([ERROR._replace(location=location)]).splitlines()[1:3]
    assert excerpt.startswith("    …x")
    assert excerpt.endswith("y…")
    assert len(excerpt) < 130
    assert excerpt[caret.index("^") : caret.rindex("^") + 1] == "HERE"


def test_a_caret_stands_under_its_text_behind_tabs_and_control_characters() -> None:
    location = Location("f", 1, 5, "\t\x1b[HERE", 4)._replace(column=4)
    excerpt, caret = format_text([ERROR._replace(location=location)]).splitlines()[1:3]
    assert excerpt[caret.index("^") : caret.rindex("^") + 1] == "HERE"


def test_nothing_that_was_read_moves_the_cursor() -> None:
    evil = "\x1b[2J\r\u202e"
    d = Diagnostic("error", "x", f"cleaner.{evil}", evil, evil, Location(evil, 1, 1, evil))
    shown = format_text([d])
    assert not any(c in shown for c in "\x1b\r\u202e")
    assert "\\x1b[2J\\r\\u202e" in shown
