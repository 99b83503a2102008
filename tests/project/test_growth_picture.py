"""The picture in docs/benchmarks.md shows what was measured, on light and dark pages."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from tools import ROOT, growth_picture

SVG = "{http://www.w3.org/2000/svg}"
ROWS: list[dict[str, Any]] = json.loads(growth_picture.DATA.read_text(encoding="utf-8"))["growth"]
MADE_UP = [
    {"title": "in <proportion>", "unit": "files", "sizes": [1, 10, 100], "ms": [5, 50, 500], "MiB": [1.0, 1.0, 1.0]}
]


def test_it_is_drawn_from_the_data() -> None:
    """Where this fails: make pictures."""
    picture = ROOT / "docs" / "pictures" / "growth.svg"
    assert picture.read_text(encoding="utf-8") == growth_picture.svg(ROWS)


def test_the_page_has_the_same_figures() -> None:
    """Where this fails: paste what is missing into docs/benchmarks.md."""
    assert growth_picture.table(ROWS) in (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")


def test_what_is_in_proportion_is_on_the_diagonal() -> None:
    root = ElementTree.fromstring(growth_picture.svg(MADE_UP))  # noqa: S314  # our own
    time, memory = (each.attrib["points"].split() for each in root.iter(SVG + "polyline"))
    assert time == ["52.0,288.0", "222.0,173.0", "392.0,58.0"]
    assert {point.partition(",")[2] for point in memory} == {"288.0"}
    assert "in <proportion>: 1 to 100 files" in [text.text for text in root.iter(SVG + "text")]


def test_it_has_a_title_and_says_in_words_what_it_shows() -> None:
    root = ElementTree.fromstring(growth_picture.svg(ROWS))  # noqa: S314  # our own
    assert root.attrib["role"] == "img"
    names = [root.find(f"{SVG}{tag}[@id='{name}']") for tag, name in (("title", "title"), ("desc", "description"))]
    assert root.attrib["aria-labelledby"].split() == ["title", "description"]
    assert all(each is not None and each.text for each in names)
    described = growth_picture.describe(ROWS)
    assert all(f"{row['title']}: {row['sizes'][-1]:,} {row['unit']}" in described for row in ROWS)


def test_lines_differ_in_more_than_color() -> None:
    root = ElementTree.fromstring(growth_picture.svg(ROWS))  # noqa: S314  # our own
    lines = list(root.iter(SVG + "polyline"))[: len(ROWS)]
    assert len({each.get("stroke-dasharray") for each in lines}) == len({each.get("stroke") for each in lines}) == 6


@pytest.mark.parametrize("page", ["#ffffff", "#0d1117"])
def test_colors_are_seen_on_any_page(page: str) -> None:
    """WCAG 2.2, 1.4.11: 3 to 1."""
    colors = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"(?! stroke-(?:width="6" )?(?:stroke-)?opacity)',
                            growth_picture.svg(ROWS)))  # fmt: skip
    assert len(colors) >= 7
    assert {color: contrast(color, page) for color in colors if contrast(color, page) < 3} == {}


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
