"""Quantities as Kubernetes reads them, and what was meant by those that it does not."""

from __future__ import annotations

import pytest

from helm_cleaner.quantities import parse, suggestion

QUANTITIES: dict[str, int | None] = {
    "0": 0, "1": 10**9, "+1": 10**9, "-1": -(10**9), "1.5": 1_500_000_000, "1.": 10**9, ".5": 5 * 10**8,
    "007": 7 * 10**9,
    "100m": 10**8, "1u": 1000, "1n": 1, "0.1n": 1, "-0.1n": -1, "1k": 10**12, "1M": 10**15, "1E": 10**27,
    "1Ki": 1024 * 10**9, "1.5Gi": 3 * 2**29 * 10**9, "0.5Ki": 512 * 10**9, "1e3": 10**12, "1E3": 10**12, "1e+3": 10**12,
    "1e-3": 10**6, "1e03": 10**12, "16Ei": (2**63 - 1) * 10**9, "20E": 20 * 10**27, " 1 ": 10**9, "k": 0, "+": 0,
    ".": 0, ".Ki": 0, "": None, "Pi": None, ".e-10": None, "1K": None, "1Mb": None, "1mi": None, "1 Mi": None,
    "1,5": None, "1..5": None, "1_000": None, "0x10": None, "1e": None, "1e1.5": None, "e": None, "1Mi2": None,
    "one": None, "1" + "0" * 5000: 10**409, "0" * 5000 + "1": 10**9, "1e" + "0" * 5000 + "1": 10**10,
    "1e-" + "0" * 5000 + "1": 10**8, "0." + "0" * 5000 + "1": 1, "0.5" + "0" * 5000: 5 * 10**8,
    "\uff11": None, "1\n": None, "--1": None, "1e99999999999": None,
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), QUANTITIES.items(), ids=map(repr, QUANTITIES))
def test_quantities(text: str, expected: int | None) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("4000Mb", "4000Mi"), ("4 GB", "4Gi"), ("512mb", "512Mi"), ("1K", "1Ki"), ("1,5", "1.5"), ("1 Gi", "1Gi"),
        ("2 cores", "2"), ("0.5 cpu", "0.5"), ("64MI", "64Mi"), ("100 bytes", "100"), ("lots", ""), ("", ""),
        ("1.2.3", ""), ("1m5", ""),
    ],
)  # fmt: skip
def test_what_was_meant(text: str, meant: str) -> None:
    assert suggestion(text) == meant


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("cpu", "500mi", "500m"), ("cpu", "500 m", "500m"), ("cpu", "2 cores", "2"), ("cpu", "1Gb", ""),
        ("hugepages-2Mi", "4 mb", "4Mi"), ("nvidia.com/gpu", "1 ", "1"), ("nvidia.com/gpu", "1 gb", ""),
    ],
)  # fmt: skip
def test_what_was_meant_depends_on_the_resource(name: str, text: str, meant: str) -> None:
    assert suggestion(text, name) == meant
