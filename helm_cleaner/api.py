"""The functions of the public API: the same engine that the command line runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helm_cleaner import section
from helm_cleaner.actions.post_render import Options, render
from helm_cleaner.diagnostics import Diagnostic, Location, SectionError
from helm_cleaner.names import SECTION
from helm_cleaner.values import Map, Origin, Read, plain
from helm_cleaner.values import merge as merge_files
from helm_cleaner.values.python_data import from_python

_INPUT = Origin("file", Location("values"))


def _values(data: Mapping[str, Any] | None) -> Map:
    """Plain data as values with the section at the top; None is an empty one. InputError as `from_python`."""
    result = Map(_INPUT)
    result.put(SECTION, Map(_INPUT) if data is None else from_python(data, _INPUT, (SECTION,)), _INPUT)
    return result


def merge(*sections: Mapping[str, Any] | None, defaults: bool = True, version: str | None = None) -> dict[str, Any]:
    """Lays sections over each other, the first at the bottom and all over the charts' defaults, as Helm lays values.

    sections: what stands under `cleaner:`, as plain data; None for an empty one. They are merged as values files are:
    a null stays a null until it deletes a default, lists are replaced whole. defaults: whether the charts' defaults are
    at the bottom, with `version` as the imageTag. The result is normalized, but not checked.
    SectionError where a section is not a mapping, or where a resource is given twice, with different amounts, right
    under `resources` and under its requests; InputError where the data has no counterpart in JSON.
    """
    over = Map(_INPUT)
    for data in sections:
        one = _values(data)
        if not isinstance(one[SECTION], Map):
            raise SectionError(section.check(one[SECTION]))
        merge_files(over, one)
    base = (section.defaults(version) if version else section.defaults_to_judge_by()) if defaults else None
    result, findings = section.resolve(None, base, Read(over, []))
    collisions = [d for d in findings if d.code == "flat-resources" and d.severity == "error"]
    if collisions:
        raise SectionError(collisions)
    merged: dict[str, Any] = plain(result)
    return merged


def validate(data: Mapping[str, Any] | None, *, defaults: bool = True) -> list[Diagnostic]:
    """All there is to say of a section (what stands under `cleaner:`), errors and warnings; empty where it is fine.

    defaults: whether it is judged as laid over the charts' defaults, or as it stands. InputError where the data has no
    counterpart in JSON.
    """
    base = section.defaults_to_judge_by() if defaults else None
    return section.resolve(None, base, Read(_values(data), [])).findings


def post_render(
    stream: bytes,
    values: Mapping[str, Any] | None = None,
    *,
    defaults: bool = True,
    rollout: bool = True,
    require_target: bool = False,
) -> bytes:
    """The stream that Helm rendered with each agent's section merged, checked and patched; every other byte is kept.

    values: what `-f` would give, a whole values tree with the section under `cleaner`. defaults: whether missing fields
    are filled from the charts' defaults. rollout: whether consumers get the ConfigMap's checksum. require_target:
    whether a stream without an agent's ConfigMap is an InputError.
    CleanerError (SectionError, InputError, BugError) with every finding where it cannot be done.
    """
    tree = from_python(values or {}, _INPUT)
    if not isinstance(tree, Map):
        raise TypeError("values must be a mapping")
    options = Options(Read(tree, []), fill=defaults, rollout=rollout, require_target=require_target)
    return b"".join(render(stream, options).pieces)
