"""The functions of the Python API, with the same engine as the command line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from helm_cleaner import section
from helm_cleaner.actions.agent_values import check_beside
from helm_cleaner.actions.post_render import Options, render
from helm_cleaner.diagnostics import Diagnostic, Location, SectionError
from helm_cleaner.names import SECTION
from helm_cleaner.polyaxon import chart_values
from helm_cleaner.values import Map, Origin, ParsedValues, merge_into, to_data
from helm_cleaner.values.python_data import from_python
from helm_cleaner.yamltext.stream import Stream

_INPUT = Origin("file", Location("values"))


def _values(data: Mapping[str, Any] | None) -> Map:
    """Plain data as values with the section at the top; None is an empty section. InputError as in `from_python`."""
    result = Map(_INPUT)
    result.put(SECTION, Map(_INPUT) if data is None else from_python(data, _INPUT, (SECTION,)), _INPUT)
    return result


def merge(*sections: Mapping[str, Any] | None, defaults: bool = True, version: str | None = None) -> dict[str, Any]:
    """Merges sections over the charts' defaults as Helm merges values; later sections win.

    sections: the contents of `cleaner:`, as plain data; None for an empty section. A null stays a null until it deletes
    a default; lists are replaced as a whole. defaults: whether to start from the charts' defaults, with `version` as
    the imageTag. The result is normalized, but not checked.
    SectionError if a section is not a mapping, or if a resource has different amounts directly under `resources` and
    under its requests; InputError if JSON cannot represent the data.
    """
    overrides = Map(_INPUT)
    for data in sections:
        one = _values(data)
        if not isinstance(one[SECTION], Map):
            raise SectionError(section.check(one[SECTION]))
        merge_into(overrides, one)
    base = section.defaults_to_check_against(version) if defaults else None
    result, findings = section.resolve(None, base, ParsedValues(overrides, []))
    collisions = [d for d in findings if d.code == "flat-resources" and d.severity == "error"]
    if collisions:
        raise SectionError(collisions)
    merged: dict[str, Any] = to_data(result)
    return merged


def validate(
    data: Mapping[str, Any] | None, *, defaults: bool = True, beside: Mapping[str, Any] | None = None
) -> list[Diagnostic]:
    """Every error and warning about a section (the contents of `cleaner:`); an empty list if there are none.

    defaults: whether to check it over the charts' defaults, or as it is. beside: the release's other values, of which
    some may keep the agent from starting. InputError if JSON cannot represent the data.
    """
    base = section.defaults_to_check_against() if defaults else None
    given = ParsedValues(_values(data), [])
    found = section.resolve(None, base, given).findings
    if beside is not None:
        for name, value in beside.items():
            given.values.put(name, from_python(value, _INPUT, (name,)), _INPUT)
        found = found + check_beside(given, (SECTION,), chart_values.defaults() if defaults else None)
    return found


def post_render(
    stream: bytes,
    values: Mapping[str, Any] | None = None,
    *,
    defaults: bool = True,
    rollout: bool = True,
    require_target: bool = False,
    ignore: Collection[str] = (),
) -> bytes:
    """Merges, checks and patches each agent's section in a stream that Helm rendered; every other byte is kept.

    values: a whole values tree with the section under `cleaner`, like a file given with `-f`. defaults: whether missing
    fields are filled from the charts' defaults. rollout: whether consumers get the ConfigMap's checksum.
    require_target: whether a stream without an agent's ConfigMap is an InputError. ignore: the codes of findings to
    leave out, such as agent-config.
    CleanerError (SectionError, InputError, BugError) with every finding if the section or the stream is invalid.
    """
    tree = from_python(values or {}, _INPUT)
    if not isinstance(tree, Map):
        raise TypeError("values must be a mapping")
    options = Options(
        ParsedValues(tree, []), fill=defaults, rollout=rollout, require_target=require_target, ignore=frozenset(ignore)
    )
    return b"".join(render(Stream(stream), options).pieces)
