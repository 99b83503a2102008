"""The post-renderer: patches the section in a stream that Helm rendered."""

from __future__ import annotations

from helm_cleaner import polyaxon, section, yamltext
from helm_cleaner.diagnostics import BugError, CleanerError, Diagnostic, InputError, Location, SectionError
from helm_cleaner.names import HOOK, KEY, SECTION
from helm_cleaner.paths import Path
from helm_cleaner.polyaxon import agent_config
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import ParsedValues, Value
from helm_cleaner.yamltext.stream import Span, Stream

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


class Options(NamedTuple):
    """The options of post-render.

    overrides: the values of -f and --set, or None. path: where the section is in them.
    fill: whether missing fields are filled from the charts' defaults.
    rollout: whether consumers get the checksum of a changed ConfigMap.
    require_target: whether a stream without an agent's ConfigMap is an error (hooks alone are not).
    advice: as in `section.resolve`.
    fill_live: whether that is so in a ConfigMap that was read from a cluster, which is what the agent has loaded.
    ignore: the codes of findings to leave out.
    """

    overrides: ParsedValues | None = None
    fill: bool = True
    rollout: bool = True
    require_target: bool = False
    path: Path = (SECTION,)
    advice: bool = False
    fill_live: bool = True
    ignore: frozenset[str] = frozenset()


DEFAULT = Options()


class RenderedStream(NamedTuple):
    """The result of `render`.

    pieces: the output, in order; joined, it is the new stream. Unchanged pieces are views of the input.
    diagnostics: warnings. notes: lines for the user.
    """

    pieces: list[bytes | memoryview]
    diagnostics: list[Diagnostic]
    notes: list[str]


class AgentSection(NamedTuple):
    """An agent's ConfigMap and the section that it must contain.

    text: the section as JSON, or None if the ConfigMap already contains it. data: the ConfigMap's, with the section.
    """

    agent: polyaxon.Agent
    section: Value
    text: str | None
    data: dict[str, Any]


class DocumentEdit(NamedTuple):
    """The edit of a document: the operations, and the new text of its body."""

    operations: list[yamltext.Operation]
    text: bytes


class Plan(NamedTuple):
    """The operations on a document; the other fields are as in `RenderedStream`."""

    operations: list[yamltext.Operation]
    diagnostics: list[Diagnostic]
    notes: list[str]


class Changes(NamedTuple):
    """The changes to a stream. edits: the documents that change, in order; the rest is as in `RenderedStream`."""

    edits: dict[Span, DocumentEdit]
    diagnostics: list[Diagnostic]
    notes: list[str]


def render(stream: Stream, options: Options = DEFAULT) -> RenderedStream:
    """Patches every agent's section in a stream that Helm rendered, and the checksums of its consumers.

    Refuses what `changes` refuses: it patches everything or nothing.
    """
    edits, diagnostics, notes = changes(stream, options)
    texts = {span: edit.text for span, edit in edits.items()}
    return RenderedStream(stream.replace(texts), diagnostics, notes)


def changes(stream: Stream, options: Options = DEFAULT) -> Changes:
    """What `render` changes in a stream, document by document.

    SectionError, with every finding, if a section is invalid; InputError if a document that matters cannot be read, or
    has a shape that cannot be edited; BugError if an edit fails its verification.
    """
    documents, agents, findings = resolve(stream, options)
    if not agents:
        return Changes({}, findings, _no_target(stream, options))
    operations, targets = _sections(agents)
    return Changes(_edit(stream, options, documents, operations, targets), findings, [])


def plan(stream: Stream, span: Span, document: yamltext.Document, options: Options) -> Plan:
    """What `changes` does to a stream's only non-empty document, for callers that edit it themselves.

    Errors as in `changes`, except that a shape that cannot be edited is only refused when it is edited.
    """
    _, agents, findings = resolve(stream, options, {span: document})
    if not agents:
        return Plan([], findings, _no_target(stream, options))
    operations, targets = _sections(agents)
    try:
        return Plan(_operations(document, operations[span], targets, options), findings, [])
    except RecursionError as e:
        raise _to_error(e, stream, span) from None


def resolve(
    stream: Stream, options: Options = DEFAULT, known: Mapping[Span, yamltext.Document] | None = None
) -> tuple[dict[Span, yamltext.Document], dict[Span, list[AgentSection]], list[Diagnostic]]:
    """The documents that may hold an agent's ConfigMap, the agents in them, and the findings about their sections.

    known: documents that have been read before.
    SectionError or InputError, with every finding, as in `changes`.
    """
    stream.check_encoding()
    documents: dict[Span, yamltext.Document] = {}
    agents: dict[Span, list[AgentSection]] = {}
    findings: list[Diagnostic] = []
    failed: set[type[CleanerError]] = set()
    for span in stream.find(polyaxon.HINTS):
        try:
            documents[span] = (known or {}).get(span) or stream.compose(span)
            for agent in polyaxon.find_agents(documents[span].data):
                findings += agent_config.check(agent)
                found, more = _section(agent, options)
                findings += more + polyaxon.check_size(agent, found.data)
                agents.setdefault(span, []).append(found)
        except (CleanerError, RecursionError) as e:
            refused = _to_error(e, stream, span)
            findings += refused.diagnostics
            failed.add(type(refused))
    findings = _doubted(stream, documents, findings)
    # A finding in a values file is the same for each agent.
    findings = [d for d in dict.fromkeys(findings) if d.code not in options.ignore]
    if failed:
        raise (InputError if InputError in failed else failed.pop())(findings)
    if any(d.severity == "error" for d in findings):
        raise SectionError(findings)
    return documents, agents, findings


