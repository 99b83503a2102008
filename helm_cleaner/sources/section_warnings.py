"""Warnings about sections of other charts, and about what is not checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from yaml.nodes import MappingNode, Node, ScalarNode

from helm_cleaner import section, yamltext
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.polyaxon import chart_values
from helm_cleaner.section.structure import is_related, schema
from helm_cleaner.sources.files import File, is_template
from helm_cleaner.sources.placeholders import in_any_file, in_vault
from helm_cleaner.sources.templates import MARK, MOST_VARIANTS
from helm_cleaner.sources.yaml_node import YamlNode
from helm_cleaner.text import shorten
from helm_cleaner.values import Map, Origin, Placeholder, Seq, Value


def is_foreign(found: Value, above: tuple[Value, Origin] | None = None) -> bool:
    """Whether a section has no field of Polyaxon's cleaner, and none that looks like one or that the charts offer.

    An image with fields of its own says nothing where two others belong to another chart. above: the mapping that
    it is in; with values of Polyaxon's charts beside it, a section is theirs, whatever it has.
    """
    if are_ours(above):
        return False
    if not isinstance(found, Map) or not found:
        return False
    unrelated = [key for key in found if not is_related(key)]
    is_of_other_shape = isinstance(found.get("image"), Map) and "imageTag" not in found  # as in most charts
    return len(unrelated) == len(found) or (len(unrelated) > 1 and is_of_other_shape)


def are_ours(above: tuple[Value, Origin] | None) -> bool:
    """Whether values, by their keys, are for one of Polyaxon's charts."""
    return above is not None and isinstance(above[0], Map) and chart_values.are_polyaxons(above[0])


def find_mirrors(tree: Map, sections: Sequence[Path]) -> Iterator[Diagnostic]:
    """Warnings about sections in the values for another chart that look like Polyaxon's."""
    fields = schema()["properties"]
    for path in sections:
        try:
            found, above = section.find(tree, path), section.find(tree, path[:-1])
        except InputError:  # the path leads through something else
            continue
        if found is None or above is None:
            continue
        value, at = found
        has_our_fields = isinstance(value, Map) and bool(value) and all(key in fields for key in value)
        if has_our_fields or (isinstance(above[0], Map) and chart_values.are_polyaxons(above[0])):
            message = "is not checked, because it is for a chart that is not Polyaxon's by its name"
            hint = "if the chart is a mirror of Polyaxon's, add its name to `charts` in .helm-cleaner.yaml"
            yield Diagnostic("warning", "not-checked", to_dotted(path), message, hint, at.location)


def describe_placeholders(found: Value, path: Path, is_plain: Callable[[str], bool] | None) -> Iterator[Diagnostic]:
    """A warning each about the first placeholder of an unknown tool, and of one that runs too late.

    is_plain: whether a file, by its name, is one whose placeholders may be of any tool; None if none is.
    """
    plain = vault = False
    for below, text, at in _placeholders(found, path):
        if not vault and in_vault(text):
            vault = True
            message = (
                f"argocd-vault-plugin, which runs after Helm, does not find {text}: the chart writes \\u003c for <"
            )
            hint = "let a tool that runs before Helm fill it in, or write the value"
            yield Diagnostic("warning", "not-checked", to_dotted(below), shorten(message), hint, at.location)
        elif not plain and not in_any_file(text.replace(MARK, "")) and is_plain and is_plain(at.location.file):
            plain = True
            place = at.location
            shown = (place.source or "")[(place.column or 1) - 1 :][: place.length] if MARK in text else text
            message = f"another tool fills in {shown or 'a key'}: what Helm will read is not checked"
            hint = "check what that tool writes as well"
            yield Diagnostic("warning", "not-checked", to_dotted(below), shorten(message), hint, place)


