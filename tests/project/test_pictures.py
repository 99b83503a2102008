"""The README's pictures show real output, drawn correctly."""

from __future__ import annotations

import re

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
    drawn = {file.stem for file in pictures.FOLDER.glob("*.svg")} - {"growth"}  # test_growth_picture.py
    assert {name for _, name in shown} == set(pictures.PICTURES) == drawn
    assert all(len(alternative) > 20 for alternative, _ in shown)
