"""Edits a file: splices the text of its documents, or of YAML within them, and verifies that the rest is unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import pairwise

from yaml.nodes import Node, ScalarNode

from helm_cleaner.diagnostics import InputError
from helm_cleaner.fixing.embed import to_outer_text
from helm_cleaner.fixing.splicing import bug, spliced
from helm_cleaner.sources import File, Files, Layer
from helm_cleaner.sources.templates import MARK
from helm_cleaner.typed import NamedTuple
from helm_cleaner.yamltext import Document, Splice, children
from helm_cleaner.yamltext.nested import NestedDocument, root_document
from helm_cleaner.yamltext.stream import Span

_BOM = b"\xef\xbb\xbf"


class Edit(NamedTuple):
    """Splices for one of a file's documents. whole: that document as parsed; touched: nodes that contain them all."""

    document: Document
    splices: list[Splice]
    whole: Document
    touched: Sequence[Node | None]


def edit_of(layer: Layer, splices: list[Splice], nodes: Sequence[Node]) -> Edit:
    """The edit that applies splices to the text of a layer. InputError if the text around it does not allow that.

    nodes: those that the splices change; only needed for parameters.
    """
    document = layer.document
    for each in splices:
        # Marks stand for what a template fills in. A mark that is written or removed would be lost for good.
        if MARK in each.text + document.text[each.start : each.end]:
            message = "cannot be rewritten here: a template fills in a part of it"
            raise InputError.of("yaml-shape", message, document.location(each.start), "fix it by hand")
    touched: Sequence[Node | None] = nodes if layer.node is None else [layer.node]
    while isinstance(document, NestedDocument):
        splices = to_outer_text(document, splices)
        if document.outer is not None:
            touched = [document.scalar]
        document = document.around
    return Edit(document, splices, root_document(layer.document), touched)


def rewritten(content: bytes, edits: Iterable[Edit]) -> bytes:
    """The file with all edits applied. BugError if anything else in it would change.

    Callers verify the values of the touched nodes.
    """
    by_document: dict[int, list[Edit]] = {}
    for edit in edits:
        by_document.setdefault(id(edit.document), []).append(edit)
    starts = _starts(content, [those[0].document for those in by_document.values()])
    for those in sorted(by_document.values(), key=lambda each: starts[id(each[0].document)], reverse=True):
        content = _with(content, starts[id(those[0].document)], those)
    return content


def _with(content: bytes, start: int, edits: list[Edit]) -> bytes:
    """The file with the edits of the document that begins at a byte."""
    old = edits[0].document.text
    splices = sorted(splice for edit in edits for splice in edit.splices)
    new = spliced(old, splices)
    end = start + len(old.encode())
    result = content[:start] + new.encode() + content[end:]
    overlap = any(one.end > other.start for one, other in pairwise(splices))
    span = Span(start, start + len(new.encode()))
    if overlap or content[start:end] != old.encode() or not _is_the_same_elsewhere(edits, result, span):
        raise bug(edits[0].document.location(splices[0].start))
    return result


def _starts(content: bytes, documents: list[Document]) -> dict[int, int]:
    """Where the texts of documents begin; each of them starts on a line of its own."""
    found: dict[int, int] = {}
    line, start = 1, 0
    for document in sorted(documents, key=lambda each: each.first_line()):
        while line < document.first_line():
            start = content.index(b"\n", start) + 1
            line += 1
        found[id(document)] = start + len(_BOM) if start == 0 and content.startswith(_BOM) else start
    return found


def _is_the_same_elsewhere(edits: list[Edit], after: bytes, span: Span) -> bool:
    """Whether a document means the same after the edits, except below the touched nodes."""
    before, touched = edits[0].whole, {id(node) for edit in edits for node in edit.touched}
    files, file = Files([]), File(before.file, after)
    for conditions in files.variants(file, span):  # which of a template's branches it was is not known here
        with suppress(InputError):
            if _are_the_same(before.root, files.document(file, span, conditions).root, touched):
                return True
    return False


def _are_the_same(before: Node | None, after: Node | None, touched: set[int]) -> bool:
    """Whether two trees mean the same, except below nodes of the first one with these ids."""
    nodes: list[tuple[Node | None, Node | None]] = [(before, after)]
    seen: set[int] = set()  # an alias leads to the same node again
    while nodes:
        old, new = nodes.pop()
        if id(old) in touched or id(old) in seen:
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