def _placeholders(value: Value, path: Path) -> Iterator[tuple[Path, str, Origin]]:
    """The texts below a value that another tool fills in, with their paths; an empty text for a key."""
    if isinstance(value, Placeholder):
        yield path, str(value.value), value.origin
    elif isinstance(value, Map):
        if value.has_placeholders:
            yield path, "", value.origin
        for key, item in value.items():
            yield from _placeholders(item, (*path, key))
    elif isinstance(value, Seq):
        for index, item in enumerate(value):
            yield from _placeholders(item, (*path, index))


def describe_foreign(at: Origin, path: Path) -> Diagnostic:
    """The warning about such a section."""
    message = "these are not the fields of Polyaxon's cleaner: this looks like another chart's section"
    hint = f"if it is Polyaxon's, its fields are {', '.join(schema()['properties'])}"
    return Diagnostic("warning", "foreign-section", to_dotted(path), message, hint, at.location)


def describe_unreadable(e: InputError, file: File) -> Iterator[Diagnostic]:
    """The finding about a document that cannot be read.

    A template, which need not be YAML, is not checked, nor is a file in a folder that is only like JSON.
    """
    for d in e.diagnostics:
        if is_template(file.name):
            message = f"the template is not checked: without its actions it is {d.message}"
            d = d._replace(severity="warning", code="not-checked", message=message)
        elif file.name.endswith(".json") and not file.is_named:
            d = d._replace(severity="warning", code="not-checked", message=f"is not checked: {d.message}")
        yield d


def describe_unchecked_branch(e: InputError) -> Iterator[Diagnostic]:
    """The warning that a template is not checked under some of its conditions, though it is under others."""
    for d in e.diagnostics:
        message = f"a branch of the template is not checked: without the others, and without actions, it is {d.message}"
        yield d._replace(severity="warning", code="not-checked", message=message)


def unchecked_branches(file: File, line: int) -> Diagnostic:
    """The warning that a template has more branches than are checked."""
    message = f"only the first {MOST_VARIANTS} branches of this template are checked"
    return Diagnostic(
        "warning", "not-checked", "", message, "move the section into a file of its own", Location(file.name, line)
    )


def files_of(value: Value) -> Iterator[str]:
    """The files that a value and everything below it come from."""
    yield value.origin.location.file
    for item in value.values() if isinstance(value, Map) else value if isinstance(value, Seq) else ():
        yield from files_of(item)


def find_unsearched(part: YamlNode, sections: Sequence[Path]) -> list[Diagnostic]:
    """The warning about what looks like a section in an object where none is expected."""
    for word in dict.fromkeys(str(path[-1]) for path in sections):
        node = _mention(part.node, word, set())
        if node is not None:
            message = f"this {part.kind or 'file'} may contain a {word} section, but in a place that is not checked"
            if part.kind in ("ConfigMap", "Secret"):
                message = f"no object in these files takes its values from this {part.kind}: they are not checked"
            hint = "docs/sources.md lists where it is looked for; a values file of its own can be checked anywhere"
            return [Diagnostic("warning", "not-checked", "", message, hint, part.document.at(node))]
    return []


def _mention(node: Node | None, word: str, seen: set[int]) -> Node | None:
    """Where something like a section is: a key with fields of the section below it, or a text with these."""
    if node is None or id(node) in seen:
        return None
    seen.add(id(node))
    if isinstance(node, ScalarNode):
        fields = "|".join(schema()["properties"])
        pattern = rf"(?m)(?:^|[{{,])\s*[\"']?{re.escape(word)}[\"']?\s*:[\s\S]*?\b(?:{fields})\s*:"
        return node if f"{word}" in node.value and re.search(pattern, node.value[:100_000]) else None
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and key.value == word and isinstance(value, MappingNode):
                given = {k.value for k, _ in value.value if isinstance(k, ScalarNode)}
                if not given.isdisjoint(schema()["properties"]):
                    return key
    for child in yamltext.children(node):
        if (found := _mention(child, word, seen)) is not None:
            return found
    return None
