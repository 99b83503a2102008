"""Whether an edited document means the same as before, but for what was to change."""

from __future__ import annotations

from collections.abc import Collection

from yaml.nodes import Node, ScalarNode

from helm_cleaner.yamltext import Document, children


def is_unchanged(before: Document, after: Document, touched: Collection[int]) -> bool:
    """Whether two documents mean the same, except below nodes of the first one with these ids."""
    nodes: list[tuple[Node | None, Node | None]] = [(before.root, after.root)]
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
