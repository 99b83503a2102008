"""Moves entries of mappings in the text of a document; every other byte and comment stays.

Each function returns splices, or raises InputError if the text cannot be edited without changing more than that.
"""

from __future__ import annotations

from collections.abc import Collection

from yaml.nodes import MappingNode, Node

from helm_cleaner import yamltext
from helm_cleaner.fixing import pieces
from helm_cleaner.fixing.pieces import Entry
from helm_cleaner.yamltext import Document, Splice


def unpack(
    document: Document, parent: MappingNode, key: Node, mapping: MappingNode, names: dict[str, str]
) -> list[Splice]:
    """Replaces a mapping's own entry in its parent by the mapping's entries, under other names. key: the mapping's
    key.
    """
    text, entries = document.text, mapping.value
    spans = [pieces.literal(document, k) for k, _ in entries]
    indent, first = " " * key.start_mark.column, entries[0][0].start_mark.index
    is_own = any(k is key for k, _ in parent.value)
    of_several_lines = any(
        "\n" in text[entry[0].start_mark.index : pieces.entry_end(document, entry)] for entry in entries
    )
    if not is_own or of_several_lines or yamltext.ODD_BREAK.search(text, key.start_mark.index, mapping.end_mark.index):
        raise pieces.unusual(document, mapping, "write image and imageTag each on a line, as plain text")
    pieces.no_comment(document, mapping, key.end_mark.index, first)
    splices = [Splice(key.start_mark.index, first, "")]
    for (k, _), span in zip(entries, spans, strict=True):
        if span is None:
            raise pieces.unusual(document, k, "write image and imageTag each on a line, as plain text")
        splices.append(Splice(*span, names[k.value]))
    if not mapping.flow_style:
        pieces.line_start(document, key)
        return splices + [Splice(pieces.line_start(document, k), k.start_mark.index, indent) for k, _ in entries[1:]]
    for _, value in entries:
        pieces.no_colon(document, value)
    ends = [pieces.entry_end(document, entry) for entry in entries]
    starts = [*(k.start_mark.index for k, _ in entries[1:]), mapping.end_mark.index]
    for end, start in zip(ends, starts, strict=True):
        pieces.no_comment(document, mapping, end, start)
    if not parent.flow_style:
        pieces.line_start(document, key)
        eol = pieces.eol(text, key.start_mark.index)
        splices += [Splice(end, start, eol + indent) for end, start in zip(ends[:-1], starts[:-1], strict=True)]
    return [*splices, Splice(ends[-1], starts[-1], "")]


def only_value(document: Document, item: MappingNode) -> list[Splice]:
    """Replaces a mapping with one entry, such as `{name: …}`, by that entry's value, in any style."""
    if len(item.value) != 1:
        raise pieces.unusual(document, item, "write just the name")
    entry = item.value[0]
    start, end = item.start_mark.index, item.end_mark.index if item.flow_style else pieces.entry_end(document, entry)
    name = slice(entry[1].start_mark.index, pieces.entry_end(document, entry))
    if len(document.text[name].splitlines()) > 1:  # without its braces, the next line may be an item of the list
        raise pieces.unusual(document, item, "write the name on one line")
    pieces.no_colon(document, entry[1])
    pieces.no_comment(document, item, start, name.start)
    pieces.no_comment(document, item, name.stop, end)
    if document.text[end : end + 1] == "#":  # behind a bracket libyaml takes it for a comment, behind a word it is none
        raise pieces.unusual(document, item, "put a space before the comment")
    return [Splice(start, end, document.text[name])]


def move_under(
    document: Document, key: Node, mapping: MappingNode, under: str, moved: Collection[str], same: Collection[str]
) -> list[Splice]:
    """Moves entries of a mapping under another one of its entries; drops those that are there already.

    key: that of the mapping.
    """
    if any(yamltext.is_merge(k) for k, _ in mapping.value):
        raise pieces.unusual(document, mapping, "write it without a merge key")
    if not moved and yamltext.find_pair(mapping, under) is None:
        raise pieces.cannot(document, mapping, f"its {under} are in another file", "remove what is there as well")
    if mapping.flow_style:
        return _in_flow(document, mapping, under, moved, same)
    return _in_block(document, key, mapping, under, moved, same)


