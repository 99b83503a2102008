"""Crossplane: a Release of provider-helm, where `values` override `valuesFrom`, and `set` overrides both.

In a Composition, each `base` that is a Release (https://github.com/crossplane-contrib/provider-helm).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.places import charts, parameters, sources
from helm_cleaner.places.files import Files
from helm_cleaner.places.parameters import Parameter
from helm_cleaner.places.part import Part
from helm_cleaner.places.place import Gathered, Handed
from helm_cleaner.places.unknown import is_filled_in

KINDS = ("Release", "Composition")


def handed(part: Part, file: str, files: Files) -> Iterator[Handed]:
    """The values that a Release passes to its chart."""
    if part.kind == "Composition":
        steps = [step.at("input") for step in part.at("spec", "pipeline").items()]
        for spec in (part.at("spec"), *steps):
            for each in spec.at("resources").items():
                if each.at("base").kind == "Release":
                    yield from handed(each.at("base"), file, files)
        return
    given = part.at("spec", "forProvider")
    if not given:
        return
    gathered = Gathered()
    sources.add_referenced(gathered, given.at("valuesFrom"), files, is_filled_in)
    gathered.add(given.at("values").mapping)
    gathered.add(parameters.layer, list(_parameters(given)), is_filled_in)
    chart = given.at("chart")
    yield Handed("Release", file, charts.is_ours(chart.at("name").text or chart.at("url").text), part.origin, gathered)


def _parameters(given: Part) -> Iterator[Parameter]:
    for each in given.at("set").items():
        name, value = each.at("name"), each.at("value")
        if name.text and each.at("valueFrom"):
            yield Parameter("set-file", name.text, name.origin, each.at("valueFrom"), "-")  # known only in the cluster
        elif name.text:
            yield Parameter("set", name.text, name.origin, value, value.text)
