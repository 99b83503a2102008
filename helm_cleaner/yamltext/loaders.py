"""PyYAML, made to read what go-yaml v2 reads, which Helm and Kubernetes use: a port of libyaml.

If libyaml refuses what go-yaml accepts, the text is read again with stand-ins of the same length. Most texts are
read by libyaml alone.
"""

from __future__ import annotations

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.yamltext.nodes import PLAIN, STR, children

if TYPE_CHECKING:
    from typing import Any

BOM = "\ufeff"
_LONGEST = 1_000_000  # the most characters of a text that is read again, which takes seconds in the worst case
_MOST_STAND_INS = 100
_PRIVATE = range(0xE000, 0xF900)  # characters without a meaning in YAML
_FLOW_INDICATORS = (",", "[", "]", "{", "}", "?")


class _Resolver:
    """Leaves the meaning of scalars to `scalars`; only tells which ones are plain."""

    def resolve(self, kind: type[Node], _value: str | None, implicit: Any) -> str:
        if kind is ScalarNode:
            return PLAIN if implicit[0] else STR
        return "tag:yaml.org,2002:map" if kind is MappingNode else "tag:yaml.org,2002:seq"

    def descend_resolver(self, _parent: Node | None, _index: Any) -> None:
        """Nothing: PyYAML's own would keep track of paths, by which nothing is resolved here."""

    def ascend_resolver(self) -> None:
        """Nothing, as in `descend_resolver`."""


class _Composer(yaml.composer.Composer):
    """Accepts an anchor that is defined twice, which PyYAML refuses: an alias refers to the last one before it."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()  # type: ignore[attr-defined]  # of the parser that this class is mixed with
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
        """Refuses `{a:, b: 1}` as libyaml does: PyYAML would read the key `a`, and go-yaml reads `a:`."""
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
else:  # pragma: no cover  the tests replace it by _PureLoader
    Loader = _PureLoader


def compose_root(text: str) -> Node | None:
    """The root node of a text with one document; None without one. yaml.YAMLError for anything else.

    A byte order mark is an ordinary character, except at the start of the text, where it counts as a space.
    """
    if BOM not in text:
        try:
            return Loader(text).get_single_node()
        except yaml.MarkedYAMLError:
            if len(text) > _LONGEST:
                raise
    return _read_again(text)


def _read_again(text: str) -> Node | None:
    """Like `compose_root`, with private use characters in place of what PyYAML cannot read."""
    mark, colon, *apostrophe = (chr(code) for code in _PRIVATE if chr(code) not in text)
    quote = "".join(apostrophe[:2])
    text = (" " + text[1:] if text.startswith(BOM) else text).replace(BOM, mark)
    loader: Any = _PureLoader if Loader is _PureLoader else _PatientLoader
    for _ in range(_MOST_STAND_INS):
        try:
            return _restore_characters(loader(text).get_single_node(), {mark: BOM, colon: ":", quote: "'"})
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


def _restore_characters(root: Node | None, stand_ins: dict[str, str]) -> Node | None:
    """The root node with the original characters."""
    nodes = [root] if root is not None else []
    seen: set[int] = set()  # an alias may lead to the same node again, or to one that contains it
    while nodes:
        node = nodes.pop()
        if id(node) not in seen:
            seen.add(id(node))
            nodes.extend(children(node))
            if isinstance(node, ScalarNode):
                for stand_in, meant in stand_ins.items():
                    node.value = node.value.replace(stand_in, meant)
    return root
