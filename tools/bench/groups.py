"""helm-cleaner beside its peers, and its ways of use beside each other."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools import CHART, PACKAGE
from tools.bench.commands import MIB, TOOL, Command, Group
from tools.bench.inputs import FILES, FOLDERS, HOLDING, NAMESPACE_EVENTS, NAMESPACE_PODS, NODES, VALUES_FILES

COPY = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"
# As few steps as Python can take: pathlib takes longer than the files.
READ = """\
import os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            file.read()
"""
LOAD = """\
import pathlib, sys, yaml
for path in pathlib.Path(sys.argv[1]).iterdir():
    yaml.load(path.read_bytes(), yaml.CSafeLoader)
"""
JSON_LOAD = "import json, sys; json.load(open(sys.argv[1]))"
LOAD_AND_DUMP = """\
import sys, yaml
yaml.dump_all(yaml.load_all(sys.stdin.buffer, yaml.CSafeLoader), sys.stdout, Dumper=yaml.CSafeDumper)
"""


def groups(folder: Path, helm: Path, kubectl: Path) -> list[Group]:
    """All of them, on the inputs in a folder."""
    one, many, none, values = (folder / name for name in ("1.yaml", "100.yaml", "none.yaml", "values.yaml"))
    size = many.stat().st_size / MIB
    large = folder / "cluster-100.json"
    with_values = ["-f", str(values)]
    return [
        Group("start-up", [Command("helm-cleaner --version", [TOOL, "--version"]), _python("python -c pass", "pass")]),
        Group(
            "a stream without an agent",
            [
                Command("helm-cleaner", [TOOL, "post-render"], none),
                _python("import yaml", "import yaml"),
            ],
        ),
        Group(
            f"one release, {one.stat().st_size / MIB:.1f} MiB",
            [
                Command("helm-cleaner", [TOOL, "post-render"], one, memory=25),
                _python("import yaml", "import yaml", most=2),
                _python("a plain copy", COPY, stdin=one),
                Command("helm template, of a small chart", [str(helm), "template", "rel", str(CHART)], threads=True),
                Command(
                    "kubectl kustomize, a patch of one key",
                    [str(kubectl), "kustomize", str(folder)],
                    most=1 / 15,
                    threads=True,
                ),
                _python("PyYAML, loaded and dumped (libyaml)", LOAD_AND_DUMP, stdin=one),
            ],
        ),
        Group(
            "the same release, as a list of KRM",
            [
                Command("post-render of the stream", [TOOL, "post-render"], one),
                Command("post-render of a ResourceList", [TOOL], folder / "1-krm.yaml", most=2, most_memory=3),
            ],
            ours=True,
        ),
        Group(
            "the same release, other commands",
            [
                Command("post-render -f values.yaml", [TOOL, "post-render", *with_values], one),
                Command("diff -f values.yaml", [TOOL, "diff", *with_values], one, most=1.2),
                Command("patch -f values.yaml", [TOOL, "patch", "-o", "jsonpatch", *with_values], one, most=1.2),
                Command("explain -f values.yaml", [TOOL, "explain", *with_values], one, most=1.2),
            ],
            ours=True,
        ),
        Group(
            f"100 releases, {size:.0f} MiB",
            [
                Command("helm-cleaner", [TOOL, "post-render"], many, memory=1.2 * size),
                _python("a plain copy", COPY, stdin=many, most=6),  # every edit is verified
            ],
            turns=5,
            is_large=True,
        ),
        Group(
            f"{VALUES_FILES * 10} values files",
            [
                Command("helm-cleaner validate", [TOOL, "validate", str(folder / "values-10")]),
                _python("PyYAML, loaded (libyaml)", LOAD, str(folder / "values-10")),
            ],
            turns=5,
        ),
        Group(
            f"a monorepo of {FOLDERS * FILES:,} YAML files, {FOLDERS * len(HOLDING)} with a section",
            [
                Command("helm-cleaner validate", [TOOL, "validate", str(folder / "monorepo")]),
                _python("a bare read", READ, str(folder / "monorepo"), most=3),
            ],
            turns=5,
        ),
        Group(
            "the same monorepo, other programs",
            [Command("helm-cleaner validate", [TOOL, "validate", str(folder / "monorepo")]), *_linters(folder)],
            turns=1,
            is_large=True,
        ),
        Group(
            "a cluster of 12 nodes",
            [
                Command("helm-cleaner preflight", preflight(folder, "cluster-small.json")),
                _python("import yaml", "import yaml", most=3),
            ],
        ),
        Group(
            f"a cluster of {NODES * 100:,} nodes, {large.stat().st_size / MIB:.0f} MiB",
            [
                Command("helm-cleaner preflight", preflight(folder, large.name)),
                _python("json.load", JSON_LOAD, str(large), most=3, most_memory=1.5),
            ],
            turns=3,
            is_large=True,
        ),
        Group(
            f"a namespace of {NAMESPACE_PODS:,} pods and {NAMESPACE_EVENTS:,} events",
            [
                Command("helm-cleaner doctor", [TOOL, "doctor", "--cluster", str(folder / "namespace.json")]),
                _python("json.load", JSON_LOAD, str(folder / "namespace.json"), most=3),
            ],
            turns=3,
            is_large=True,
        ),
    ]


def _linters(folder: Path) -> list[Command]:
    """yamllint and check-jsonschema, as far as they are installed. Neither is told where to look for a section."""
    monorepo = folder / "monorepo"
    schema = PACKAGE / "section" / "schema.json"
    files = sorted(str(path) for path in monorepo.rglob("*.yaml"))
    found = [
        Command("yamllint", [_beside("yamllint"), "-d", "relaxed", str(monorepo)], most=1 / 10),
        Command("check-jsonschema", [_beside("check-jsonschema"), "--schemafile", str(schema), *files], most=1 / 10),
    ]
    there = [command for command in found if Path(command.argv[0]).exists()]
    for command in found:
        if command not in there:
            print(f"{command.title} is not installed, and left out", file=sys.stderr)
    return there


def _beside(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _python(
    title: str,
    code: str,
    *args: str,
    stdin: Path | None = None,
    most: float | None = None,
    most_memory: float | None = None,
) -> Command:
    return Command(title, [sys.executable, "-c", code, *args], stdin, most, most_memory=most_memory)


def preflight(folder: Path, cluster: str) -> list[str]:
    """The command on a cluster."""
    return [TOOL, "preflight", "-f", os.fspath(folder / "values.yaml"), "-n", "polyaxon",
            "--cluster", os.fspath(folder / cluster)]  # fmt: skip
