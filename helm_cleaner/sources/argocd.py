"""Argo CD: the sources of an Application, and of the Applications that an ApplicationSet generates.

In each, `valuesObject`, or else the YAML in `values`, overrides the `valueFiles`, and `parameters` override both: like
`--set`, or `--set-string` with `forceString`; `fileParameters` are like `--set-file`
(https://argo-cd.readthedocs.io/en/stable/user-guide/helm/).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from helm_cleaner.sources import parameters, references, umbrella
from helm_cleaner.sources.files import Files
from helm_cleaner.sources.parameters import Parameter
from helm_cleaner.sources.placeholders import PlaceholderTest, in_argo_parameter, in_set_parameter, in_template
from helm_cleaner.sources.templated_names import add_matches
from helm_cleaner.sources.values_stack import ChartValues, PatchTarget, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether it is an Application or an ApplicationSet."""
    del file
    return document.kind in ("Application", "ApplicationSet")


def find_values(app: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that an Application, or each template of an ApplicationSet, passes to its charts."""
    meta = app.at("metadata")
    patched = PatchTarget(app.kind, meta.at("name").text, meta.at("namespace").text)
    found = list(find_in_spec(app.at("spec"), app.kind, file, files))
    base = next((each for each in found if each.patched is None), None)  # over which an ApplicationSet lays the others
    for each in found:
        if each.patched is not None:
            each = each._replace(patched=patched)
            each = each if base is None else each._replace(ours=base.ours, sections=base.sections)
        yield each


def find_in_spec(spec: YamlNode, kind: str, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that the spec of an object of one of the kinds passes to its charts."""
    for each in _templates(spec) if kind == "ApplicationSet" else (spec,):
        for source in (each.at("source"), *each.at("sources").items()):
            if source.at("helm") or source.at("chart") or source.at("path"):
                yield _read_source(source, kind, spec.at("generators"), file, files)
            if source.at("kustomize", "patches"):
                from helm_cleaner.sources.patches import find_patches

                yield from find_patches(source.at("kustomize"), file, files)


def _templates(spec: YamlNode) -> Iterator[YamlNode]:
    """The Application specs in an ApplicationSet: its own, its patch, and those of its generators at any depth."""
    yield spec.at("template", "spec")
    for patch in spec.at("templatePatch").templated_documents():
        yield patch.at("spec")
    for generator in spec.at("generators").items():
        for _, settings in generator.entries():
            yield from _templates(settings)


def _read_source(source: YamlNode, kind: str, generators: YamlNode, file: str, files: Files) -> ChartValues:
    helm, is_set = source.at("helm"), kind == "ApplicationSet"
    stack = ValuesStack()
    unknown: PlaceholderTest | None = in_template if is_set else None
    for each in helm.at("valueFiles").items():
        path = _in_repository(each.text, source.at("path").text)
        if not (is_set and "{{" in each.text and add_matches(stack, path, generators, files)):
            references.add_file(stack, each, file, files, found=files.ending_with(path))
    if helm.at("valuesObject"):
        stack.add(helm.at("valuesObject").mapping, unknown)
    elif helm.at("values").is_scalar:
        stack.add(helm.at("values").read_embedded, unknown, template=is_set)
    test = in_set_parameter if is_set else in_argo_parameter
    given = _parameters(helm, file, files)
    stack.add(parameters.read_parameters, given, test, "add forceString: true to the parameter")
    stack.unchecked += parameters.find_unread(given)
    chart = _chart(source, files)
    chart.add_own_values(stack, files)
    names_chart = any(source.at(key) for key in ("repoURL", "chart", "path", "ref"))
    patched = None if names_chart else PatchTarget(kind, "", "")
    return ChartValues(
        kind, file, chart.ours, source.origin, stack, chart.sections, patched, source.at("targetRevision").text
    )


def _in_repository(name: str, folder: str) -> str:
    """The end of a values file's path: in the chart's folder, the repository (`/x`), or in another one (`$ref/x`)."""
    if name.startswith("$"):
        return name.partition("/")[2]
    return posixpath.normpath(f"{folder}/{name}") if folder and not name.startswith("/") else name.lstrip("/")


def _chart(source: YamlNode, files: Files) -> umbrella.Chart:
    chart, repository = source.at("chart").text, source.at("repoURL").text
    if not chart and repository.startswith("oci://"):
        chart = repository
    if chart:
        return umbrella.Chart(files.is_polyaxon_chart(chart), [])
    return umbrella.of_repository(source.at("path").text, files)


def _parameters(helm: YamlNode, file: str, files: Files) -> list[Parameter]:
    found = []
    for each in helm.at("parameters").items():
        name, value = each.at("name"), each.at("value")
        if name.text:
            option = "set-string" if each.at("forceString").is_true else "set"
            found.append(Parameter(option, name.text, name.origin, value, parameters.escape_commas(value.text)))
    for each in helm.at("fileParameters").items():
        name, path = each.at("name"), each.at("path")
        if name.text and path.text:
            text = path.text.replace(",", "\\,")
            found.append(Parameter("set-file", name.text, name.origin, path, text, files.text(file, path.text)))
    return found