def _doubted(
    stream: Stream, documents: Mapping[Span, yamltext.Document], findings: list[Diagnostic]
) -> list[Diagnostic]:
    if not any(d.code == agent_config.CODE for d in findings):  # the usual case
        return findings
    from helm_cleaner.actions.agent_values import doubt_unused

    return doubt_unused(stream, findings, documents)


def _to_error(e: CleanerError | RecursionError, stream: Stream, span: Span) -> CleanerError:
    """The error for an exception in a document: some can be composed, but are too deep to be walked."""
    if isinstance(e, CleanerError):
        return e
    location = Location(stream.name, stream.first_line(span))
    return InputError.of("yaml", "a document is nested too deeply", location)


def _section(agent: polyaxon.Agent, options: Options) -> tuple[AgentSection, list[Diagnostic]]:
    """The section that the agent's ConfigMap must contain, and the findings about it."""
    name = agent.name.name or "ConfigMap"
    rendered = section.parse_rendered(agent.section, name)
    before = None if rendered is None else section.to_json(rendered)
    fill = options.fill and (options.fill_live or not agent.is_live)
    defaults = section.defaults(agent.version) if fill else None
    result, more = section.resolve(rendered, defaults, options.overrides, options.path, name, advice=options.advice)
    after = section.to_json(result)
    text, data = (None, agent.data) if after == before else (after, {**agent.data, KEY: after})
    return AgentSection(agent, result, text, data), more


def _sections(
    agents: Mapping[Span, list[AgentSection]],
) -> tuple[dict[Span, list[yamltext.Operation]], dict[polyaxon.Name, polyaxon.ChecksumTarget]]:
    """The operations that write the agents' sections, and the resulting data of their ConfigMaps."""
    operations: dict[Span, list[yamltext.Operation]] = {}
    targets: dict[polyaxon.Name, polyaxon.ChecksumTarget] = {}
    for span, found in agents.items():
        operations[span] = [polyaxon.section_operation(f.agent, f.text) for f in found if f.text is not None]
        targets.update({f.agent.name: polyaxon.ChecksumTarget(f.data, f.text is not None) for f in found})
    return operations, targets


def _operations(
    document: yamltext.Document,
    sections: list[yamltext.Operation],
    targets: dict[polyaxon.Name, polyaxon.ChecksumTarget],
    options: Options,
) -> list[yamltext.Operation]:
    """The operations on a document: on its sections, and on the checksums of the targets' consumers."""
    checksums = [
        operation
        for consumer in (polyaxon.find_consumers(document.data) if options.rollout else ())
        for operation in polyaxon.checksum_operations(consumer, targets)
    ]
    return sections + checksums


def _no_target(stream: Stream, options: Options) -> list[str]:
    hooks_alone = False  # Helm may send them on their own
    message = "the input is empty; did the command before the pipe fail?"
    for span in stream.documents():
        if stream.content[slice(*span)].strip(b"- \t\r\n"):
            hooks_alone = stream.content.find(HOOK.encode(), *span) >= 0
            message = "no agent ConfigMap in these manifests: nothing to patch"
            if not hooks_alone:
                break
    if hooks_alone:
        return []
    if options.require_target:
        hint = "render the chart with the agent enabled, or leave --require-target out"
        raise InputError.of("no-target", message, Location(stream.name), hint)
    return [message]


def _edit(
    stream: Stream,
    options: Options,
    documents: dict[Span, yamltext.Document],
    operations: dict[Span, list[yamltext.Operation]],
    targets: dict[polyaxon.Name, polyaxon.ChecksumTarget],
) -> dict[Span, DocumentEdit]:
    """The edits: the given operations, and checksums for the consumers of the targets."""
    names = tuple({name.name.encode() for name in targets if name.name}) if options.rollout else ()
    edits: dict[Span, DocumentEdit] = {}
    wrong: list[CleanerError] = []
    for span in sorted({*documents, *stream.find(names)}):
        try:
            # Read, edited and forgotten one by one: composed documents are many times as large as their text.
            document = documents.pop(span, None) or stream.compose(span)
            mine = _operations(document, operations.get(span, []), targets, options)
            if mine:
                edits[span] = DocumentEdit(mine, yamltext.edit(document, mine).encode())
        except (CleanerError, RecursionError) as e:
            wrong.append(_to_error(e, stream, span))
    if wrong:
        kind = BugError if any(isinstance(e, BugError) for e in wrong) else InputError
        raise kind([d for e in wrong for d in e.diagnostics])
    return edits
