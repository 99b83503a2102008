"""The values files that an ApplicationSet names with a part that its generators fill in: every given file that fits.

What is filled in is a condition, as in a template, so that the files for one environment are layered with each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase

from helm_cleaner.diagnostics import InputError
from helm_cleaner.names import SECTION
from helm_cleaner.sources.files import File, Files
from helm_cleaner.sources.section_warnings import is_foreign
from helm_cleaner.sources.values_stack import Layer, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode
from helm_cleaner.values import Map

_PLACEHOLDER = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
_MOST_PLACEHOLDERS = 3  # in a name: a match takes time in proportion to a power of them
_FOLDERS = ("path", "path.path")  # of a Git generator


def add_matches(stack: ValuesStack, name: str, generators: YamlNode, files: Files) -> bool:
    """Adds the values in the files that a name with placeholders may stand for; false if no file fits.

    name: the end of the path.
    """
    if len(_PLACEHOLDER.findall(name)) > _MOST_PLACEHOLDERS:
        return False
    found: list[Layer] = []
    for file, filled in _matches(name, files):
        known = {_is_generated(variable, value, generators) for variable, value in filled.items()}
        if False in known:
            continue
        if None not in known:
            stack.files.append(file.name)
        conditions = frozenset(f'eq .{variable} "{value}"' for variable, value in filled.items())
        with suppress(InputError):  # reported when the file itself is checked
            found += [layer._replace(conditions=conditions, others=()) for layer in files.values_of(file)
                      if None not in known or _may_be_ours(layer.read.values)]  # fmt: skip
    if found:
        stack.layers.append(found[0]._replace(others=tuple(found[1:])))
    return bool(found)


def _may_be_ours(values: Map) -> bool:
    """Whether values in a file that fits a name are neither another chart's nor a Kubernetes object."""
    section = values.get(SECTION)
    return "apiVersion" not in values and (section is None or not is_foreign(section))


def _matches(name: str, files: Files) -> Iterator[tuple[File, dict[str, str]]]:
    """The files that a name fits, with what each of its placeholders stands for."""
    variables: list[str] = []
    pattern, at = "", 0
    for placeholder in _PLACEHOLDER.finditer(name):
        pattern += re.escape(name[at : placeholder.start()])
        at = placeholder.end()
        variable = placeholder[1].removeprefix(".")
        if variable in variables:
            pattern += f"(?P=v{variables.index(variable)})"
        else:
            pattern += f"(?P<v{len(variables)}>{'.+?' if variable in _FOLDERS else '[^/]+?'})"
            variables.append(variable)
    whole = re.compile(rf"(?:.*/)?{pattern}{re.escape(name[at:])}\Z")
    for file in files.files:
        if found := whole.match(file.name.replace("\\", "/")):
            yield file, dict(zip(variables, found.groups(), strict=True))


def _is_generated(variable: str, value: str, generators: YamlNode) -> bool | None:
    """Whether generators fill in a value for a variable; None if it is not known what they do."""
    is_known = False
    for generator in generators.items():
        for kind, settings in generator.entries():
            if kind in ("matrix", "merge"):
                below = _is_generated(variable, value, settings.at("generators"))
                if below:
                    return True
                is_known |= below is False
            elements = [each.at(variable) for each in settings.at("elements").items()]
            folders = [each.at("path").text for each in settings.at("directories").items() if not each.at("exclude")]
            if any(elements):
                is_known = True
                if any(each.text == value for each in elements):
                    return True
            if folders and variable in _FOLDERS:
                is_known = True
                if any(fnmatchcase(value, folder) for folder in folders):
                    return True
    return False if is_known else None
