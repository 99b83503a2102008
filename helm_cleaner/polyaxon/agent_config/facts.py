"""The entries of the agent's ConfigMap as Polyaxon's SDK reads them: entries.json, with its references resolved."""

from __future__ import annotations

import json
from functools import cache

from helm_cleaner.data_files import read_data_file
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

# What the SDK reads as a boolean, in any case.
WORDS = ("0", "1", "on", "off", "t", "f", "true", "false", "y", "n", "yes", "no")


class Entry(NamedTuple):
    """An entry. key: the values key that the charts render into it; "" if there is none.

    is_json: whether it is JSON, or a text by itself. rule: what its value must be.
    """

    name: str
    key: str
    is_json: bool
    rule: dict[str, Any]


@cache
def load_facts() -> dict[str, Any]:
    """The content of entries.json."""
    data: dict[str, Any] = json.loads(read_data_file("polyaxon", "agent_config", "entries.json"))
    return data


@cache
def load_entries() -> dict[str, Entry]:
    """The entries by name."""
    return {
        name: Entry(name, fact["key"], fact["form"] == "json", fact["rule"])
        for name, fact in load_facts()["entries"].items()
    }


def find_newest_sdk() -> tuple[int, ...]:
    """The newest version of the SDK that the facts are of."""
    return tuple(map(int, load_facts()["x-sdk"].split(".")))


def resolve_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """The rule merged over the one that its $ref names."""
    if "$ref" not in rule:
        return rule
    found = resolve_rule(load_facts()["$defs"][rule["$ref"].removeprefix("#/$defs/")])
    return found | {key: value for key, value in rule.items() if key != "$ref"}


def to_python_name(name: str, rule: dict[str, Any]) -> str:
    """The name of a field in the SDK's own code, under which it is accepted too: `image_tag`."""
    spelled: str = rule.get("x-python", "")
    return spelled or "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
