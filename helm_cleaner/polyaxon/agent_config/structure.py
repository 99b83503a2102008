"""What is wrong with an entry's value, by its rule in entries.json: what Polyaxon's SDK refuses to load.

It supports the JSON Schema keywords that entries.json uses, each with the SDK's meaning.

- `x-words`: a text may be any of `facts.WORDS`.
- `x-python`: the field's other name, if it is not the usual one.
- `x-any-case`: the SDK reads the names of the fields with any capital letters and underscores.
- `x-since`: the SDK that first has the field.
- `x-wanted`: what the value must be, for messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_cleaner.paths import Path
from helm_cleaner.polyaxon.agent_config import facts
from helm_cleaner.polyaxon.agent_config.facts import resolve_rule
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, Placeholder, Seq, Value, is_null

if TYPE_CHECKING:
    from typing import Any

TYPE, ENUM, RANGE, UNKNOWN, MISSING, TWICE = "type", "enum", "range", "unknown", "missing", "twice"


class Problem(NamedTuple):
    """A problem. kind: one of the above; path: that of the value or, for UNKNOWN, MISSING and TWICE, of the field.

    value: the value itself; for MISSING, the mapping that lacks the field. within: the mapping that has the field, for
    UNKNOWN and TWICE. rule: what the value must be; for UNKNOWN and MISSING, what the mapping must be.
    """

    kind: str
    path: Path
    value: Value
    rule: dict[str, Any]
    within: Map | None = None


def find_problems(value: Value, rule: dict[str, Any], path: Path, version: tuple[int, ...]) -> Iterator[Problem]:
    """Every problem, in source order. version: that of the SDK. What another tool fills in is right."""
    if isinstance(value, Placeholder):
        return
    rule = resolve_rule(rule)
    kinds = rule.get("type")
    if kinds is not None and not _is_of(value, [kinds] if isinstance(kinds, str) else kinds):
        yield Problem(TYPE, path, value, rule)
    elif isinstance(value, Map):
        yield from _in_map(value, rule, path, version)
    elif isinstance(value, Seq):
        for index, item in enumerate(value):
            yield from find_problems(item, rule.get("items", {}), (*path, index), version)
    elif "enum" in rule and value.value not in rule["enum"]:
        yield Problem(ENUM, path, value, rule)
    elif isinstance(value.value, str):
        if not _is_text_of(value.value, rule):
            yield Problem(TYPE, path, value, rule)
    elif isinstance(value.value, (int, float)) and not isinstance(value.value, bool):
        low, high = rule.get("minimum", value.value), rule.get("maximum", value.value)
        if not low <= value.value <= high or value.value % rule.get("multipleOf", value.value or 1):
            yield Problem(RANGE, path, value, rule)


def _in_map(value: Map, rule: dict[str, Any], path: Path, version: tuple[int, ...]) -> Iterator[Problem]:
    fields, others = rule.get("properties", {}), rule.get("additionalProperties", True)
    names = _names(fields, any_case="x-any-case" in rule)
    required = rule.get("required", ())
    for key, item in value.items():
        name = names.get(_snake(key) if "x-any-case" in rule else key)
        if isinstance(others, dict):
            yield from find_problems(item, others, (*path, key), version)
        elif others is not False:
            continue
        elif name is None or not _has(fields[name], version):
            yield Problem(UNKNOWN, (*path, key), item, rule, value)
        elif key != name and name in value and "x-any-case" not in rule:
            yield Problem(TWICE, (*path, key), item, rule, value)
        elif name not in required or not is_null(item):
            yield from find_problems(item, fields[name], (*path, key), version)
    for name in required:
        if is_null(value.get(name)) and not (value.has_placeholders and name not in value):
            yield Problem(MISSING, (*path, name), value, rule)


def _names(fields: dict[str, Any], *, any_case: bool) -> dict[str, str]:
    """The fields by the names under which the SDK accepts them."""
    if any_case:
        return {_snake(name): name for name in fields}
    return {spelled: name for name, rule in fields.items() for spelled in (facts.to_python_name(name, rule), name)}


def _has(rule: dict[str, Any], version: tuple[int, ...]) -> bool:
    since = rule.get("x-since")
    return since is None or version >= tuple(map(int, since.split(".")))


def _snake(name: str) -> str:
    """A name as the SDK turns it into that of a Python argument."""
    if name.isalpha() and name.islower():
        return name
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", name).lower()


def _is_of(value: Value, kinds: list[str]) -> bool:
    if isinstance(value, Map):
        return "object" in kinds
    if isinstance(value, Seq):
        return "array" in kinds
    data = value.value
    if data is None:
        return "null" in kinds
    if isinstance(data, bool):
        return "boolean" in kinds
    if isinstance(data, str):
        return "string" in kinds
    return "number" in kinds or ("integer" in kinds and isinstance(data, int))


def _is_text_of(text: str, rule: dict[str, Any]) -> bool:
    if "x-words" not in rule and "pattern" not in rule:
        return True
    if "x-words" in rule and text.lower() in facts.WORDS:
        return True
    return "pattern" in rule and re.search(rule["pattern"], text) is not None
