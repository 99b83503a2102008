"""Fleet: `helm.values` of a fleet.yaml, and of its target customizations, which override it.

The values override `valuesFiles`, and `valuesFrom` overrides both (https://fleet.rancher.io/ref-fleet-yaml).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.sources import references, umbrella
from helm_cleaner.sources.files import Files
from helm_cleaner.sources.placeholders import PlaceholderTest, in_fleet
from helm_cleaner.sources.values_stack import ChartValues, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode

_KINDS = ("Bundle", "HelmOp")
_HELM = ("chart", "repo", "releaseName", "values", "valuesFiles", "valuesFrom")


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether it is a fleet.yaml, or an object that Fleet makes from one."""
    if document.kind:
        return document.kind in _KINDS
    name = file.replace("\\", "/").rpartition("/")[2]
    helm = document.at("helm")
    customized = any(each.at("helm") for each in document.at("targetCustomizations").items())
    if name in ("fleet.yaml", "fleet.yml"):
        return bool(helm) or customized
    return customized or (
        helm.is_mapping
        and any(helm.at(key) for key in _HELM)
        and bool(document.at("defaultNamespace") or document.at("namespace") or helm.at("chart"))
    )


def find_values(part: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that a fleet.yaml, or a Bundle made from one, passes to its chart, by default and for each target."""
    spec = part.at("spec") if part.kind else part
    helm = spec.at("helm")
    yield _of(spec, [helm], file, files)
    for target in (*spec.at("targetCustomizations").items(), *spec.at("targets").items()):
        if target.at("helm"):
            yield _of(target, [helm, target.at("helm")], file, files)


def _of(part: YamlNode, layers: list[YamlNode], file: str, files: Files) -> ChartValues:
    stack = ValuesStack()
    chart = ""
    for helm in layers:
        plain = helm.at("disablePreProcess").is_true or helm.at("disablePreprocess").is_true
        unknown: PlaceholderTest | None = None if plain else in_fleet
        for each in helm.at("valuesFiles").items():
            references.add_file(stack, each, file, files, unknown)
        stack.add(helm.at("values").mapping, unknown)
        references.add_references(stack, helm.at("valuesFrom"), files, in_fleet)
        if helm.at("templateValues"):
            message = "templates that generate values are not checked"
            stack.unchecked.append(helm.at("templateValues").warn_not_checked(message))
        chart = helm.at("chart").text or chart
    named = umbrella.of_folder(chart, file, files)
    named.add_own_values(stack, files)
    return ChartValues(
        "fleet.yaml", file, named.ours, part.origin, stack, named.sections, version=helm.at("version").text
    )
