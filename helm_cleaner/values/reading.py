"""Reads values files as Helm does, with notices where that may differ from what the author intended."""

from __future__ import annotations

import re

from yaml.nodes import MappingNode, Node, SequenceNode

from helm_cleaner import yamltext
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.text import quote, shorten
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values.tree import (
    MAX_LEVELS,
    Map,
    Origin,
    Placeholder,
    Scalar,
    Seq,
    Value,
    describe,
    is_null,
    too_deep,
)
from helm_cleaner.yamltext import Document, scalars
from helm_cleaner.yamltext.stream import Span, Stream

if TYPE_CHECKING:
    from collections.abc import Callable

_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]*\Z")
_ESCAPED_SLASH = re.compile(r"(?<!\\)(?:\\\\)*\\/")


class Notice(NamedTuple):
    """A warning about how Helm reads something in a values file. path: from the top of the file."""

    path: Path
    diagnostic: Diagnostic


class ParsedValues(NamedTuple):
    """The values of files and flags, and the warnings about them."""

    values: Map
    notices: list[Notice]


def no_values() -> ParsedValues:
    """Empty values."""
    return ParsedValues(Map(Origin("file", Location(""))), [])


def read(data: bytes, file: str, kind: str = "file") -> ParsedValues:
    """A values file's content. `file` is its name in messages.

    InputError, with the place, if Helm refuses it too: not UTF-8, not YAML, not a mapping, a number that JSON cannot
    represent. An empty file is an empty mapping.
    """
    stream = Stream(data, file)
    stream.check_encoding()
    yamltext.decode(data, file)  # the whole file must be UTF-8
    (start, end), line = find_only_document(stream)
    return read_document(yamltext.compose(data[start:end].decode(), file, lambda: line), kind)


def read_document(document: Document, kind: str = "file") -> ParsedValues:
    """The values in a composed document: a values file, or a part of another file. InputError as in `read`."""
    if document.root is None:
        return ParsedValues(_empty(document, kind), [])
    return read_node(document, document.root, kind)


def _empty(document: Document, kind: str) -> Map:
    return Map(Origin(kind, Location(document.file, document.first_line(), 1)))


def read_node(
    document: Document, root: Node, kind: str = "file", unknown: Callable[[str], bool] | None = None
) -> ParsedValues:
    """The values below a node of a document. unknown: tells the texts that another tool fills in. InputError as `read`.

    A scalar with such a text is Unknown; a key with one leaves its mapping open.
    """
    notices: list[Notice] = []
    try:
        value = _ValuesReader(document, kind, notices, unknown).value(root, ())
    except RecursionError:
        raise InputError.of("yaml", "nested too deeply", document.at(root)) from None
    if is_null(value):
        return ParsedValues(_empty(document, kind), notices)
    if isinstance(value, Placeholder):
        value = Map(value.origin)
        value.has_placeholders = True
    if not isinstance(value, Map):
        raise InputError.of(
            "values",
            f"a values file must be a mapping, found {describe(value)}",
            document.at(root),
            "write `key: value` lines, for example `cleaner:` with its fields below",
        )
    return ParsedValues(value, notices)


def find_only_document(stream: Stream) -> tuple[Span, int]:
    """The span of the only document of a values file, and the number of its first line.

    InputError if Helm 3 and Helm 4 read the file differently: Helm 3 stops at a second document and Helm 4 does not,
    and Helm 4 accepts only a comment after `---`, and no directives.
    """
    stream.check_directives()
    data = stream.content
    if b"---" not in data and b"\n..." not in data:
        return stream.body(Span(0, len(data))), 1

    def refuse(line: int, source: bytes, what: str, hint: str) -> InputError:
        return InputError.of("values", what, Location(stream.name, line, 1, source.decode().rstrip("\r")), hint)

    documents = []  # the line of the `---` marker if there is one, and the start of the document
    line, counted = 1, 0
    for span in stream.documents():
        place = stream.body(span)
        body = data[slice(*place)]
        marker = body.split(b"\n", 1)[0] if body.startswith(b"---") else b""
        line, counted = line + data.count(b"\n", counted, span.start), span.start
        if marker[3:].strip() and not marker[3:].strip().startswith(b"#"):
            what = "a value follows `---` on the same line, which Helm 3 accepts and Helm 4 rejects"
            raise refuse(line, marker, what, "put it on its own line")
        rest = body[len(marker) :]
        filled = any(row.strip() and not row.strip().startswith((b"#", b"...")) for row in rest.splitlines())
        if marker or filled:
            documents.append((line, marker, place, filled))
    wanted = [document for document in documents if document[3]]
    if not wanted:
        return Span(0, 0), 1
    if len(wanted) > 1 or documents[0] is not wanted[0]:
        later = wanted[1] if len(wanted) > 1 else wanted[0]
        what = "a second document starts here; Helm 3 ignores it, Helm 4 reads it"
        raise refuse(later[0], later[1], what, "merge the documents into one, or pass two files with two -f flags")
    line, _, place, _ = wanted[0]
    return place, line