# ---- mappings in braces -------------------------------------------------------------------------------------------


def _in_flow(
    document: Document, mapping: MappingNode, under: str, moved: Collection[str], same: Collection[str]
) -> list[Splice]:
    text = document.text
    runs = pieces.runs(mapping, moved)
    texts = [text[run[0][0].start_mark.index : pieces.entry_end(document, run[-1])] for run in runs]
    joined = ", ".join(f"{t} " if t.endswith(":") else t for t in texts)
    there = yamltext.find_pair(mapping, under)
    if there is None:
        first, *others = runs
        start = first[0][0].start_mark.index
        wrapped = f"{pieces.like(first[0][0], under)}: {{{joined}}}"
        return [
            Splice(start, pieces.entry_end(document, first[-1]), wrapped),
            *(pieces.without_in_braces(document, mapping, run) for run in others),
        ]
    removed = [pieces.without_in_braces(document, mapping, run) for run in pieces.runs(mapping, {*moved, *same})]
    return removed + _into_braces(document, there, joined)


def _into_braces(document: Document, there: Entry, entries: str) -> list[Splice]:
    """Adds entries to a there that is a mapping in braces, or null."""
    key, value = there
    if isinstance(value, MappingNode):
        at = document.text.index("{", value.start_mark.index) + 1
        return [Splice(at, at, entries + (", " if entries and value.value else ""))]
    start, end = key.start_mark.index, key.end_mark.index
    return [Splice(start, pieces.entry_end(document, there), f"{document.text[start:end]}: {{{entries}}}")]


# ---- mappings on lines of their own -------------------------------------------------------------------------------


def _in_block(
    document: Document, key: Node, mapping: MappingNode, under: str, moved: Collection[str], same: Collection[str]
) -> list[Splice]:
    text = document.text
    pieces.no_odd_break(document, mapping, mapping.start_mark.index, mapping.end_mark.index)
    pieces.line_start(document, key)
    first = mapping.value[0][0].start_mark
    step = first.column - key.start_mark.column
    eol = pieces.eol(text, first.index)
    runs = pieces.runs(mapping, moved)
    spans = [
        Splice(pieces.line_start(document, run[0][0]), pieces.line_end(text, pieces.entry_end(document, run[-1])), "")
        for run in runs
    ]
    gone = [pieces.without_lines(document, entry) for entry in mapping.value if entry[0].value in same]
    there = yamltext.find_pair(mapping, under)
    if there is None:
        lines = "".join(_indented(document, run, step, eol) for run in runs)
        return [Splice(spans[0].start, spans[0].end, f"{' ' * first.column}{under}:{eol}{lines}"), *spans[1:]]
    if not isinstance(there[1], MappingNode):  # null: the word gives way to the lines below
        pieces.line_start(document, there[0])
        colon, end = text.index(":", there[0].end_mark.index) + 1, pieces.entry_end(document, there)
        pieces.no_comment(document, there[0], colon, end)
        gone.append(Splice(colon, end, ""))
        at = pieces.line_end(text, end)
    elif there[1].flow_style:
        entries = [entry for run in runs for entry in run]
        joined = ", ".join(f"{pieces.spelling(document, k)}: {pieces.in_braces(document, v)}" for k, v in entries)
        return [*gone, *(pieces.without_lines(document, e) for e in entries), *_into_braces(document, there, joined)]
    else:
        inner = there[1].value[0][0]
        step = inner.start_mark.column - first.column
        at = pieces.line_start(document, inner)
    lines = "".join(_indented(document, run, step, eol) for run in runs)
    return [*gone, *spans, *([pieces.lines_at(text, at, lines, eol)] if lines else [])]


def _indented(document: Document, run: list[Entry], step: int, eol: str) -> str:
    """The lines of adjacent entries, indented by one more step, with everything between them."""
    starts = [pieces.line_start(document, key) for key, _ in run]
    start, end = starts[0], pieces.line_end(document.text, pieces.entry_end(document, run[-1]))
    lines = document.text[start:end].removesuffix("\n").removesuffix("\r").split("\n")
    shifted = [" " * step + line if line.strip() else line for line in lines]
    return "\n".join(shifted) + eol
