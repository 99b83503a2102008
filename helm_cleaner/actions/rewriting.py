"""A file with splices in the text of one of its documents, or of YAML within one; all else in it is looked at again."""

from __future__ import annotations

from yaml.nodes import Node, ScalarNode

from helm_cleaner import yamltext
from helm_cleaner.diagnostics import BugError, Diagnostic, InputError
from helm_cleaner.places import File, Files, Layer
from helm_cleaner.yamltext import Document, Splice, children
from helm_cleaner.yamltext.embed import outward
from helm_cleaner.yamltext.manifests import Span
from helm_cleaner.yamltext.within import Within

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
    span = Span(start, start + len(new.encode()))
    if content[start:end] != old.encode() or not _is_the_same_elsewhere(_whole(layer.document), result, span, node):
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


def _is_the_same_elsewhere(before: Document, after: bytes, span: Span, touched: Node | None) -> bool:
    """Whether a document says the same after the change, except for what is below a node of it."""
    try:
        new = Files([]).document(File(before.file, after), span).root
    except InputError:
        return False
    nodes: list[tuple[Node | None, Node | None]] = [(before.root, new)]
    seen: set[int] = set()  # an alias leads to the same node again
    while nodes:
        old, new = nodes.pop()
        if old is touched or id(old) in seen:
            continue
        seen.add(id(old))
        if type(old) is not type(new) or (old and new and old.tag != new.tag):
            return False
        if isinstance(old, ScalarNode) and isinstance(new, ScalarNode) and old.value != new.value:
            return False
        below = list(children(old)) if old else [], list(children(new)) if new else []
        if len(below[0]) != len(below[1]):
            return False
        nodes.extend(zip(*below, strict=True))
    return True


def _whole(document: Document) -> Document:
    """The document of the file that a document is, or is in."""
    while isinstance(document, Within) and document.outer is not None:
        document = document.around
    return document
