"""PyYAML, made to read what go-yaml v2 reads, with which Helm and Kubernetes read YAML: a descendant of libyaml.

Where libyaml refuses what go-yaml takes, the text is read again, character for character as long, with stand-ins for
what is in the way. Most texts never come to that: they are read by libyaml alone.
"""

from __future__ import annotations

import operator

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.yamltext.nodes import PLAIN, STR, children

if TYPE_CHECKING:
    from typing import Any

BOM = "\ufeff"
_LONGEST = 1_000_000  # characters of a text that is read again: seconds, in the worst case
_MOST_STAND_INS = 100
_PRIVATE = range(0xE000, 0xF900)  # characters that mean nothing to YAML
_FLOW_INDICATORS = (",", "[", "]", "{", "}", "?")


class _Resolver:
    """Leaves the meaning of scalars to `scalars`; says only which of them are plain."""

    def resolve(self, kind: type[Node], _value: str | None, implicit: Any) -> str:
        if kind is ScalarNode:
            return PLAIN if implicit[0] else STR
        return "tag:yaml.org,2002:map" if kind is MappingNode else "tag:yaml.org,2002:seq"

    # Called for every node, and not needed: functions in C that take these arguments cost least.
    descend_resolver = staticmethod(operator.is_)
    ascend_resolver = staticmethod(bool)


class _Composer(yaml.composer.Composer):
    """Takes an anchor that is defined again, which PyYAML refuses: an alias means the last one above it."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[attr-defined]  # of the parser that it is mixed with
        if not isinstance(event, yaml.AliasEvent):
            self.anchors.pop(event.anchor, None)
        return super().compose_node(parent, index)


class _PureLoader(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser, _Composer, _Resolver):
    def __init__(self, text: str) -> None:
        yaml.reader.Reader.__init__(self, text)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)
        yaml.composer.Composer.__init__(self)

    def fetch_value(self) -> None:
        """Refuses `{a:, b: 1}` as libyaml does: PyYAML would take it for `a` where go-yaml takes it for `a:`."""
        last = self.tokens[-1] if self.tokens else None
        if isinstance(last, yaml.ScalarToken) and last.plain and self.peek(1) in _FLOW_INDICATORS:
            raise yaml.scanner.ScannerError("while scanning a plain scalar", None, "found ':'", self.get_mark())
        super().fetch_value()


if yaml.__with_libyaml__:
    from yaml._yaml import CParser

    class _FastLoader(_Resolver, CParser):
        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)

    class _PatientLoader(_Composer, _FastLoader):
        def __init__(self, text: str) -> None:
            yaml.composer.Composer.__init__(self)
            CParser.__init__(self, text)

    Loader: type[_FastLoader] | type[_PureLoader] = _FastLoader
else:  # pragma: no cover  the tests put _PureLoader in its place
    Loader = _PureLoader


def root(text: str) -> Node | None:
    """The root node of a text that holds one document; None where it holds none. yaml.YAMLError where it holds neither.

    A byte order mark is a character like any other, except where the text begins with one: that one counts as a space.
    """
    if BOM not in text:
        try:
            return Loader(text).get_single_node()
        except yaml.MarkedYAMLError:
            if len(text) > _LONGEST:
                raise
    return _read_again(text)


def _read_again(text: str) -> Node | None:
    """As `root`, with characters for private use in place of what PyYAML cannot read."""
    mark, colon, *apostrophe = (chr(code) for code in _PRIVATE if chr(code) not in text)
    quote = "".join(apostrophe[:2])
    text = (" " + text[1:] if text.startswith(BOM) else text).replace(BOM, mark)
    loader: Any = _PureLoader if Loader is _PureLoader else _PatientLoader
    for _ in range(_MOST_STAND_INS):
        try:
            return _restored(loader(text).get_single_node(), {mark: BOM, colon: ":", quote: "'"})
        except yaml.scanner.ScannerError as e:
            at = e.problem_mark.index if e.problem_mark else 0
            escape = text.find("\\'", max(at - 1, 0), at + 2)  # libyaml names its start, PyYAML the character after
            if escape >= 0:
                text = text[:escape] + quote + text[escape + 2 :]
            elif text[at : at + 1] == ":" and text[at + 1 : at + 2] in _FLOW_INDICATORS:
                text = text[:at] + colon + text[at + 1 :]
            else:
                raise
    return Loader(text).get_single_node()


def _restored(root: Node | None, stand_ins: dict[str, str]) -> Node | None:
    """A root node with the characters that belong there."""
    nodes = [root] if root is not None else []
    seen: set[int] = set()  # an alias may lead to the same node again, or to one that it is in
    while nodes:
        node = nodes.pop()
        if id(node) not in seen:
            seen.add(id(node))
            nodes.extend(children(node))
            if isinstance(node, ScalarNode):
                for stand_in, meant in stand_ins.items():
                    node.value = node.value.replace(stand_in, meant)
    return root
