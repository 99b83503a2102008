"""Composes YAML text: Documents by PyYAML (with libyaml if it is available). Errors have a place."""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml
from yaml.nodes import Node, ScalarNode

from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.yamltext import loaders
from helm_cleaner.yamltext.document import Document, too_deep
from helm_cleaner.yamltext.lines import location_of
from helm_cleaner.yamltext.nodes import PLAIN, STR, children

if TYPE_CHECKING:
    from typing import Any

# A composed document takes some 80 times its length in memory. Helm keeps values in a Secret of 1 MiB, compressed, and
# a ConfigMap has no more: no document that matters comes near this.
MAX_LENGTH = 32 << 20  # characters
_TOO_LONG = "split the document; helm-cleaner reads streams of any length, as long as each document is shorter"
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# At the start of an unindented line: go-yaml v2 looks for a mark at the start of its buffer, not of the line.
_MARGIN = re.compile("(?:\n|\r(?!\n)|[\x85\u2028\u2029])(?! |\\Z)")
_NON_SPECIFIC = re.compile(r"(?:&\S+\s+)?!(?=\s)")  # at a node's start; a search would be quadratic
_BARE_BANGS = ("! ", "!\n", "!\r", "!\t")
_INDENTATION = "check the indentation, or quote text that contains `: `"
_MAX_EXPANSION = 10_000_000  # how much aliases may add to a text; a node counts as
_NODE = 10  # characters
_MOST_LEVELS = 500  # fewer than any library's own limit: libyaml 0.2.6 stops at 1,000, Python's recursion near it
_OPENERS = ("[", "{", "- ", "? ")
_OPENING = (
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)


def _one() -> int:
    return 1


def decode(data: bytes, file: str, first_line: Callable[[], int] = _one) -> str:
    """The text of UTF-8 bytes. InputError, with the place, if they are not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as e:
        good = data[: e.start].decode("utf-8")
        location = location_of(good + "\ufffd", len(good), file, first_line())
        raise InputError.of(
            "encoding", f"byte 0x{data[e.start]:02x} is not UTF-8", location, "save the file as UTF-8"
        ) from None


def compose(text: str, file: str, first_line: Callable[[], int] = _one) -> Document:
    """The text as a Document. InputError, with the place, if it is not YAML, has two documents, or contains itself, or
    if it is longer than MAX_LENGTH.

    The byte order mark of the encoding must have been removed: one at the start of the text is a second one.
    """
    if len(text) > MAX_LENGTH:
        message = f"a YAML document of {len(text):,} characters; at most {MAX_LENGTH:,} are read"
        raise InputError.of("input", message, Location(file, first_line()), _TOO_LONG)
    if text.startswith(loaders.BOM) and (lost := _MARGIN.search(text)):
        message = "behind two byte order marks, Helm drops the first character of every later line"
        location = location_of(text, lost.end(), file, first_line())
        raise InputError.of("yaml", message, location, "remove them: save the file as UTF-8 without a signature")
    try:
        if is_too_deep(text):
            raise too_deep(file, first_line())
        root = loaders.compose_root(text)
        document = Document(text, root, file, first_line)
        most = _MAX_EXPANSION + len(text) * (_NODE // 2 + 1)  # without aliases: a node has at least two characters
        if root is not None and "*" in text and "&" in text and _expanded_size(root, {}, document) > most:
            raise InputError.of("yaml", "the aliases in this document expand to too much data", document.at(root))
    except yaml.reader.ReaderError:
        bad = _UNPRINTABLE.search(text)
        assert bad is not None, "of a text, only a character can be refused"
        location = location_of(text, bad.start(), file, first_line())
        message = f"control character U+{ord(bad[0]):04X} is not allowed in YAML"
        raise InputError.of("yaml", message, location, "remove or escape it") from None
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        # An unclosed quote or bracket is noticed at the end of the text; its start is more helpful.
        if mark and e.context_mark and mark.index >= len(text.rstrip()):
            mark = e.context_mark
        location = location_of(text, mark.index if mark else 0, file, first_line())
        problem = ", ".join(p for p in (e.context, e.problem) if p)
        kind = "cannot be read" if isinstance(e, yaml.composer.ComposerError) else "not YAML"
        hint = _INDENTATION if _is_misplaced(text, e) else ""
        if mark and text[mark.index : mark.index + 1] == "\t":
            problem, hint = "tabs cannot be used for indentation", "indent with spaces"
        raise InputError.of("yaml", f"{kind}: {problem}", location, hint) from None
    except RecursionError:
        raise too_deep(file, first_line()) from None
    if root is not None and "!" in text and any(bang in text for bang in _BARE_BANGS):
        _take_for_strings(document, root)
    return document


def _is_misplaced(body: str, e: yaml.MarkedYAMLError) -> bool:
    """Whether a block key or item is where none is allowed. Decided by place: each library has its own words."""
    found, around = e.problem_mark, e.context_mark
    if found is None:
        return False
    if isinstance(e, yaml.scanner.ScannerError):
        return body[found.index : found.index + 1] == ":"
    if around is None or not isinstance(e, yaml.parser.ParserError):
        return False
    return around.index < found.index and body[around.index] not in "[{"


def is_too_deep(body: str) -> bool:
    """Whether a text nests too deeply. Parsing events does not recurse; composing does, unguarded in libyaml."""
    few = _MOST_LEVELS // 2
    if sum(map(body.count, _OPENERS)) <= few and " " * few not in body:
        return False
    loader = loaders.Loader(body)
    level = end = 0
    try:
        while level <= _MOST_LEVELS and loader.check_event():
            event: Any = loader.get_event()
            level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            end = event.end_mark.index
    except yaml.MarkedYAMLError as e:
        # This may be the library's own limit. It reads up to 1,024 characters of a line ahead of the events.
        level += _most_levels(body[end : e.problem_mark.index if e.problem_mark else None])
    return level > _MOST_LEVELS


def _most_levels(text: str) -> int:
    """How many levels a part of a document opens, as far as it can be read."""
    scanner = loaders._PureLoader(text)
    level = most = 0
    try:
        while scanner.check_token():
            token = scanner.get_token()  # type: ignore[no-untyped-call]  # its stubs leave it out
            level += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
            most = max(most, level)
    except yaml.YAMLError:
        pass  # compose reports it
    return most


def _take_for_strings(document: Document, root: Node) -> None:
    """Marks the scalars with the tag `!` as strings; PyYAML resolves them as if they had no tag."""
    stack = [root]
    while stack:
        node = stack.pop()
        stack.extend(children(node))
        if node.tag == PLAIN and _NON_SPECIFIC.match(document.text, node.start_mark.index):
            node.tag = STR


def _expanded_size(node: Node, sizes: dict[int, int], document: Document) -> int:
    """The size with every alias written out. InputError for a node that contains itself."""
    known = sizes.get(id(node))
    if known is not None:
        if known == 0:
            raise InputError.of("yaml", "an anchor's value contains itself", document.at(node))
        return known
    sizes[id(node)] = 0
    size = _NODE + sum(_expanded_size(child, sizes, document) for child in children(node))
    if isinstance(node, ScalarNode):
        size += len(node.value)
    sizes[id(node)] = size
    return size
