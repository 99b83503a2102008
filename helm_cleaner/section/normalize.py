"""Spellings with exactly one meaning, normalized with a warning."""

from __future__ import annotations

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.names import SECTION
from helm_cleaner.section.excerpt import where, where_key
from helm_cleaner.text import join_words, quote
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Origin, Placeholder, Scalar, Seq, Value, is_known, is_null, to_data
from helm_cleaner.values.writing import to_flow

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from helm_cleaner.diagnostics import Severity
    from helm_cleaner.fixes import Fix

_RESOURCES = ("cpu", "memory", "ephemeral-storage")


def normalize(section: Value, defaults: dict[str, Any] | None = None) -> tuple[Value, list[Diagnostic]]:
    """The section in regular spelling, with warnings, and errors where two values collide. The argument is not changed.

    defaults: those that a chart has merged into a section that it rendered; these give way to what a user wrote.
    """
    if not isinstance(section, Map):
        return section, []
    result, findings = section.copy(), []
    resources = section.get("resources")
    if isinstance(resources, Map):
        requests = (defaults or {}).get("resources", {}).get("requests", {})
        result["resources"], more = _move_flat_resources(resources, requests)
        findings += more
    secrets = section.get("imagePullSecrets")
    if isinstance(secrets, Seq):
        result["imagePullSecrets"], more = _read_references(secrets)
        findings += more
    return result, findings


def find_flat_resources(section: Any) -> list[str]:
    """The names of the resources that a section, as plain data, holds right under `resources`."""
    resources = section.get("resources") if isinstance(section, dict) else None
    return [name for name in resources if _is_resource(name)] if isinstance(resources, dict) else []


def _is_resource(name: str) -> bool:
    return name in _RESOURCES or name.startswith("hugepages-") or "/" in name


def _move_flat_resources(given: Map, default: dict[str, str]) -> tuple[Map, list[Diagnostic]]:
    """Polyaxon's own reference shows `resources: {memory: 64Mi, cpu: 50m}`, which its SDK cannot load.

    Requests are meant: another example there has the same two under requests.
    """
    flat = [name for name in given if _is_resource(name)]
    requests = given.get("requests")
    if not flat or not (requests is None or is_null(requests) or isinstance(requests, (Map, Placeholder))):
        return given, []
    resources = given.copy()
    if empty := [name for name in ("limits", "requests") if name in given and is_null(given[name])]:
        error = _ambiguous(given, flat, empty[0])
        for name in flat:
            del resources[name], resources.keys_at[name]
        return resources, [error]
    if isinstance(requests, Map):
        requests = resources["requests"] = requests.copy()
    else:
        filled_in = isinstance(requests, Placeholder) or resources.has_placeholders
        requests = Map(resources.origin)
        requests.has_placeholders = filled_in
        resources.put("requests", requests, resources.keys_at[flat[0]])
    findings = []
    moved: dict[str, Map] = {}  # by file
    same = set()
    for name in flat:
        value, at = resources.pop(name), resources.keys_at.pop(name)
        path = (SECTION, "resources", name)
        other = requests.get(name)
        text = quote(to_data(value))
        known = not isinstance(value, Placeholder) and not isinstance(other, Placeholder)
        if other is not None and known and to_data(other) not in (to_data(value), default.get(name)):
            message = f"{text} collides with resources.requests.{name}, which is {quote(to_data(other))}"
            hint = f"keep one of them, under resources.requests.{name}"
            findings.append(Diagnostic("error", "flat-resources", *where_key(path, message, hint, value, at)))
            continue
        if other is not None and _is_beside(at, requests.keys_at[name]):
            same.add(name)
        requests.put(name, value, at)
        moved.setdefault(at.location.file, Map(resources.origin)).put(name, value, at)
    return resources, findings + [_read_as_requests(group, same) for group in moved.values()]


def _is_beside(one: Origin, other: Origin) -> bool:
    """Whether two keys are in the same text."""
    return one.is_written and other.is_written and one.written[0] is other.written[0]


def _read_as_requests(flat: Map, same: Collection[str]) -> Diagnostic:
    """One warning for all flat resources of a file, so that its hint is complete. same: those that requests has too."""
    from helm_cleaner.fixes import Move, safe

    first, *others = flat
    read = f"{join_words(flat)} are read as resources.requests" if others else f"read as resources.requests.{first}"
    message = f"{read}; Polyaxon cannot load resources outside requests and limits"
    moved = f"write resources: {{requests: {to_flow(to_data(flat))}}}"
    hint = moved if is_known(flat) else f"move {'them' if others else 'it'} under resources.requests"
    keys = tuple(flat.keys_at[name] for name in flat if name not in same)
    fix = safe(Move(keys, "requests", tuple(flat.keys_at[name] for name in flat if name in same)))
    return _about_flat("warning", message, hint, first, flat, fix)


def _ambiguous(resources: Map, flat: list[str], empty: str) -> Diagnostic:
    """The error for flat resources beside a limits or requests without a value: the indentation may be missing."""
    from helm_cleaner.fixes import Move, suggested

    other = "requests" if empty == "limits" else "limits"
    several = len(flat) > 1
    message = (
        f"{join_words(flat)} {'stand' if several else 'stands'} beside an empty {empty}, and may be meant as {empty} "
        f"or as {other}; Polyaxon cannot load resources outside requests and limits"
    )
    keys = tuple(resources.keys_at[name] for name in flat)
    can_be_other = is_null(resources.get(other)) or isinstance(resources[other], Map)
    fix = suggested(Move(keys, empty), other=suggested(Move(keys, other)) if can_be_other else None)
    hint = f"move {'them' if several else 'it'} under {empty}, or under {other}"
    return _about_flat("error", message, hint, flat[0], resources, fix)


def _about_flat(severity: Severity, message: str, hint: str, name: str, resources: Map, fix: Fix) -> Diagnostic:
    place = where_key((SECTION, "resources", name), message, hint, resources[name], resources.keys_at[name])
    return Diagnostic(severity, "flat-resources", *place, fix)


def read_reference(item: Value) -> Scalar | None:
    """The name in a pull secret as Kubernetes writes it, `{name: a}`; None for anything else."""
    name = item.get("name") if isinstance(item, Map) and len(item) == 1 else None
    return name if isinstance(name, Scalar) and isinstance(name.value, str) else None


def _read_references(given: Seq) -> tuple[Seq, list[Diagnostic]]:
    """Kubernetes writes `[{name: a}]`, Polyaxon `[a]`."""
    secrets, findings = Seq(given.origin, given), []
    for index, item in enumerate(given):
        if name := read_reference(item):
            from helm_cleaner.fixes import Replace, safe

            path = (SECTION, "imagePullSecrets", index)
            text, shown = (name.value, quote(name.value)) if is_known(name) else ("…", "its name")
            message = f"read as {shown}; Polyaxon takes names, not references"
            hint = f"write {shown} in place of {{name: {text}}}"
            fix = safe(Replace(item.origin, name.origin))
            findings.append(Diagnostic("warning", "secret-reference", *where(path, message, hint, item), fix))
            secrets[index] = name
    return secrets, findings
