"""Rewriting what has exactly one meaning in a values file's section; every other byte of the file stays.

A pass walks the section, gathers splices and changes the section's data alike; the text it gives, read again, must be
that data, in the whole file. Passes follow each other until one finds nothing more to do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection

from yaml.nodes import MappingNode, Node, ScalarNode

from helm_cleaner import section, values, yamltext
from helm_cleaner.actions import reshape
from helm_cleaner.diagnostics import BugError, Diagnostic, InputError, Location
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path, dotted
from helm_cleaner.section.structure import resolved, schema
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, Scalar, Seq, Value, is_null, plain
from helm_cleaner.yamltext import Document, Splice, manifests

if TYPE_CHECKING:
    from typing import Any

# What Kubernetes writes for a pull secret, and what it is once it is a name.
_REFERENCE: dict[str, Any] = {"additionalProperties": False, "properties": {"name": {"type": "string"}}}
_MOST_PASSES = 8
# A name, with a registry's port or without, and a tag; no digest.
_IMAGE = re.compile(r"((?:\w[\w.-]*:[0-9]+/)?\w[\w./-]*):(\w[\w.-]{0,127})\Z", re.ASCII)


class Fix(NamedTuple):
    """Something that was rewritten: where it stood, its path, and what was made of it."""

    location: Location
    path: str
    what: str


class Result(NamedTuple):
    """The file's new content, what was rewritten, and all there is to say of the section as it is now.

    found: whether the file has a section.
    """

    content: bytes
    fixes: list[Fix]
    diagnostics: list[Diagnostic]
    found: bool


def fix(content: bytes, file: str, path: Path = (SECTION,)) -> Result:
    """Rewrites what has exactly one meaning in the section at a path of a values file.

    The diagnostics are those of the new content, over the charts' defaults; a warning tells what could be rewritten but
    for the way it is written. InputError where Helm would refuse the file, BugError where the new file is not what was
    meant.
    """
    manifests.check_encoding(content, file)
    if str(path[-1]).encode() not in content:
        return Result(content, [], [], False)  # not parsed: whatever it says, it is not about the section
    history: list[_Pass] = []
    for _ in range(_MOST_PASSES):
        this = _Pass(content, file, path)
        if this.section is None:
            return Result(content, [], [], False)
        this.scalars(this.section, schema(), (SECTION,))
        if not this.splices:  # the shapes are of scalars that are right
            this.shapes()
            this.split_image()
        if not this.splices:
            break
        content = this.rewritten()
        history.append(this)
    else:
        raise _bug(Location(file), "rewriting it finds no end")
    fixes = sorted(
        (Fix(_first_place(index, history[: n + 1]), dotted(where), what)
         for n, done in enumerate(history) for index, where, what in done.fixes),
        key=lambda f: (f.location.line, f.location.column),
    )  # fmt: skip
    said = section.resolve(None, section.defaults_to_judge_by(), this.read, path).findings
    left = [d._replace(severity="warning") for d in this.refused]
    return Result(content, fixes, left + section.without_advice(said), True)


def regular(content: bytes, file: str, wanted: Value) -> bytes:
    """A values file with its section normalized: flat resources under requests, pull secrets by their name alone.

    wanted: the values that the result must have. InputError where something is written in a way that cannot be
    rewritten; BugError as in `fix`.
    """
    this = _Pass(content, file, (SECTION,))
    this.shapes()
    if this.refused:
        raise InputError(this.refused)
    return this.rewritten(wanted)


class _Pass:
    """One walk over a section. fixes: index into the text, path, what was done; refused: what could not be."""

    def __init__(self, content: bytes, file: str, path: Path) -> None:
        self.content = content
        self.file = file
        self.read = values.read(content, file)
        found = section.find(self.read.values, path)
        self.section = found[0] if found else None
        self.splices: list[Splice] = []
        self.fixes: list[tuple[int, Path, str]] = []
        self.refused: list[Diagnostic] = []
        if found:
            self.document, _ = found[1].written
            self.frozen = _frozen(self.document)

    def rewritten(self, wanted: Value | None = None) -> bytes:
        """The new content. BugError where it does not say what is wanted: what the walk has made of the values."""
        old = self.document.text
        new = yamltext.splice(old, self.splices)
        if new.endswith("\n") and not old.endswith("\n"):  # a last line without a break was moved, or taken out
            new = new.removesuffix("\n").removesuffix("\r")
        (start, end), _ = values.only_document(self.content, self.file)
        result = self.content[:start] + new.encode() + self.content[end:]
        try:
            same = _json(values.read(result, self.file).values) == _json(self.read.values if wanted is None else wanted)
        except InputError:  # pragma: no cover  only a mistake of ours leads here
            same = False
        if not same:
            raise _bug(
                self.document.location(min(self.splices).start), "the rewritten file differs from the intended one"
            )
        return result

    def _done(self, node: Node, path: Path, what: str, splices: list[Splice]) -> None:
        self.fixes.append((node.start_mark.index, path, what))
        self.splices += splices

    def _own(self, path: Path, node: Node, *more: Node) -> bool:
        """Whether nodes are written in one place alone, for one use alone; it is noted where they are not."""
        if not any(id(n) in self.frozen for n in (node, *more)):
            return True
        message = "cannot be rewritten here: an alias or a merge key shares it with another place"
        hint = "fix it at its anchor, or write it out in each place"
        self.refused.append(Diagnostic("error", "yaml-shape", dotted(path), message, hint, self.document.at(node)))
        return False

    def _try(self, node: Node, path: Path, what: str, surgery: Callable[[], list[Splice]]) -> bool:
        """Does some surgery; notes it where the text does not allow it."""
        try:
            self._done(node, path, what, surgery())
        except InputError as e:
            self.refused += [d._replace(path=dotted(path)) for d in e.diagnostics]
            return False
        return True

    # ---- scalars and keys

    def scalars(self, value: Value, rule: dict[str, Any], path: Path) -> None:
        """Mends quotes, the case of listed values and the spelling of keys, as the schema wants them."""
        rule = resolved(rule)
        if isinstance(value, Map):
            if path[1:2] == ("imagePullSecrets",) and len(value) == 1:
                rule = _REFERENCE
            known, others = rule.get("properties", {}), rule.get("additionalProperties", True)
            for key in list(value):
                name = key if key in known or others is not False else self._renamed(value, key, known, path)
                below = known.get(name, others)
                if isinstance(below, dict):
                    self.scalars(value[name], below, (*path, name))
        elif isinstance(value, Seq):
            for index, item in enumerate(value):
                self.scalars(item, rule.get("items", {}), (*path, index))
        else:
            self._scalar(value, rule, path)

    def _scalar(self, scalar: Scalar, rule: dict[str, Any], path: Path) -> None:
        _, node = scalar.origin.written
        new = _wanted(scalar, node, rule)
        found = reshape.literal(self.document, node)
        if new is None or found is None or not self._own(path, node):
            return
        quote = "" if isinstance(scalar.value, str) else '"'
        raw = self.document.text[slice(*found)]
        self._done(node, path, f"{raw} -> {quote}{new}{quote}", [Splice(*found, f"{quote}{new}{quote}")])
        scalar.value = new

    def _renamed(self, mapping: Map, key: str, known: Collection[str], path: Path) -> str:
        """The key, in the known spelling where that is clear."""
        near = [name for name in known if _bare(name) == _bare(key)]
        if len(near) != 1 or [other for other in mapping if _bare(other) == _bare(key)] != [key]:
            return key
        (_, parent), (_, node) = mapping.origin.written, mapping.keys_at[key].written
        found = reshape.literal(self.document, node)
        if found is None or not self._own((*path, key), node, parent):
            return key
        # Neither a merge nor a second entry may bring the old key back.
        if sum(k.value == key or yamltext.is_merge(k) for k, _ in parent.value) != 1:
            return key
        self._done(node, (*path, key), f"{key} -> {near[0]}", [Splice(*found, near[0])])
        mapping.put(near[0], mapping.pop(key), mapping.keys_at.pop(key))
        return near[0]

    # ---- shapes

    def shapes(self) -> None:
        """Moves flat resources under requests, and puts names in place of references to pull secrets."""
        if not isinstance(self.section, Map):
            return
        resources = self.section.get("resources")
        if isinstance(resources, Map):
            self._flat_resources(resources, self.section.keys_at["resources"].written[1])
        secrets = self.section.get("imagePullSecrets")
        for index, item in enumerate(secrets if isinstance(secrets, Seq) else []):
            name = item.get("name") if isinstance(item, Map) and len(item) == 1 else None
            if isinstance(item, Map) and isinstance(name, Scalar) and isinstance(name.value, str):
                assert isinstance(secrets, Seq)
                self._reference(secrets, index, item, name)

    def _flat_resources(self, resources: Map, key: Node) -> None:
        requests = resources.get("requests")
        if not (is_null(requests) or isinstance(requests, Map)):
            return
        there = requests if isinstance(requests, Map) else Map(resources.origin)
        flat = [name for name in section.flat_resources({"resources": resources})
                if name not in there or plain(there[name]) == plain(resources[name])]  # fmt: skip
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

    def split_image(self) -> None:
        """Splits `image: name:tag` in two where the file has no imageTag beside it."""
        image = self.section.get("image") if isinstance(self.section, Map) else None
        if not isinstance(image, Scalar) or not isinstance(image.value, str):
            return
        assert isinstance(self.section, Map)
        found = _IMAGE.match(image.value)
        if not found or any(_bare(key) == "imagetag" for key in self.section):
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


def _wanted(scalar: Scalar, node: Node, rule: dict[str, Any]) -> str | None:
    """The string that is clearly meant where the schema wants one and has another thing; None where there is none."""
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


def _bare(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()


def _json(value: Value) -> str:
    return json.dumps(plain(value), sort_keys=True)  # in which 1 and true are not equal


def _below(node: Node) -> list[Node]:
    """A node and all below it."""
    return [node, *(found for child in yamltext.children(node) for found in _below(child))]


def _frozen(document: Document) -> set[int]:
    """The ids of the nodes that an alias reaches too, with all below them: to edit one place is to edit another."""
    shared = yamltext.shared_nodes(document)
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
        stack.extend((child, below) for child in yamltext.children(node))
    return frozen


def _first_place(index: int, passes: list[_Pass]) -> Location:
    """Where in the file as it was an index into the text of the last pass stood."""
    for earlier in reversed(passes[:-1]):
        index = _place_before(index, earlier.splices)
    return passes[0].document.location(index)


def _place_before(index: int, splices: list[Splice]) -> int:
    shift = 0
    for start, end, text in sorted(splices):
        if index < start + shift:
            break
        if index < start + shift + len(text):
            return start
        shift += len(text) - (end - start)
    return index - shift


def _bug(location: Location, problem: str) -> BugError:
    hint = "this is a bug in helm-cleaner: please report it with the file"
    message = f"{problem}; nothing was written"
    return BugError([Diagnostic("error", "internal", SECTION, message, hint, location)])
