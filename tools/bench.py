"""Times helm-cleaner, and what it holds in memory, beside things that everybody knows. Run by `make bench`.

Machines differ, so each time stands beside that of its peers, measured in the same run, turn by turn: the import of
PyYAML (less is hardly possible), a plain copy in Python, Helm itself, and what one would do without this tool, which is
`kubectl kustomize` with a patch of one key, or to load and dump the stream with PyYAML. Exit 0 whatever the figures
are; `--check` makes it 1 where one is over its budget.
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

from tools import CHART, STREAMS
from tools.big_cluster import write as write_cluster
from tools.helm import find
from tools.programs import Unavailable

RELEASES = 100
VALUES_FILES = 500
NODES = 5_000
STREAM = STREAMS / "polyaxon-v2.15.1-helm4.yaml.gz"
TOOL = str(Path(sys.executable).with_name("helm-cleaner"))
MIB = 2**20
MAXRSS = MIB if sys.platform == "darwin" else 1024  # what a unit of ru_maxrss is: bytes there, KiB elsewhere
KUSTOMIZATION = """\
resources: [one.yaml]
patches:
- target: {kind: ConfigMap, name: rel-polyaxon-agent-config}
  patch: '[{"op": "replace", "path": "/data/POLYAXON_AGENT_CLEANER", "value": "{}"}]'
"""
VALUES = """\
# one of the many values files of a repository
image: {repository: registry.example.com/polyaxon, tag: "2.15.%(number)d"}
agent:
  enabled: true
  replicas: %(number)d
  env:
  - {name: LOG_LEVEL, value: info}
cleaner:
  image: registry.example.com/polyaxon/polyaxon-init
  imageTag: "2.15.%(number)d"
  resources:
    requests: {cpu: 50m, memory: 64Mi}
  nodeSelector:
    disktype: ssd
  tolerations:
  - {key: dedicated, operator: Equal, value: cleaning, effect: NoSchedule}
"""
COPY = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"
LOAD = """\
import pathlib, yaml
for path in pathlib.Path("{folder}").iterdir():
    yaml.load(path.read_bytes(), yaml.CSafeLoader)
"""
JSON_LOAD = "import json, sys; json.load(open(sys.argv[1]))"
LOAD_AND_DUMP = """\
import sys, yaml
yaml.dump_all(yaml.load_all(sys.stdin.buffer, yaml.CSafeLoader), sys.stdout, Dumper=yaml.CSafeDumper)
"""


@dataclass
class Command:
    """A command and what was measured of it.

    most: how many times as long as it helm-cleaner may take, most_memory: how many times as much memory. memory: how
    many MiB it may take itself.
    """

    title: str
    argv: list[str]
    stdin: Path
    most: float | None = None
    memory: float | None = None
    most_memory: float | None = None
    seconds: list[float] = field(default_factory=list)
    peak: float = 0  # MiB; never less than this benchmark's own, with which a child is born

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
    def is_short(self) -> bool:
        """Whether it takes so little time that some more turns do not matter."""
        return "large.json" not in self.argv[-1]

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


def write_inputs(folder: Path, helm: Path) -> None:
    one = gzip.decompress(STREAM.read_bytes()) if STREAM.exists() else rendered_chart(helm)
    # The pull policy goes, so that there is a field to fill.
    one, found = re.subn(rb'(POLYAXON_AGENT_CLEANER: .*)\\"imagePullPolicy\\":\\"\w+\\",', rb"\1", one)
    if found != 1:
        sys.exit("bench: the stream holds no pull policy to take away")
    one = b"---\n" + one.removeprefix(b"---\n").rstrip(b"\n") + b"\n"
    (folder / "one.yaml").write_bytes(one)
    (folder / "kustomization.yaml").write_text(KUSTOMIZATION)
    (folder / "empty.yaml").touch()
    (folder / "values").mkdir()
    for number in range(VALUES_FILES):
        (folder / "values" / f"{number}.yaml").write_text(VALUES % {"number": number})
    (folder / "values.yaml").write_text("cleaner:\n  nodeSelector: {pool: polyaxon}\n")
    write_cluster(folder / "12.json", 12)
    write_cluster(folder / "large.json", NODES)
    with (folder / "many.yaml").open("wb") as many:
        for number in range(RELEASES):
            many.write(one.replace(b"rel-polyaxon", b"r%03d-polyaxon" % number))


def rendered_chart(helm: Path) -> bytes:
    """Our own chart, with as many lines of CRDs after it as Polyaxon's charts have."""
    crd = b"---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things%d\n"
    words = b"      description: " + b"some words about it " * 8 + b"\n"
    fields = b"spec:\n" + b"".join(b"  field%d:\n    items:\n      type: string\n" % n + words for n in range(2_200))
    ballast = b"".join(crd % number + fields for number in range(4))
    return subprocess.run([helm, "template", "rel", CHART], stdout=subprocess.PIPE, check=True).stdout + ballast


