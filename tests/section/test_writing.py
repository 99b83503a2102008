"""The section as JSON."""

from __future__ import annotations

import pytest

from helm_cleaner import section
from helm_cleaner.diagnostics import Location
from helm_cleaner.values import Origin, Scalar

WRITTEN = [
    ('{"b": 1, "a": [true, null, 0.5]}', '{"a":[true,null,0.5],"b":1}'),
    ('{"a": "é<b>&\\u2028 \\u007f\\ufeff\\ud800"}', '{"a":"é\\u003cb\\u003e\\u0026\\u2028 \\u007f\\ufeff\\ud800"}'),
    ('{"a": 12345678901234567000, "b": 1e21}', '{"a":12345678901234567000,"b":1e+21}'),
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_json_is_written_as_go_writes_it(text: str, expected: str) -> None:
    value = section.parse_rendered(text, "cm")
    assert value is not None
    assert section.to_json(value) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-05, "0.00001"), (-1.5e-06, "-0.0000015"), (1e-07, "1e-7"), (1e21, "1e+21"), (1e20, "100000000000000000000")],
)
def test_numbers_as_go_writes_them(value: float, text: str) -> None:
    assert section.to_json(Scalar(value, Origin("chart", Location("cm")))) == text
