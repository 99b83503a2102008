"""Flux: `spec.values` of a HelmRelease, over the ConfigMaps and Secrets of `spec.valuesFrom`.

Each of these overrides those before it, and `values` overrides all of them. One with a `targetPath` is a single value,
set as with `--set`, or as a string if it is quoted (https://fluxcd.io/flux/components/helm/helmreleases/#values).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.sources import parameters, references, umbrella
from helm_cleaner.sources.files import OWN_VALUES, Files
from helm_cleaner.sources.parameters import Parameter
from helm_cleaner.sources.placeholders import in_flux
from helm_cleaner.sources.values_stack import ChartValues, Layer, PatchTarget, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode

_AS_TEXT = "put quotes into the value: '\"…\"'"
_OLD = ("name", "git", "ref")  # of the Helm Operator, before Flux 2
_OF_GIT = ("GitRepository", "Bucket")


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether it is a HelmRelease."""
    del file
    return document.kind == "HelmRelease"


def find_values(release: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that a HelmRelease passes to its chart."""
    spec = release.at("spec")
    stack = ValuesStack()
    namespace = release.at("metadata", "namespace").text
    chart, named = _chart(spec, namespace, files)
    if named.at("valuesFiles"):
        _add_values_files(stack, named, files)
    else:
        chart.add_own_values(stack, files)
    for reference in spec.at("valuesFrom").items():
        text = references.find_referenced(reference, reference.at("valuesKey").text or "values.yaml", namespace, files)
        if text is None:
            if not reference.at("optional").is_true or not stack.unchecked:
                stack.unchecked.append(references.describe_missing(reference))
        elif reference.at("targetPath"):
            stack.add(_single, reference, text)
        else:
            references.add_text(stack, text, in_flux)
    stack.add(spec.at("values").mapping, in_flux)
    names_chart = spec.at("chartRef") or spec.at("chart", "spec", "chart") or any(map(spec.at("chart").at, _OLD))
    patched = None if names_chart else PatchTarget("HelmRelease", release.at("metadata", "name").text, namespace)
    yield ChartValues(
        "HelmRelease",
        file,
        chart.ours,
        release.origin,
        stack,
        chart.sections,
        patched,
        spec.at("chart", "spec", "version").text,
    )
    for renderer in spec.at("postRenderers").items():
        if renderer.at("kustomize"):
            from helm_cleaner.sources.patches import find_patches

            yield from find_patches(renderer.at("kustomize"), file, files)


def _add_values_files(stack: ValuesStack, named: YamlNode, files: Files) -> None:
    """Adds the chart's `valuesFiles`, which replace its values.yaml; in Git their paths are from the repository's root.

    See https://fluxcd.io/flux/components/source/helmcharts/#values-files.
    """
    in_git = named.at("sourceRef", "kind").text in _OF_GIT
    for each in named.at("valuesFiles").items():
        found = files.ending_with(each.text) if in_git else None
        if found is not None:
            references.add_file(stack, each, found.name, files, found=found)
        elif in_git or each.text != OWN_VALUES:
            references.add_missing_file(stack, each)


def _chart(spec: YamlNode, namespace: str, files: Files) -> tuple[umbrella.Chart, YamlNode]:
    """The chart, and the part that names it.

    A `chartRef` names a chart if its object is among the files.
    """
    reference = spec.at("chartRef")
    name, there = reference.at("name").text, reference.at("namespace").text or namespace
    kind = reference.at("kind").text
    for _, found in files.objects(kind, name, there) if name and kind else ():
        url = found.at("spec", "url").text
        if kind == "OCIRepository":
            return umbrella.Chart(files.is_polyaxon_chart(url), []), found.at("spec")
        return _named(found.at("spec"), files)
    if old := spec.at("chart", "name"):  # from the Helm Operator, before Flux 2
        return umbrella.Chart(files.is_polyaxon_chart(old.text), []), old
    return _named(spec.at("chart", "spec"), files)


def _named(chart: YamlNode, files: Files) -> tuple[umbrella.Chart, YamlNode]:
    if chart.at("sourceRef", "kind").text in _OF_GIT:
        return umbrella.of_repository(chart.at("chart").text, files), chart
    return umbrella.Chart(files.is_polyaxon_chart(chart.at("chart").text), []), chart


def _single(reference: YamlNode, text: references.Text) -> list[Layer]:
    path, value = reference.at("targetPath"), text.value
    option = "set"
    for quote in "'\"":
        if len(value) > 1 and value.startswith(quote) and value.endswith(quote):
            option, value = "set-string", value.strip("'\"")
    return parameters.read_parameters([Parameter(option, path.text, path.origin, text.part, value)], in_flux, _AS_TEXT)
