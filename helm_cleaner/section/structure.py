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
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.section.excerpt import where, where_key
from helm_cleaner.text import quote
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Placeholder, Scalar, Seq, Value, describe, is_known, is_null, to_data
from helm_cleaner.values.writing import to_flow

if TYPE_CHECKING:
    from typing import Any

KEYWORDS = frozenset(  # the JSON Schema keywords that are evaluated here
    ("$ref", "type", "enum", "minimum", "maximum", "properties", "required", "additionalProperties",
     "items", "minItems", "maxItems", "x-code")
)  # fmt: skip
ANNOTATIONS = frozenset(("$schema", "$id", "$defs", "title", "description", "examples", "deprecated"))

_TYPES = {
    "string": "a string",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
}
_NOT_FIELDS = ("priorityClassName", "labels", "annotations")

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
    return _check(section, schema(), (SECTION,))


def _check(value: Value, rule: dict[str, Any], path: Path) -> Iterator[Found]:
    if isinstance(value, Placeholder):
        return
    rule = resolved(rule)
    kinds = rule.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield path, _wrong_type(value, rule, kinds, path)
    elif isinstance(value, Map):
        yield from _check_map(value, rule, path)
    elif isinstance(value, Seq):
        if not rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value)):
            yield path, _wrong_length(value, rule, path)
        items = rule.get("items", {})
        for index, item in enumerate(value):
            yield from _check(item, items, (*path, index))
    elif "enum" in rule and value.value not in rule["enum"]:
        yield path, _not_among(value, rule, path)
    elif isinstance(value.value, (int, float)) and not (
        rule.get("minimum", value.value) <= value.value <= rule.get("maximum", value.value)
    ):
        yield path, _out_of_range(value, rule, path)


def _check_map(value: Map, rule: dict[str, Any], path: Path) -> Iterator[Found]:
    properties, others = rule.get("properties", {}), rule.get("additionalProperties", True)
    for key, item in value.items():
        if key in properties:
            if key not in rule.get("required", ()) or not is_null(item):
                yield from _check(item, properties[key], (*path, key))
        elif others is False:
            yield (*path, key), unknown(value, key, properties, path)
        elif isinstance(others, dict):
            yield from _check(item, others, (*path, key))
    for key in rule.get("required", ()):
        if is_null(value.get(key)) and not (value.has_placeholders and key not in value):
            yield (*path, key), _missing(value, properties[key], key, path)


def resolved(rule: dict[str, Any]) -> dict[str, Any]:
    """The rule merged over the one that its $ref names."""
    if "$ref" not in rule:
        return rule
    return resolved(schema()["$defs"][rule["$ref"].removeprefix("#/$defs/")]) | {
        key: value for key, value in rule.items() if key != "$ref"
    }


def _is(value: Value, kind: str) -> bool:
    found = _kind(value)
    if kind == "integer":
        return found == "number" and isinstance(value, Scalar) and value.value == int(value.value or 0)
    return found == kind


def _kind(value: Value) -> str:
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
    kind = _kind(value)
    return f"the {kind} {describe(value)}" if kind in ("boolean", "number") else describe(value)


def _name(path: Path) -> str:
    """What comes before a value in YAML: its key, or a dash."""
    return f"{path[-1]}: " if isinstance(path[-1], str) else "- "


def _wrong_type(value: Value, rule: dict[str, Any], kinds: tuple[str, ...], path: Path) -> Diagnostic:
    wanted = " or ".join(_TYPES[kind] for kind in kinds if kind != "null")
    message = f"must be {wanted}, found {found(value)}"
    return Diagnostic("error", "type", *where(path, message, _type_hint(value, rule, kinds, path), value))


def _type_hint(value: Value, rule: dict[str, Any], kinds: tuple[str, ...], path: Path) -> str:
    name, examples = _name(path), rule.get("examples", ())
    if "enum" in rule:
        return f"write one of {', '.join(filter(None, rule['enum']))}"
    if isinstance(value, Scalar) and value.value is not None:
        if "integer" in kinds and isinstance(value.value, str) and value.value.strip().lstrip("-").isdecimal():
            number = value.value.strip()
            quotes_count = value.origin.kind != "set" and not value.origin.as_text
            return f"write it without quotes: {name}{number}" if quotes_count else f"pass {number} as a number"
        if "string" in kinds and "number" not in kinds:
            return _quotes_hint(value, name)
        if kinds[0] == "object" and isinstance(value.value, str) and _is_pair(value.value):
            key, _, label = value.value.partition("=")
            return f"write {name}{to_flow({key: label})}"
    if kinds[0] == "array" and not is_null(value) and is_known(value):
        item = resolved(rule.get("items", {}))
        if next(_check(value, item, path), None) is None:
            return f"write it as a list: {name}{to_flow([to_data(value)])}"
    if path == (SECTION, "image") and isinstance(value, Map) and (split := _image_hint(value)):
        return split
    if path == (SECTION,):
        return f"write cleaner: {to_flow(examples[0])}, or remove it to use the defaults"
    if not examples or is_null(value):
        return "set a value, or remove it"
    return f"write {name}{to_flow(examples[0])}"


def _image_hint(image: Map) -> str:
    """The hint for `{registry: r, repository: x, tag: t}`, as most charts write images; "" for other mappings."""

    def text(key: str) -> str:
        part = image.get(key)
        return str(_as_written(part)) if isinstance(part, Scalar) and part.value is not None else ""

    if not text("repository"):
        return ""
    if not all(map(is_known, image.values())):
        return "write the repository as image" + (" and the tag as imageTag" if text("tag") else "")
    name = "/".join(filter(None, (text("registry"), text("repository"))))
    tags = [quote(text("tag"))] if text("tag") else []
    last = name.rpartition("/")[2]
    if ":" in last and "@" not in last:
        name, _, tag = name.rpartition(":")
        tags.append(quote(tag))
    return f"write image: {name}" + (f" and imageTag: {' or '.join(dict.fromkeys(tags))}" if tags else "")


