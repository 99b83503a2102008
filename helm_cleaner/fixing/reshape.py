"""Edits the text of a section that has a different shape than the documented one; every other byte and comment stays.

Each function returns splices for a composed document, or raises InputError if the text cannot be edited without
changing more than that. Callers must not pass nodes that come from an alias or a merge key.
"""

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


def split_image(document: Document, mapping: MappingNode, key: Node, image: ScalarNode, tag: str) -> list[Splice]:
    """Moves `:tag` from the image's text to an imageTag after it."""
    found = literal(document, image)
    if found is None or all(k is not key for k, _ in mapping.value):
        raise _unusual(document, image, "write image and imageTag each on a line, as plain text")
    text, quote = document.text, image.style or '"'
    cut = Splice(found[1] - len(tag) - 1, found[1], "")
    if mapping.flow_style:
        end = image.end_mark.index
        name = _like(key, "imageTag")
        return [cut, Splice(end, end, f", {name}: {quote}{tag}{quote}")]
    _line_start(document, key)
    at, eol = _line_end(text, image.end_mark.index), _eol(text, key.start_mark.index)
    _no_odd_break(document, image, key.start_mark.index, at)
    return [cut, _lines_at(text, at, f"{' ' * key.start_mark.column}imageTag: {quote}{tag}{quote}{eol}", eol)]


def unpack(
    document: Document, parent: MappingNode, key: Node, mapping: MappingNode, names: dict[str, str]
) -> list[Splice]:
    """Replaces a mapping's own entry in its parent by the mapping's entries, under other names. key: the mapping's
    key.
    """
    text, entries = document.text, mapping.value
    spans = [literal(document, k) for k, _ in entries]
    indent, first = " " * key.start_mark.column, entries[0][0].start_mark.index
    is_own = any(k is key for k, _ in parent.value)
    of_several_lines = any("\n" in text[entry[0].start_mark.index : _end(document, entry)] for entry in entries)
    if not is_own or of_several_lines or yamltext.ODD_BREAK.search(text, key.start_mark.index, mapping.end_mark.index):
        raise _unusual(document, mapping, "write image and imageTag each on a line, as plain text")
    _no_comment(document, mapping, key.end_mark.index, first)
    splices = [Splice(key.start_mark.index, first, "")]
    for (k, _), span in zip(entries, spans, strict=True):
        if span is None:
            raise _unusual(document, k, "write image and imageTag each on a line, as plain text")
        splices.append(Splice(*span, names[k.value]))
    if not mapping.flow_style:
        _line_start(document, key)
        return splices + [Splice(_line_start(document, k), k.start_mark.index, indent) for k, _ in entries[1:]]
    for _, value in entries:
        _no_colon(document, value)
    ends = [_end(document, entry) for entry in entries]
    starts = [*(k.start_mark.index for k, _ in entries[1:]), mapping.end_mark.index]
    for end, start in zip(ends, starts, strict=True):
        _no_comment(document, mapping, end, start)
    if not parent.flow_style:
        _line_start(document, key)
        eol = _eol(text, key.start_mark.index)
        splices += [Splice(end, start, eol + indent) for end, start in zip(ends[:-1], starts[:-1], strict=True)]
    return [*splices, Splice(ends[-1], starts[-1], "")]


def name_of(document: Document, item: MappingNode) -> list[Splice]:
    """Replaces `{name: …}` by the name, in any style."""
    entry = yamltext.find_pair(item, "name")
    if entry is None or len(item.value) != 1:
        raise _unusual(document, item, "write just the name")
    start, end = item.start_mark.index, item.end_mark.index if item.flow_style else _end(document, entry)
    name = slice(entry[1].start_mark.index, _end(document, entry))
    if len(document.text[name].splitlines()) > 1:  # without its braces, the next line may be an item of the list
        raise _unusual(document, item, "write the name on one line")
    _no_colon(document, entry[1])
    _no_comment(document, item, start, name.start)
    _no_comment(document, item, name.stop, end)
    if document.text[end : end + 1] == "#":  # behind a bracket libyaml takes it for a comment, behind a word it is none
        raise _unusual(document, item, "put a space before the comment")
    return [Splice(start, end, document.text[name])]


