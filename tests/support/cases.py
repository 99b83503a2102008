"""Cases with the verdict of the real thing: a sample in tests/cases, and the full sets if they are available."""

from __future__ import annotations

from pathlib import Path

from tools import ROOT

SAMPLE = ROOT / "tests" / "cases"
ALL = ROOT.parent / "shared" / "cases"  # beside the repository; not everybody has it


def path(name: str) -> Path:
    """The full set of cases, or the sample if it is not available."""
    return ALL / name if (ALL / name).exists() else SAMPLE / name


def lines(name: str) -> list[str]:
    """The lines of a JSONL file, each a case."""
    return path(name).read_text(encoding="utf-8").splitlines()
