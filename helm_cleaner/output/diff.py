"""What post-render would change, for people: a unified diff of the documents, and the workloads that restart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helm_cleaner import polyaxon, section, yamltext
from helm_cleaner.actions import patches, post_render
from helm_cleaner.diagnostics import Location
from helm_cleaner.names import KEY
from helm_cleaner.output import unified
from helm_cleaner.output.terminal import paint
from helm_cleaner.section.writing import to_yaml
from helm_cleaner.text import make_printable
from helm_cleaner.values import Map, make_null
from helm_cleaner.yamltext import Document, Splice
from helm_cleaner.yamltext.stream import Stream

_REASONS = {
    "replace": "the checksum of the agent's configuration changes",
    "add": "a checksum of the agent's configuration is added (it had none)",
}


def format_diff(
    stream: Stream, changes: post_render.Changes, *, terminal: bool = False, color: bool = False
) -> Iterator[bytes]:
    """The lines of the diff, document by document; none if nothing changes.

    The section, one line of JSON in the manifest, is shown as indented YAML on both sides. Line numbers are those of
    the stream, plus the lines that this adds. terminal: as in `unified.diff`.
    """
    found: list[patches.Patch] = []
    lines = stream.first_lines(changes.edits)
    for (span, edit), line in zip(changes.edits.items(), lines, strict=True):
        before = stream.compose(span)
        touched = patches.make_document_patches(before, edit, Location(stream.name, line))
        after = yamltext.compose(edit.text.decode(), stream.name)
        title = ", ".join(map(_title, touched))
        yield from unified.unified_diff(
            _readable(before), _readable(after), title, line, terminal=terminal, color=color
        )
        found += touched
    yield from _list_restarts(found, color=color)


def _title(patch: patches.Patch) -> str:
    return "/".join(part for part in (patch.kind, patch.name.namespace, patch.name.name) if part)


def _readable(document: Document) -> bytes:
    """A document's text with the section as YAML."""
    splices = []
    for agent in polyaxon.find_agents(document.data):
        entry = yamltext.find_entry(document, (*agent.path, "data", KEY))
        if entry is None or yamltext.is_alias(*entry):
            continue
        key, value = entry
        cleaner = section.parse_rendered(agent.section, agent.name.name)
        lines = to_yaml(make_null() if cleaner is None else cleaner).removesuffix("\n").split("\n")
        margin = "\n" + " " * (key.start_mark.column + 2) if isinstance(cleaner, Map) and cleaner else " "
        splices.append(
            Splice(key.end_mark.index, yamltext.content_end(document, value), ":" + margin.join(["", *lines]))
        )
    return yamltext.splice(document.text, splices).encode()


def _list_restarts(found: Sequence[patches.Patch], *, color: bool) -> Iterator[bytes]:
    """The workloads whose pod template changes, and why."""
    rolling = [
        (make_printable(_title(patch)), _REASONS[operation.op])
        for patch in found
        for operation in patch.operations
        if operation.path[:2] == ("spec", "template")
    ]
    if not rolling:
        return
    head = "These workloads restart:"
    yield f"\n{paint('title', head, color=color)}\n".encode()
    width = max(len(title) for title, _ in rolling)
    for title, reason in rolling:
        yield f"  {title:{width}}  {reason}\n".encode()
