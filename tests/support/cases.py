"""Cases with the verdict of the real thing: a sample in tests/cases, and the full sets if they are available."""

from __future__ import annotations

from pathlib import Path

from tools import ROOT

SAMPLE = ROOT / "tests" / "cases"
ALL = ROOT.parent / "shared" / "cases"  # beside the repository; not everybody has it


def lines(name: str) -> list[str]:
    """The lines of a JSONL file, each a case."""
    path: Path = ALL / name if (ALL / name).exists() else SAMPLE / name
    return path.read_text(encoding="utf-8").splitlines()
