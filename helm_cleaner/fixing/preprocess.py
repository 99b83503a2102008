"""Checks and normalizes the section in a values file; every other byte stays."""

from __future__ import annotations

from collections.abc import Sequence

from helm_cleaner import section, values
from helm_cleaner.actions.agent_values import check_beside
from helm_cleaner.diagnostics import BugError, Diagnostic, InputError, SectionError
from helm_cleaner.fixing import pieces
from helm_cleaner.fixing.expected import apply_changes, is_same
from helm_cleaner.fixing.splices import DocumentText
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.polyaxon import chart_values
from helm_cleaner.section.look_alikes import find_look_alikes
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import ParsedValues, Value, to_data
from helm_cleaner.yamltext.stream import Stream

if TYPE_CHECKING:
    from helm_cleaner.fixes import Change

_NORMALIZED = ("flat-resources", "secret-reference")


class Result(NamedTuple):
    """The file's new content, and warnings."""

    content: bytes
    diagnostics: list[Diagnostic]


def preprocess(
    content: bytes,
    file: str,
    sections: Sequence[Path] = (),
    umbrella: ParsedValues | None = None,
    ignore: frozenset[str] = frozenset(),
) -> Result:
    """A values file with its section normalized; a file without a section is unchanged.

    The values beside a section are checked, as far as they keep the agent from starting.

    sections: those of an umbrella chart's values, if any; a section at the top then reaches no chart. umbrella: the
    chart's own values, which are over the defaults. ignore: the codes of findings to leave out.
    SectionError, with every finding, if a section over the charts' defaults is invalid; InputError if Helm would refuse
    the file, or a section has a shape that cannot be rewritten; BugError if the new file means something else.
    """
    findings: list[Diagnostic] = []
    for path in sections or [(SECTION,)]:
        content, more = _one(content, file, path, umbrella)
        findings += more
    if sections:
        from helm_cleaner.sources.values_files import find_unreached

        findings += find_unreached(values.read(content, file).values, list(sections))
    findings = [d for d in findings if d.code not in ignore]
    if any(d.severity == "error" for d in findings):
        raise SectionError(findings)
    return Result(content, findings)


def _one(content: bytes, file: str, path: Path, umbrella: ParsedValues | None) -> tuple[bytes, list[Diagnostic]]:
    read = values.read(content, file)
    found = section.find(read.values, path)
    if found is None:
        return content, find_look_alikes(read.values, path) if path == (SECTION,) else []
    if values.is_null(found[0]):
        return content, find_look_alikes(read.values, path)
    defaults: Value | None = None if section.is_nested(path) else section.defaults_to_check_against()
    below: list[Diagnostic] = []
    if defaults is not None and umbrella is not None:
        defaults, below = section.umbrella_defaults(defaults, umbrella, path, read)
    resolved = section.resolve(None, defaults, read, path, earlier=below, advice=False)
    findings = resolved.findings
    beside = check_beside(read, path, None if defaults is None else chart_values.defaults(), umbrella)
    fixes = [d.fix for d in findings if d.fix and d.code in _NORMALIZED and d.location.file == file]
    if not fixes or not resolved.is_valid:
        return content, findings + beside
    return _normalize(content, file, read, [change for fix in fixes for change in fix.changes]), findings + beside


def _normalize(content: bytes, file: str, read: ParsedValues, changes: list[Change]) -> bytes:
    """A values file with changes made."""
    document, _ = read.values.origin.written
    splices, _ = DocumentText(document).splices(changes)
    (start, end), _ = values.find_only_document(Stream(content, file))
    result = content[:start] + pieces.apply(document.text, splices).encode() + content[end:]
    try:
        same = is_same(to_data(values.read(result, file).values), apply_changes(read.values, changes))
    except InputError:  # pragma: no cover  only a mistake of ours leads here
        same = False
    if not same:
        message = "the rewritten file differs from the intended one; nothing was written"
        hint = "this is a bug in helm-cleaner: please report it with the file"
        place = document.location(min(splices).start)
        raise BugError([Diagnostic("error", "internal", SECTION, message, hint, place)])
    return result
