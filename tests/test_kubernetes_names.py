"""Kubernetes' rules for names."""

from __future__ import annotations

import pytest

from helm_cleaner.kubernetes_names import label_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("8", 8), ("+8", 8), ("-8", -8), ("08", 8), ("", None), ("1_0", None), (" 1", None), ("0x1", None),
     ("9" * 19, None), (str(-(2**63)), -(2**63)), ("\u0663", None), ("0" * 500, None)],
)  # fmt: skip
def test_numbers_are_those_of_go(text: str, number: int | None) -> None:
    assert label_number(text) == number
