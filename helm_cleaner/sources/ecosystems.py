"""The registry of ecosystems: tools that pass values to charts.

Each is a module, which is imported only where a document may be its own. CONTRIBUTING.md says how to add one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

from helm_cleaner.sources.files import Files
from helm_cleaner.sources.values_stack import ChartValues
from helm_cleaner.sources.yaml_node import YamlNode
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Protocol

    class Ecosystem(Protocol):
        """What a module about a tool knows."""

        def recognizes(self, document: YamlNode, file: str) -> bool:
            """Whether a document in a file, or an object in a list, is the tool's. `file` is the file's name."""

        def find_values(self, document: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
            """The values that such a document passes to charts, in the order in which it names the charts."""


# By module: kinds of Kubernetes objects, and keys at the top of other documents, without which none is the tool's.
_CLUES = {
    "argocd": ("Application", "ApplicationSet"),
    "crossplane": ("Release", "Composition"),
    "flux": ("HelmRelease",),
    "k3s": ("HelmChart", "HelmChartConfig"),
    "helmfile": ("releases", "environments", "helmDefaults", "templates", "helmfiles", "bases"),
    "kustomize": (
        "Kustomization",
        "Component",
        "HelmChartInflationGenerator",
        "helmCharts",
        "patches",
        "patchesStrategicMerge",
        "patchesJson6902",
        "replacements",
    ),
    "patches": ("op",),
    "resource_set": ("ResourceSet",),
    "skaffold": ("Config",),
    "ansible": (
        "hosts",
        "block",
        "action",
        "kubernetes.core.helm",
        "community.kubernetes.helm",
        "community.general.helm",
        "helm",
    ),
    "argocd_apps": ("applications", "applicationsets", "argocd-apps"),
    "fleet": ("Bundle", "HelmOp", "helm", "targetCustomizations"),
}
# The same for keys one level down, in an umbrella chart's values.
_BELOW = {"applications": "argocd_apps", "applicationsets": "argocd_apps"}
_MODULES: dict[str, list[str]] = {}
for _module, _clues in _CLUES.items():
    for _clue in _clues:
        _MODULES.setdefault(_clue, []).append(_module)


def find_values_in_object(document: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that an object within another one passes to charts."""
    if ecosystem := ecosystem_of(document, file):
        yield from ecosystem.find_values(document, file, files)


_KIND = re.compile(rf"^\s*kind:\s*[\"']?(?:{'|'.join(_MODULES)})\b".encode(), re.MULTILINE)


def may_pass_values(content: bytes) -> bool:
    """Whether a file may contain an object of an ecosystem."""
    return _KIND.search(content) is not None


def ecosystem_of(document: YamlNode, file: str) -> Ecosystem | None:
    """The ecosystem that a document in a file belongs to; None for a values file, or any other document."""
    clues = [document.kind] if document.kind else document.keys()
    modules = dict.fromkeys(module for clue in clues for module in _MODULES.get(clue, ()))
    if not modules and document.is_mapping and not document.kind:
        below = [clue for _, each in document.entries() if each.is_mapping for clue, _ in each.entries()]
        modules = dict.fromkeys(_BELOW[clue] for clue in below if clue in _BELOW)
    for module in sorted(modules, key=list(_CLUES).index) if len(modules) > 1 else modules:
        imported: Any = import_module(f"helm_cleaner.sources.{module}")
        ecosystem: Ecosystem = imported
        if ecosystem.recognizes(document, file):
            return ecosystem
    return None
