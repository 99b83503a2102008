"""JSON as Go reads it."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner import strict_json

GOOD: dict[str, Any] = {
    "null": None,
    '{"a": [1, -2.5, true, "x"]}': {"a": [1, -2.5, True, "x"]},
    "1.7976931348623157e308": 1.7976931348623157e308,
    "9" * 309: int("9" * 309),
    r'"\ud800"': "\ud800",
}
BAD = {
    "NaN": "NaN is not a JSON number",
    "[Infinity]": "Infinity is not a JSON number",
    "-Infinity": "-Infinity is not a JSON number",
    "1e999": "1e999 is out of range",
    "-1e999": "-1e999 is out of range",
    "9" * 5000: "a number of 5000 digits is out of range",
    "[" * 100_000: "nested too deeply",
    "{image:": "Expecting",
    "": "Expecting",
}


@pytest.mark.parametrize(("text", "data"), GOOD.items(), ids=lambda v: str(v)[:30])
def test_what_go_reads(text: str, data: Any) -> None:
    assert strict_json.loads(text) == data
    assert strict_json.load_first(f"x{text} y", 1) == (data, len(text) + 1)


@pytest.mark.parametrize(("text", "problem"), BAD.items(), ids=lambda v: v[:30])
def test_what_go_does_not_read(text: str, problem: str) -> None:
    for read in (lambda: strict_json.loads(text), lambda: strict_json.load_first(text, 0)):
        with pytest.raises((ValueError, RecursionError)) as e:
            read()
        assert strict_json.problem(e.value).startswith(problem)