def to_requests(
    document: Document, key: Node, resources: MappingNode, moved: Collection[str], dropped: Collection[str]
) -> list[Splice]:
    """Moves entries of resources under its requests; drops those that are already there. key: that of resources."""
    if any(yamltext.is_merge(k) for k, _ in resources.value):
        raise _unusual(document, resources, "write it without a merge key")
    if resources.flow_style:
        return _in_flow(document, resources, moved, dropped)
    return _in_block(document, key, resources, moved, dropped)


# ---- resources in braces ------------------------------------------------------------------------------------------


def _in_flow(
    document: Document, resources: MappingNode, moved: Collection[str], dropped: Collection[str]
) -> list[Splice]:
    text = document.text
    runs = _runs(resources, moved)
    texts = [text[run[0][0].start_mark.index : _end(document, run[-1])] for run in runs]
    joined = ", ".join(f"{t} " if t.endswith(":") else t for t in texts)
    requests = yamltext.find_pair(resources, "requests")
    if requests is None:
        first, *others = runs
        start = first[0][0].start_mark.index
        wrapped = f"{_like(first[0][0], 'requests')}: {{{joined}}}"
        return [
            Splice(start, _end(document, first[-1]), wrapped),
            *(_removed(document, resources, run) for run in others),
        ]
    removed = [_removed(document, resources, run) for run in _runs(resources, {*moved, *dropped})]
    return removed + _into_braces(document, requests, joined)


def _removed(document: Document, mapping: MappingNode, run: list[Entry]) -> Splice:
    """Removes adjacent entries from a mapping in braces that has others."""
    first, last = mapping.value.index(run[0]), mapping.value.index(run[-1])
    start, end = run[0][0].start_mark.index, _end(document, run[-1])
    if last + 1 < len(mapping.value):
        after = mapping.value[last + 1][0].start_mark.index
        _no_comment(document, mapping, end, after)
        return Splice(start, after, "")
    before = _end(document, mapping.value[first - 1])
    _no_comment(document, mapping, before, start)
    return Splice(before, end, "")


def _into_braces(document: Document, requests: Entry, entries: str) -> list[Splice]:
    """Adds entries to a requests that is a mapping in braces, or null."""
    key, value = requests
    if isinstance(value, MappingNode):
        at = document.text.index("{", value.start_mark.index) + 1
        return [Splice(at, at, entries + (", " if entries and value.value else ""))]
    start, end = key.start_mark.index, key.end_mark.index
    return [Splice(start, _end(document, requests), f"{document.text[start:end]}: {{{entries}}}")]


# ---- resources on lines of their own ------------------------------------------------------------------------------


def _in_block(
    document: Document, key: Node, resources: MappingNode, moved: Collection[str], dropped: Collection[str]
) -> list[Splice]:
    text = document.text
    _no_odd_break(document, resources, resources.start_mark.index, resources.end_mark.index)
    _line_start(document, key)
    first = resources.value[0][0].start_mark
    step = first.column - key.start_mark.column
    eol = _eol(text, first.index)
    runs = _runs(resources, moved)
    spans = [Splice(_line_start(document, run[0][0]), _line_end(text, _end(document, run[-1])), "") for run in runs]
    gone = [_without(document, entry) for entry in resources.value if entry[0].value in dropped]
    requests = yamltext.find_pair(resources, "requests")
    if requests is None:
        lines = "".join(_indented(document, run, step, eol) for run in runs)
        return [Splice(spans[0].start, spans[0].end, " " * first.column + "requests:" + eol + lines), *spans[1:]]
    if not isinstance(requests[1], MappingNode):  # null: the word gives way to the lines below
        _line_start(document, requests[0])
        colon, end = text.index(":", requests[0].end_mark.index) + 1, _end(document, requests)
        _no_comment(document, requests[0], colon, end)
        gone.append(Splice(colon, end, ""))
        at = _line_end(text, end)
    elif requests[1].flow_style:
        entries = [entry for run in runs for entry in run]
        joined = ", ".join(f"{spelling(document, k)}: {_in_braces(document, v)}" for k, v in entries)
        return [*gone, *(_without(document, e) for e in entries), *_into_braces(document, requests, joined)]
    else:
        inner = requests[1].value[0][0]
        step = inner.start_mark.column - first.column
        at = _line_start(document, inner)
    lines = "".join(_indented(document, run, step, eol) for run in runs)
    return [*gone, *spans, *([_lines_at(text, at, lines, eol)] if lines else [])]


