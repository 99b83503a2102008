"""A values file in, the same file with its section checked and made regular out, every other byte kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from helm_cleaner import section, values, yamltext
from helm_cleaner.diagnostics import BugError, Diagnostic, InputError, SectionError
from helm_cleaner.values import plain
from helm_cleaner.yamltext import Document, Splice


class Result(NamedTuple):
    """The file's new content, and warnings."""

    content: bytes
    diagnostics: list[Diagnostic]


def preprocess(content: bytes, file: str) -> Result:
    """A values file with its section made regular; a file without a section as it is.

    SectionError with every finding where the section is invalid; InputError where Helm would refuse the file, or where
    the section has a shape that cannot be rewritten; BugError where the new file does not say the same as the old one.
    """
    read = values.read(content, file)
    found = section.find(read.values, (section.NAME,))
    if found is None or values.is_null(found[0]):
        return Result(content, [])
    before = plain(found[0])
    result, said = section.lay_over(None, read)
    assert result is not None
    said = section.judge(result, said)
    if any(d.severity == "error" for d in said):
        raise SectionError(said)
    if plain(result) == before:
        return Result(content, said)
    text = yamltext.decode(content, file)
    document = yamltext.compose(text, file)
    new = yamltext.splice(document.text, _rewritten(document, before))
    if not document.text.endswith("\n"):
        new = new.removesuffix("\n").removesuffix("\r")
    rewritten = (text[: len(text) - len(document.text)] + new).encode()
    try:
        same = plain(values.read(rewritten, file).values) == plain(read.values)  # which was made regular in place
    except InputError:
        same = False
    if not same:
        message = "the rewritten file is not what was meant; nothing was written"
        hint = "this is a bug in helm-cleaner: please report it with the file"
        raise BugError([Diagnostic("error", "internal", section.NAME, message, hint, found[1].location)])
    return Result(rewritten, said)


def _rewritten(document: Document, before: Any) -> list[Splice]:
    """The splices that make regular what is not, in the spellings that `section.normalise` knows."""
    node = _member(document, document.root, section.NAME)
    splices: list[Splice] = []
    if flat := section.flat_resources(before):
        splices += _move_to_requests(document, _member(document, node, "resources"), flat)
    if any(isinstance(item, dict) for item in before.get("imagePullSecrets") or []):
        splices += _names_of(document, _member(document, node, "imagePullSecrets"))
    return splices


def _member(document: Document, node: Node | None, key: str) -> Node:
    """The value of a mapping's key as it is written there, not through a merge key or an alias."""
    pair = yamltext.pair(node, key) if node is not None else None
    if pair is None:
        raise _elsewhere(document, node)
    if yamltext.is_alias(*pair):
        raise _elsewhere(document, pair[0])
    return pair[1]


def _elsewhere(document: Document, node: Node | None) -> InputError:
    return InputError.of(
        "yaml-shape",
        "the section cannot be made regular here: a part of it comes through an alias or a merge key",
        document.location(node.start_mark.index if node is not None else 0),
        "write requests under resources, and names in imagePullSecrets, where they are defined",
        section.NAME,
    )


def _names_of(document: Document, secrets: Node) -> list[Splice]:
    """Puts the name in place of each `{name: …}`, in whatever style that is written."""
    splices = []
    shared = yamltext.shared_nodes(document)
    for item in secrets.value if isinstance(secrets, SequenceNode) else []:
        if isinstance(item, MappingNode):
            if id(item) in shared:
                raise _elsewhere(document, item)
            name = _member(document, item, "name")
            end = item.end_mark.index if yamltext.is_flow(item) else name.end_mark.index
            splices.append(Splice(item.start_mark.index, end, _text(document, name)))
    return splices


def _move_to_requests(document: Document, resources: Node, flat: list[str]) -> list[Splice]:
    """Moves the flat entries of resources under its requests."""
    assert isinstance(resources, MappingNode)
    text = document.text
    entries = [(k, v) for k, v in resources.value if isinstance(k, ScalarNode) and k.value in flat]
    one_line = all("\n" not in text[k.start_mark.index : yamltext.content_end(document, v)] for k, v in entries)
    requests = yamltext.pair(resources, "requests")
    if yamltext.is_flow(resources) or not one_line or (requests and not _is_written_out(*requests)):
        return [_as_flow(document, resources, entries)]
    lines = [_Line.of(document, key) for key, _ in entries]
    removed = [Splice(line.start, line.end, "") for line in lines]
    if requests is None:
        margin = " " * entries[0][0].start_mark.column
        body = "".join(f"{margin}  {line.text}" for line in lines)
        inserted = f"{margin}requests:{lines[0].line_end}{body}"
        return [Splice(lines[0].start, lines[0].end, inserted), *removed[1:]]
    mapping = requests[1]
    present = {key.value for key, _ in mapping.value}
    new = [(line, k, v) for line, (k, v) in zip(lines, entries, strict=True) if k.value not in present]
    if yamltext.is_flow(mapping):
        at = text.index("{", mapping.start_mark.index) + 1
        inserted = ", ".join(f"{_text(document, k)}: {_flow(document, v)}" for _, k, v in new)
        return [*removed, Splice(at, at, inserted + (", " if new and mapping.value else ""))]
    first = mapping.value[0][0].start_mark
    return [*removed, Splice(first.index, first.index, "".join(line.text + " " * first.column for line, _, _ in new))]


def _is_written_out(key: Node, value: Node) -> bool:
    return isinstance(value, MappingNode) and not yamltext.is_alias(key, value)


def _text(document: Document, node: Node) -> str:
    return document.text[node.start_mark.index : yamltext.content_end(document, node)]


class _Line(NamedTuple):
    """The line that a block entry stands on: its extent, its text without the margin, its line end."""

    start: int
    end: int
    text: str
    line_end: str

    @classmethod
    def of(cls, document: Document, key: Node) -> _Line:
        text, at = document.text, key.start_mark.index
        start = text.rfind("\n", 0, at) + 1
        stop = text.find("\n", at)
        end = len(text) if stop < 0 else stop + 1
        body = text[at:end]
        line_end = body[len(body.rstrip("\r\n")) :] or "\n"
        return cls(start, end, body.rstrip("\r\n") + line_end, line_end)


def _as_flow(document: Document, resources: MappingNode, flat: Sequence[tuple[Node, Node]]) -> Splice:
    """Writes resources anew, in braces, the text of each value kept."""

    requests = yamltext.pair(resources, "requests")
    inner = requests[1].value if requests is not None and isinstance(requests[1], MappingNode) else []
    present = {k.value for k, _ in inner}
    pairs = [*inner, *((k, v) for k, v in flat if k.value not in present)]
    entries = [
        f"{_text(document, k)}: {_flow(document, v)}"
        for k, v in resources.value
        if (k, v) not in flat and k.value != "requests"
    ]
    entries.append("requests: {" + ", ".join(f"{_text(document, k)}: {_flow(document, v)}" for k, v in pairs) + "}")
    start, end = resources.start_mark.index, yamltext.content_end(document, resources)
    return Splice(start, end, "{" + ", ".join(entries) + "}")


def _flow(document: Document, node: Node) -> str:
    """A value in flow style: its own text where that may stand in braces, else the data as JSON."""
    if yamltext.is_flow(node):
        return document.text[node.start_mark.index : node.end_mark.index]
    return section.to_json(values.from_data(yamltext.construct(document, node), values.null().origin))
