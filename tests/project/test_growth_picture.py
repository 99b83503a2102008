"""The picture in docs/benchmarks.md shows what was measured."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

from tools import ROOT, growth_picture

SVG = "{http://www.w3.org/2000/svg}"
ROWS: list[dict[str, Any]] = json.loads(growth_picture.DATA.read_text(encoding="utf-8"))["growth"]
MADE_UP = [
    {"title": "in <proportion>", "unit": "files", "sizes": [1, 10, 100], "ms": [5, 50, 500], "MiB": [1.0, 1.0, 1.0]}
]


def test_it_is_drawn_from_the_data() -> None:
    """If this fails, run make pictures."""
    picture = ROOT / "docs" / "pictures" / "growth.svg"
    assert picture.read_text(encoding="utf-8") == growth_picture.svg(ROWS)


def test_the_page_has_the_same_figures() -> None:
    """If this fails, paste what is missing into docs/benchmarks.md."""
    assert growth_picture.table(ROWS) in (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")


def test_what_is_in_proportion_is_on_the_diagonal() -> None:
    root = ElementTree.fromstring(growth_picture.svg(MADE_UP))  # noqa: S314  # our own
    time, memory = (each.attrib["points"].split() for each in root.iter(SVG + "polyline"))
    assert time == ["52.0,288.0", "222.0,173.0", "392.0,58.0"]
    assert {point.partition(",")[2] for point in memory} == {"288.0"}
