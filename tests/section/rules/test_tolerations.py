"""Tolerations."""

from __future__ import annotations

import pytest

from helm_cleaner import section
from tests.support.section import (
    read,
    warned,
)

TOLERATIONS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "everything": ("{operator: Exists}", []),
    "equal by default": ("{key: a, value: b}", []),
    "an empty operator": ("{key: a, operator: ''}", []),
    "no value": ("{key: a, operator: Equal}", []),
    "every effect": ("{key: a, effect: ''}", []),
    "nulls": ("{key: a, operator: null, value: null, effect: null, tolerationSeconds: null}", []),
    "negative seconds": ("{key: a, effect: NoExecute, tolerationSeconds: -1}", []),
    "nothing": ("{}", [("key", "toleration-key")]),
    "an empty key": ("{key: '', operator: Equal}", [("key", "toleration-key")]),
    "a misspelled key": ("{kye: a}", [("kye", "unknown-field")]),
    "Exists and a value": ("{key: a, operator: Exists, value: b}", [("value", "toleration-value")]),
    "Exists and an empty value": ("{key: a, operator: Exists, value: ''}", []),
    "a comparison": ("{key: a, operator: Gt, value: '5'}", [("operator", "toleration-operator")]),
    "a wrong effect": ("{key: a, effect: Evict}", [("effect", "toleration-effect")]),
    "seconds": ("{key: a, tolerationSeconds: 5}", [("tolerationSeconds", "toleration-seconds")]),
    "seconds out of range": (
        "{key: a, effect: NoExecute, tolerationSeconds: 1e19}", [("tolerationSeconds", "toleration-seconds")]
    ),
    "all at once": (
        "{key: a b, operator: exists, effect: noexecute, value: c d}",
        [("operator", "toleration-operator"), ("effect", "toleration-effect"), ("key", "label-key")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TOLERATIONS.values(), ids=TOLERATIONS)
def test_tolerations(text: str, expected: list[tuple[str, str]]) -> None:
    said = [
        (d.path, d.code) for d in section.check(read(f"cleaner: {{tolerations: [{text}]}}")) if d.severity == "error"
    ]
    assert said == [(f"cleaner.tolerations[0].{field}", code) for field, code in expected]


def test_tolerations_that_end() -> None:
    keys = ["dedicated", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", ""]
    tolerations = [{"key": k, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 60} for k in keys]
    found = warned({"tolerations": tolerations}, "short-toleration")
    assert [path for path, _ in found] == [f"cleaner.tolerations[{i}].tolerationSeconds" for i in (0, 3)]
    assert "evicted 60 seconds after" in found[0][1]
    assert "evicted 0 seconds after" in warned(
        {"tolerations": [{**tolerations[0], "tolerationSeconds": -5}]}, "short-toleration"
    )[0][1]  # fmt: skip
