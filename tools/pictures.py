"""The README's pictures: real commands on a terminal, with a real Helm, drawn as SVG. Run by `make pictures`."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from tools import ROOT
from tools.helm import fetch
from tools.programs import Unavailable
from tools.sandbox import Sandbox

FOLDER = ROOT / "docs" / "pictures"
COLUMNS = 100


class Picture(NamedTuple):
    """A picture. values: values.yaml. commands: what is typed. keep: the output lines that are shown; … replaces the
    others.

    cluster: cluster.json; log: agent.log.
    """

    values: str
    commands: Sequence[str]
    keep: Sequence[slice] = (slice(None),)
    cluster: str = ""
    log: str = ""


def node(name: str, labels: dict[str, str], *taints: dict[str, str]) -> dict[str, Any]:
    allocatable = {"cpu": "4", "memory": "16Gi", "pods": "110"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels},
        "spec": {"taints": list(taints)},
        "status": {"allocatable": allocatable},
    }


NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "polyaxon"}}
GPU = {"key": "nvidia.com/gpu", "effect": "NoSchedule"}
NODES = [
    *(node(f"web-{number}", {"pool": "web"}) for number in range(3)),
    *(node(f"gpu-{number}", {"pool": "gpu"}, GPU) for number in range(2)),
    node("batch-0", {"pool": "polyaxon-v2"}),
]

JOB = "plx-cleaner-agent"
WAITS = "0/6 nodes are available: 6 node(s) didn't match Pod's node affinity/selector."
# What is left of a deletion whose pod waits for a node.
STUCK = [
    {
        "apiVersion": "polyaxon.com/v1",
        "kind": "Job",
        "metadata": {"name": JOB, "namespace": "polyaxon", "uid": "1", "creationTimestamp": "2026-11-01T03:00:00Z"},
        "status": {"conditions": [{"type": "Starting", "status": "True"}]},
    },
    {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "e", "namespace": "polyaxon"},
        "involvedObject": {"kind": "Pod", "name": f"{JOB}-x7k2p", "namespace": "polyaxon"},
        "reason": "FailedScheduling",
        "message": WAITS,
        "lastTimestamp": "2026-11-01T03:00:01Z",
    },
    {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "plx-polyaxon-agent-config",
            "namespace": "polyaxon",
            "creationTimestamp": "2026-11-01T03:40:00Z",
        },
    },
]


PICTURES = {
    "refusal": Picture(
        """\
cleaner:
  imageTag: 2.10
  imagePullPolicy: always
  resources: {limits: {memory: 4000Mb}}
