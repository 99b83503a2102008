"""Flux: `spec.values` of a HelmRelease, over the ConfigMaps and Secrets of `spec.valuesFrom`.

Each of these overrides those before it, and `values` overrides all of them. One with a `targetPath` is a single value,
set as with `--set`, or as a string if it is quoted (https://fluxcd.io/flux/components/helm/helmreleases/#values).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.places import charts, parameters, sources, umbrella
from helm_cleaner.places.files import OWN_VALUES, Files
from helm_cleaner.places.parameters import Parameter
from helm_cleaner.places.part import Part
from helm_cleaner.places.place import Gathered, Handed, Layer
from helm_cleaner.places.unknown import in_flux

KINDS = ("HelmRelease",)
_AS_TEXT = "put quotes into the value: '\"…\"'"
_OF_GIT = ("GitRepository", "Bucket")


def handed(release: Part, file: str, files: Files) -> Iterator[Handed]:
    """The values that a HelmRelease passes to its chart."""
    spec = release.at("spec")
    gathered = Gathered()
    namespace = release.at("metadata", "namespace").text
    chart, named = _chart(spec, namespace, files)
    if named.at("valuesFiles"):
        _add_values_files(gathered, named, files)
    else:
        chart.lay_below(gathered, files)
    for reference in spec.at("valuesFrom").items():
        text = sources.text_of(reference, reference.at("valuesKey").text or "values.yaml", namespace, files)
        if text is None:
            if not reference.at("optional").is_true or not gathered.unseen:
                gathered.unseen.append(sources.missing(reference))
        elif reference.at("targetPath"):
            gathered.add(_single, reference, text)
        else:
            sources.add_text(gathered, text, in_flux)
    gathered.add(spec.at("values").mapping, in_flux)
    if not spec.at("chart") and not spec.at("chartRef"):
        message = "this HelmRelease names no chart: it is checked as a patch, without the values that it is laid over"
        gathered.unseen.append(release.not_checked(message))
    yield Handed("HelmRelease", file, chart.ours, release.origin, gathered, chart.sections)


def _add_values_files(gathered: Gathered, named: Part, files: Files) -> None:
    """Adds the chart's `valuesFiles`, which replace its values.yaml; in Git their paths are from the repository's root.

    See https://fluxcd.io/flux/components/source/helmcharts/#values-files.
    """
    in_git = named.at("sourceRef", "kind").text in _OF_GIT
    for each in named.at("valuesFiles").items():
        found = files.ending_with(each.text) if in_git else None
        if found is not None:
            sources.add_file(gathered, each, found.name, files, found=found)
        elif in_git or each.text != OWN_VALUES:
            sources.add_missing_file(gathered, each)


def _chart(spec: Part, namespace: str, files: Files) -> tuple[umbrella.Chart, Part]:
    """The chart, and the part that names it.

    A `chartRef` names a chart if its object is among the files.
    """
    reference = spec.at("chartRef")
    name, there = reference.at("name").text, reference.at("namespace").text or namespace
    kind = reference.at("kind").text
    for _, found in files.objects(kind, name, there) if name and kind else ():
        url = found.at("spec", "url").text
        if kind == "OCIRepository":
            return umbrella.Chart(charts.is_ours(url), []), found.at("spec")
        return _named(found.at("spec"), files)
    if old := spec.at("chart", "name"):  # from the Helm Operator, before Flux 2
        return umbrella.Chart(charts.is_ours(old.text), []), old
    return _named(spec.at("chart", "spec"), files)


def _named(chart: Part, files: Files) -> tuple[umbrella.Chart, Part]:
    if chart.at("sourceRef", "kind").text in _OF_GIT:
        return umbrella.of_repository(chart.at("chart").text, files), chart
    return umbrella.Chart(charts.is_ours(chart.at("chart").text), []), chart


def _single(reference: Part, text: sources.Text) -> list[Layer]:
    path, value = reference.at("targetPath"), text.value
    option = "set"
    for quote in "'\"":
        if len(value) > 1 and value.startswith(quote) and value.endswith(quote):
            option, value = "set-string", value.strip("'\"")
    return parameters.layer([Parameter(option, path.text, path.origin, text.part, value)], in_flux, _AS_TEXT)
