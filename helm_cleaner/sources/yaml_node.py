"""A part of a document, accessed by key, including keys from merges."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from helm_cleaner import values, yamltext
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.sources.placeholders import PlaceholderTest, in_flux, mask_flux, or_in_any_file
from helm_cleaner.sources.templates import Conditions, mask, variants
from helm_cleaner.sources.values_stack import Layer
from helm_cleaner.values import Origin
from helm_cleaner.yamltext import Document
from helm_cleaner.yamltext.nested import compose_nested, compose_scalar, index_map

_MARKER = re.compile(r"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)


class YamlNode:
    """A node of a document, which may be missing; everything below a missing one is missing too."""

    __slots__ = ("document", "key", "node", "path")

    def __init__(self, document: Document, node: Node | None, key: Node | None = None, path: Path = ()) -> None:
        self.document = document
        self.node = node
        self.key = key
        self.path = path

    def __bool__(self) -> bool:
        return self.node is not None and not self.is_null

    @property
    def is_null(self) -> bool:
        """Whether it is written as null."""
        node = self.node
        return isinstance(node, ScalarNode) and yamltext.construct(self.document, node) is None

    def at(self, *keys: str) -> YamlNode:
        """The part below these keys."""
        part = self
        for key in keys:
            found = yamltext.find_merged_pair(part.document, part.node, key)
            name, node = found or (None, None)
            part = YamlNode(part.document, node, name, (*part.path, key))
        return part

    def items(self) -> Iterator[YamlNode]:
        """The items of a list."""
        if isinstance(self.node, SequenceNode):
            for index, node in enumerate(self.node.value):
                yield YamlNode(self.document, node, None, (*self.path, index))

    def entries(self) -> Iterator[tuple[str, YamlNode]]:
        """The entries of a mapping, without merged ones."""
        if isinstance(self.node, MappingNode):
            for key, node in self.node.value:
                if isinstance(key, ScalarNode):
                    yield key.value, YamlNode(self.document, node, key, (*self.path, key.value))

    def keys(self) -> list[str]:
        """The keys of a mapping, or those of the items of a list."""
        if isinstance(self.node, SequenceNode):
            return [key for item in self.items() for key in (item.keys() if item.is_mapping else ())]
        return [key for key, _ in self.entries()]

    @property
    def is_mapping(self) -> bool:
        """Whether it is a mapping."""
        return isinstance(self.node, MappingNode)

    @property
    def is_scalar(self) -> bool:
        """Whether it is a scalar."""
        return isinstance(self.node, ScalarNode)

    @property
    def text(self) -> str:
        """A scalar as written, without its quotes; "" for anything else."""
        return str(self.node.value) if isinstance(self.node, ScalarNode) and not self.is_null else ""

    @property
    def is_true(self) -> bool:
        """Whether it is true."""
        return isinstance(self.node, ScalarNode) and yamltext.construct(self.document, self.node) is True

    @property
    def kind(self) -> str:
        """The kind of a Kubernetes object; "" for anything else."""
        kind, version = self.at("kind"), self.at("apiVersion")
        return kind.text if kind.is_scalar and version.is_scalar and version.text else ""

    @property
    def location(self) -> Location:
        """Its location."""
        assert self.node is not None
        return self.document.at(self.node)

    @property
    def origin(self) -> Origin:
        """Its origin."""
        assert self.node is not None
        return Origin("file", (self.document, self.node))

    def mapping(self, unknown: PlaceholderTest | None = None) -> list[Layer]:
        """The values written here as a mapping. InputError if they are not one."""
        if not self or self.node is None:
            return []
        return [_read(self.document, self.node, unknown)]

    def read_embedded(self, unknown: PlaceholderTest | None = None, *, template: bool = False) -> list[Layer]:
        """The values written here as YAML in a string, or as a mapping. InputError if they are neither.

        template: whether the text is a Go template.
        """
        if not self or not isinstance(self.node, ScalarNode):
            return self.mapping(unknown)
        if not template or "{{" not in self.node.value:
            return _layer(self._yaml(self.node, unknown), unknown)
        return layer_of_template(self._template, variants(self.node.value), unknown)

    def documents(self) -> Iterator[YamlNode]:
        """The documents of a text in this scalar. InputError if one of them is not YAML."""
        assert isinstance(self.node, ScalarNode)
        text, indexes = self.node.value, index_map(self.document.text, self.node)
        start = 0
        for marker in (*_MARKER.finditer(text), None):
            end = marker.start() if marker else len(text)
            document = compose_nested(text[start:end], self.document, indexes[start : end + 1], self.node)
            if document.root is not None:
                yield YamlNode(document, document.root)
            start = marker.end() if marker else end

    def templated_documents(self) -> Iterator[YamlNode]:
        """What the Go template in this scalar may come out as. Nothing for what is then no YAML."""
        for conditions in variants(self.text) if self.text else ():
            with suppress(InputError):
                document = self._template(conditions)
                yield YamlNode(document, document.root)

    def _yaml(self, node: ScalarNode, unknown: PlaceholderTest | None) -> Document:
        try:
            return compose_scalar(self.document, node)
        except InputError:
            text = mask_flux(node.value) if unknown is in_flux else node.value
            if text == node.value:
                raise
            return compose_nested(text, self.document, index_map(self.document.text, node), node)

    def _template(self, conditions: Conditions | None) -> Document:
        assert isinstance(self.node, ScalarNode)
        text = mask(self.node.value, conditions)
        if text is None:
            raise InputError.of("yaml", "an action of this template has no end", self.location)
        return compose_nested(text, self.document, index_map(self.document.text, self.node), self.node)

    def embedded_from(self, start: int, unknown: PlaceholderTest | None = None) -> list[Layer]:
        """The values written as YAML in the end of a string. InputError if it is no YAML."""
        assert isinstance(self.node, ScalarNode)
        indexes = index_map(self.document.text, self.node)
        return _layer(compose_nested(self.node.value[start:], self.document, indexes[start:], self.node), unknown)

    def read_text(self, text: str, unknown: PlaceholderTest | None = None) -> list[Layer]:
        """The values in a text that is encoded here (base64); every place in it is this one."""
        assert isinstance(self.node, ScalarNode)
        start = self.node.start_mark.index
        return _layer(compose_nested(text, self.document, [start] * (len(text) + 1), self.node), unknown)

    def warn_not_checked(self, message: str, hint: str = "") -> Diagnostic:
        """The warning that something here is not checked."""
        return Diagnostic("warning", "not-checked", to_dotted(self.path), message, hint, self.location)


def _read(document: Document, node: Node, unknown: PlaceholderTest | None) -> Layer:
    return Layer(values.read_node(document, node, unknown=or_in_any_file(unknown)), document, node)


def _layer(document: Document, unknown: PlaceholderTest | None) -> list[Layer]:
    if document.root is None:
        return []
    return [_read(document, document.root, unknown)]


def layer_of_template(
    compose: Callable[[Conditions | None], Document],
    those: Iterable[Conditions | None],
    unknown: PlaceholderTest | None,
) -> list[Layer]:
    """The values of a template under each of its conditions. InputError if they cannot be read under any of them."""
    found: list[Layer] = []
    wrong: list[InputError] = []
    for conditions in those:
        try:
            document = compose(conditions)
            layers = _layer(document, unknown) or [Layer(values.read_document(document), document)]
        except InputError as e:
            wrong.append(e)
            continue
        found += [layer._replace(conditions=conditions or frozenset()) for layer in layers]
    if not found:
        raise wrong[0]
    return [found[0]._replace(others=found[1:])]
