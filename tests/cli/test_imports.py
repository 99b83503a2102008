"""What a command imports before it does its work: Helm, editors and commit hooks wait for all of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.manifests import WHOLE
from tests.support.streams import GIVEN, KEY, configmap, workload

# As the charts render it, and the section below that of all these tests.
INIT = f"  {KEY}: '{GIVEN}'\n  POLYAXON_AGENT_INIT: '{WHOLE}'\n"
TABLE = Path(__file__).with_name("imports.txt")
WAYS = {
    "p": ["post-render"],
    "f": ["post-render", "-f", "values.yaml"],
    "v": ["validate", "values.yaml"],
}
# Runs the command line and writes each module with the first of ours that imported it. Of other projects' modules
# only those that ours import: what these import in turn depends on their versions, and on Python's.
PROBE = """\
import builtins, json, sys

importers, original = {}, builtins.__import__

def importing(name, globals=None, locals=None, fromlist=(), level=0):
    module = original(name, globals, locals, fromlist, level)
    importer = (globals or {}).get("__name__", "")
    if importer.partition(".")[0] == "helm_cleaner":
        for each in (name, *(f"{name}.{item}" for item in fromlist or ())):
            if each in sys.modules:
                importers.setdefault(each, importer)
    return module

builtins.__import__ = importing
from helm_cleaner.cli import main
code = main(sys.argv[2:])
builtins.__import__ = original
ours = [name for name in sys.modules if name.partition(".")[0] == "helm_cleaner"]
with open(sys.argv[1], "w") as f:
    json.dump({name: importers.get(name, "import_module") for name in {*ours, *importers}}, f)
sys.exit(code)
"""


def imported(argv: list[str], folder: Path) -> dict[str, str]:
    """The modules that a command imports, each with the one that imports it first."""
    (folder / "values.yaml").write_text("cleaner: {nodeSelector: {pool: polyaxon}}\n")
    subprocess.run(
        [sys.executable, "-c", PROBE, "imported.json", *argv],
        input=(configmap(INIT).replace("  POLYAXON_AGENT_INIT: '{}'\n", "") + workload()).encode(),
        stdout=subprocess.DEVNULL, cwd=folder, check=True,
    )  # fmt: skip
    found: dict[str, str] = json.loads((folder / "imported.json").read_text())
    return found


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="without libyaml, less is imported")
def test_what_is_imported_is_in_the_table(tmp_path: Path) -> None:
    found = {way: imported(argv, tmp_path) for way, argv in WAYS.items()}
    text = TABLE.read_text()
    expected = dict(line.split() for line in text.splitlines() if line and not line.startswith("#"))
    actual = {
        name: "".join(way for way in WAYS if name in found[way])
        for name in sorted({name for modules in found.values() for name in modules})
    }
    changed = []
    for name in sorted({*expected, *actual}):
        before, now = expected.get(name, ""), actual.get(name, "")
        changed += [f"-{name} {before}"] * (before != now and bool(before))
        importers = sorted({found[way][name] for way in now if way not in before})
        by = f"    imported by {', '.join(importers)}" if importers else ""
        changed += [f"+{name} {now}{by}"] * (before != now and bool(now))
    hint = f"What is imported has changed. If Helm must wait for it, change {TABLE.name} like this:\n"
    assert not changed, hint + "\n".join(changed)
    assert list(expected) == sorted(expected), f"{TABLE.name} is not sorted"
