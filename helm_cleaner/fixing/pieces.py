"""Pieces of a document's text: where entries and lines begin and end, and what cannot be edited."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from itertools import groupby

from yaml.nodes import MappingNode, Node, ScalarNode

from helm_cleaner import yamltext
from helm_cleaner.diagnostics import InputError
from helm_cleaner.yamltext import Document, Splice

Entry = tuple[Node, Node]

_COLON = re.compile(r"\s*:")
_NOT_IN_BRACES = re.compile(r"[,\[\]{}]|: |\s#")


def literal(document: Document, node: Node) -> tuple[int, int] | None:
    """The span of a scalar without its quotes; None if the text is not the value itself, or is a block scalar."""
    if not isinstance(node, ScalarNode) or node.style in ("|", ">"):
        return None
    quote = node.style or ""
    end = node.end_mark.index - len(quote)
    start = end - len(node.value)
    before = document.text[max(start - len(quote), 0) : start]
    return (start, end) if document.text[start:end] == node.value and before == quote else None


def without_in_braces(document: Document, mapping: MappingNode, run: list[Entry]) -> Splice:
    """Removes adjacent entries from a mapping in braces that has others."""
    first, last = mapping.value.index(run[0]), mapping.value.index(run[-1])
    start, end = run[0][0].start_mark.index, entry_end(document, run[-1])
    if last + 1 < len(mapping.value):
        after = mapping.value[last + 1][0].start_mark.index
        no_comment(document, mapping, end, after)
        return Splice(start, after, "")
    before = entry_end(document, mapping.value[first - 1])
    no_comment(document, mapping, before, start)
    return Splice(before, end, "")


def without_lines(document: Document, entry: Entry) -> Splice:
    """Removes an entry's lines; a comment after it stays, on a line of its own."""
    text, end = document.text, entry_end(document, entry)
    start, stop = line_start(document, entry[0]), line_end(text, end)
    if "\n" in text[entry[0].start_mark.index : end]:
        no_comment(document, entry[0], start, end)
    comment = text.find("#", end, stop)
    return Splice(start, stop, "") if comment < 0 else Splice(entry[0].start_mark.index, comment, "")


def runs(mapping: MappingNode, names: Collection[str]) -> list[list[Entry]]:
    """The entries with these names, in groups of adjacent ones."""
    groups = groupby(mapping.value, lambda entry: entry[0].value in names)
    return [list(entries) for named, entries in groups if named]


def entry_end(document: Document, entry: Entry) -> int:
    """The end of an entry's text; without a value, that of the key and its colon."""
    key, value = entry
    if value.start_mark.index < value.end_mark.index:
        return yamltext.content_end(document, value)
    colon = _COLON.match(document.text, key.end_mark.index)
    end: int = colon.end() if colon else key.end_mark.index
    return end


def spelling(document: Document, node: Node) -> str:
    """A node's text as written."""
    return document.text[node.start_mark.index : yamltext.content_end(document, node)]


def is_plain_in_braces(text: str) -> bool:
    """Whether a plain scalar may stand in braces or brackets as it is."""
    return not _NOT_IN_BRACES.search(text)


def in_braces(document: Document, value: Node) -> str:
    """A value as it may be written in braces: its own text, or the data as JSON."""
    text = document.text[value.start_mark.index : value.end_mark.index]
    plain = isinstance(value, ScalarNode) and not value.style
    if yamltext.is_flow(value) and not (plain and _NOT_IN_BRACES.search(text)):
        return text or "null"
    return json.dumps(yamltext.construct(document, value), ensure_ascii=False)


def like(key: Node, name: str) -> str:
    """A new key's name, with the quotes of a neighbor."""
    quote = key.style or "" if isinstance(key, ScalarNode) else ""
    return f"{quote}{name}{quote}"


def line_start(document: Document, key: Node) -> int:
    """The start of the line that begins with a key."""
    at: int = key.start_mark.index
    start = document.text.rfind("\n", 0, at) + 1
    if document.text[start:at].strip(" "):
        raise unusual(document, key, "write `key: value`, on a line of its own")
    return start


def line_end(text: str, index: int) -> int:
    """The end of the line that contains an index, with its line break."""
    return text.find("\n", index) + 1 or len(text)


def eol(text: str, index: int) -> str:
    """The line break to use: that of the previous line, or of the line itself."""
    at = text.rfind("\n", 0, index)
    at = at if at >= 0 else text.find("\n", index)
    return "\r\n" if text[max(at - 1, 0) : at + 1] == "\r\n" else "\n"


def lines_at(text: str, at: int, lines: str, eol: str) -> Splice:
    """Inserts whole lines at the start of a line, or after a last line without a line break."""
    return Splice(at, at, lines if text[:at].endswith("\n") else eol + lines.removesuffix(eol))


def apply(text: str, splices: list[Splice]) -> str:
    """The text with splices applied; a last line without a line break stays so, even if it is moved or removed."""
    new = yamltext.splice(text, splices)
    if new.endswith("\n") and not text.endswith("\n"):
        return new.removesuffix("\n").removesuffix("\r")
    return new


def no_comment(document: Document, node: Node, start: int, end: int) -> None:
    if "#" in document.text[start:end]:
        raise unusual(document, node, "move the comment out of it")


def no_colon(document: Document, value: Node) -> None:
    """Refuses a text with a colon at its end, which makes it a key outside of braces."""
    if isinstance(value, ScalarNode) and not value.style and value.value.endswith(":"):
        raise unusual(document, value, "write it in quotes")


def no_odd_break(document: Document, node: Node, start: int, end: int) -> None:
    if yamltext.ODD_BREAK.search(document.text, start, end):
        raise unusual(document, node, "end its lines in LF or CRLF")


def unusual(document: Document, node: Node, hint: str) -> InputError:
    """The error about a style that is not supported."""
    return cannot(document, node, "its style is not supported", hint)


def cannot(document: Document, node: Node, reason: str, hint: str) -> InputError:
    """The error about what cannot be rewritten."""
    return InputError.of("yaml-shape", f"cannot be rewritten: {reason}", document.at(node), hint)
