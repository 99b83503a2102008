"""What is not one of ours, or not looked at: said once, as a warning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yaml.nodes import MappingNode, Node, ScalarNode

from helm_cleaner import yamltext
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.paths import Path, dotted
from helm_cleaner.places.files import File, is_template
from helm_cleaner.places.part import Part
from helm_cleaner.section.structure import is_related, schema
from helm_cleaner.values import Map, Origin, Seq, Value


def is_foreign(found: Value) -> bool:
    """Whether a section holds no field of Polyaxon's cleaner, and nothing that looks like one or its charts offer."""
    return isinstance(found, Map) and bool(found) and not any(map(is_related, found))


def foreign(at: Origin, path: Path) -> Diagnostic:
    """The warning about such a section."""
    message = "none of its fields is a field of Polyaxon's cleaner: this looks like another chart's section"
    hint = f"if it is meant: its fields are {', '.join(schema()['properties'])}"
    return Diagnostic("warning", "foreign-section", dotted(path), message, hint, at.location)


def unreadable(e: InputError, file: File) -> Iterator[Diagnostic]:
    """What to say of a document that cannot be read: a template, which need not be YAML, is not checked."""
    for d in e.diagnostics:
        if is_template(file.name):
            message = f"the template is not checked, for what is left of it without its actions is {d.message}"
            d = d._replace(severity="warning", code="not-checked", message=message)
        yield d


def files_of(value: Value) -> Iterator[str]:
    """The files in which a value and what is below it stand."""
    yield value.origin.location.file
    for item in value.values() if isinstance(value, Map) else value if isinstance(value, Seq) else ():
        yield from files_of(item)


def not_looked_at(part: Part, sections: Sequence[Path]) -> list[Diagnostic]:
    """The warning that an object holds what looks like a section in a place where none is looked for."""
    for word in dict.fromkeys(str(path[-1]) for path in sections):
        node = _mention(part.node, word, set())
        if node is not None:
            message = f"what may be a {word} section stands in this {part.kind}, where it is not looked for"
            if part.kind in ("ConfigMap", "Secret"):
                message = f"no object among the files takes its values from this {part.kind}: they are not checked"
            hint = "see the places in docs/places.md; a values file of its own can be checked anywhere"
            return [Diagnostic("warning", "not-checked", "", message, hint, part.document.at(node))]
    return []


def _mention(node: Node | None, word: str, seen: set[int]) -> Node | None:
    """Where something like a section stands: a key with fields of ours below it, or a text with these."""
    if node is None or id(node) in seen:
        return None
    seen.add(id(node))
    if isinstance(node, ScalarNode):
        fields = "|".join(schema()["properties"])
        pattern = rf"(?m)^\s*[\"']?{re.escape(word)}[\"']?\s*:(?:\s|.)*?\b(?:{fields})\s*:"
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
