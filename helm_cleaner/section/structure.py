"""The section's structure as schema.json defines it: types, unknown and missing fields, and allowed values.

It supports only the JSON Schema keywords that schema.json uses. There, `x-code` is the code of an invalid value; wrong
types, unknown fields and missing fields have their own codes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

from helm_cleaner.data_files import read_data_file
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Placeholder, Scalar, Seq, Value, describe, is_null

if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

KEYWORDS = frozenset(  # the JSON Schema keywords that are evaluated here
    ("$ref", "type", "enum", "minimum", "maximum", "properties", "required", "additionalProperties",
     "items", "minItems", "maxItems", "x-code")
)  # fmt: skip
ANNOTATIONS = frozenset(("$schema", "$id", "$defs", "title", "description", "examples", "deprecated"))
# What editors check, and here the rules, which say more about it.
OF_RULES = frozenset(("pattern", "propertyNames", "minLength", "maxLength", "not", "exclusiveMaximum"))

NOT_FIELDS = ("priorityClassName", "labels", "annotations")

Found = tuple[Path, Diagnostic]


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the section."""
    loaded: dict[str, Any] = json.loads(schema_text())
    return loaded


def schema_text() -> bytes:
    """The text of the section's JSON Schema."""
    return read_data_file("section", "schema.json")


def values_schema() -> dict[str, Any]:
    """The JSON Schema of a values file that may hold the section; whatever else is in it is left alone."""
    cleaner = schema() | {"type": ["object", "null"]}
    top = {key: cleaner.pop(key) for key in ("$schema", "$defs")}
    return {
        "$schema": top["$schema"],
        "title": "The cleaner section in the values of Polyaxon's Helm charts",
        "type": ["object", "null"],
        "properties": {SECTION: cleaner},
        "$defs": top["$defs"],
    }


def errors(section: Value) -> Iterator[Found]:
    """Every error in the section's structure, in source order, with its path."""
    for path, error in _check(section, schema(), (SECTION,)):
        if path == (SECTION, "image") and isinstance(section, Map) and isinstance(section["image"], Map):
            yield path, error._replace(fix=_errors().fix_image(section))
        else:
            yield path, error


def is_valid(value: Value, rule: dict[str, Any]) -> bool:
    """Whether a value has the structure that a part of the schema requires."""
    return next(_check(value, rule, (SECTION,)), None) is None


def _refuse_unknown(mapping: Map, key: str, properties: dict[str, Any], path: Path) -> Diagnostic:
    from helm_cleaner.section.unknown_fields import refuse_unknown  # only needed if something is wrong

    return refuse_unknown(mapping, key, properties, path)


def _errors() -> ModuleType:
    from helm_cleaner.section import structure_errors  # only needed if something is wrong

    return structure_errors


def _check(value: Value, rule: dict[str, Any], path: Path) -> Iterator[Found]:
    if isinstance(value, Placeholder):
        return
    rule = resolve_reference(rule)
    kinds = rule.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield path, _errors().refuse_type(value, rule, kinds, path)
    elif isinstance(value, Map):
        yield from _check_map(value, rule, path)
    elif isinstance(value, Seq):
        if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value)):
            yield path, _errors().refuse_length(value, rule, path)
        items = rule.get("items", {})
        for index, item in enumerate(value):
            yield from _check(item, items, (*path, index))
    elif "enum" in rule and value.value not in rule["enum"]:
        yield path, _errors().refuse_word(value, rule, path)
    elif isinstance(value.value, (int, float)) and not (
        rule.get("minimum", value.value) <= value.value <= rule.get("maximum", value.value)
    ):
        yield path, _errors().refuse_number(value, rule, path)


def _check_map(value: Map, rule: dict[str, Any], path: Path) -> Iterator[Found]:
    properties, others = rule.get("properties", {}), rule.get("additionalProperties", True)
    for key, item in value.items():
        if key in properties:
            if key not in rule.get("required", ()) or not is_null(item):
                yield from _check(item, properties[key], (*path, key))
        elif others is False:
            yield (*path, key), _refuse_unknown(value, key, properties, path)
        elif isinstance(others, dict):
            yield from _check(item, others, (*path, key))
    for key in rule.get("required", ()):
        if is_null(value.get(key)) and not (value.has_placeholders and key not in value):
            yield (*path, key), _errors().refuse_missing(value, properties[key], key, path)


def resolve_reference(rule: dict[str, Any]) -> dict[str, Any]:
    """The rule merged over the one that its $ref names."""
    if "$ref" not in rule:
        return rule
    return resolve_reference(schema()["$defs"][rule["$ref"].removeprefix("#/$defs/")]) | {
        key: value for key, value in rule.items() if key != "$ref"
    }


def _is(value: Value, kind: str) -> bool:
    found = kind_of(value)
    if kind == "integer":
        return found == "number" and isinstance(value, Scalar) and value.value == int(value.value or 0)
    return found == kind


def kind_of(value: Value) -> str:
    if isinstance(value, Map):
        return "object"
    if isinstance(value, Seq):
        return "array"
    found = value.value
    if found is None:
        return "null"
    return {bool: "boolean", str: "string"}.get(type(found), "number")


def found(value: Value) -> str:
    """A short description of the value: `a list`, `the number 5`, `"a"`."""
    kind = kind_of(value)
    return f"the {kind} {describe(value)}" if kind in ("boolean", "number") else describe(value)


def is_related(key: str) -> bool:
    """Whether a key may be meant for a field: it is one, is like one, or the charts' comments offer it."""
    fields = list(schema()["properties"])
    if key in (*fields, *NOT_FIELDS, "tag", "cpu", "memory"):
        return True
    from helm_cleaner.nearness import find_nearest

    part = find_nearest(key, fields)
    if part and 2 * len(key) >= len(part) and 2 * len(part) >= len(key):
        return True
    return any(key in resolve_reference(rule).get("properties", {}) for rule in schema()["properties"].values())
