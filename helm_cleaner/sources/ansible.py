"""Ansible: the tasks of `kubernetes.core.helm`, in playbooks, roles and blocks.

`release_values`, or `values`, override `values_files`, and `set_values` override both
(https://docs.ansible.com/ansible/latest/collections/kubernetes/core/helm_module.html).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.sources import parameters, references, umbrella
from helm_cleaner.sources.files import Files
from helm_cleaner.sources.parameters import Parameter
from helm_cleaner.sources.placeholders import in_template
from helm_cleaner.sources.values_stack import ChartValues, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode

_MODULES = ("kubernetes.core.helm", "community.kubernetes.helm", "community.general.helm", "helm")
_BELOW = ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always")
_OPTIONS = {"raw": "set", "string": "set-string", "json": "set-json", "file": "set-file"}


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether it is a list of plays or tasks."""
    del file
    return not document.is_mapping and any(_modules(item) for item in _tasks(document))


def find_values(document: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that tasks pass to charts."""
    for task in _tasks(document):
        for module in _modules(task):
            yield _of_module(module, task, file, files)


def _tasks(tasks: YamlNode) -> Iterator[YamlNode]:
    for each in tasks.items():
        yield each
        for key in _BELOW:
            yield from _tasks(each.at(key))


def _modules(task: YamlNode) -> list[YamlNode]:
    """What a task passes to the module."""
    found = [task.at(name) for name in _MODULES]
    if task.at("action").text in _MODULES:
        found.append(task.at("args"))
    return [each for each in found if each.at("chart_ref")]


def _of_module(module: YamlNode, task: YamlNode, file: str, files: Files) -> ChartValues:
    stack = ValuesStack()
    for each in module.at("values_files").items():
        references.add_file(stack, each, file, files, found=files.ending_with(each.text))
    values = module.at("release_values") or module.at("values")
    if values.is_mapping:
        stack.add(values.mapping, _in_jinja)
    elif values:
        stack.unchecked.append(values.warn_not_checked("these values are from a variable: they are not checked"))
    given = list(_parameters(module))
    stack.add(parameters.read_parameters, given, _in_jinja, "set value_type: string")
    chart = umbrella.of_folder(module.at("chart_ref").text, file, files)
    chart.add_own_values(stack, files)
    return ChartValues("task", file, chart.ours, task.origin, stack, chart.sections)


def _in_jinja(text: str) -> bool:
    return in_template(text) or "{%" in text


def _parameters(module: YamlNode) -> Iterator[Parameter]:
    for each in module.at("set_values").items():
        value = each.at("value")
        name, equals, text = value.text.partition("=")
        option = _OPTIONS.get(each.at("value_type").text or "raw", "set")
        if equals and option != "set-json":
            yield Parameter(option, name, value.origin, value, text)
