"""The README's pictures show real output, drawn correctly."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from tests.conftest import tool
from tools import ROOT, pictures


@pytest.mark.helm
@pytest.mark.parametrize("name", pictures.PICTURES)
def test_they_are_what_comes(name: str) -> None:
    """If this fails, run make pictures."""
    tool("helm3")
    assert (pictures.FOLDER / f"{name}.svg").read_text(encoding="utf-8") == pictures.drawn(name)


def test_the_readme_shows_all_of_them() -> None:
    shown = re.findall(r"!\[([^]]+)]\(docs/pictures/(\w+)\.svg\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    drawn = {file.stem for file in pictures.FOLDER.iterdir()} - {"growth"}  # test_growth_picture.py
    assert {name for _, name in shown} == set(pictures.PICTURES) == drawn
    assert all(len(alternative) > 20 for alternative, _ in shown)


def texts(picture: str) -> list[tuple[str, float, float, str | None]]:
    root = ElementTree.fromstring(picture)  # noqa: S314  # our own
    found = root.iter("{http://www.w3.org/2000/svg}text")
    return [(each.text or "", float(each.attrib["x"]), float(each.attrib["y"]), each.get("class")) for each in found]


def test_letters_stand_where_a_terminal_puts_them() -> None:
    left, letter = 16, 8.4
    assert texts(pictures.svg(['\x1b[1;31merror:\x1b[0m a <b> & "c"', "    two  gaps\x1b[36m.\x1b[0m", "", "x"])) == [
        ("error:", left, 48, "s1 s31"),
        ('a <b> & "c"', pytest.approx(left + 7 * letter), 48, None),
        ("two", pytest.approx(left + 4 * letter), 67, None),
        ("gaps", pytest.approx(left + 9 * letter), 67, None),
        (".", pytest.approx(left + 13 * letter), 67, "s36"),
        ("x", left, 105, None),
    ]


def test_long_lines_go_on_below() -> None:
    line = "a" * (pictures.COLUMNS - 1) + "\x1b[1mbcd"
    assert [(text, y, style) for text, _, y, style in texts(pictures.svg([line]))] == [
        ("a" * (pictures.COLUMNS - 1), 48, None),
        ("b", 48, "s1"),
        ("cd", 67, "s1"),
    ]


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_they_are_small_and_bring_nothing_along(name: str) -> None:
    text = (pictures.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert len(text) < 20_000
    assert not re.search(r"href|url\(|@import|<script|<image", text)