def _indented(document: Document, run: list[Entry], step: int, eol: str) -> str:
    """The lines of adjacent entries, indented by one more step, with everything between them."""
    starts = [_line_start(document, key) for key, _ in run]
    start, end = starts[0], _line_end(document.text, _end(document, run[-1]))
    lines = document.text[start:end].removesuffix("\n").removesuffix("\r").split("\n")
    shifted = [" " * step + line if line.strip() else line for line in lines]
    return "\n".join(shifted) + eol


def _without(document: Document, entry: Entry) -> Splice:
    """Removes an entry's lines; a comment after it stays, on a line of its own."""
    text, end = document.text, _end(document, entry)
    start, stop = _line_start(document, entry[0]), _line_end(text, end)
    if "\n" in text[entry[0].start_mark.index : end]:
        _no_comment(document, entry[0], start, end)
    comment = text.find("#", end, stop)
    return Splice(start, stop, "") if comment < 0 else Splice(entry[0].start_mark.index, comment, "")


# ---- pieces of text -----------------------------------------------------------------------------------------------


def _runs(mapping: MappingNode, names: Collection[str]) -> list[list[Entry]]:
    """The entries with these names, in groups of adjacent ones."""
    groups = groupby(mapping.value, lambda entry: entry[0].value in names)
    return [list(entries) for named, entries in groups if named]


def _end(document: Document, entry: Entry) -> int:
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


def _in_braces(document: Document, value: Node) -> str:
    """A value as it may be written in braces: its own text, or the data as JSON."""
    text = document.text[value.start_mark.index : value.end_mark.index]
    plain = isinstance(value, ScalarNode) and not value.style
    if yamltext.is_flow(value) and not (plain and _NOT_IN_BRACES.search(text)):
        return text or "null"
    return json.dumps(yamltext.construct(document, value), ensure_ascii=False)


def _like(key: Node, name: str) -> str:
    """A new key's name, with the quotes of a neighbor."""
    quote = key.style or "" if isinstance(key, ScalarNode) else ""
    return f"{quote}{name}{quote}"


def _line_start(document: Document, key: Node) -> int:
    """The start of the line that begins with a key."""
    at: int = key.start_mark.index
    start = document.text.rfind("\n", 0, at) + 1
    if document.text[start:at].strip(" "):
        raise _unusual(document, key, "write `key: value`, on a line of its own")
    return start


def _line_end(text: str, index: int) -> int:
    """The end of the line that contains an index, with its line break."""
    return text.find("\n", index) + 1 or len(text)


def _eol(text: str, index: int) -> str:
    """The line break to use: that of the previous line, or of the line itself."""
    at = text.rfind("\n", 0, index)
    at = at if at >= 0 else text.find("\n", index)
    return "\r\n" if text[max(at - 1, 0) : at + 1] == "\r\n" else "\n"


def _lines_at(text: str, at: int, lines: str, eol: str) -> Splice:
    """Inserts whole lines at the start of a line, or after a last line without a line break."""
    return Splice(at, at, lines if text[:at].endswith("\n") else eol + lines.removesuffix(eol))


def _no_comment(document: Document, node: Node, start: int, end: int) -> None:
    if "#" in document.text[start:end]:
        raise _unusual(document, node, "move the comment out of it")


def _no_colon(document: Document, value: Node) -> None:
    """Refuses a text with a colon at its end, which makes it a key outside of braces."""
    if isinstance(value, ScalarNode) and not value.style and value.value.endswith(":"):
        raise _unusual(document, value, "write it in quotes")


def _no_odd_break(document: Document, node: Node, start: int, end: int) -> None:
    if yamltext.ODD_BREAK.search(document.text, start, end):
        raise _unusual(document, node, "end its lines in LF or CRLF")


def _unusual(document: Document, node: Node, hint: str) -> InputError:
    message = "cannot be rewritten here without changing more: its style is not supported"
    return InputError.of("yaml-shape", message, document.at(node), hint)