class _ValuesReader:
    """Turns a document's nodes into values, and notes what Helm may read differently from what the author intended."""

    def __init__(
        self, document: Document, kind: str, notices: list[Notice], unknown: Callable[[str], bool] | None
    ) -> None:
        self.document = document
        self.kind = kind
        self.notices = notices
        self.unknown = unknown

    def value(self, node: Node, path: Path) -> Value:
        origin = Origin(self.kind, (self.document, node))
        if len(path) > MAX_LEVELS:
            raise too_deep(origin.location)
        self._check_flow(node)
        if isinstance(node, SequenceNode):
            return Seq(origin, [self.value(item, (*path, index)) for index, item in enumerate(node.value)])
        if isinstance(node, MappingNode):
            mapping = self._mapping(node, path, origin)
            return Placeholder("", origin) if mapping.has_placeholders and not mapping else mapping
        found = yamltext.construct(self.document, node)
        if self.unknown and isinstance(found, str) and self.unknown(found):
            return Placeholder(found, origin, node.value)
        try:
            value = scalars.convert_number(found)
        except ValueError as e:
            hint = "quote it if it is meant as text"
            raise InputError.of("values", f"JSON has no {node.value}: {e}", origin.location, hint) from None
        if node.tag == yamltext.PLAIN and not isinstance(value, str) and value is not None:
            self._ambiguous(node.value, quote(value), path, node)
        return Scalar(value, origin, node.value)

    def _check_flow(self, node: Node) -> None:
        """Refuses what libyaml accepts and go-yaml v2, which Helm uses, does not."""
        for child in yamltext.children(node):
            if child.tag == yamltext.PLAIN and "?" in child.value and yamltext.is_flow(node):
                what, hint = "Helm cannot read a `?` in braces or brackets", "write the value in quotes"
                raise InputError.of("yaml", what, self.document.at(child), hint)
            if getattr(child, "style", None) == '"':
                source = self.document.text[child.start_mark.index : child.end_mark.index]
                if _ESCAPED_SLASH.search(source):
                    what, hint = "Helm cannot read the escape `\\/`", "write the slash alone"
                    raise InputError.of("yaml", what, self.document.at(child), hint)

    def _mapping(self, node: Node, path: Path, origin: Origin) -> Map:
        result = Map(origin)
        own: dict[str, Node] = {}  # the keys that are written here, without those from merges
        for key, value in node.value:
            if yamltext.is_merge(key):
                for source in yamltext.merge_sources(self.document, key, value):
                    merged = self.value(source, path)
                    if not isinstance(merged, Map):  # all of it is filled in
                        result.has_placeholders = True
                        continue
                    result.has_placeholders |= merged.has_placeholders
                    for name, entry in merged.items():
                        result.put(name, entry, merged.keys_at[name])
                        if name in own:
                            line = self.document.at(key).line
                            message = f"Helm lets the merge key in line {line} override this"
                            self._note(
                                "duplicate-key", (*path, name), message, "move it after the merge key", own[name]
                            )
                continue
            name = yamltext.key_text(self.document, key)
            if self.unknown and self.unknown(name):
                result.has_placeholders = True
                continue
            if key.tag == yamltext.PLAIN and name != key.value:
                self._ambiguous(key.value, name, (*path, name), key, is_key=True)
            if name in own:
                line = self.document.at(own[name]).line
                message = f"duplicate key, first used in line {line}; Helm uses the last one"
                self._note("duplicate-key", (*path, name), message, "remove one of them", key)
            own[name] = key
            result.put(name, self.value(value, (*path, name)), Origin(self.kind, (self.document, key)))
        return result

    def _ambiguous(self, raw: str, meaning: str, path: Path, node: Node, *, is_key: bool = False) -> None:
        """Notes a plain scalar that Helm reads as something else: `on`, `0777`, `1e3`, a tag 2.10."""
        if raw in (meaning, f"+{meaning}") or (meaning in ("true", "false") and raw.lower() == meaning):
            return
        text_counts = is_key or "imageTag" in path[-1:]
        if _DECIMAL.match(raw) and float(raw) == float(meaning) and not text_counts:
            return  # 1.0 or 0.50 in a quantity is not ambiguous
        digits = raw.lstrip("+-")
        lost = digits.isdigit() and not digits.startswith("0")
        message = f"Helm reads {raw} as {meaning}" + (": integers beyond 2^53 lose digits" if lost else "")
        given = quote(raw)
        hint = f"write {given} for a string" + ("" if lost else f", or {meaning}")
        self._note("ambiguous-scalar", path, message, hint, node)

    def _note(self, code: str, path: Path, message: str, hint: str, node: Node) -> None:
        place = self.document.at(node)
        diagnostic = Diagnostic("warning", code, to_dotted(path), shorten(message), shorten(hint), place)
        self.notices.append(Notice(path, diagnostic))
