"""The registry of ecosystems: each module keeps to the Protocol, and is imported only where it may be needed."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from helm_cleaner import yamltext
from helm_cleaner.sources import (
    ansible,
    argocd,
    argocd_apps,
    crossplane,
    ecosystems,
    fleet,
    flux,
    helmfile,
    k3s,
    kustomize,
    patches,
    resource_set,
    skaffold,
)
from helm_cleaner.sources.ecosystems import ecosystem_of
from helm_cleaner.sources.yaml_node import YamlNode

if TYPE_CHECKING:
    from helm_cleaner.sources.ecosystems import Ecosystem

# The type checker compares each module with the Protocol here.
MODULES: dict[str, Ecosystem] = {
    "ansible": ansible,
    "argocd": argocd,
    "argocd_apps": argocd_apps,
    "crossplane": crossplane,
    "fleet": fleet,
    "flux": flux,
    "helmfile": helmfile,
    "k3s": k3s,
    "kustomize": kustomize,
    "patches": patches,
    "resource_set": resource_set,
    "skaffold": skaffold,
}


def test_every_module_is_registered_and_compared_with_the_protocol() -> None:
    assert ecosystems._CLUES.keys() == MODULES.keys()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("apiVersion: argoproj.io/v1alpha1\nkind: Application\n", "argocd"),
        ("apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n", "flux"),
        ("kind: HelmRelease\n", None),
        ("helmCharts:\n- name: polyaxon\n", "kustomize"),
        ("helm:\n  chart: polyaxon\n", "fleet"),
        ("releases:\n- chart: polyaxon/polyaxon\n", "helmfile"),
        ("cleaner: {}\n", None),
        ("- releases\n", None),
        ("", None),
    ],
)
def test_a_document_belongs_to_an_ecosystem(text: str, expected: str | None) -> None:
    document = yamltext.compose(text, "f.yaml")
    assert ecosystem_of(YamlNode(document, document.root), "f.yaml") is MODULES.get(expected or "")


def test_a_values_file_imports_no_ecosystem() -> None:
    script = (
        "import sys; from helm_cleaner import sources\n"
        "assert sources.find_sections([sources.File('values.yaml', b'cleaner: {}')]).sources\n"
        f"sys.exit(sorted(name for name in {[*MODULES]} if f'helm_cleaner.sources.{{name}}' in sys.modules) or 0)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
