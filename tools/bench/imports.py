"""What is imported before a command does its work, with the milliseconds of each module."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.bench.commands import TOOL

LARGEST = 8
_LINE = re.compile(r"^import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)$", re.MULTILINE)


def milliseconds(args: Sequence[str], stdin: Path, turns: int) -> dict[str, float]:
    """The time that each module takes itself, without those that it imports; medians. The largest come first."""
    found: dict[str, list[int]] = {}
    for _ in range(turns):
        with stdin.open("rb") as stream:
            done = subprocess.run(
                [sys.executable, "-X", "importtime", TOOL, *args],
                stdin=stream, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True,
            )  # fmt: skip
        for microseconds, module in _LINE.findall(done.stderr):
            found.setdefault(module, []).append(int(microseconds))
    medians = {module: statistics.median(times) / 1000 for module, times in found.items()}
    return dict(sorted(medians.items(), key=lambda each: -each[1]))


def report(title: str, times: dict[str, float]) -> None:
    """Prints the largest, and the sum of the others, by whose they are."""
    ours = [module for module in times if module.partition(".")[0] == "helm_cleaner"]
    print(f"imports of {title}: {len(times)} modules, {len(ours)} of them ours, {sum(times.values()):.1f} ms")
    largest = list(times)[:LARGEST]
    rest = [module for module in times if module not in largest]
    for module in largest:
        print(f"  {module:<38}{times[module]:>8.1f}")
    for whose, those in (
        ("helm_cleaner", [module for module in rest if module in ours]),
        ("others", [module for module in rest if module not in ours]),
    ):
        print(f"  {f'{len(those)} more of {whose}':<38}{sum(times[module] for module in those):>8.1f}")
