"""Warnings about sections of other charts, and about what is not checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yaml.nodes import MappingNode, Node, ScalarNode

from helm_cleaner import yamltext
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.section.structure import is_related, schema
from helm_cleaner.sources.files import File, is_template
from helm_cleaner.sources.yaml_node import YamlNode
from helm_cleaner.values import Map, Origin, Seq, Value


def is_foreign(found: Value) -> bool:
    """Whether a section has no field of Polyaxon's cleaner, and none that looks like one or that the charts offer."""
    return isinstance(found, Map) and bool(found) and not any(map(is_related, found))


def foreign(at: Origin, path: Path) -> Diagnostic:
    """The warning about such a section."""
    message = "none of these fields belongs to Polyaxon's cleaner: this looks like another chart's section"
    hint = f"if it is Polyaxon's, its fields are {', '.join(schema()['properties'])}"
    return Diagnostic("warning", "foreign-section", to_dotted(path), message, hint, at.location)


def unreadable(e: InputError, file: File) -> Iterator[Diagnostic]:
    """The finding about a document that cannot be read. A template, which need not be YAML, is not checked."""
    for d in e.diagnostics:
        if is_template(file.name):
            message = f"the template is not checked: without its actions it is {d.message}"
            d = d._replace(severity="warning", code="not-checked", message=message)
        yield d


def files_of(value: Value) -> Iterator[str]:
    """The files that a value and everything below it come from."""
    yield value.origin.location.file
    for item in value.values() if isinstance(value, Map) else value if isinstance(value, Seq) else ():
        yield from files_of(item)


def not_looked_at(part: YamlNode, sections: Sequence[Path]) -> list[Diagnostic]:
    """The warning about what looks like a section in an object where none is expected."""
    for word in dict.fromkeys(str(path[-1]) for path in sections):
        node = _mention(part.node, word, set())
        if node is not None:
            message = f"this {part.kind or 'file'} may contain a {word} section, but in a place that is not checked"
            if part.kind in ("ConfigMap", "Secret"):
                message = f"no object in these files takes its values from this {part.kind}: they are not checked"
            hint = "see the places in docs/places.md; a values file of its own can be checked anywhere"
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
