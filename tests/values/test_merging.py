"""Values laid over each other and over a chart's defaults, as Helm lays them.

The tables hold what Helm does; tests/helm/test_values.py puts them to real Helm too.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from helm_cleaner import values
from helm_cleaner.diagnostics import InputError
from tests.support import cases
from tests.support.values import (
    Flags,
    check,
    exact,
    overrides,
    without_nulls,
)

MERGED: dict[str, tuple[tuple[str, ...], Any]] = {
    "no files": ((), {}),
    "key by key": (("a: {b: 1, c: 2}\n", "a: {c: 3, d: 4}\ne: 5\n"), {"a": {"b": 1, "c": 3, "d": 4}, "e": 5}),
    "three files": (("a: 1\nb: 1\nc: 1\n", "b: 2\nc: 2\n", "c: 3\n"), {"a": 1, "b": 2, "c": 3}),
    "deep": (("a: {b: {c: {d: 1}}}\n", "a: {b: {c: {e: 2}}}\n"), {"a": {"b": {"c": {"d": 1, "e": 2}}}}),
    "lists are replaced": (("a: [1, 2, 3]\n", "a: [4]\n"), {"a": [4]}),
    "by an empty list": (("a: [1, 2, 3]\n", "a: []\n"), {"a": []}),
    "mappings in lists are not merged": (("a: [{b: 1}]\n", "a: [{c: 2}]\n"), {"a": [{"c": 2}]}),
    "an empty mapping changes nothing": (("a: {b: 1}\n", "a: {}\n"), {"a": {"b": 1}}),
    "a null stays one": (("a: {b: 1}\n", "a: {b: null}\n"), {"a": {"b": None}}),
    "a null for a mapping": (("a: {b: 1}\n", "a:\n"), {"a": None}),
    "a null, then a mapping": (("a: {b: 1}\n", "a: null\n", "a: {c: 2}\n"), {"a": {"c": 2}}),
    "text for a mapping": (("a: {b: 1}\n", "a: x\n"), {"a": "x"}),
    "a mapping for text": (("a: x\n", "a: {b: 1}\n"), {"a": {"b": 1}}),
    "a list for a mapping": (("a: {b: 1}\n", "a: [1]\n"), {"a": [1]}),
    "a mapping for a list": (("a: [1]\n", "a: {b: 1}\n"), {"a": {"b": 1}}),
    "an empty file": (("a: 1\n", "", "# x\n", "null\n"), {"a": 1}),
    "boolean keys are the same key": (("a: {on: 1}\n", "a: {yes: 2}\n"), {"a": {"true": 2}}),
    "an alias is merged in one place": (
        ("a: &x {b: 1}\nc: *x\n", "c: {d: 2}\n"),
        {"a": {"b": 1}, "c": {"b": 1, "d": 2}},
    ),
}


@pytest.mark.parametrize(("files", "expected"), MERGED.values(), ids=MERGED)
def test_merge(files: tuple[str, ...], expected: Any) -> None:
    check(files, (), expected)


# (the chart's defaults, the file, the flags, the values): a null deletes a default, else it stays one.
COALESCED: dict[str, tuple[str, str, Flags, Any]] = {
    "no defaults": ("", "a: {b: 1}\n", (), {"a": {"b": 1}}),
    "no values": ("a: {b: 1}\n", "", (), {"a": {"b": 1}}),
    "key by key": ("a: {b: 1, c: 2}\n", "a: {c: 3, d: 4}\n", (), {"a": {"b": 1, "c": 3, "d": 4}}),
    "a null deletes": ("a: {b: 1, c: 2}\n", "a: {b: null}\n", (), {"a": {"c": 2}}),
    "a null deletes a mapping": ("a: {b: {c: 1}}\n", "a: {b: ~}\n", (), {"a": {}}),
    "a null deletes the section": ("a: {b: 1}\nc: 2\n", "a: null\n", (), {"c": 2}),
    "a null deletes deep down": ("a: {b: {c: {d: 1}}}\n", "a: {b: {c: {d: null}}}\n", (), {"a": {"b": {"c": {}}}}),
    "a null of a flag deletes": ("a: {b: 1, c: 2}\n", "", (("set", "a.b=null"),), {"a": {"c": 2}}),
    "a null of a --set-json deletes": ("a: {b: 1, c: 2}\n", "", (("set-json", "a.b=null"),), {"a": {"c": 2}}),
    "an empty --set does not": ("a: {b: 1, c: 2}\n", "", (("set", "a.b="),), {"a": {"b": "", "c": 2}}),
    "a null in a list stays": ("a: [1, 2]\n", "a: [null, 3]\n", (), {"a": [None, 3]}),
    "a flag after the null": ("a: {b: {c: 1}}\n", "a: {b: {c: null}}\n", (("set", "a.b.d=2"),), {"a": {"b": {"d": 2}}}),
    "a null with no default": ("a: {b: 1}\n", "a: {c: null}\n", (), {"a": {"b": 1}}),
    "a null over a null": ("a: {b: null}\n", "a: {b: null}\n", (), {"a": {}}),
    "a default of null": ("a: {b: null, c: 1}\n", "a: {c: 2}\n", (), {"a": {"c": 2}}),
    "a mapping over null": ("a: null\n", "a: {b: 1}\n", (), {"a": {"b": 1}}),
    "lists are replaced": ("a: [1, 2]\n", "a: [3]\n", (), {"a": [3]}),
    "an empty list replaces": ("a: [1, 2]\n", "a: []\n", (), {"a": []}),
    "an empty mapping does not": ("a: {b: 1}\n", "a: {}\n", (), {"a": {"b": 1}}),
    "text over a mapping": ("a: {b: {c: 1}}\n", "a: {b: x}\n", (), {"a": {"b": "x"}}),
    "false and 0 over a mapping": ("a: {b: {c: 1}}\nd: {e: 1}\n", "a: {b: false}\nd: 0\n", (),
                                  {"a": {"b": False}, "d": 0}),
    "a mapping over text": ("a: {b: x}\n", "a: {b: {c: 1}}\n", (), {"a": {"b": {"c": 1}}}),
    "a list over a mapping": ("a: {b: 1}\n", "a: [1]\n", (), {"a": [1]}),
    "an item does not reach the defaults": ("a: [1, 2, 3]\n", "", (("set", "a[1]=x"),), {"a": [None, "x"]}),
    "a key of a default that is text": ("a: x\n", "", (("set", "a.b=1"),), {"a": {"b": 1}}),
}  # fmt: skip


@pytest.mark.parametrize(("defaults", "file", "flags", "expected"), COALESCED.values(), ids=COALESCED)
def test_coalesce(defaults: str, file: str, flags: Flags, expected: Any) -> None:
    base = values.read(defaults.encode(), "chart.yaml", "default").values
    merged = values.coalesce(base, overrides((file,), flags))
    assert exact(without_nulls(values.to_data(merged))) == exact(expected)
    assert values.to_data(base) == values.to_data(values.read(defaults.encode(), "chart.yaml").values), "unchanged"


def test_a_null_without_a_default_stays() -> None:
    base = values.read(b"a: {b: 1}\n", "chart.yaml").values
    merged = values.coalesce(base, overrides(("a: {c: null}\n",)))
    assert values.to_data(merged) == {"a": {"b": 1, "c": None}}


def test_recorded_cases() -> None:
    """Cleaner sections of values files and flags over defaults, with what Helm 3.17 and Helm 4.3 both made of them."""
    wrong = []
    lines = cases.lines("helm-merge.jsonl")
    for number, line in enumerate(lines, 1):
        case = json.loads(line)
        flags = tuple(
            (option.removeprefix("--"), text) for option, text in zip(*[iter(case["flags"])] * 2, strict=True)
        )
        expected = "refused" if "error" in case else exact(case["expected"] or {})
        try:
            base = values.read(case["defaults"].encode(), "chart.yaml", "default").values
            merged = values.coalesce(base, overrides(tuple(case["files"]), flags))
            found = exact(without_nulls(values.to_data(merged)).get("cleaner") or {})
        except InputError:
            found = "refused"
        if found != expected:
            wrong.append((number, found, expected))
    assert len(lines) >= 50, "the sample alone has that many"
    assert wrong == []
