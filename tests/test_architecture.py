"""The packages: what a module may import."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tools import PACKAGE, ROOT

TESTS = ROOT / "tests"

# From the top down. A module imports from its own package and from those below it, never from above.
PACKAGES = [
    "cli",
    "lsp",
    "api",
    "output",
    "fixing",
    "actions",
    "sources",
    "repository",
    "cluster",
    "polyaxon",
    "section",
    "values",
    "yamltext",
    "helm",
    "in_cluster",
]
# What several packages stand on. These import nothing but each other, in this order.
FOUNDATION = [
    "safe_write", "codes", "quantities", "kubernetes_names", "python_literals", "nearness", "diagnostics", "fixes",
    "text", "names", "paths", "strict_json", "data_files", "typed", "version",
]  # fmt: skip
ORDER = [*PACKAGES, *FOUNDATION]
LONGEST = 350
LONGEST_TEST = 500
# Folders of tests that are about no single package.
ACROSS = {
    "cases": "data: bytes in, bytes out",
    "ecosystem": "the tools that run helm-cleaner: Flux, helmfile, chart-testing",
    "haupt": "Polyaxon's own API, cleaner and file systems",
    "live": "a real control plane, and a real node",
    "project": "what is beside the package: docs, chart, image, releases, tools",
    "properties": "what holds for every input, through several packages",
    "site": "the site with the guides and the playground, in a browser",
    "support": "what tests share",
}
# Tests in a package's folder that are named for no module of the package.
NAMED_OTHERWISE = {
    "cli/test_hostile_streams": "every command is given the same streams",
    "cli/test_hostile_values": "every command is given the same values",
    "cli/test_imports": "what commands import, over all packages",
    "cluster/test_cases": "tests/cases/clusters.jsonl.gz, through the whole package",
    "helm/test_plugin_packages": "of tools/plugin_packages, in real Helm's hands",
    "helm/test_values": "real Helm beside the package of values",
    "sources/test_cases": "tests/cases/places.jsonl, through the whole package",
    "polyaxon/agent_config/test_sdk": "Polyaxon's own SDK beside the judge of its configuration",
    "polyaxon/test_sdk": "Polyaxon's own SDK beside the whole package",
}
MODULES = {str(path.relative_to(PACKAGE)): path for path in sorted(PACKAGE.rglob("*.py"))}


def package(module: str) -> str:
    """The package, or the foundation module, of a dotted name below the package."""
    return module.split(".")[0]


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path, lazily: bool = True) -> set[str]:
    """The modules of the package that a module imports, dotted. lazily: whether to include imports in functions."""
    tree = ast.parse(path.read_text())
    nodes = ast.walk(tree) if lazily else iter(tree.body)
    found: set[str] = set()
    for node in nodes:
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {module(name) for name in names if name.startswith("helm_cleaner.")}
    return found


def module(name: str) -> str:
    """The module that a dotted name such as helm_cleaner.values.Map is in."""
    parts = name.split(".")[1:]
    while parts and not (PACKAGE.joinpath(*parts).with_suffix(".py").is_file() or PACKAGE.joinpath(*parts).is_dir()):
        parts.pop()
    return ".".join(parts)


@pytest.mark.parametrize("path", MODULES.values(), ids=MODULES)
def test_imports_point_down(path: Path) -> None:
    me = package(dotted(path))
    if me == "__main__":
        assert imported(path) == {"cli"}
    elif path == PACKAGE / "__init__.py":
        assert imported(path) <= {"api", "diagnostics", "version"}
    else:
        assert me in ORDER, f"{me} is not a package"
        below = {me, *ORDER[ORDER.index(me) + 1 :]}
        assert {package(name) for name in imported(path)} <= below


def test_no_circles() -> None:
    """What a module imports is never still being imported."""
    edges = {dotted(path): imported(path, lazily=False) for path in MODULES.values()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join([*trail[trail.index(name) :], name])
        if name not in done:
            for other in sorted(edges.get(name, set()) - {name}):
                visit(other, (*trail, name))
            done.add(name)

    for name in edges:
        visit(name, ())


def test_actions_know_no_command_line() -> None:
    for name, path in MODULES.items():
        if name.startswith("actions/"):
            names = {alias.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import)
                     for alias in node.names}  # fmt: skip
            assert not names & {"argparse", "os", "sys", "subprocess"}, name


def test_modules_are_short() -> None:
    long = {name: count for name, path in MODULES.items() if (count := len(path.read_text().splitlines())) > LONGEST}
    assert not long


def test_files_of_tests_are_short() -> None:
    counts = {path.relative_to(TESTS): len(path.read_text().splitlines()) for path in TESTS.rglob("*.py")}
    assert not {str(name): count for name, count in counts.items() if count > LONGEST_TEST}


def test_tests_mirror_the_package() -> None:
    """tests/<package>/test_<module>.py, or test_<module>_<topic>.py; tests/test_<module>.py for the foundation."""
    strays = set()
    for path in TESTS.rglob("test_*.py"):
        folder, *below = path.relative_to(TESTS).with_suffix("").parts
        if folder in ACROSS:
            continue
        home, stem = (PACKAGE / folder, below[-1]) if below else (PACKAGE, folder)
        assert home.is_dir(), f"{folder} is not a package"
        modules = home.rglob("*.py") if below else home.glob("*.py")
        names = {home.name, *(m.parent.name if m.stem == "__init__" else m.stem for m in modules)}
        if not any(f"{stem}_".startswith(f"test_{name}_") for name in names):
            strays.add("/".join((folder, *below)))
    assert strays == {"test_architecture", *NAMED_OTHERWISE}


def test_no_module_is_a_lumber_room() -> None:
    assert not [name for name in MODULES if any(word in name for word in ("util", "helper", "common", "misc"))]


def test_the_page_shows_the_wings() -> None:
    """docs/architecture.md: its table, each arrow of its diagram, and each module that it names."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    assert re.findall(r"^\| `(\w+)` +\|", page, flags=re.MULTILINE) == PACKAGES
    arrows = set(re.findall(r"^ +(\w+) --> (\w+)$", page, flags=re.MULTILINE))
    imports = {(package(dotted(path)), package(name)) for path in MODULES.values() for name in imported(path)}
    imports = {(upper, lower) for upper, lower in imports if {upper, lower} <= {*PACKAGES} and upper != lower}
    assert arrows <= imports
    reached = set(arrows)
    for middle in PACKAGES:
        reached |= {(a, d) for a, b in reached for c, d in reached if b == c == middle}
    assert imports <= reached
    for name in re.findall(r"`(\w+/\w+)`", page):
        assert any((PACKAGE / f"{name}{end}").exists() for end in (".py", "/__init__.py")), name


