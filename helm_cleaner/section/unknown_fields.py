"""Unknown fields: the field that was probably meant, and the fix that renames, moves or removes it."""

from __future__ import annotations

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.fixes import Fix, Move, Remove, Rename, Replace, safe, suggested
from helm_cleaner.names import SECTION
from helm_cleaner.nearness import bare, distance, find_near, is_typo
from helm_cleaner.paths import Path
from helm_cleaner.section.excerpt import where_key
from helm_cleaner.section.structure import NOT_FIELDS, resolve_reference
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Scalar, Seq, Value, is_known, is_null, to_data
from helm_cleaner.values.writing import to_flow

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.fixes import Change

Remedy = tuple[str, Fix | None]  # a hint, and the fix that it says in words


def refuse_unknown(section: Map, key: str, properties: dict[str, Any], path: Path) -> Diagnostic:
    """The error for an unknown field."""
    properties = {name: rule for name, rule in properties.items() if "deprecated" not in rule}
    message = f"unknown field; allowed: {', '.join(properties)}"
    if path == (SECTION,) and key in NOT_FIELDS:
        message = "Polyaxon's cleaner has no such field, although a comment in the chart's values.yaml suggests it"
    hint, fix = _of_unknown(section, key, properties, path)
    at = section.keys_at[key]
    return Diagnostic("error", "unknown-field", *where_key((*path, key), message, hint, section[key], at), fix)


def _of_unknown(section: Map, key: str, properties: dict[str, Any], path: Path) -> Remedy:
    """What was meant by an unknown field."""
    at = section.keys_at[key]
    remove = suggested(Remove(at))
    if path == (SECTION,) and key in NOT_FIELDS:
        return "remove it: the agent cannot load its configuration with it and does not start", remove
    if "matchExpressions" in properties and key == "matchLabels" and (terms := _expressions(section[key])):
        changes = Rename(at, key, "matchExpressions"), Replace(section[key].origin, terms)
        fix = None if "matchExpressions" in section else suggested(*changes)
        return f"write matchExpressions: {to_flow(terms)}", fix
    below = [name for name in properties if key in resolve_reference(properties[name]).get("properties", {})]
    if below:
        there = section.get(below[0])
        can_move = is_null(there) or (isinstance(there, Map) and key not in there)
        return f"move it under {below[0]}", suggested(Move((at,), below[0])) if can_move else None
    name = find_meant_field(section, key, properties)
    if name in list_own_keys(section):
        return f"remove it, or {name}: both are given", None
    if name:
        change: Change = Rename(at, key, name)
        return f"did you mean {name}?", safe(change) if _is_clear(section, key, name, properties) else suggested(change)
    if path == (SECTION, "resources"):
        return "remove it: resources belong under requests or limits", remove
    return "remove it", remove


def _expressions(labels: Value) -> list[dict[str, Any]] | None:
    """Labels to match as expressions; None if they are not texts."""
    if not isinstance(labels, Map) or not labels or not is_known(labels):
        return None
    data = to_data(labels)
    if not all(isinstance(value, str) for value in data.values()):
        return None
    return [{"key": key, "operator": "In", "values": [value]} for key, value in data.items()]


def find_meant_field(mapping: Map, key: str, properties: dict[str, Any]) -> str:
    """The field that is probably meant by an unknown one, with a value of its type if possible; "" if there is none."""
    fields = [name for name, rule in properties.items() if "deprecated" not in rule]
    names = find_near(key, fields)
    return next(
        (name for name in names if _fits(mapping[key], resolve_reference(properties[name]))), next(iter(names), "")
    )


def _is_clear(mapping: Map, key: str, name: str, properties: dict[str, Any]) -> bool:
    """Whether an unknown field can only be meant for one other, for which nothing else in the mapping may be meant."""
    if not _fits(mapping[key], resolve_reference(properties[name])):
        return False
    word, others = bare(key), [other for other in list_own_keys(mapping) if other != key]
    if bare(name) == word:
        same = [each for each in properties if bare(each) == word]
        return len(same) == 1 and not any(bare(other) == word for other in others)
    if len(name) < 4 or distance(word, bare(name), 1) > 1:
        return False
    rivals = [each for each in properties if each != name and (is_typo(key, each) or bare(each).startswith(word))]
    is_longer = word.startswith(bare(name)) and any(
        each != name and bare(each).startswith(bare(name)) for each in properties
    )
    return not rivals and not is_longer and not any(is_typo(other, name) for other in others)


def _fits(value: Value, rule: dict[str, Any]) -> bool:
    """Whether a value has the type that a schema requires: a mapping, a list or a scalar."""
    kinds = rule.get("type", ())
    kinds = {kinds} if isinstance(kinds, str) else {*kinds}
    if is_null(value) or not is_known(value):
        return True
    shapes = {"object": Map, "array": Seq}
    return any(isinstance(value, shapes.get(kind, Scalar)) for kind in kinds - {"null"})


def list_own_keys(mapping: Map) -> list[str]:
    """The keys that are neither defaults nor rendered."""
    return [key for key in mapping if mapping.keys_at[key].kind not in ("default", "chart")]
