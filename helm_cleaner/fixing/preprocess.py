"""Checks and normalizes the section in a values file; every other byte stays."""

from __future__ import annotations

from collections.abc import Sequence

from helm_cleaner import section, values
from helm_cleaner.actions.agent_values import check_beside
from helm_cleaner.diagnostics import Diagnostic, InputError, SectionError
from helm_cleaner.fixing.repairs import Repairs
from helm_cleaner.fixing.splicing import as_json, bug, spliced
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.polyaxon import chart_values
from helm_cleaner.section.look_alikes import find_look_alikes
from helm_cleaner.typed import NamedTuple
from helm_cleaner.values import Map, ParsedValues, Value, to_data
from helm_cleaner.yamltext.stream import Stream


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
    said: list[Diagnostic] = []
    for path in sections or [(SECTION,)]:
        content, more = _one(content, file, path, umbrella)
        said += more
    if sections:
        from helm_cleaner.sources.values_files import reaches_none

        said += reaches_none(values.read(content, file).values, list(sections))
    said = [d for d in said if d.code not in ignore]
    if any(d.severity == "error" for d in said):
        raise SectionError(said)
    return Result(content, said)


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
    said = resolved.findings + check_beside(read, path, None if defaults is None else chart_values.defaults(), umbrella)
    regular = section.resolve(None, None, read, path, advice=False).section  # without the defaults
    if to_data(regular) == to_data(found[0]) or not resolved.is_valid:
        return content, said
    return _normalized(content, file, _replace(read.values, path, regular), path), said


def _replace(tree: Value, path: Path, section: Value) -> Value:
    """A values tree with another section at its path; the tree is not changed."""
    if not path or not isinstance(tree, Map):
        return section
    result, name = tree.copy(), str(path[0])
    result[name] = _replace(tree[name], path[1:], section)
    return result


def _normalized(content: bytes, file: str, wanted: Value, path: Path) -> bytes:
    """A values file with flat resources under requests, and pull secrets by their name alone.

    wanted: the values that the result must have.
    """
    this = Repairs(values.read(content, file), path)
    this.shapes()
    if this.refused:
        raise InputError(this.refused)
    (start, end), _ = values.find_only_document(Stream(content, file))
    result = content[:start] + spliced(this.document.text, this.splices).encode() + content[end:]
    try:
        same = as_json(values.read(result, file).values) == as_json(wanted)
    except InputError:  # pragma: no cover  only a mistake of ours leads here
        same = False
    if not same:
        raise bug(this.document.location(min(this.splices).start))
    return result
