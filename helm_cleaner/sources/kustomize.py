"""kustomize: the `helmCharts` of a kustomization, and a HelmChartInflationGenerator.

`valuesInline` overrides `valuesFile` unless `valuesMerge` says otherwise, and `additionalValuesFiles` override both
(https://kubectl.docs.kubernetes.io/references/kustomize/builtins/#_helmchartinflationgenerator_).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.sources import patches, references
from helm_cleaner.sources.files import Files
from helm_cleaner.sources.values_stack import ChartValues, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode

_KINDS = ("Kustomization", "Component", "HelmChartInflationGenerator")


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether it is a kustomization, where the kind is optional, or a generator of its own."""
    del file
    if document.kind:
        return document.kind in _KINDS
    patched = (*document.at("patches").items(), *document.at("patchesJson6902").items())
    return (
        any(each.is_mapping for each in document.at("helmCharts").items())
        or any(each.at("patch") or each.at("path") for each in patched)
        or any(document.at("patchesStrategicMerge").items())
        or any(each.at("targets") for each in document.at("replacements").items())
    )


def find_values(part: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that a kustomization passes to its charts."""
    if part.kind == "HelmChartInflationGenerator":
        yield _of_chart(part, file, files)
    for each in part.at("helmCharts").items():
        yield _of_chart(each, file, files)
    is_of_flux = part.at("apiVersion").text.startswith("kustomize.toolkit.fluxcd.io/")
    yield from patches.find_patches(part.at("spec") if is_of_flux else part, file, files)
    yield from patches.find_replacements(part, file)


def _of_chart(chart: YamlNode, file: str, files: Files) -> ChartValues:
    stack = ValuesStack()
    inline, merging = chart.at("valuesInline"), chart.at("valuesMerge").text or "override"
    if merging == "merge":
        stack.add(inline.mapping)
    values_file = chart.at("valuesFile")
    if values_file.text and merging == "replace" and inline:
        stack.unused += [found.name] if (found := files.find_beside(file, values_file.text)) else []
    elif values_file.text:
        references.add_file(stack, values_file, file, files)
    if merging != "merge":
        stack.add(inline.mapping)
    for each in chart.at("additionalValuesFiles").items():
        if each.text:
            references.add_file(stack, each, file, files)
    version = chart.at("version").text
    return ChartValues(
        "kustomization", file, files.is_polyaxon_chart(chart.at("name").text), chart.origin, stack, version=version
    )
