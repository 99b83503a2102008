"""The Flux Operator: a ResourceSet makes objects such as HelmReleases for each of its inputs.

Its templates, in `<< … >>`, are masked where the file is read (https://fluxoperator.dev/docs/crd/resourceset/).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.sources.ecosystems import find_values_in_object
from helm_cleaner.sources.files import Files
from helm_cleaner.sources.values_stack import ChartValues
from helm_cleaner.sources.yaml_node import YamlNode


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether it is a ResourceSet."""
    del file
    return document.kind == "ResourceSet"


def find_values(document: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that the objects which a ResourceSet makes pass to charts."""
    spec = document.at("spec")
    for each in spec.at("resources").items():
        yield from find_values_in_object(each, file, files)
    if spec.at("resourcesTemplate").is_scalar:
        for each in spec.at("resourcesTemplate").documents():
            yield from find_values_in_object(each, file, files)
