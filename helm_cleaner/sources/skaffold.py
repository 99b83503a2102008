"""Skaffold: the releases of its Helm deployer and renderer, also those of profiles.

`valuesFiles` override `overrides`, and `setValues`, `setValueTemplates` and `setFiles` override both
(https://skaffold.dev/docs/deployers/helm/).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.sources import parameters, references, umbrella
from helm_cleaner.sources.files import Files
from helm_cleaner.sources.parameters import Parameter
from helm_cleaner.sources.placeholders import in_template
from helm_cleaner.sources.values_stack import ChartValues, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether it is Skaffold's configuration."""
    del file
    return document.kind == "Config" and document.at("apiVersion").text.startswith("skaffold/")


def find_values(document: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that Skaffold passes to the charts of its releases."""
    for config in (document, *document.at("profiles").items()):
        for stage in ("deploy", "manifests"):
            for release in config.at(stage, "helm", "releases").items():
                yield _of_release(release, file, files)


def _of_release(release: YamlNode, file: str, files: Files) -> ChartValues:
    stack = ValuesStack()
    stack.add(release.at("overrides").mapping)
    for each in release.at("valuesFiles").items():
        references.add_file(stack, each, file, files)
    given = list(_parameters(release, file, files))
    stack.add(parameters.read_parameters, given, in_template, "write it in overrides, in quotes: {}")
    stack.unchecked += parameters.find_unread(given)
    chart = release.at("remoteChart").text or release.at("chartPath").text
    named = umbrella.of_folder(chart, file, files)
    named.add_own_values(stack, files)
    return ChartValues("skaffold.yaml", file, named.ours, release.origin, stack, named.sections)


def _parameters(release: YamlNode, file: str, files: Files) -> Iterator[Parameter]:
    for key in ("setValues", "setValueTemplates", "setFiles"):
        for name, value in release.at(key).entries():
            if value.key is None:
                continue
            at = YamlNode(value.document, value.key).origin
            if key == "setFiles":
                yield Parameter("set-file", name, at, value, value.text, files.text(file, value.text))
            else:
                yield Parameter("set", name, at, value, value.text)