""",
        [
            "cat values.yaml",
            "helm upgrade --install plx polyaxon/polyaxon -f cleaner://values.yaml",
        ],
    ),
    "diff": Picture(
        "edition: agent\ncleaner:\n  resources: {memory: 64Mi, cpu: 50m}\n",
        ["helm template plx polyaxon/polyaxon -f values.yaml 2>/dev/null | helm-cleaner diff 2>/dev/null"],
        [slice(None, 27), slice(-5, None)],
    ),
    "explain": Picture(
        "cleaner:\n  imageTag: dev\ntolerations: [{key: polyaxon, operator: Exists}]\n",
        ["cat values.yaml", "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner explain -f values.yaml"],
    ),
    "preflight": Picture(
        "cleaner:\n  nodeSelector: {pool: polyaxon}\n",
        ["helm-cleaner preflight -f values.yaml -n polyaxon --cluster cluster.json"],
        [slice(None, 10), slice(0)],
        cluster=json.dumps({"apiVersion": "v1", "kind": "List", "items": [NAMESPACE, *NODES]}),
    ),
    "doctor": Picture(
        "",
        ["helm-cleaner doctor -n polyaxon --cluster cluster.json --agent-log agent.log"],
        [slice(None, 19)],
        cluster=json.dumps({"apiVersion": "v1", "kind": "List", "items": STUCK}),
        log="Checking agent state.\n" + "Run already running, triggering an apply mechanism.\n" * 2,
    ),
}


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        (FOLDER / f"{name}.svg").write_text(drawn(name), encoding="utf-8", newline="\n")
        print(f"docs/pictures/{name}.svg")
    return 0


def drawn(name: str) -> str:
    """Draws a picture. Unavailable without Helm 3."""
    picture = PICTURES[name]
    fetch("helm3")
    with tempfile.TemporaryDirectory() as folder:
        box = Sandbox(Path(folder), ["helm3"])
        (box.path / "values.yaml").write_text(picture.values)
        if picture.cluster:
            (box.path / "cluster.json").write_text(picture.cluster)
        if picture.log:
            (box.path / "agent.log").write_text(picture.log)
        subprocess.run(["helm-cleaner", "plugin", "install"], env=box.env, check=True, capture_output=True)
        lines: list[str] = []
        for command in picture.commands:
            shown = command.replace(" 2>/dev/null", "")
            lines += [f"\x1b[36m$\x1b[0m \x1b[1m{shown}\x1b[0m", *kept(on_a_terminal(command, box), picture.keep), ""]
    return svg(lines[:-1])


def on_a_terminal(command: str, box: Sandbox) -> list[str]:
    """The lines that a command prints on a terminal, in color."""
    ours, theirs = pty.openpty()
    env = {**box.env, "TERM": "xterm-256color"}
    with subprocess.Popen(
        ["bash", "-c", command], cwd=box.path, env=env, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        output = b""
        try:
            while piece := os.read(ours, 10_000):
                output += piece
        except OSError:  # how Linux tells that the other side has closed
            pass
        os.close(ours)
        process.wait(60)
    return output.decode().replace("\r\n", "\n").removesuffix("\n").split("\n")


def kept(lines: list[str], keep: Sequence[slice]) -> list[str]:
    """The lines that are shown; a line … replaces the others."""
    parts = [lines[each] for each in keep]
    return [line for number, part in enumerate(parts) for line in (["\x1b[2m…\x1b[0m"] if number else []) + part]


# ---- drawing --------------------------------------------------------------------------------------------------------

_WIDTH, _HEIGHT, _MARGIN, _BAR = 8.4, 19, 16, 34  # of a letter, a line, the frame, and its bar
_INK = {"31": "#ff7b72", "32": "#7ee787", "33": "#e3b341", "36": "#79c0ff"}
_SGR = re.compile(r"\x1b\[([\d;]*)m")


class Run(NamedTuple):
    """Text in one style, which is a CSS class in the picture."""

    column: int
    text: str
    style: str


def runs(line: str) -> Iterator[list[Run]]:
    """The rows that a line takes on the terminal, wrapped at its right edge.

    Several spaces, or spaces at the ends, are not part of a run, because viewers render them differently.
    """
    row: list[Run] = []
    styles: list[str] = []
    column = 0
    for index, part in enumerate(_SGR.split(line)):
        if index % 2:
            styles = [] if part in ("", "0") else [*styles, *part.split(";")]
            continue
        while part:
            fits, part = part[: COLUMNS - column], part[COLUMNS - column :]
            style = " ".join(f"s{each}" for each in styles)
            row += [Run(column + found.start(), found[0], style) for found in re.finditer(r"\S+(?: \S+)*", fits)]
            column += len(fits)
            if part:
                yield row
                row, column = [], 0
    yield row


def svg(lines: Sequence[str]) -> str:
    """A terminal with these lines, dark on any page."""
    rows = [row for line in lines for row in runs(line)]
    width = round(COLUMNS * _WIDTH + 2 * _MARGIN)
    height = len(rows) * _HEIGHT + _BAR + _MARGIN
    inks = "".join(f".s{code}{{fill:{color}}}" for code, color in _INK.items())
    dots = "".join(f'<circle cx="{20 + 18 * n}" cy="17" r="5.5" fill="{c}"/>' for n, c in enumerate(_DOTS))
    text = "".join(
        f'<text x="{_MARGIN + run.column * _WIDTH:.1f}" y="{_BAR + 14 + number * _HEIGHT}"'
        f"{f' class={chr(34)}{run.style}{chr(34)}' if run.style else ''}"
        f' textLength="{len(run.text) * _WIDTH:.1f}">{escape(run.text)}</text>\n'
        for number, row in enumerate(rows)
        for run in row
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
        f"<style>text{{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
        f"fill:#e6edf3}}.s1{{font-weight:bold}}.s2{{fill:#9198a1}}{inks}</style>\n"
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8" fill="#0d1117" stroke="#3d444d"/>\n'
        f"{dots}\n{text}</svg>\n"
    )


_DOTS = ("#ff5f57", "#febc2e", "#28c840")

if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unavailable as reason:
        sys.exit(f"pictures: {reason}")
