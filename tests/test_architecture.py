"""The house: who may import whom."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support import PACKAGE

# From the top down; a module imports only what stands below it.
ORDER = [
    "cli",
    "helmplugin",
    "__init__",
    "api",
    "krm",
    "diff",
    "gitops",
    "explain",
    "job",
    "postrender",
    "sources",
    "preprocess",
    "fix",
    "reshape",
    "polyaxon",
    "section",
    "valuestext",
    "overrides",
    "values",
    "manifests",
    "yamltext",
    "scalars",
    "unified",
    "wholefile",
    "report",
    "diagnostics",
    "typed",
]
MODULES = sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imported(path: Path) -> set[str]:
    """The rooms that a module imports, lazily or not."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "helm_cleaner" and len(parts) > 1:
                found.add(parts[1] if parts[1] in ORDER else "__init__")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    me = room(path)
    if me == "__main__":
        assert imported(path) == {"cli"}
        return
    assert me in ORDER, f"{me} has no place in the house"
    below = {me, *ORDER[ORDER.index(me) + 1 :], "__init__"}  # the version is everybody's
    assert imported(path) <= below


def test_diagnostics_imports_nothing_of_ours_but_types() -> None:
    assert imported(PACKAGE / "diagnostics.py") == {"typed"}


def test_no_room_is_a_lumber_room() -> None:
    assert not [path for path in MODULES if any(word in path.stem for word in ("util", "helper", "common", "misc"))]
