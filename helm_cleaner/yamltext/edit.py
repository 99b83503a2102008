"""Edits a document: RFC 6902 operations are spliced into its text, so that every other byte stays.

The result is verified: `edit` parses it again and compares it with what the `jsonpatch` package makes of the original.
"""

from __future__ import annotations

import re

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from helm_cleaner.diagnostics import BugError, Diagnostic, InputError
from helm_cleaner.paths import Path
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.yamltext import scalars
from helm_cleaner.yamltext.composer import compose
from helm_cleaner.yamltext.document import Document, construct, content_end, find_shared_nodes, merge_sources
from helm_cleaner.yamltext.nodes import PLAIN, STR, children, find_pair, is_alias, is_flow, is_merge

if TYPE_CHECKING:
    from typing import Any

# An anchor and a tag; the style; the indentation on either side of it; a comment and the end of the line.
_BLOCK_HEADER = re.compile(r"(?:[&!]\S*\s+)*([|>])[-+]?([1-9]?)[-+]?([^\n]*\n?)")
ODD_BREAK = re.compile("\r(?!\n)|[\x85\u2028\u2029]")  # line breaks in YAML 1.1
_COLON = re.compile(r"\s*:")
_ALIAS = re.compile(r"\s*:\s*(\*[^\s,\[\]{}]+)")


class Operation(NamedTuple):
    """An RFC 6902 operation; `op` is add or replace, `value` a string, a mapping or a list."""

    op: str
    path: Path
    value: Any

    def as_json(self) -> dict[str, Any]:
        """The operation as RFC 6902 JSON."""
        return {"op": self.op, "path": to_pointer(self.path), "value": self.value}


