"""The chart argocd-apps: Applications and ApplicationSets in its values, by name or, in old versions, in a list.

Its values are at the top of the file, or in an umbrella chart's below its name or alias
(https://github.com/argoproj/argo-helm/tree/main/charts/argocd-apps).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.sources import argocd
from helm_cleaner.sources.files import Files
from helm_cleaner.sources.values_stack import ChartValues
from helm_cleaner.sources.yaml_node import YamlNode


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether it is a values file of the chart."""
    del file
    return not document.kind and any(True for _ in _specs(document))


def find_values(document: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that the chart's Applications pass to other charts."""
    for kind, spec in _specs(document):
        yield from argocd.find_in_spec(spec, kind, file, files)


def _specs(document: YamlNode) -> Iterator[tuple[str, YamlNode]]:
    """The specs of Applications and ApplicationSets, with their kind."""
    below = (each for _, each in document.entries() if each.is_mapping)  # an alias may have any name
    for values in (document, *below):
        for each in _named(values.at("applications")):
            if each.at("source") or each.at("sources"):
                yield "Application", each
        for each in _named(values.at("applicationsets")):
            if each.at("template"):
                yield "ApplicationSet", each


def _named(objects: YamlNode) -> Iterator[YamlNode]:
    yield from objects.items()
    yield from (each for _, each in objects.entries())