# The insides of a package that no other package needs: what others import are the names of its face, and these modules.
FACES = {
    "section": {"section", "section.structure", "section.writing", "section.look_alikes"},
    "polyaxon": {
        "polyaxon", "polyaxon.accounts", "polyaxon.agent_config", "polyaxon.agent_config.store",
        "polyaxon.agent_config.values_schema", "polyaxon.chart_values", "polyaxon.job", "polyaxon.job_warnings",
        "polyaxon.origins", "polyaxon.rehearsal",
        "polyaxon.scheduling", "polyaxon.stale_section", "polyaxon.store", "polyaxon.store_location",
    },
}  # fmt: skip


def test_polyaxon_and_the_section_do_not_know_each_others_insides() -> None:
    for path in MODULES.values():
        for name in imported(path):
            me, other = package(dotted(path)), package(name)
            if other in FACES and me != other:
                assert name in FACES[other], f"{dotted(path)} imports {name}"
            if (me, other) == ("polyaxon", "section"):
                assert name == "section", f"{dotted(path)} imports {name}"
            assert (me, other) != ("section", "polyaxon")


def test_the_section_has_its_name_in_one_place() -> None:
    for name, path in MODULES.items():
        tuples = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Tuple) and node.elts]
        typed = [node for node in tuples if isinstance(node.elts[0], ast.Constant) and node.elts[0].value == "cleaner"]
        assert not typed, f"{name}: write SECTION"
