"""k3s and RKE2: `valuesContent` of a HelmChart, that of the HelmChartConfig of the same name over it, then `set`.

`values`, a mapping, overrides `valuesContent`. In `set`, numbers and the words true, false and null are like `--set`,
everything else is like `--set-string` (https://docs.k3s.io/add-ons/helm).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.places import charts, parameters
from helm_cleaner.places.files import Files
from helm_cleaner.places.parameters import Parameter
from helm_cleaner.places.part import Part
from helm_cleaner.places.place import Gathered, Handed
from helm_cleaner.places.unknown import is_filled_in
from helm_cleaner.yamltext import PLAIN, construct

KINDS = ("HelmChart", "HelmChartConfig")
_AS_TEXT = "write it in valuesContent, in quotes: {}"


def handed(part: Part, file: str, files: Files) -> Iterator[Handed]:
    """The values that a HelmChart passes to its chart, with those of its HelmChartConfig; either may be given."""
    meta = part.at("metadata")
    other = "HelmChartConfig" if part.kind == "HelmChart" else "HelmChart"
    found = next((each for _, each in files.objects(other, meta.at("name").text, meta.at("namespace").text)), None)
    chart, config = (part, found) if part.kind == "HelmChart" else (found, part)
    gathered = Gathered()
    for each in (chart, config):
        if each is None:
            continue
        spec = each.at("spec")
        for secret in spec.at("valuesSecrets").items():
            gathered.unseen.append(secret.not_checked("the values in a Secret are not checked here"))
        gathered.add(spec.at("valuesContent").embedded)
        gathered.add(spec.at("values").mapping)
    if chart is not None:
        spec = chart.at("spec")
        gathered.add(parameters.layer, list(_parameters(spec.at("set"))), is_filled_in, _AS_TEXT)
    name = chart.at("spec", "chart").text if chart is not None else ""
    yield Handed(part.kind, file, charts.is_ours(name), part.origin, gathered)


def _parameters(entries: Part) -> Iterator[Parameter]:
    for name, value in entries.entries():
        if not value.is_scalar or value.key is None or value.node is None:
            continue
        typed = value.text.lower() in ("true", "false", "null") or (
            value.node.tag == PLAIN and isinstance(construct(value.document, value.node), (int, float))
        )
        at = Part(value.document, value.key).origin
        yield Parameter("set" if typed else "set-string", name, at, value, value.text.replace(",", "\\,"))
