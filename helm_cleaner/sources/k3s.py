"""k3s and RKE2: `valuesContent` of a HelmChart, that of the HelmChartConfig of the same name over it, then `set`.

`values`, a mapping, overrides `valuesContent`. In `set`, numbers and the words true, false and null are like `--set`,
everything else is like `--set-string` (https://docs.k3s.io/add-ons/helm).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.sources import parameters
from helm_cleaner.sources.files import Files
from helm_cleaner.sources.parameters import Parameter
from helm_cleaner.sources.placeholders import has_placeholder
from helm_cleaner.sources.values_stack import ChartValues, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode
from helm_cleaner.yamltext import PLAIN, construct

_AS_TEXT = "write it in valuesContent, in quotes: {}"


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether it is a HelmChart or a HelmChartConfig."""
    del file
    return document.kind in ("HelmChart", "HelmChartConfig")


def find_values(part: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that a HelmChart passes to its chart, with those of its HelmChartConfig; either may be given."""
    meta = part.at("metadata")
    other = "HelmChartConfig" if part.kind == "HelmChart" else "HelmChart"
    found = next((each for _, each in files.objects(other, meta.at("name").text, meta.at("namespace").text)), None)
    chart, config = (part, found) if part.kind == "HelmChart" else (found, part)
    stack = ValuesStack()
    for each in (chart, config):
        if each is None:
            continue
        spec = each.at("spec")
        for secret in spec.at("valuesSecrets").items():
            stack.unchecked.append(secret.warn_not_checked("the values in a Secret are not checked here"))
        stack.add(spec.at("valuesContent").read_embedded)
        stack.add(spec.at("values").mapping)
    if chart is not None:
        spec = chart.at("spec")
        stack.add(parameters.read_parameters, list(_parameters(spec.at("set"))), has_placeholder, _AS_TEXT)
    name = chart.at("spec", "chart").text if chart is not None else ""
    version = chart.at("spec", "version").text if chart is not None else ""
    yield ChartValues(part.kind, file, files.is_polyaxon_chart(name), part.origin, stack, version=version)


def _parameters(entries: YamlNode) -> Iterator[Parameter]:
    for name, value in entries.entries():
        if not value.is_scalar or value.key is None or value.node is None:
            continue
        typed = value.text.lower() in ("true", "false", "null") or (
            value.node.tag == PLAIN and isinstance(construct(value.document, value.node), (int, float))
        )
        at = YamlNode(value.document, value.key).origin
        yield Parameter("set" if typed else "set-string", name, at, value, value.text.replace(",", "\\,"))
