"""The nodes of a composed document: their meaning to Helm and Kubernetes, and the position of their text."""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from helm_cleaner.diagnostics import InputError
from helm_cleaner.paths import Path
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.yamltext import scalars

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.yamltext.document import Document

PLAIN = "?"  # YAML's tag of a plain scalar without a tag
STR = "tag:yaml.org,2002:str"


def children(node: Node) -> Iterator[Node]:
    """The child nodes: a mapping's keys and values, a sequence's items."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, SequenceNode):
        yield from node.value


def construct(document: Document, node: Node) -> Any:
    """The data below a node as Kubernetes and Helm read it: dicts with string keys, lists and scalars.

    InputError, with the place, for what sigs.k8s.io/yaml refuses (a key that is a mapping or null, a bad tag or merge).
    """
    if isinstance(node, ScalarNode):
        return scalars.resolve(node.value) if node.tag == PLAIN else _tagged(document, node)
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


def is_merge(key: Node) -> bool:
    """Whether a mapping's key is the merge key `<<`."""
    return key.value == "<<" and key.tag in (PLAIN, "tag:yaml.org,2002:merge")


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


_TEMPLATE = "if it is a template: Helm expands none in values files; write the value, or render the file first"


def _is_template(document: Document, key: Node) -> bool:
    """Whether a key is the inner braces of `{{ … }}`."""
    start = key.start_mark.index
    return isinstance(key, MappingNode) and document.text[start - 1 : start + 1] == "{{"


def _tagged(document: Document, node: ScalarNode) -> scalars.Scalar:
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


def find_pair(node: Node, key: str) -> tuple[Node, Node] | None:
    """The last entry of a mapping with this key, ignoring merges."""
    if isinstance(node, MappingNode):
        for k, v in reversed(node.value):
            if isinstance(k, ScalarNode) and k.value == key:
                return k, v
    return None


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


def is_alias(key: Node, value: Node) -> bool:
    """Whether the value of a mapping's key is written as an alias: its node is further up."""
    return bool(value.start_mark.index < key.end_mark.index)


def is_flow(node: Node) -> bool:
    """Whether a node's text may be used in braces: a scalar except a block scalar, or flow style."""
    if isinstance(node, (MappingNode, SequenceNode)):
        return bool(node.flow_style)
    return not isinstance(node, ScalarNode) or node.style not in ("|", ">")


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
