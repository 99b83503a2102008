"""python -m tools.bench: prints every comparison. Exit 0 whatever the figures are; `--check` makes it 1 where one is
over its budget."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

from tools.bench import growth, imports, inputs
from tools.bench.commands import report, take_turns
from tools.bench.groups import groups
from tools.helm import find
from tools.programs import Unavailable


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description="Times helm-cleaner beside its peers.")
    parser.add_argument("--turns", type=int, default=10, help="how often each command runs, at most (default: 10)")
    parser.add_argument("--quick", action="store_true", help="three turns, and nothing very large")
    parser.add_argument("--check", action="store_true", help="exit 1 where a figure is over its budget")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the table of growth as JSON")
    args = parser.parse_args()
    if args.quick and args.save:
        parser.error("--save needs the whole table, without --quick")
    helm, kubectl = find("helm3") or find("helm4"), find("kubectl")
    if helm is None or kubectl is None:
        sys.exit("bench: no Helm or no kubectl to compare with; see `make helm`")
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own: a child's peak memory counts what its parent held when it was started.
        writer = multiprocessing.Process(target=inputs.write, args=(folder, helm))
        writer.start()
        writer.join()
        if writer.exitcode:
            return 1
        turns = min(args.turns, 3) if args.quick else args.turns
        kept = _compare(folder, helm, kubectl, turns, quick=args.quick)
        rows = _grow(folder, quick=args.quick)
    kept &= all(growth.is_in_proportion(row) for row in rows)
    if args.save:
        args.save.write_text(json.dumps({"machine": _machine(), "growth": rows}, indent=2) + "\n", encoding="utf-8")
    print(f"{time.monotonic() - start:.0f} seconds; {_machine()}")
    return int(args.check and not kept)


def _compare(folder: Path, helm: Path, kubectl: Path, turns: int, *, quick: bool) -> bool:
    source = inputs.STREAM.name if inputs.STREAM.exists() else "our own chart and ballast"
    print(f"{source}; medians of {turns} turns, of programs with several threads compared by the clock")
    print(f"{'':40}{'CPU ms':>8}{'ms':>8}{'MiB':>8}   {'':14}{'budget'}")
    kept = True
    for group in groups(folder, helm, kubectl):
        if not (quick and group.is_large):
            take_turns(min(turns, group.turns), group.commands)
            kept &= report(group)
    one = folder / "1.yaml"
    values = str(folder / "values.yaml")
    for args in (["post-render"], ["post-render", "-f", values], ["validate", values]):
        title = " ".join(args).replace(values, "values.yaml")
        imports.report(title, imports.milliseconds(args, one, turns))
    return kept


def _grow(folder: Path, *, quick: bool) -> list[growth.Row]:
    rows = []
    for each in growth.series(folder):
        rows.append(growth.measure(each, quick=quick))
        growth.report(rows[-1])
    return rows


def _machine() -> str:
    load = f", load {os.getloadavg()[1]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores{load}, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unavailable as reason:
        sys.exit(f"bench: {reason}")
