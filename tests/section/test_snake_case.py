"""Fields in Python's spelling."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.section import check


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"image_tag": "dev"}, [("warning", "cleaner.image_tag")]),
        ({"image_tag": "a b"}, [("warning", "cleaner.image_tag"), ("error", "cleaner.imageTag")]),
        ({"image_tag": "dev", "imageTag": None}, [("error", "cleaner.image_tag")]),
        ({"image_pull_secrets": ["a"], "node_selector": {}}, [("warning", "cleaner.image_pull_secrets"),
                                                              ("warning", "cleaner.node_selector")]),
        ({"image__tag": "dev"}, [("error", "cleaner.image__tag")]),
    ],
)  # fmt: skip
def test_fields_as_python_spells_them(data: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(d.severity, d.path) for d in check(data)] == expected
