"""kustomize: the `helmCharts` of a kustomization, and a HelmChartInflationGenerator.

`valuesInline` overrides `valuesFile` unless `valuesMerge` says otherwise, and `additionalValuesFiles` override both
(https://kubectl.docs.kubernetes.io/references/kustomize/builtins/#_helmchartinflationgenerator_).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.places import charts, sources
from helm_cleaner.places.files import Files
from helm_cleaner.places.part import Part
from helm_cleaner.places.place import Gathered, Handed

KINDS = ("Kustomization", "Component", "HelmChartInflationGenerator")


def recognizes(document: Part, file: str) -> bool:
    """Whether a document without a kind is a kustomization, where the kind is optional."""
    del file
    return any(each.is_mapping for each in document.at("helmCharts").items())


def handed(part: Part, file: str, files: Files) -> Iterator[Handed]:
    """The values that a kustomization passes to its charts."""
    if part.kind == "HelmChartInflationGenerator":
        yield _of_chart(part, file, files)
    for each in part.at("helmCharts").items():
        yield _of_chart(each, file, files)


def _of_chart(chart: Part, file: str, files: Files) -> Handed:
    gathered = Gathered()
    inline, merging = chart.at("valuesInline"), chart.at("valuesMerge").text or "override"
    if merging == "merge":
        gathered.add(inline.mapping)
    if chart.at("valuesFile").text and (merging != "replace" or not inline):
        sources.add_file(gathered, chart.at("valuesFile"), file, files)
    if merging != "merge":
        gathered.add(inline.mapping)
    for each in chart.at("additionalValuesFiles").items():
        if each.text:
            sources.add_file(gathered, each, file, files)
    return Handed("kustomization", file, charts.is_ours(chart.at("name").text), chart.origin, gathered)
