"""Paths, as messages write them."""

from __future__ import annotations

import pytest

from helm_cleaner.paths import to_dotted


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("cleaner", "tolerations", 0, "effect"), "cleaner.tolerations[0].effect"),
        (("cleaner", "nodeSelector", "a.b/c"), 'cleaner.nodeSelector["a.b/c"]'),
        (("cleaner", ""), 'cleaner[""]'),
        (("cleaner", 'a"b'), 'cleaner["a\\"b"]'),
    ],
)
def test_dotted(path: tuple[str | int, ...], expected: str) -> None:
    assert to_dotted(path) == expected
