"""The section's structure: types, unknown fields and closed lists of values, as schema.json has them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.section.excerpt import Path, where, where_key
from helm_cleaner.values import Map, Scalar, Seq, Value, is_null

_TYPES = {"string": "a string", "object": "a mapping", "array": "a list"}
_EXAMPLES = {
    "cleaner": "{imageTag: dev}, or remove it to use the defaults",
    "resources": "{requests: {cpu: 100m, memory: 100Mi}}",
    "nodeSelector": "{disktype: ssd}",
    "affinity": "{nodeAffinity: …}",
    "tolerations": "[{key: dedicated, operator: Exists}]",
    "imagePullSecrets": "[my-secret]",
    "object": "{key: dedicated, operator: Exists}",
}
_NOT_FIELDS = ("priorityClassName", "labels", "annotations")


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the section."""
    with open(os.path.join(os.path.dirname(__file__), "schema.json"), "rb") as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


def check(section: Value) -> list[Diagnostic]:
    """Everything that is wrong with a section, in the order it is written; a null field is a missing one."""
    return list(_check(section, schema(), ("cleaner",)))


def _check(value: Value, rule: dict[str, Any], path: Path) -> Iterator[Diagnostic]:
    kind = rule.get("type")
    if kind and _kind(value) != kind:
        yield _wrong_type(value, kind, path)
    elif isinstance(value, Map):
        properties, others = rule.get("properties", {}), rule.get("additionalProperties", True)
        for key, item in value.items():
            if key in properties:
                if not is_null(item) or len(path) > 1:
                    yield from _check(item, properties[key], (*path, key))
            elif others is False:
                yield _unknown(value, key, list(properties), path)
            elif isinstance(others, dict):
                yield from _check(item, others, (*path, key))
    elif isinstance(value, Seq):
        for index, item in enumerate(value):
            yield from _check(item, rule.get("items", {}), (*path, index))
    elif "enum" in rule and value.value not in rule["enum"]:
        yield _not_among(value, rule, path)


def _kind(value: Value) -> str:
    if isinstance(value, Map):
        return "object"
    if isinstance(value, Seq):
        return "array"
    found = value.value
    if found is None:
        return "null"
    return {bool: "boolean", str: "string"}.get(type(found), "number")


def _found(value: Value) -> str:
    if isinstance(value, Map):
        return "a mapping"
    if isinstance(value, Seq):
        return "a list"
    text = json.dumps(value.value, ensure_ascii=False)
    return {"null": "null", "boolean": f"the boolean {text}", "number": f"the number {text}"}.get(_kind(value), text)


def _wrong_type(value: Value, kind: str, path: Path) -> Diagnostic:
    message = f"must be {_TYPES[kind]}, found {_found(value)}"
    return Diagnostic("error", "type", *where(path, message, _type_hint(value, kind, path), value))


def _type_hint(value: Value, kind: str, path: Path) -> str:
    name = f"{path[-1]}: " if isinstance(path[-1], str) else "- "
    if kind == "string" and isinstance(value, Scalar) and value.value is not None:
        raw = value.raw if value.raw and value.origin.kind != "default" else None
        text = json.dumps(raw if raw is not None else value.value, ensure_ascii=False).strip('"')
        lost = ""
        if raw is None and _kind(value) == "number":
            lost = " (as you mean it: Helm reads 2.10 as 2.1, 007 as 7)"
        elif raw is not None and raw != json.dumps(value.value):
            lost = f"; Helm reads {raw} without quotes as {json.dumps(value.value)}"
        return f'write it in quotes: {name}"{text}"{lost}'
    if kind in ("array", "object"):
        return f"write {name}{_EXAMPLES[str(path[-1]) if isinstance(path[-1], str) else kind]}"
    return "give it a value, or remove it"


def _unknown(section: Map, key: str, fields: list[str], path: Path) -> Diagnostic:
    if path == ("cleaner",) and key in _NOT_FIELDS:
        message = "Polyaxon's cleaner has no such field, though a comment in the chart's values.yaml offers it"
        hint = "remove it: with it the agent's configuration does not load and the agent does not start"
    else:
        message = f"unknown field; allowed: {', '.join(fields)}"
        near = _nearest(key, fields)
        hint = f"did you mean {near}?" if near else "remove it"
    return Diagnostic(
        "error", "unknown-field", *where_key((*path, key), message, hint, section[key], section.keys_at[key])
    )


def _nearest(word: str, allowed: list[str]) -> str | None:
    from difflib import get_close_matches

    def bare(text: str) -> str:
        return text.replace("_", "").replace("-", "").lower()

    names = {bare(name): name for name in allowed}
    near = get_close_matches(bare(word), names, 1)
    if near:
        return names[near[0]]
    within = [name for name in names if len(bare(word)) > 2 and bare(word) in name]
    return names[within[0]] if within else None


def _not_among(value: Scalar, rule: dict[str, Any], path: Path) -> Diagnostic:
    allowed = rule["enum"]
    message = f"{json.dumps(value.value, ensure_ascii=False)} is not one of {', '.join(allowed)}"
    near = _nearest(str(value.value), allowed)
    hint = f"write {path[-1]}: {near}" if near else f"write one of {', '.join(allowed)}"
    return Diagnostic("error", rule.get("x-code", "enum"), *where(path, message, hint, value))
