"""A composed YAML document: its positions, its nodes, and the data in them.

All positions are indexes into the document's text, in characters; the text of a node is between its marks.
"""

from __future__ import annotations

from collections.abc import Callable

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.paths import Path
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.yamltext import scalars
from helm_cleaner.yamltext.lines import Line, line_at, location_of
from helm_cleaner.yamltext.nodes import PLAIN, STR, children, find_pair, is_alias, is_flow, is_merge

if TYPE_CHECKING:
    from typing import Any

_TEMPLATE = "if it is a template: Helm expands none in values files; write the value, or render the file first"


class Document:
    """A composed document: its text, its root node, and the name of its file in messages.

    root is None if the text contains no document. first_line returns the 1-based line of `file` on which the text
    begins; it is only called for an error, because counting the lines of a large stream takes time.
    """

    __slots__ = ("_data", "_near", "file", "first_line", "root", "text")

    def __init__(self, text: str, root: Node | None, file: str, first_line: Callable[[], int]) -> None:
        self.text = text
        self.root = root
        self.file = file
        self.first_line = first_line
        self._data: list[Any] = []
        self._near: tuple[Line, int] | None = None  # the last line requested, and the number of the first one

    @property
    def data(self) -> Any:
        """The document's data, as returned by `construct`; constructed once."""
        if not self._data:
            try:
                self._data.append(None if self.root is None else construct(self, self.root))
            except RecursionError:
                raise too_deep(self.file, self.first_line()) from None
        return self._data[0]

    def at(self, node: Node) -> Location:
        """The place of a node, with the length of its text on the first line."""
        return self.location(node.start_mark.index, node.end_mark.index)

    def location(self, index: int, end: int | None = None) -> Location:
        """The place of an index into the text."""
        near, first = self._near or (None, self.first_line())
        line = line_at(self.text, index, near)
        self._near = line, first
        return location_of(self.text, index, self.file, first, end, line)


def too_deep(file: str, line: int) -> InputError:
    """The error for a document that nests too deeply."""
    return InputError.of("yaml", "nested too deeply", Location(file, line))


def construct(document: Document, node: Node) -> Any:
    """The data below a node as Kubernetes and Helm read it: dicts with string keys, lists and scalars.

    InputError, with the place, for what sigs.k8s.io/yaml refuses (a key that is a mapping or null, a bad tag or merge).
    """
    if isinstance(node, ScalarNode):
        return scalars.resolve(node.value) if node.tag == PLAIN else _construct_tagged(document, node)
    if isinstance(node, SequenceNode):
        return [construct(document, item) for item in node.value]
    result: dict[str, Any] = {}
    for key, value in node.value:
        if is_merge(key):
            for source in merge_sources(document, key, value):
                result.update(construct(document, source))
        elif type(value) is ScalarNode and value.tag == PLAIN:  # most nodes of a manifest are these; saves a call
            result[key_text(document, key)] = scalars.resolve(value.value)
        else:
            result[key_text(document, key)] = construct(document, value)
    return result


def merge_sources(document: Document, key: Node, value: Node) -> list[MappingNode]:
    """The mappings that a merge key merges over the entries before it, in order.

    go-yaml v2 merges at the position of the key: it overrides keys before it, and keys after it override it (in YAML's
    specification the mapping's keys always win). In a list the first item wins; the list itself must not be an alias.
    """
    sources = value.value[::-1] if isinstance(value, SequenceNode) and not is_alias(key, value) else [value]
    if not all(isinstance(source, MappingNode) for source in sources):
        raise InputError.of(
            "yaml",
            "a merge key `<<` needs a mapping or a list of mappings as its value",
            document.at(key if is_alias(key, value) else value),
        )
    return list(sources)


def key_text(document: Document, key: Node) -> str:
    """A mapping's key as a JSON key. InputError if JSON cannot represent it."""
    try:
        if key.tag == PLAIN:
            return scalars.resolve_key(key.value)
        if not isinstance(key, ScalarNode):
            raise ValueError("a mapping or a list cannot be a key")
        return scalars.to_key(scalars.resolve_tagged(key.tag, key.value))
    except ValueError as e:
        hint = _TEMPLATE if _is_template(document, key) else ""
        raise InputError.of("yaml", str(e), document.at(key), hint) from None


def _is_template(document: Document, key: Node) -> bool:
    """Whether a key is the inner braces of `{{ … }}`."""
    start = key.start_mark.index
    return isinstance(key, MappingNode) and document.text[start - 1 : start + 1] == "{{"


def _construct_tagged(document: Document, node: ScalarNode) -> scalars.Scalar:
    if node.tag == STR:
        return str(node.value)
    try:
        return scalars.resolve_tagged(node.tag, node.value)
    except ValueError as e:
        raise InputError.of("yaml", str(e), document.at(node)) from None


def find_shared_nodes(document: Document) -> set[int]:
    """The ids of the nodes that an alias refers to as well."""
    seen: set[int] = set()
    shared: set[int] = set()
    stack = [document.root] if document.root is not None and "*" in document.text else []
    while stack:
        node = stack.pop()
        if id(node) in seen:
            shared.add(id(node))
        else:
            seen.add(id(node))
            stack.extend(children(node))
    return shared


def find_frozen_nodes(document: Document) -> set[int]:
    """The ids of the nodes that an alias refers to, and of all below them: editing one place would edit another."""
    shared = find_shared_nodes(document)
    if not shared or document.root is None:
        return shared
    frozen: set[int] = set()
    stack = [(document.root, False)]
    while stack:
        node, below = stack.pop()
        below = below or id(node) in shared
        if below and id(node) in frozen:
            continue
        if below:
            frozen.add(id(node))
        stack.extend((child, below) for child in children(node))
    return frozen


def find_merged_pair(document: Document, node: Node | None, key: str) -> tuple[Node, Node] | None:
    """The entry of a mapping with this key, whether written in it or merged into it; None if there is none."""
    found: tuple[Node, Node] | None = None
    for name, value in node.value if isinstance(node, MappingNode) else ():
        if is_merge(name):
            for source in merge_sources(document, name, value):
                found = find_merged_pair(document, source, key) or found
        elif isinstance(name, ScalarNode) and name.value == key:
            found = name, value
    return found


def find_entry(document: Document, path: Path) -> tuple[Node, Node] | None:
    """The key and the value at a path as written; None if they are missing or come from a merge."""
    node, entry = document.root, None
    for part in path:
        if isinstance(part, int):
            node = node.value[part] if isinstance(node, SequenceNode) and part < len(node.value) else None
        else:
            entry = find_pair(node, part) if node is not None else None
            node = entry[1] if entry else None
    return entry if node is not None else None


def content_end(document: Document, node: Node) -> int:
    """Where a node's text ends: the mark of a block mapping or list comes after the blank lines that follow it."""
    end: int = node.end_mark.index
    if is_flow(node) or not node.value:
        return end
    if isinstance(node, ScalarNode):
        return len(document.text[:end].rstrip())
    return max(
        content_end(document, child) for child in children(node) if not child.start_mark.index < node.start_mark.index
    )