def python(title: str, code: str, stdin: Path, most: float | None = None) -> Command:
    return Command(title, [sys.executable, "-c", code], stdin, most)


def groups(folder: Path, helm: Path, kubectl: Path) -> list[tuple[str, list[Command]]]:
    """What is measured, in groups of which the first command is helm-cleaner's."""
    one, many, empty, values = (folder / name for name in ("one.yaml", "many.yaml", "empty.yaml", "values"))
    size = many.stat().st_size / MIB
    return [
        (
            "start-up",
            [
                Command("helm-cleaner --version", [TOOL, "--version"], empty),
                python("python -c pass", "pass", empty),
            ],
        ),
        (
            "an empty stream",
            [
                Command("helm-cleaner", [TOOL, "post-render"], empty),
                python("import yaml", "import yaml", empty),
            ],
        ),
        (
            f"one release, {one.stat().st_size / MIB:.1f} MiB",
            [
                Command("helm-cleaner", [TOOL, "post-render"], one, memory=25),
                python("import yaml", "import yaml", one, most=2),
                python("a plain copy", COPY, one),
                Command("helm template, of a small chart", [str(helm), "template", "rel", str(CHART)], one),
                Command("kubectl kustomize, a patch of one key", [str(kubectl), "kustomize", str(folder)], one, 1 / 15),
                python("PyYAML, loaded and dumped (libyaml)", LOAD_AND_DUMP, one),
            ],
        ),
        (
            f"{RELEASES} releases, {size:.0f} MiB",
            [
                Command("helm-cleaner", [TOOL, "post-render"], many, memory=1.2 * size),
                python("a plain copy", COPY, many, most=3),
            ],
        ),
        (
            f"{VALUES_FILES} values files",
            [
                Command("helm-cleaner validate", [TOOL, "validate", str(values)], empty),
                python("PyYAML, loaded (libyaml)", LOAD.format(folder=values), empty),
            ],
        ),
        (
            "a cluster of 12 nodes",
            [
                Command("helm-cleaner preflight", preflight(folder, "12.json"), empty),
                python("import yaml", "import yaml", empty, most=3),
            ],
        ),
        (
            f"a cluster of {NODES} nodes, {(folder / 'large.json').stat().st_size / MIB:.0f} MiB",
            [
                Command("helm-cleaner preflight", preflight(folder, "large.json"), empty),
                Command(
                    "json.load", [sys.executable, "-c", JSON_LOAD, str(folder / "large.json")], empty, 3, None, 1.5
                ),
            ],
        ),
    ]


def preflight(folder: Path, cluster: str) -> list[str]:
    return [TOOL, "preflight", "-f", str(folder / "values.yaml"), "-n", "polyaxon", "--cluster", str(folder / cluster)]


def report(title: str, commands: list[Command]) -> bool:
    """Prints a group's rows; whether it kept its budget."""
    tool = commands[0]
    kept = True
    print(title)
    for command in commands:
        ratio = tool.median / command.median
        beside, budget, fine = "", "", True
        if command is not tool:
            beside = f"{ratio:.2f}x" if ratio >= 1 else f"{1 / ratio:.1f}x faster"
        if command.most:
            budget = f"at most {command.most:g}x" if command.most >= 1 else f"at least {1 / command.most:g}x faster"
            fine = ratio <= command.most
        if command.most_memory:
            budget += f", {command.most_memory:g}x memory"
            fine &= tool.peak <= command.most_memory * command.peak
        if command.memory:
            budget = f"at most {command.memory:.0f} MiB"
            fine = command.peak <= command.memory
        kept &= fine
        verdict = f"{budget:<26}{'ok' if fine else 'OVER'}" if budget else ""
        print(
            f"  {command.title:<38}{command.median * 1000:>8.0f}{command.peak:>8.1f}   {beside:<14}{verdict}".rstrip()
        )
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=12, help="how often each command runs (default: 12)")
    parser.add_argument("--check", action="store_true", help="exit 1 where a figure is over its budget")
    args = parser.parse_args()
    helm, kubectl = find("helm3") or find("helm4"), find("kubectl")
    if helm is None or kubectl is None:
        sys.exit("bench: no Helm or no kubectl to compare with; see `make helm`")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own: a child's peak memory counts what its parent held when it was started.
        writer = multiprocessing.Process(target=write_inputs, args=(folder, helm))
        writer.start()
        writer.join()
        if writer.exitcode:
            return 1
        print(f"{STREAM.name if STREAM.exists() else 'our own chart and ballast'}; medians of {args.turns} turns")
        print(f"{'':40}{'ms':>8}{'MiB':>8}   {'helm-cleaner':<14}{'budget'}")
        kept = []
        for title, commands in groups(folder, helm, kubectl):
            take_turns(args.turns if commands[0].is_short else min(args.turns, 3), commands)
            kept.append(report(title, commands))
    return int(args.check and not all(kept))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unavailable as reason:
        sys.exit(f"bench: {reason}")
