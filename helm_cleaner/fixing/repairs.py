"""Finds what has exactly one meaning in a section but is written differently, with the splices that rewrite it.

A walk over the section collects splices and changes the data in the same way. What it has changed may have to be looked
at again, so walks are repeated until one finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from yaml.nodes import MappingNode, Node, ScalarNode

from helm_cleaner import section, yamltext
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.fixing import reshape
from helm_cleaner.names import SECTION
from helm_cleaner.nearness import bare, distance
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.section.structure import is_related, resolved, schema
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, ParsedValues, Placeholder, Scalar, Seq, Value, is_null, to_data
from helm_cleaner.yamltext import Splice

if TYPE_CHECKING:
    from typing import Any

# What Kubernetes writes for a pull secret, and what it is once it is a name.
_REFERENCE: dict[str, Any] = {"additionalProperties": False, "properties": {"name": {"type": "string"}}}
# A name, with a registry's port or without, and a tag; no digest.
_IMAGE = re.compile(r"((?:\w[\w.-]*:[0-9]+/)?\w[\w./-]*):(\w[\w.-]{0,127})\Z", re.ASCII)
# What most charts have below image, and the section beside it.
_OF_IMAGE = {"repository": "image", "tag": "imageTag", "pullPolicy": "imagePullPolicy"}
_ONE_ITEM = re.compile(r"\w[\w./-]*\Z", re.ASCII)  # in brackets as it is without: no blank, no comma
_KINDS = {"object": Map, "array": Seq}


class Repairs:
    """One walk over the section at a path of values.

    section: None if there is none. splices: edits of the document's text. fixes: index into the text, path, what was
    done. nodes: what the splices change. refused: what could not be rewritten.
    is_set: whether the values are those of parameters, in which only words with a fixed set are rewritten.
    """

    def __init__(self, read: ParsedValues, path: Path, *, is_set: bool = False) -> None:
        found = section.find(read.values, path)
        self.section = found[0] if found else None
        self.is_set = is_set
        self.splices: list[Splice] = []
        self.nodes: list[Node] = []
        self.fixes: list[tuple[int, Path, str]] = []
        self.refused: list[Diagnostic] = []
        if found:
            self.document, _ = found[1].written
            self.frozen = yamltext.find_frozen_nodes(self.document)

    def find(self) -> None:
        """Finds everything that can be rewritten: first the scalars, then, if these are right, the shapes."""
        if self.section is not None:
            self._scalars(self.section, schema(), (SECTION,))
            if not self.splices and not self.is_set:
                self.shapes()
                self._split_image()
                self._unpack_image()

    def _done(self, node: Node, path: Path, what: str, splices: list[Splice]) -> None:
        self.fixes.append((node.start_mark.index, path, what))
        self.splices += splices
        self.nodes.append(node)

    def _own(self, path: Path, node: Node, *more: Node) -> bool:
        """Whether nodes are written in one place only and used only there; otherwise it is noted."""
        if not any(id(n) in self.frozen for n in (node, *more)):
            return True
        message = "cannot be rewritten here: an alias or a merge key shares it with another place"
        hint = "fix it at its anchor, or write it out in each place"
        self.refused.append(Diagnostic("error", "yaml-shape", to_dotted(path), message, hint, self.document.at(node)))
        return False

    def _try(self, node: Node, path: Path, what: str, surgery: Callable[[], list[Splice]]) -> bool:
        """Edits the text; notes it if the text does not allow that."""
        try:
            self._done(node, path, what, surgery())
        except InputError as e:
            self.refused += [d._replace(path=to_dotted(path)) for d in e.diagnostics]
            return False
        return True

    # ---- scalars and keys

    def _scalars(self, value: Value, rule: dict[str, Any], path: Path) -> None:
        """Quotes, the case of words with a fixed set, the spelling of keys, and single items in place of lists."""
        rule = resolved(rule)
        if isinstance(value, Map):
            if path[1:2] == ("imagePullSecrets",) and len(value) == 1:
                rule = _REFERENCE
            known, others = rule.get("properties", {}), rule.get("additionalProperties", True)
            for key in list(value):
                name = key
                if key not in known and others is False and not self.is_set:
                    name = self._renamed(value, key, known, path)
                below = known.get(name, others)
                if isinstance(below, dict):
                    if not self.is_set:
                        value[name] = self._listed(value[name], below, (*path, name))
                    self._scalars(value[name], below, (*path, name))
        elif isinstance(value, Seq):
            for index, item in enumerate(value):
                self._scalars(item, rule.get("items", {}), (*path, index))
        elif not isinstance(value, Placeholder):
            self._scalar(value, rule, path)

    def _scalar(self, scalar: Scalar, rule: dict[str, Any], path: Path) -> None:
        document, node = scalar.origin.written
        if self.is_set and (document is not self.document or node.value != scalar.value or "enum" not in rule):
            return
        new = _wanted(scalar, node, rule)
        found = reshape.literal(self.document, node)
        if new is None or found is None or not self._own(path, node):
            return
        quote = "" if isinstance(scalar.value, str) else '"'
        raw = self.document.text[slice(*found)]
        self._done(node, path, f"{raw} -> {quote}{new}{quote}", [Splice(*found, f"{quote}{new}{quote}")])
        scalar.value = new

    def _listed(self, value: Value, rule: dict[str, Any], path: Path) -> Value:
        """The value, or a list of it if the schema requires a list of strings and it is a single one."""
        rule = resolved(rule)
        kinds = rule.get("type", ())
        if "array" not in ([kinds] if isinstance(kinds, str) else kinds) or not isinstance(value, Scalar):
            return value
        if resolved(rule.get("items", {})).get("type") != "string" or isinstance(value, Placeholder) or is_null(value):
            return value
        _, node = value.origin.written
        found = reshape.literal(self.document, node)
        if found is None or not _ONE_ITEM.match(node.value) or not self._own(path, node):
            return value
        quotes = len(getattr(node, "style", None) or "")
        start, end = found[0] - quotes, found[1] + quotes
        raw = self.document.text[start:end]
        self._done(node, path, f"{raw} -> [{raw}]", [Splice(start, start, "["), Splice(end, end, "]")])
        return Seq(value.origin, [value])

    def _renamed(self, mapping: Map, key: str, known: dict[str, Any], path: Path) -> str:
        """The key, in its correct spelling if that is clear."""
        name = _meant(mapping, key, known)
        if name is None:
            return key
        (_, parent), (_, node) = mapping.origin.written, mapping.keys_at[key].written
        found = reshape.literal(self.document, node)
        if found is None or not self._own((*path, key), node, parent):
            return key
        # Neither a merge nor a second entry may bring the old key back.
        if sum(k.value == key or yamltext.is_merge(k) for k, _ in parent.value) != 1:
            return key
        self._done(node, (*path, key), f"{key} -> {name}", [Splice(*found, name)])
        mapping.put(name, mapping.pop(key), mapping.keys_at.pop(key))
        return name

    # ---- shapes

    def shapes(self) -> None:
        """Moves flat resources under requests, and replaces references to pull secrets by names."""
        if not isinstance(self.section, Map):
            return
        resources = self.section.get("resources")
        if isinstance(resources, Map):
            self._flat_resources(resources, self.section.keys_at["resources"].written[1])
        secrets = self.section.get("imagePullSecrets")
        for index, item in enumerate(secrets if isinstance(secrets, Seq) else []):
            if name := section.read_reference(item):
                assert isinstance(item, Map)
                assert isinstance(secrets, Seq)
                self._reference(secrets, index, item, name)

    def _flat_resources(self, resources: Map, key: Node) -> None:
        requests = resources.get("requests")
        if not (is_null(requests) or isinstance(requests, Map)):
            return
        there = requests if isinstance(requests, Map) else Map(resources.origin)
        flat = [name for name in section.find_flat_resources({"resources": resources})
                if name not in there or to_data(there[name]) == to_data(resources[name])]  # fmt: skip
        if not flat:
            return
        path: Path = (SECTION, "resources")
        node = resources.origin.written[1]
        if not self._own(path, node, *_below(node), key):
            return
        assert isinstance(node, MappingNode)
        moved = [name for name in flat if name not in there]
        dropped = [name for name in flat if name in there]
        told = (("moved under requests", moved), ("removed, since requests has the same", dropped))
        what = "; ".join(f"{done}: {', '.join(names)}" for done, names in told if names)
        if self._try(node, path, what, lambda: reshape.to_requests(self.document, key, node, moved, dropped)):
            for name in flat:
                there.put(name, resources.pop(name), resources.keys_at.pop(name))
            resources.put("requests", there, there.origin)

    def _reference(self, secrets: Seq, index: int, item: Map, name: Scalar) -> None:
        path: Path = (SECTION, "imagePullSecrets", index)
        node = item.origin.written[1]
        word = reshape.spelling(self.document, name.origin.written[1])
        what = f"{{name: {word}}} -> {word}"
        if self._own(path, node, *_below(node)):
            assert isinstance(node, MappingNode)
            if self._try(node, path, what, lambda: reshape.name_of(self.document, node)):
                secrets[index] = name

    def _split_image(self) -> None:
        """Splits `image: name:tag` in two if the file has no imageTag next to it."""
        image = self.section.get("image") if isinstance(self.section, Map) else None
        if not isinstance(image, Scalar) or not isinstance(image.value, str) or isinstance(image, Placeholder):
            return
        assert isinstance(self.section, Map)
        found = _IMAGE.match(image.value)
        if not found or any(bare(key) == "imagetag" for key in self.section):
            return
        name, tag = found.groups()
        if tag.isdigit() and "/" not in name and ("." in name or name == "localhost"):
            return  # a registry without an image, or an image with a tag: who knows
        path: Path = (SECTION, "image")
        (_, parent), key = self.section.origin.written, self.section.keys_at["image"]
        (_, at), (_, node) = key.written, image.origin.written
        if not self._own(path, node, at, parent):
            return
        assert isinstance(parent, MappingNode)
        assert isinstance(node, ScalarNode)
        what = f'{image.value} -> {name}, imageTag: "{tag}"'
        if self._try(node, path, what, lambda: reshape.split_image(self.document, parent, at, node, tag)):
            image.value = name
            self.section.put("imageTag", Scalar(tag, image.origin), key)

    def _unpack_image(self) -> None:
        """Splits `image: {repository: …, tag: …}` if the file has none of these fields next to it."""
        image = self.section.get("image") if isinstance(self.section, Map) else None
        if not isinstance(image, Map) or is_null(image.get("repository")):
            return
        assert isinstance(self.section, Map)
        if not all(map(is_related, self.section)):  # it may be another chart's section, which has the image so
            return
        beside = {bare(key) for key in self.section if key != "image"}
        if not all(key in _OF_IMAGE and isinstance(value, Scalar) and bare(_OF_IMAGE[key]) not in beside
                   for key, value in image.items()):  # fmt: skip
            return
        (_, parent), (_, node), at = self.section.origin.written, image.origin.written, self.section.keys_at["image"]
        (_, key), path = at.written, (SECTION, "image")
        if not self._own(path, node, *_below(node), key, parent):
            return
        assert isinstance(parent, MappingNode)
        assert isinstance(node, MappingNode)
        what = ", ".join(f"{name} -> {_OF_IMAGE[name]}" for name in image)
        if self._try(node, path, what, lambda: reshape.unpack(self.document, parent, key, node, _OF_IMAGE)):
            del self.section["image"]
            for name, value in image.items():
                self.section.put(_OF_IMAGE[name], value, at)


def _meant(mapping: Map, key: str, known: dict[str, Any]) -> str | None:
    """The field that a key clearly means; None if there is none, or there may be two."""
    near = [name for name in known if bare(name) == bare(key)]
    if near:
        alone = [other for other in mapping if bare(other) == bare(key)] == [key]
        return near[0] if len(near) == 1 and alone else None
    near = [name for name in known if _is_one_off(bare(key), bare(name))]
    if len(near) != 1 or not _fits(mapping[key], resolved(known[near[0]])):
        return None
    return None if any(_is_near(other, near[0]) for other in mapping if other != key) else near[0]


def _is_near(key: str, name: str) -> bool:
    return bare(key) == bare(name) or _is_one_off(bare(key), bare(name))


def _is_one_off(word: str, name: str) -> bool:
    """Whether a word is a name of more than three letters with one typo."""
    return len(name) > 3 and distance(word, name, 1) < 2


def _fits(value: Value, rule: dict[str, Any]) -> bool:
    """Whether a value has the type that a schema requires: a mapping, a list or a scalar."""
    kinds = rule.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if is_null(value) or isinstance(value, Placeholder):
        return True
    return any(isinstance(value, _KINDS.get(kind, Scalar)) for kind in kinds)


def _wanted(scalar: Scalar, node: Node, rule: dict[str, Any]) -> str | None:
    """The string that is clearly meant if the schema requires one and the value is something else; None if none is."""
    if rule.get("type") not in ("string", ["string", "null"]):
        return None
    if isinstance(scalar.value, str):
        text = scalar.value
    elif scalar.value is not None and node.tag == yamltext.PLAIN:
        text = node.value
    else:
        return None
    allowed = rule.get("enum")
    if allowed is not None and text not in allowed:
        near = [word for word in allowed if isinstance(word, str) and word.lower() == text.lower()]
        return near[0] if len(near) == 1 else None
    return None if text == scalar.value else text


def _below(node: Node) -> list[Node]:
    """A node and all nodes below it."""
    return [node, *(found for child in yamltext.children(node) for found in _below(child))]