def _is_pair(text: str) -> bool:
    key, equals, value = text.partition("=")
    return bool(key and equals) and "=" not in value and "," not in value


def _raw(value: Scalar) -> str | None:
    """The text that a user wrote; None if there is none."""
    return value.raw or None


def _as_written(value: Scalar) -> Any:
    raw = _raw(value)
    return value.value if raw is None or isinstance(value.value, str) else raw


def _quotes_hint(value: Scalar, name: str) -> str:
    raw = _raw(value)
    text = quote(_as_written(value)).strip('"')
    if as_text := value.origin.as_text:
        flag = value.origin.location.source if value.origin.kind == "set" else None
        if flag and "," not in flag:
            import shlex

            return f"write --set-string {shlex.quote(flag)}"
        return as_text.replace("{}", f'{name}"{text}"')
    lost = ""
    if raw is None and _kind(value) == "number":
        lost = ", exactly as intended (Helm reads 2.10 as 2.1 and 007 as 7)"
    elif raw is not None and raw != quote(value.value):
        lost = f"; Helm reads {raw} without quotes as {quote(value.value)}"
    return f'write it in quotes: {name}"{text}"{lost}'


def _wrong_length(value: Seq, rule: dict[str, Any], path: Path) -> Diagnostic:
    few = len(value) < rule.get("minItems", 0)
    if few:
        example = f" {to_flow(rule['examples'][0])}" if rule.get("examples") else ""
        message, hint = "must not be empty", f"write {_name(path)}{example.strip()}, or remove {path[-2]}"
    else:
        message, hint = (
            "must be empty: Polyaxon drops claims without a word, and the job runs without its device",
            f"remove {path[-1]}",
        )
    return Diagnostic("error", rule.get("x-code", "type"), *where(path, message, hint, value))


def _out_of_range(value: Scalar, rule: dict[str, Any], path: Path) -> Diagnostic:
    low, high = rule.get("minimum"), rule.get("maximum")
    message = f"must be from {low} to {high}, found {quote(value.value)}"
    near = low if value.value is not None and low is not None and float(value.value) < low else high
    hint = f"write {_name(path)}{near}"
    if near is not None and int(float(near)) != near:  # Helm reads numbers as float64, in which this bound is beyond it
        hint = f"write {_name(path)}{rule['examples'][0]}, or remove {path[-1]}"
    return Diagnostic("error", rule.get("x-code", "type"), *where(path, message, hint, value))


def _missing(value: Map, rule: dict[str, Any], key: str, path: Path) -> Diagnostic:
    example = resolved(rule).get("examples", [""])[0]
    hint = f"add {key}: {to_flow(example)}" if example != "" else f"add {key}"
    given = value.get(key)
    _, message, hint, location = (
        where(path, "is missing", hint, value) if given is None else where((*path, key), "is null", hint, given)
    )
    return Diagnostic("error", "missing-field", to_dotted((*path, key)), message, hint, location)


def unknown(section: Map, key: str, properties: dict[str, Any], path: Path) -> Diagnostic:
    """The error for an unknown field."""
    fields = [name for name, rule in properties.items() if "deprecated" not in rule]
    message = f"unknown field; allowed: {', '.join(fields)}"
    below = [name for name in fields if key in resolved(properties[name]).get("properties", {})]
    if path == (SECTION,) and key in _NOT_FIELDS:
        message = "Polyaxon's cleaner has no such field, although a comment in the chart's values.yaml suggests it"
        hint = "remove it: the agent cannot load its configuration with it and does not start"
    elif below:
        hint = f"move it under {below[0]}"
    elif near := _nearest(key, fields):
        hint = f"did you mean {near}?"
    elif path == (SECTION, "resources"):
        hint = f"resources belong under requests or limits: requests: {{{key}: …}}"
    else:
        hint = "remove it"
    return Diagnostic(
        "error", "unknown-field", *where_key((*path, key), message, hint, section[key], section.keys_at[key])
    )


def _nearest(word: str, choices: list[str]) -> str:
    from helm_cleaner.nearness import nearest  # only needed if something is wrong

    return nearest(word, choices)


def is_related(key: str) -> bool:
    """Whether a key may be meant for a field: it is one, is like one, or the charts' comments offer it."""
    fields = list(schema()["properties"])
    if key in (*fields, *_NOT_FIELDS, "tag", "cpu", "memory"):
        return True
    part = _nearest(key, fields)
    if part and 2 * len(key) >= len(part) and 2 * len(part) >= len(key):
        return True
    return any(key in resolved(rule).get("properties", {}) for rule in schema()["properties"].values())


def _not_among(value: Scalar, rule: dict[str, Any], path: Path) -> Diagnostic:
    allowed = [word for word in rule["enum"] if word]
    names = ", ".join(allowed)
    only = f"is not one of {names}" if len(allowed) > 1 else f"is not {names}, the only allowed value"
    word = str(value.value)
    alike = [name for name in allowed if ("not" in name.lower()) == ("not" in word.lower())] or allowed
    near = _nearest(word, alike)
    hint = f"write {path[-1]}: {near}" if near or len(allowed) == 1 else f"write one of {names}"
    if len(allowed) == 1:
        hint = f"write {path[-1]}: {allowed[0]}"
    message = f"{quote(value.value)} {only}"
    return Diagnostic("error", rule.get("x-code", "enum"), *where(path, message, hint, value))
