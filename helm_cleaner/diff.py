"""What post-render would change, for people: a unified diff of the documents it touches, and which workloads roll."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helm_cleaner import gitops, manifests, polyaxon, postrender, section, unified, yamltext
from helm_cleaner.report import printable
from helm_cleaner.section.text import to_yaml
from helm_cleaner.values import Map, null
from helm_cleaner.yamltext import Document, Splice

_BOLD, _RESET = "\x1b[1m", "\x1b[0m"
_REASONS = {
    "replace": "its checksum of the agent's configuration is renewed",
    "add": "it gets a checksum of the agent's configuration, which it had none of",
}


def text(
    stream: bytes,
    changes: postrender.Changes,
    name: str = postrender.STREAM,
    terminal: bool = False,
    colour: bool = False,
) -> Iterator[bytes]:
    """The lines of the diff, document by document in the stream's order; none where nothing changes.

    The section, one line of JSON in the manifest, is shown as indented YAML on both sides. The numbers of lines are the
    stream's, but for what that adds. name: what messages call the stream. terminal: as in `unified.diff`.
    """
    patches: list[gitops.Patch] = []
    for span, edit in changes.edits.items():
        touched = gitops.patches(stream, {span: edit}, name)
        before = postrender.read(stream, span, name)
        after = yamltext.compose(edit.text.decode(), name)
        title = ", ".join(map(_title, touched))
        line = manifests.first_line(stream, span)
        yield from unified.diff(_readable(before), _readable(after), title, line, terminal, colour)
        patches += touched
    yield from _rolling(patches, colour)


def _title(patch: gitops.Patch) -> str:
    return "/".join(part for part in (patch.kind, patch.name.namespace, patch.name.name) if part)


def _readable(document: Document) -> bytes:
    """A document's text with the section as YAML."""
    splices = []
    for agent in polyaxon.agents(document.data):
        entry = yamltext.entry_at(document, (*agent.path, "data", polyaxon.KEY))
        if entry is None or yamltext.is_alias(*entry):
            continue
        key, value = entry
        cleaner = section.parse(agent.section, agent.name.name)
        lines = to_yaml(null() if cleaner is None else cleaner).removesuffix("\n").split("\n")
        margin = "\n" + " " * (key.start_mark.column + 2) if isinstance(cleaner, Map) and cleaner else " "
        splices.append(
            Splice(key.end_mark.index, yamltext.content_end(document, value), ":" + margin.join(["", *lines]))
        )
    return yamltext.splice(document.text, splices).encode()


def _rolling(patches: Sequence[gitops.Patch], colour: bool) -> Iterator[bytes]:
    """The workloads whose pod template changes, and why."""
    rolling = [
        (printable(_title(patch)), _REASONS[operation.op])
        for patch in patches
        for operation in patch.operations
        if operation.path[:2] == ("spec", "template")
    ]
    if not rolling:
        return
    head = "These roll, for their pod template changes:"
    yield (f"\n{_BOLD}{head}{_RESET}\n" if colour else f"\n{head}\n").encode()
    width = max(len(title) for title, _ in rolling)
    for title, reason in rolling:
        yield f"  {title:{width}}  {reason}\n".encode()
