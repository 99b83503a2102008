"""Crossplane: a Release of provider-helm, where `values` override `valuesFrom`, and `set` overrides both.

In a Composition, each `base` that is a Release (https://github.com/crossplane-contrib/provider-helm).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.sources import parameters, references
from helm_cleaner.sources.files import Files
from helm_cleaner.sources.parameters import Parameter
from helm_cleaner.sources.placeholders import has_placeholder
from helm_cleaner.sources.values_stack import ChartValues, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether it is a Release, or a Composition of them."""
    del file
    return document.kind in ("Release", "Composition")


def find_values(part: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that a Release passes to its chart."""
    if part.kind == "Composition":
        steps = [step.at("input") for step in part.at("spec", "pipeline").items()]
        for spec in (part.at("spec"), *steps):
            for each in spec.at("resources").items():
                if each.at("base").kind == "Release":
                    yield from find_values(each.at("base"), file, files)
        return
    given = part.at("spec", "forProvider")
    if not given:
        return
    stack = ValuesStack()
    references.add_references(stack, given.at("valuesFrom"), files, has_placeholder)
    stack.add(given.at("values").mapping)
    those = list(_parameters(given))
    stack.add(parameters.read_parameters, those, has_placeholder)
    stack.unchecked += parameters.find_unread(those)
    chart = given.at("chart")
    ours, version = files.is_polyaxon_chart(chart.at("name").text or chart.at("url").text), chart.at("version").text
    yield ChartValues("Release", file, ours, part.origin, stack, version=version)


def _parameters(given: YamlNode) -> Iterator[Parameter]:
    for each in given.at("set").items():
        name, value = each.at("name"), each.at("value")
        if name.text and each.at("valueFrom"):
            yield Parameter("set-file", name.text, name.origin, each.at("valueFrom"), "-")  # known only in the cluster
        elif name.text:
            yield Parameter("set", name.text, name.origin, value, value.text)
