"""A change of the data as splices of a document's text; every other byte and comment stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yaml.nodes import MappingNode, Node, SequenceNode

from helm_cleaner import yamltext
from helm_cleaner.fixes import Add, Move, Remove, Rename, Replace, Unpack
from helm_cleaner.fixing import pieces, reshape
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Origin
from helm_cleaner.values.writing import to_flow
from helm_cleaner.yamltext import Document, Splice, scalars

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.fixes import Change


def describe(document: Document, change: Change) -> str:
    """What a change does, in words: `always -> Always`."""
    if isinstance(change, Rename):
        return f"{change.old} -> {change.name}"
    if isinstance(change, Replace):
        node = change.value.written[1]
        return f"{pieces.spelling(document, node)} -> {_text_of(document, change.new)}"
    if isinstance(change, Remove):
        return "removed"
    if isinstance(change, Add):
        return f"added {change.name}: {_text_of(document, change.new, quoted=change.quoted)}"
    if isinstance(change, Unpack):
        return ", ".join(f"{name} -> {new}" for name, new in change.names.items())
    moved = ", ".join(_key(each) for each in change.keys)
    same = ", ".join(_key(each) for each in change.same)
    done = ((f"moved under {change.under}: ", moved), (f"removed, since {change.under} has the same: ", same))
    return "; ".join(what + names for what, names in done if names)


def _key(origin: Any) -> str:
    return str(origin.written[1].value)


class DocumentText:
    """A document's text and nodes, for changes of its data."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.touched: list[Node] = []
        self._frozen = yamltext.find_frozen_nodes(document)
        self._parents: dict[int, tuple[Node, Node | None]] = {}  # of a node: what holds it, and its key there
        if document.root is not None:
            self._note(document.root)

    def _note(self, root: Node) -> None:
        stack = [root]
        while stack:
            node = stack.pop()
            pairs: list[tuple[Node, Node | None]] = []
            if isinstance(node, MappingNode):
                pairs = [each for key, value in node.value for each in ((key, None), (value, key))]
            elif isinstance(node, SequenceNode):
                pairs = [(item, None) for item in node.value]
            for below, key in pairs:
                if id(below) not in self._parents:  # else it is an alias
                    self._parents[id(below)] = node, key
                    stack.append(below)

    def splices(self, changes: Sequence[Change]) -> tuple[list[Splice], list[Node]]:
        """The splices that make changes, and the nodes that they touch.

        InputError, with the reason, if the text does not allow them.
        """
        self.touched = []
        splices = [splice for change in changes for splice in self._splices(change)]
        for node in self.touched:
            if id(node) in self._frozen:
                hint = "fix it at its anchor, or write it out in each place"
                raise pieces.cannot(self.document, node, "an alias or a merge key shares it with another place", hint)
        return splices, self.touched

    def _splices(self, change: Change) -> list[Splice]:
        if isinstance(change, Replace):
            return self._replace(change.value.written[1], change.new)
        if isinstance(change, Rename):
            return self._rename(change)
        if isinstance(change, Remove):
            return self._remove(change.key.written[1])
        if isinstance(change, Add):
            return self._add(change)
        if isinstance(change, Unpack):
            return self._unpack(change)
        return self._move(change)

    def _entry(self, key: Node) -> tuple[MappingNode, Node, Node]:
        """The mapping that holds a key, the key, and its value."""
        mapping = self._parents[id(key)][0] if id(key) in self._parents else None
        pairs = mapping.value if isinstance(mapping, MappingNode) else ()
        value = next((value for each, value in pairs if each is key), None)
        if value is None:
            raise pieces.unusual(self.document, key, "fix it by hand")
        assert isinstance(mapping, MappingNode)
        return mapping, key, value

    def _replace(self, node: Node, new: Any) -> list[Splice]:
        document, text = self.document, self.document.text
        self.touched += _below(node)
        kept = list(_origins(new))
        if len(kept) == 1 and isinstance(new, list) and kept[0].written[1] is node:
            return self._wrap(node)
        if isinstance(new, Origin) and isinstance(node, MappingNode):
            return reshape.only_value(document, node)
        found = pieces.literal(document, node)
        style = getattr(node, "style", None) or ""  # that of a scalar: its quote
        if found and "!" in text[node.start_mark.index : found[0]]:
            raise pieces.unusual(document, node, "write it without a tag")
        if found and isinstance(new, str) and style:
            inner = scalars.to_json(new)[1:-1] if style == '"' else new.replace("'", "''")
            return [Splice(*found, inner)]
        written = _text_of(document, new)
        if found:
            return [Splice(found[0] - len(style), found[1] + len(style), written)]
        start, end = node.start_mark.index, yamltext.content_end(document, node)
        key = self._parents[id(node)][1] if id(node) in self._parents else None
        if start == end and key is not None:  # no value at all
            colon = pieces.entry_end(document, (key, node))
            return [Splice(colon, colon, f" {written}")]
        if text[start : start + 1] in tuple("&!|>"):
            raise pieces.unusual(document, node, "write it as plain text")
        if key is not None and not yamltext.is_flow(node):
            self._no_action_or_comment(key, start, end)
            return [Splice(text.index(":", key.end_mark.index) + 1, end, f" {written}")]
        pieces.no_comment(document, node, start, end)
        return [Splice(start, end, written)]

    def _no_action_or_comment(self, key: Node, start: int, end: int) -> None:
        pieces.no_comment(self.document, key, key.end_mark.index, start)
        pieces.no_comment(self.document, key, start, end)

    def _wrap(self, node: Node) -> list[Splice]:
        """Brackets around a value."""
        document = self.document
        found = pieces.literal(document, node)
        if found is None:
            if not isinstance(node, MappingNode) or not node.flow_style:
                raise pieces.unusual(document, node, "write it on one line")
            start, end = node.start_mark.index, node.end_mark.index
            return [Splice(start, start, "["), Splice(end, end, "]")]
        quotes = len(getattr(node, "style", None) or "")
        start, end = found[0] - quotes, found[1] + quotes
        if not quotes and not pieces.is_plain_in_braces(document.text[start:end]):
            return [Splice(start, end, f"[{to_flow(yamltext.construct(document, node))}]")]
        return [Splice(start, start, "["), Splice(end, end, "]")]

    def _rename(self, change: Rename) -> list[Splice]:
        mapping, key, _ = self._entry(change.key.written[1])
        self.touched += [key, mapping]
        found = pieces.literal(self.document, key)
        # Neither a merge nor a second entry may bring the old key back.
        again = sum(k.value in (key.value, change.name) or yamltext.is_merge(k) for k, _ in mapping.value) != 1
        if found is None or again or yamltext.key_text(self.document, key) != change.old:
            raise pieces.unusual(self.document, key, "rename it by hand")
        return [Splice(*found, change.name)]

    def _remove(self, key: Node) -> list[Splice]:
        mapping, _, value = self._entry(key)
        self.touched += [mapping, key, *_below(value)]
        if any(yamltext.is_merge(k) for k, _ in mapping.value):
            raise pieces.unusual(self.document, mapping, "write it without a merge key")
        if len(mapping.value) == 1:
            return self._replace(mapping, {})
        entry = key, value
        if mapping.flow_style:
            return [pieces.without_in_braces(self.document, mapping, [entry])]
        return [pieces.without_lines(self.document, entry)]

    def _add(self, change: Add) -> list[Splice]:
        document, text = self.document, self.document.text
        mapping, key, value = self._entry(change.after.written[1])
        self.touched += [mapping, key]
        if any(k.value == change.name for k, _ in mapping.value):
            raise pieces.unusual(document, key, f"keep one {change.name}")
        written = _text_of(document, change.new, quoted=change.quoted)
        end = pieces.entry_end(document, (key, value))
        if mapping.flow_style:
            return [Splice(end, end, f", {pieces.like(key, change.name)}: {written}")]
        at = key.start_mark.index
        start = text.rfind("\n", 0, at) + 1
        if text[start:at].strip(" -"):
            raise pieces.unusual(document, key, "write `key: value`, on a line of its own")
        after, eol = pieces.line_end(text, end), pieces.eol(text, at)
        pieces.no_odd_break(document, value, at, after)
        line = f"{' ' * key.start_mark.column}{pieces.like(key, change.name)}: {written}{eol}"
        return [pieces.lines_at(text, after, line, eol)]

    def _unpack(self, change: Unpack) -> list[Splice]:
        mapping, key, value = self._entry(change.key.written[1])
        self.touched += [mapping, key, *_below(value)]
        assert isinstance(value, MappingNode)
        return reshape.unpack(self.document, mapping, key, value, change.names)

    def _move(self, change: Move) -> list[Splice]:
        keys = [each.written[1] for each in (*change.keys, *change.same)]
        mapping, *_ = self._entry(keys[0])
        if any(self._parents[id(key)][0] is not mapping for key in keys):
            raise pieces.unusual(self.document, mapping, "write it in one place")
        above = self._parents[id(mapping)][1]
        assert above is not None
        self.touched += [above, *_below(mapping)]
        moved, same = ([_key(each) for each in those] for those in (change.keys, change.same))
        return reshape.move_under(self.document, above, mapping, change.under, moved, same)


def _text_of(document: Document, new: Any, *, quoted: bool = False) -> str:
    """New data as text on one line."""
    if isinstance(new, Origin):
        return pieces.spelling(document, new.written[1])
    if isinstance(new, dict):
        return "{" + ", ".join(f"{to_flow(key)}: {_text_of(document, item)}" for key, item in new.items()) + "}"
    if isinstance(new, list):
        return "[" + ", ".join(_text_of(document, item) for item in new) + "]"
    return scalars.to_json(new) if quoted else to_flow(new)


def _origins(new: Any) -> Iterator[Origin]:
    if isinstance(new, Origin):
        yield new
    for item in new.values() if isinstance(new, dict) else new if isinstance(new, list) else ():
        yield from _origins(item)


def _below(node: Node) -> list[Node]:
    """A node and all nodes below it."""
    return [node, *(found for child in yamltext.children(node) for found in _below(child))]
