"""What takes 1, 10 and 100 times the input takes in time and in memory."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tools.bench.commands import TOOL, Command, take_turns
from tools.bench.groups import preflight
from tools.bench.inputs import FINDINGS, NODES, SIZES, TOLERATIONS, VALUES_FILES

# Ten times the input takes less than ten times as long, since to start costs the same; so it may never take much more.
MOST = 12.0
TURNS = {1: 7, 10: 4, 100: 2}


Row = dict[str, Any]  # title, unit; sizes, and for each of them the processor's ms, and MiB


@dataclass
class Series:
    """A way of use. unit: what it is given, of which there are `count` in the smallest input."""

    title: str
    unit: str
    count: int
    command: Callable[[int], Command]


def series(folder: Path) -> list[Series]:
    """All of them, on the inputs in a folder."""

    def stream(suffix: str, size: int) -> Command:
        return Command("", [TOOL, "post-render"], folder / f"{size}{suffix}.yaml")

    def fix(size: int) -> Command:
        path = folder / "fixed.yaml"
        return Command("", [TOOL, "fix", str(path)], before=partial(shutil.copy, folder / f"fix-{size}.yaml", path))

    def validate(name: str, size: int) -> Command:
        return Command("", [TOOL, "validate", str(folder / name.format(size))])

    return [
        Series("post-render", "releases", 1, partial(stream, "")),
        Series("post-render of a ResourceList", "releases", 1, partial(stream, "-krm")),
        Series("validate", "values files", VALUES_FILES, partial(validate, "values-{}")),
        Series("validate, what is wrong", "findings", FINDINGS, partial(validate, "findings-{}.yaml")),
        Series("fix", "tolerations", TOLERATIONS, fix),
        Series("preflight", "nodes", NODES, lambda size: Command("", preflight(folder, f"cluster-{size}.json"))),
    ]


def measure(each: Series, *, quick: bool) -> Row:
    """Measures one; a quick look leaves the largest out."""
    commands = {size: each.command(size) for size in SIZES if size < SIZES[-1] or not quick}
    for size, command in commands.items():
        take_turns(1 if quick else TURNS[size], [command])
    return {
        "title": each.title,
        "unit": each.unit,
        "sizes": [each.count * size for size in commands],
        "ms": [round(command.seconds(wall=False) * 1000) for command in commands.values()],
        "MiB": [round(command.peak, 1) for command in commands.values()],
    }


def is_in_proportion(row: Row) -> bool:
    """Whether the last step, ten times the input, takes at most MOST times the time and the memory."""
    return max(_last_step(row["ms"]), _last_step(row["MiB"])) <= MOST


def report(row: Row) -> None:
    """Prints a row."""
    print(row["title"])
    for size, ms, mib in zip(row["sizes"], row["ms"], row["MiB"], strict=True):
        print(f"  {size:>9,} {row['unit'] if size > 1 else row['unit'][:-1]:<28}{ms:>8}{'':8}{mib:>8.1f}")
    verdict = "ok" if is_in_proportion(row) else "OVER"
    step = f"{_last_step(row['ms']):>7.1f}x{'':8}{_last_step(row['MiB']):>7.1f}x"
    print(f"  {'10 times the last but one':<38}{step}{'':17}{f'at most {MOST:g}x':<28}{verdict}")


def _last_step(figures: list[Any]) -> float:
    return float(figures[-1] / figures[-2])
