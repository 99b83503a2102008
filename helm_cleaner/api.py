"""The functions of the public API: the same engine that the command line runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helm_cleaner import section
from helm_cleaner.actions.post_render import Options, render
from helm_cleaner.diagnostics import Diagnostic, Location, SectionError
from helm_cleaner.values import Map, Origin, Read, coalesce, from_data, plain

_INPUT = Origin("file", Location("values"))


def _section(data: Mapping[str, Any] | None) -> Map:
    """Plain data as a section. SectionError where it is no mapping."""
    value = section.empty("values") if data is None else from_data(data, _INPUT)
    if not isinstance(value, Map):
        raise SectionError(section.check(value))
    return value


def merge(*sections: Mapping[str, Any] | None, defaults: bool = True, version: str | None = None) -> dict[str, Any]:
    """Lays sections over each other, the first at the bottom and all over the charts' defaults, as Helm lays values.

    sections: what stands under `cleaner:`, as plain data; None for an empty one. A null deletes what is below it,
    lists are replaced whole. defaults: whether the charts' defaults are at the bottom, with `version` as the imageTag.
    The result is made regular, but not checked. SectionError where a section is no mapping.
    """
    result = section.defaults(version) if defaults else section.empty("values")
    for data in sections:
        over = _section(data)
        section.normalise(over)
        coalesce(result, over)
    merged: dict[str, Any] = plain(result)
    return merged


def validate(data: Mapping[str, Any] | None, *, defaults: bool = True) -> list[Diagnostic]:
    """All there is to say of a section (what stands under `cleaner:`), errors and warnings; empty where it is fine.

    defaults: whether it is judged as laid over the charts' defaults, or as it stands.
    """
    value: Any = section.empty("values") if data is None else from_data(data, _INPUT)
    said = section.normalise(value)
    if defaults and isinstance(value, Map):
        base = section.defaults_to_judge_by()
        coalesce(base, value)
        value = base
    return section.judge(value, said)


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
    tree = from_data(values or {}, _INPUT)
    if not isinstance(tree, Map):
        raise TypeError("values must be a mapping")
    options = Options(Read(tree, []), defaults, rollout, require_target)
    return b"".join(render(stream, options).pieces)
