"""Times `helm-cleaner post-render`: how long Helm waits for it, and what it holds in memory. Run by `make bench`.

Machines differ, so each time stands beside that of something known, measured in the same run, turn by turn: the
import of PyYAML (less is hardly possible), `kubectl kustomize` with a patch of one key (what one would do without this
tool), and a plain copy in Python. Exit 0 whatever the figures are; `--check` makes it 1 where one is over its budget.
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import CHART, STREAMS
from tests.support.helm import find
from tests.support.tools import Unavailable

RELEASES = 100
STREAM = STREAMS / "polyaxon-v2.15.1-helm4.yaml.gz"
TOOL = Path(sys.executable).with_name("helm-cleaner")
MIB = 2**20
MAXRSS = MIB if sys.platform == "darwin" else 1024  # what a unit of ru_maxrss is: bytes there, KiB elsewhere
KUSTOMIZATION = """\
resources: [one.yaml]
patches:
- target: {kind: ConfigMap, name: rel-polyaxon-agent-config}
  patch: '[{"op": "replace", "path": "/data/POLYAXON_AGENT_CLEANER", "value": "{}"}]'
"""
COPY = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"


@dataclass
class Command:
    argv: list[str]
    stdin: Path
    seconds: list[float] = field(default_factory=list)
    peak: float = 0  # MiB

    def run(self) -> None:
        with self.stdin.open("rb") as stdin:
            start = time.perf_counter()
            process = subprocess.Popen(self.argv, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            self.seconds.append(time.perf_counter() - start)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"bench: exit {process.returncode} from {' '.join(self.argv)}")
        self.peak = max(self.peak, usage.ru_maxrss * MAXRSS / MIB)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def take_turns(turns: int, commands: list[Command]) -> None:
    """Runs the commands in alternation, so that a slow moment of the machine strikes all of them."""
    for command in commands:  # once to warm the caches
        command.run()
        command.seconds.clear()
    for _ in range(turns):
        for command in commands:
            command.run()


def write_inputs(folder: Path) -> None:
    one = gzip.decompress(STREAM.read_bytes()) if STREAM.exists() else rendered_chart()
    # The pull policy goes, so that there is a field to fill.
    one, found = re.subn(rb'(POLYAXON_AGENT_CLEANER: .*)\\"imagePullPolicy\\":\\"\w+\\",', rb"\1", one)
    if found != 1:
        sys.exit("bench: the stream holds no pull policy to take away")
    one = b"---\n" + one.removeprefix(b"---\n").rstrip(b"\n") + b"\n"
    (folder / "one.yaml").write_bytes(one)
    (folder / "kustomization.yaml").write_text(KUSTOMIZATION)
    with (folder / "many.yaml").open("wb") as many:
        for number in range(RELEASES):
            many.write(one.replace(b"rel-polyaxon", b"r%03d-polyaxon" % number))


def rendered_chart() -> bytes:
    """Our own chart, with as many lines of CRDs after it as Polyaxon's charts have."""
    helm = find("helm3") or find("helm4")
    if helm is None:
        sys.exit("bench: no Helm to render the chart with; see `make helm`")
    crd = b"---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things%d\n"
    words = b"      description: " + b"some words about it " * 8 + b"\n"
    fields = b"spec:\n" + b"".join(b"  field%d:\n    items:\n      type: string\n" % n + words for n in range(2_200))
    ballast = b"".join(crd % number + fields for number in range(4))
    return subprocess.run([helm, "template", "rel", CHART], stdout=subprocess.PIPE, check=True).stdout + ballast


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=12, help="how often each command runs (default: 12)")
    parser.add_argument("--check", action="store_true", help="exit 1 where a figure is over its budget")
    args = parser.parse_args()
    kubectl = find("kubectl")
    if kubectl is None:
        sys.exit("bench: no kubectl to compare with; see `make helm`")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own: a child's peak memory counts what its parent held when it was started.
        writer = multiprocessing.Process(target=write_inputs, args=(folder,))
        writer.start()
        writer.join()
        if writer.exitcode:
            return 1
        one, many = folder / "one.yaml", folder / "many.yaml"
        size = many.stat().st_size / MIB

        tool = Command([str(TOOL), "post-render"], one)
        start = Command([sys.executable, "-c", "import yaml"], one)
        kustomize = Command([str(kubectl), "kustomize", name], one)
        take_turns(args.turns, [tool, start, kustomize])
        large = Command(tool.argv, many)
        copy = Command([sys.executable, "-c", COPY], many)
        take_turns(args.turns, [large, copy])

    rows = [  # what, here, beside it, the figure, its unit, the budget
        ("one release, beside import yaml", ms(tool), ms(start), tool.median / start.median, "x", 2.5),
        ("one release, beside kustomize", ms(tool), ms(kustomize), kustomize.median / tool.median, "x faster", 12),
        ("one release, peak memory", f"{tool.peak:.1f} MiB", "", tool.peak, " MiB", 25),
        (f"{RELEASES} releases, beside a copy", ms(large), ms(copy), large.median / copy.median, "x", 5),
        (f"{RELEASES} releases, peak memory", f"{large.peak:.0f} MiB", f"{size:.0f} MiB", large.peak / size, "x", 1.5),
    ]
    print(f"{STREAM.name if STREAM.exists() else 'our own chart and ballast'}; medians of {args.turns} turns")
    print(f"{'':34}{'here':>10}{'beside':>10}  {'figure':<16}budget")
    over = 0
    for what, here, beside, figure, unit, budget in rows:
        at_least = unit == "x faster"
        kept = figure >= budget if at_least else figure <= budget
        over += not kept
        limit = f"{'at least' if at_least else 'at most'} {budget:g}{unit}"
        print(f"{what:<34}{here:>10}{beside:>10}  {f'{figure:.2f}{unit}':<16}{limit:<20}{'ok' if kept else 'OVER'}")
    return int(args.check and over > 0)


def ms(command: Command) -> str:
    return f"{command.median * 1000:.0f} ms"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unavailable as reason:
        sys.exit(f"bench: {reason}")
