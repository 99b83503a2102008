"""The fields of the section as a table for docs/section.md, out of schema.json."""

from __future__ import annotations

import json

from helm_cleaner.section.structure import schema
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_KINDS = {"string": "text", "object": "mapping", "array": "list"}


def markdown() -> str:
    """A row per field: its name, its kind, what it is for, an example."""
    rows = ["| Field | Kind | What it is | Example |", "|---|---|---|---|"]
    for name, rule in schema()["properties"].items():
        kind, text = _KINDS[_kind(rule)], _example(name, rule)
        rows.append(f"| `{name}` | {kind} | {rule['description']} | `{text}` |")
    return "\n".join(rows) + "\n"


def _kind(rule: dict[str, Any]) -> str:
    if "$ref" in rule:
        rule = schema()["$defs"][rule["$ref"].rpartition("/")[2]]
    kinds = rule["type"]
    return str(kinds if isinstance(kinds, str) else kinds[0])


def _example(name: str, rule: dict[str, Any]) -> str:
    if "enum" in rule:
        return f"{name}: {' | '.join(value for value in rule['enum'] if value)}".replace("|", "\\|")
    return f"{name}: {_flow(rule['examples'][0])}"


def _flow(value: Any) -> str:
    """A value as a person writes it in braces."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return value if isinstance(value, str) else json.dumps(value)
