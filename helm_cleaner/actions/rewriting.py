"""A file with splices in the text of one of its documents, or of YAML within one; all else in it is looked at again."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, SequenceNode

from helm_cleaner import yamltext
from helm_cleaner.diagnostics import BugError, Diagnostic, InputError
from helm_cleaner.paths import Path
from helm_cleaner.places import File, Files, Layer
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.yamltext import Document, Splice
from helm_cleaner.yamltext.embed import outward
from helm_cleaner.yamltext.manifests import Span
from helm_cleaner.yamltext.within import Within

if TYPE_CHECKING:
    from typing import Any

_BOM = b"\xef\xbb\xbf"


def rewritten(content: bytes, layer: Layer, splices: list[Splice]) -> bytes:
    """The file with splices done in the text of a layer of values.

    InputError where they cannot be done in the text around it. BugError where anything else in the file would change.
    Whether the layer says what is meant is for others to look at.
    """
    document, node = layer.document, layer.node
    while isinstance(document, Within):
        splices = outward(document, splices)
        if document.outer is not None:
            node = document.scalar
        document = document.around
    old = document.text
    new = yamltext.splice(old, splices)
    if new.endswith("\n") and not old.endswith("\n"):  # a last line without a break was moved, or taken out
        new = new.removesuffix("\n").removesuffix("\r")
    start = _start(content, document.first_line())
    end = start + len(old.encode())
    result = content[:start] + new.encode() + content[end:]
    if content[start:end] != old.encode() or not _is_the_same_elsewhere(content, result, start, end, layer, node):
        where = document.location(min(splices).start)
        hint = "this is a bug in helm-cleaner: please report it with the file"
        message = "the rewritten file differs from the intended one; nothing was written"
        raise BugError([Diagnostic("error", "internal", "", message, hint, where)])
    return result


def _start(content: bytes, first_line: int) -> int:
    """Where a document's text begins that begins on a line."""
    start = 0
    for _ in range(first_line - 1):
        start = content.index(b"\n", start) + 1
    return start + len(_BOM) if start == 0 and content.startswith(_BOM) else start


def _is_the_same_elsewhere(before: bytes, after: bytes, start: int, end: int, layer: Layer, node: Node | None) -> bool:
    """Whether a document says the same in both contents, but for what is below a node of it."""
    name = layer.document.file
    old = Files([]).document(File(name, before), Span(start, end))
    path = _path_of(_whole(layer.document), node)
    try:
        new = Files([]).document(File(name, after), Span(start, end + len(after) - len(before)))
        return path is not None and _without(old, path) == _without(new, path)
    except InputError:
        return False


def _whole(document: Document) -> Document:
    """The document of the file that a document is, or is in."""
    while isinstance(document, Within) and document.outer is not None:
        document = document.around
    return document


def _path_of(document: Document, node: Node | None) -> Path | None:
    """The path of a node; None where it is in none, or comes from a merge key."""
    stack: list[tuple[Node | None, Path]] = [(document.root, ())]
    while stack:
        here, path = stack.pop()
        if here is node:
            return path
        stack.extend((below, (*path, part)) for part, below in _entries(document, here))
    return None


def _entries(document: Document, node: Node | None) -> Iterator[tuple[str | int, Node]]:
    if isinstance(node, SequenceNode):
        yield from enumerate(node.value)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            if not yamltext.is_merge(key):
                yield yamltext.key_text(document, key), value


def _without(document: Document, path: Path) -> Any:
    """A document's data without what is at a path."""
    if not path:
        return None
    data = copy.deepcopy(document.data)
    above = data
    for part in path[:-1]:
        above = above[part]
    above[path[-1]] = None
    return data