def to_pointer(path: Path) -> str:
    """A path as an RFC 6901 JSON pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


class Splice(NamedTuple):
    """A text that replaces what is between two indexes."""

    start: int
    end: int
    text: str


def splice(text: str, splices: list[Splice]) -> str:
    """The text with the splices applied; they must not overlap."""
    pieces, position = [], 0
    for start, end, new in sorted(splices):
        pieces += [text[position:start], new]
        position = end
    return "".join(pieces) + text[position:]


def check(document: Document, operations: list[Operation]) -> None:
    """Raises the InputError that `edit` would raise for these operations."""
    _splices(document, operations)


def _splices(document: Document, operations: list[Operation]) -> list[Splice]:
    shared = find_shared_nodes(document)
    return [_splice(document, operation, shared) for operation in operations]


def edit(document: Document, operations: list[Operation]) -> str:
    """The document's text with the operations applied: only the values they name change. Uses up the document's data.

    InputError for a shape that cannot be edited without changing more than that (the message names it); BugError if the
    result, parsed again, is not what jsonpatch makes of the original.
    """
    import jsonpatch

    splices = _splices(document, operations)
    result = splice(document.text, splices)
    patch = [operation.as_json() for operation in operations]
    wanted = jsonpatch.apply_patch(document.data, patch, in_place=True)
    try:
        same = compose(result, document.file, document.first_line).data == wanted
    except InputError:
        same = False
    if not same:
        message = "the edited document differs from the intended one; nothing was written"
        where = document.location(splices[0].start)
        hint = "this is a bug in helm-cleaner: please report it with this document"
        raise BugError([Diagnostic("error", "internal", "", message, hint, where)])
    return result


def _refuse(document: Document, path: Path, index: int, what: str, hint: str) -> InputError:
    return InputError.of("yaml-shape", f"{to_pointer(path)} cannot be edited: {what}", document.location(index), hint)


def _splice(document: Document, operation: Operation, shared: set[int]) -> Splice:
    path = operation.path
    node = document.root
    for depth, part in enumerate(path[:-1]):
        if isinstance(part, int) and isinstance(node, SequenceNode):
            below: Node | None = node.value[part]
        else:
            entry = find_pair(node, str(part)) if node is not None else None
            below = entry[1] if entry else None
        if below is None:
            index = node.start_mark.index if node is not None else 0
            hint = "write it out in the document itself"
            raise _refuse(document, path, index, f"{to_pointer(path[: depth + 1])} comes from a merge key", hint)
        node = below
        if id(node) in shared:
            raise _refuse(
                document,
                path,
                node.start_mark.index,
                f"{to_pointer(path[: depth + 1])} is shared by an anchor and its aliases",
                "write it out in each place",
            )
    if not isinstance(node, MappingNode):
        index = node.start_mark.index if node is not None else 0
        raise _refuse(document, path, index, f"{to_pointer(path[:-1])} is not a mapping", "write it as a mapping")
    entry = find_pair(node, str(path[-1]))
    for key, value in node.value:
        # In go-yaml, a merge overrides what is before it.
        wins = is_merge(key) and (entry is None or key.start_mark.index > entry[0].start_mark.index)
        if wins and any(path[-1] in construct(document, source) for source in merge_sources(document, key, value)):
            hint = "write it out in the document itself"
            raise _refuse(document, path, key.start_mark.index, "it comes from a merge key", hint)
    if entry is None:
        return _insertion(document, node, operation)
    return _replacement(document, *entry, operation, shared)


def _replacement(document: Document, key: Node, value: Node, operation: Operation, shared: set[int]) -> Splice:
    text, start, end = document.text, value.start_mark.index, value.end_mark.index
    if is_alias(key, value):
        match = _ALIAS.match(text, key.end_mark.index)
        if not match:
            raise _refuse(document, operation.path, key.end_mark.index, "its alias was not found", "write it out")
        return Splice(*match.span(1), scalars.to_json(operation.value))
    if _has_shared(value, shared):
        what = "its value has an anchor that is used elsewhere"
        raise _refuse(document, operation.path, start, what, "write the value out where the alias is")
    if start == end:  # no value at all
        colon = _COLON.match(text, key.end_mark.index)
        if not colon:
            raise _refuse(document, operation.path, key.start_mark.index, "it has no value", "write `key: value`")
        return Splice(colon.end(), colon.end(), " " + scalars.to_json(operation.value))
    if isinstance(value, ScalarNode):
        if value.style in ("|", ">"):
            return _block_scalar(document, key, value, operation)
        if isinstance(operation.value, str):
            if value.style == "'":
                return Splice(start, end, "'" + operation.value.replace("'", "''") + "'")
            if not value.style and value.tag == PLAIN and value.value:
                return Splice(start, end, scalars.to_yaml(operation.value))
    elif isinstance(operation.value, list):
        return Splice(start, content_end(document, value), " " + scalars.to_json(operation.value))
    elif not is_flow(value):
        what = "its value is a mapping or a list, not a string"
        raise _refuse(document, operation.path, start, what, "the chart must quote it: {{ toJson … | quote }}")
    # An anchor or a tag without a value (`key: &a`, `key: !!null`) ends where its text ends.
    return Splice(start, end, scalars.to_json(operation.value))


def _has_shared(node: Node, shared: set[int]) -> bool:
    return bool(shared) and (id(node) in shared or any(_has_shared(child, shared) for child in children(node)))


def _block_scalar(document: Document, key: Node, node: ScalarNode, operation: Operation) -> Splice:
    """A literal or folded scalar keeps its header, comment and indentation; its content becomes one line.

    A mapping replaces one that is null (`!!null |-`).
    """
    text, start, value = document.text, node.start_mark.index, operation.value
    header = _BLOCK_HEADER.match(text, start)
    is_text = isinstance(value, str)
    if not header or is_text != (node.tag == STR) or ODD_BREAK.search(text, start, node.end_mark.index):
        what, hint = "the style of its block scalar is not supported", "write it as a quoted string"
        raise _refuse(document, operation.path, start, what, hint)
    style, indicator, rest = header.groups()
    if not is_text:
        rest = rest.rstrip()
        end = content_end(document, node) if node.value else header.start(3) + len(rest)
        return Splice(start, end, scalars.to_json(value) + rest)
    lines = re.findall(r"[^\n]*\n|[^\n]+", text[header.end() : node.end_mark.index])
    filled = [line for line in lines if line.strip()]
    if not filled:
        if "\n" in text[key.end_mark.index : start]:
            raise _refuse(
                document, operation.path, start, "its block scalar is empty", "write it on the line of its key"
            )
        return Splice(start, header.start(3), scalars.to_json(value))
    indent = key.start_mark.column + int(indicator) if indicator else len(filled[0]) - len(filled[0].lstrip(" "))
    while (
        not lines[-1].strip() and len(lines[-1].rstrip("\r\n")) <= indent
    ):  # the span includes the blank lines after it
        lines.pop()
    line_end = lines[-1][len(lines[-1].rstrip("\r\n")) :]
    end = header.end() + sum(map(len, lines))
    return Splice(header.start(1), end, f"{style}-{rest}{' ' * indent}{value}{line_end}")


def _insertion(document: Document, mapping: MappingNode, operation: Operation) -> Splice:
    """Inserts a new entry before a mapping's first one, where nothing can be between it and its parent."""
    text, key, value = document.text, str(operation.path[-1]), operation.value
    if mapping.flow_style:
        at = text.index("{", mapping.start_mark.index) + 1
        entry = f"{scalars.to_json(key)}: {scalars.to_json(value)}"
        return Splice(at, at, entry + (", " if mapping.value else ""))
    at = mapping.value[0][0].start_mark.index
    line_start = text.rfind("\n", 0, at) + 1
    if text[line_start:at].strip(" -"):
        hint = "write `key: value`, without `?`, tags or anchors in front"
        raise _refuse(document, operation.path, at, "the style of its mapping is not supported", hint)
    near = line_start if line_start else text.find("\n", at) + 1  # after a line break: the previous line, or the next
    line_end = "\r\n" if text[near - 2 : near] == "\r\n" else "\n"
    margin = " " * (at - line_start)
    return Splice(at, at, _block(key, value, margin, line_end) + margin)


def _block(key: str, value: Any, margin: str, line_end: str) -> str:
    if not isinstance(value, dict):
        text = scalars.to_yaml(value) if isinstance(value, str) else scalars.to_json(value)
        return f"{scalars.to_yaml(key)}: {text}{line_end}"
    inner = margin + "  "
    entries = "".join(inner + _block(k, v, inner, line_end) for k, v in value.items())
    return f"{scalars.to_yaml(key)}:{line_end}{entries}"
