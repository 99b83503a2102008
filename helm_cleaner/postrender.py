"""The pipeline: a rendered stream in, the same stream with the section patched out."""

from __future__ import annotations

from typing import NamedTuple

from helm_cleaner import manifests, polyaxon, section, yamltext
from helm_cleaner.diagnostics import BugError, CleanerError, Diagnostic, InputError, Location, SectionError
from helm_cleaner.manifests import Span
from helm_cleaner.values import Read

STREAM = "<stdin>"


class Options(NamedTuple):
    """How a stream is treated.

    overrides: what -f and --set say, the section at the top; None for nothing.
    fill: whether fields that are missing are filled from the charts' defaults.
    rollout: whether consumers get the checksum of a changed ConfigMap.
    require_target: whether a stream without an agent's ConfigMap is an error (hooks alone are none).
    """

    overrides: Read | None = None
    fill: bool = True
    rollout: bool = True
    require_target: bool = False


DEFAULT = Options()


class Result(NamedTuple):
    """What came of a stream.

    pieces: the output, in order; joined, it is the new stream. Pieces that did not change are views of the input.
    diagnostics: warnings. notes: lines for whoever watches.
    """

    pieces: list[bytes | memoryview]
    diagnostics: list[Diagnostic]
    notes: list[str]


class _Work(NamedTuple):
    """A document that has been read, and what is to be done to it."""

    document: yamltext.Document
    operations: list[yamltext.Operation]


def render(stream: bytes, options: Options = DEFAULT) -> Result:
    """Patches every agent's section in a stream that Helm rendered, and the checksums of what consumes it.

    SectionError with every finding where a section is invalid; InputError where a document that has to be read cannot
    be, or has a shape that cannot be edited; BugError where an edit does not stand its verification. Nothing is
    changed then: all or nothing.
    """
    try:
        return _render(stream, options)
    except RecursionError:  # a few shapes are composed, and yet too deep to be walked over
        raise InputError.of("yaml", "a document is nested too deeply", Location(STREAM)) from None


def _render(stream: bytes, options: Options) -> Result:
    manifests.check_encoding(stream, STREAM)
    work: dict[Span, _Work] = {}
    targets: dict[polyaxon.Name, polyaxon.Target] = {}
    said: list[Diagnostic] = []
    failed: set[type[CleanerError]] = set()
    for span in manifests.holding(stream, polyaxon.HINTS):
        try:
            work[span] = _Work(_read(stream, span), [])
            for agent in polyaxon.agents(work[span].document.data):
                text, findings = _section(agent, options)
                said += findings
                data = agent.data
                if text is not None:
                    work[span].operations.append(polyaxon.section_operation(agent, text))
                    data = {**data, polyaxon.KEY: text}
                said += polyaxon.too_large(agent, data)
                targets[agent.name] = polyaxon.Target(data, text is not None)
        except CleanerError as e:
            said += e.diagnostics
            failed.add(type(e))
    said = list(dict.fromkeys(said))  # what is wrong in a values file is wrong for each agent
    if failed:
        raise (InputError if InputError in failed else failed.pop())(said)
    if any(d.severity == "error" for d in said):
        raise SectionError(said)
    if not targets:
        return Result([stream], said, _no_target(stream, options))
    edits = _edit(stream, work, targets if options.rollout else {})
    return Result(_splice(stream, edits), said, [])


def _read(stream: bytes, span: Span) -> yamltext.Document:
    def line() -> int:
        return manifests.first_line(stream, span)

    return yamltext.compose(
        yamltext.decode(stream[slice(*manifests.content(stream, span))], STREAM, line), STREAM, line
    )


def _section(agent: polyaxon.Agent, options: Options) -> tuple[str | None, list[Diagnostic]]:
    """The section that the agent's ConfigMap must hold, None where it does already; and what is to be said of it."""
    name = agent.name.name or "ConfigMap"
    rendered = section.parse(agent.section, name)
    before = None if rendered is None else section.to_json(rendered)
    if options.overrides is not None and section.is_replaced(rendered, options.overrides):
        rendered = None
    base, said = section.complete(rendered, section.defaults(agent.version) if options.fill else None)
    if options.overrides is not None:
        base, more = section.lay_over(base, options.overrides)
        said += more
    if base is None:
        base = section.defaults(agent.version) if options.fill else section.empty(name)
    after = section.to_json(base)
    return (None if after == before else after), section.judge(base, said)


def _no_target(stream: bytes, options: Options) -> list[str]:
    hooks_alone = False  # Helm may send them on their own
    for span in manifests.documents(stream):
        if stream[slice(*span)].strip(b"- \t\r\n"):
            hooks_alone = stream.find(b"helm.sh/hook", *span) >= 0
            if not hooks_alone:
                break
    if hooks_alone:
        return []
    message = "no agent ConfigMap in these manifests: nothing to patch"
    if options.require_target:
        hint = "render the chart with the agent enabled, or leave --require-target out"
        raise InputError.of("no-target", message, Location(STREAM), hint)
    return [message]


def _edit(stream: bytes, work: dict[Span, _Work], targets: dict[polyaxon.Name, polyaxon.Target]) -> dict[Span, bytes]:
    """The new text of each document that changes: what `work` asks for, and checksums for consumers of `targets`."""
    names = tuple({name.name.encode() for name in targets if name.name})
    consuming = manifests.holding(stream, names)
    edits: dict[Span, bytes] = {}
    wrong: list[CleanerError] = []
    for span in sorted({*work, *consuming}):
        try:
            # Read, edited and forgotten one by one: composed documents are many times as large as their text.
            document, operations = work.get(span) or _Work(_read(stream, span), [])
            for consumer in polyaxon.consumers(document.data):
                operations += polyaxon.checksum_operations(consumer, targets)
            if operations:
                edits[span] = yamltext.edit(document, operations).encode()
        except CleanerError as e:
            wrong.append(e)
    if wrong:
        kind = BugError if any(isinstance(e, BugError) for e in wrong) else InputError
        raise kind([d for e in wrong for d in e.diagnostics])
    return edits


def _splice(stream: bytes, edits: dict[Span, bytes]) -> list[bytes | memoryview]:
    """The stream in pieces, edited documents in place of the old ones."""
    whole = memoryview(stream)
    pieces: list[bytes | memoryview] = []
    position = 0
    for span, edited in edits.items():
        start, end = manifests.content(stream, span)
        pieces += [whole[position:start], edited]
        position = end
    return [*pieces, whole[position:]]
