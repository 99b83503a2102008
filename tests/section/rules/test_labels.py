"""Label keys and values, wherever they are."""

from __future__ import annotations

import pytest

from tests.support.section import (
    errors,
    pods,
)

KEYS: dict[str, bool] = {
    "a": True, "A_b.c": True, "1": True, "a..b": True, "example.com/gpu": True, "0.example.org/Z": True, "x" * 63: True,
    "a" * 253 + "/x": True, "": False, "-a": False, "a-": False, ".a": False, "_": False, "a b": False, "é": False,
    "x" * 64: False, "/x": False, "x/": False, "a/b/c": False, "Example.com/x": False, "a_b.com/x": False,
    "a..b/c": False, "a.-b/c": False, "a" * 254 + "/x": False, "a\n": False, "a/-b": False,
}  # fmt: skip


@pytest.mark.parametrize(("key", "fine"), KEYS.items(), ids=lambda v: repr(v)[:30])
def test_label_keys(key: str, fine: bool) -> None:
    assert [code for _, code in errors({"nodeSelector": {key: "a"}})] == ["label-key"] * (not fine)
    assert [code for _, code in errors({"tolerations": [{"key": key, "operator": "Exists"}]})] == (
        ["label-key"] * (not fine and bool(key))
    )


VALUES: dict[str, bool] = {
    "": True, "a": True, "A.b_c-d": True, "5": True, "x" * 63: True, "x" * 64: False, "-5": False, "a.": False,
    "a b": False, "é": False, "a/b": False, "a\n": False,
}  # fmt: skip


@pytest.mark.parametrize(("value", "fine"), VALUES.items(), ids=lambda v: repr(v)[:30])
def test_label_values(value: str, fine: bool) -> None:
    expected = ["label-value"] * (not fine)
    assert [code for _, code in errors({"nodeSelector": {"a": value}})] == expected
    assert [code for _, code in errors({"tolerations": [{"key": "a", "value": value}]})] == expected
    assert [code for _, code in errors(pods(labelSelector={"matchLabels": {"a": value}}))] == expected
