"""Helmfile: the values of each release, in the order in which they are listed, then `set` and `setString`.

`valuesTemplate`, `setTemplate` and `setStringTemplate` are like these, with templates in their texts. A release
overrides what it inherits from `templates`, which may be in one of the `bases`. A helmfile may have several documents,
and is a Go template (https://helmfile.readthedocs.io/en/latest/).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.sources import parameters, references, umbrella
from helm_cleaner.sources.files import Files
from helm_cleaner.sources.parameters import Parameter
from helm_cleaner.sources.placeholders import has_placeholder, in_template
from helm_cleaner.sources.templates import unmask
from helm_cleaner.sources.values_stack import ChartValues, ValuesStack
from helm_cleaner.sources.yaml_node import YamlNode

# Where parameters are, in Helmfile's order, with the option of Helm that they are.
_SETS = (("set", "set"), ("setTemplate", "set"), ("setString", "set-string"), ("setStringTemplate", "set-string"))


def recognizes(document: YamlNode, file: str) -> bool:
    """Whether it belongs to a helmfile."""
    del file
    releases = list(document.at("releases").items())
    if releases:
        return any(any(each.at(key) for key in ("chart", "name", "values", "set")) for each in releases)
    return any(document.at(key).is_mapping for key in ("environments", "helmDefaults", "templates")) or bool(
        document.at("helmfiles") or document.at("bases")
    )


def find_values(document: YamlNode, file: str, files: Files) -> Iterator[ChartValues]:
    """The values that a helmfile passes to the charts of its releases."""
    for release in document.at("releases").items():
        stack = ValuesStack()
        inherited = list(_inherited(release, document, file, files, stack))
        for part in (*inherited, release):
            for each in (*part.at("values").items(), *part.at("valuesTemplate").items()):
                _values(each, file, files, stack)
            for each in part.at("secrets").items():
                stack.unchecked.append(each.warn_not_checked("secrets are encrypted: their values are not checked"))
        for part in (*inherited, release):
            given = list(_parameters(part, file, files))
            stack.add(parameters.read_parameters, given, in_template, "move it to setString")
            stack.unchecked += parameters.find_unread(given)
        chart = next((p.at("chart").text for p in (release, *reversed(inherited)) if p.at("chart").text), "")
        named = umbrella.of_folder(chart, file, files)
        named.add_own_values(stack, files)
        yield ChartValues(
            "helmfile", file, named.ours, release.origin, stack, named.sections, version=release.at("version").text
        )


def _inherited(
    release: YamlNode, document: YamlNode, file: str, files: Files, stack: ValuesStack
) -> Iterator[YamlNode]:
    """The templates of a release: in its document, another one of this file, or one of the bases."""
    for each in release.at("inherit").items():
        if not (name := each.at("template").text):
            continue
        there = [document, *_documents(file, files, set())]
        if found := next(filter(None, (other.at("templates", name) for other in there)), None):
            yield found
        else:
            message = f"the template {name} is not in these files: its values are not checked"
            stack.unchecked.append(each.warn_not_checked(message, "give the file that has it as well"))


def _documents(file: str, files: Files, seen: set[str]) -> Iterator[YamlNode]:
    """The documents of a helmfile with templates, then those of its bases, and of theirs."""
    seen.add(file)
    for other, document in files.find_mentions(b"templates:"):
        if other.name == file:
            yield document
    for other, document in files.find_mentions(b"bases:"):
        for each in document.at("bases").items() if other.name == file else ():
            base = files.find_beside(file, each.text)
            if base is not None and base.name not in seen:
                yield from _documents(base.name, files, seen)


def _values(each: YamlNode, file: str, files: Files, stack: ValuesStack) -> None:
    if each.is_mapping:
        stack.add(each.mapping, in_template)
    elif has_placeholder(each.text):
        stack.templated.append(each.text)
        stack.unchecked.append(
            each.warn_not_checked(f"the values file {unmask(each.text)} contains placeholders: it is not checked here")
        )
    elif each.text:
        references.add_file(stack, each, file, files)


def _parameters(release: YamlNode, file: str, files: Files) -> Iterator[Parameter]:
    for key, option in _SETS:
        for each in release.at(key).items():
            name, value, path, several = (each.at(k) for k in ("name", "value", "file", "values"))
            if not name.text:
                continue
            if path.text:
                yield Parameter("set-file", name.text, name.origin, path, path.text, files.text(file, path.text))
            elif several:
                items = ",".join(item.text.replace(",", "\\,") for item in several.items())
                yield Parameter(option, name.text, name.origin, several, f"{{{items}}}")
            else:
                yield Parameter(option, name.text, name.origin, value, value.text.replace(",", "\\,"))
