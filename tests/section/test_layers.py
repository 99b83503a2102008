"""Sections merged over each other."""

from __future__ import annotations

import json

import pytest

from helm_cleaner import section, values
from helm_cleaner.section.layers import fill_defaults
from helm_cleaner.values import Map, to_data

FILLED: dict[str, tuple[str, str, str]] = {
    "missing": ('{"a":1,"b":{"c":2}}', "{}", '{"a":1,"b":{"c":2}}'),
    "null": ('{"a":1}', '{"a":null}', '{"a":1}'),
    "deep": ('{"a":{"b":1,"c":2}}', '{"a":{"b":5,"c":null}}', '{"a":{"b":5,"c":2}}'),
    "other kinds stay": ('{"a":{"b":1},"c":1}', '{"a":5,"c":{"d":1}}', '{"a":5,"c":{"d":1}}'),
    "a null of its own stays": ("{}", '{"a":null}', '{"a":null}'),
}


@pytest.mark.parametrize(("base", "text", "expected"), FILLED.values(), ids=FILLED)
def test_fill(base: str, text: str, expected: str) -> None:
    below, mine = section.parse_rendered(base, "base"), section.parse_rendered(text, "cm")
    assert isinstance(below, Map)
    assert mine is not None
    assert to_data(fill_defaults(below, mine)) == json.loads(expected)
    assert (to_data(below), to_data(mine)) == (json.loads(base), json.loads(text)), "neither is changed"


def test_a_path_through_null() -> None:
    assert section.find(values.read(b"a: null\n", "v").values, ("a", "b")) is None
