"""The nodes of YAML as PyYAML composes them: what can be told without their document."""

from __future__ import annotations

from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

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


def is_merge(key: Node) -> bool:
    """Whether a mapping's key is the merge key `<<`."""
    return key.value == "<<" and key.tag in (PLAIN, "tag:yaml.org,2002:merge")


def find_pair(node: Node, key: str) -> tuple[Node, Node] | None:
    """The last entry of a mapping with this key, ignoring merges."""
    if isinstance(node, MappingNode):
        for k, v in reversed(node.value):
            if isinstance(k, ScalarNode) and k.value == key:
                return k, v
    return None


def is_alias(key: Node, value: Node) -> bool:
    """Whether the value of a mapping's key is written as an alias: its node is further up."""
    return bool(value.start_mark.index < key.end_mark.index)


def is_flow(node: Node) -> bool:
    """Whether a node's text may be used in braces: a scalar except a block scalar, or flow style."""
    if isinstance(node, (MappingNode, SequenceNode)):
        return bool(node.flow_style)
    return not isinstance(node, ScalarNode) or node.style not in ("|", ">")
