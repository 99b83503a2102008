"""The field of the section at a place in a text that is being typed and need not be YAML: for hover and completion.

Block style only: a line's indentation says what it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from helm_cleaner.names import SECTION
from helm_cleaner.section.structure import schema
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

_KEY = re.compile(r"""(?P<indent>[ ]*(?:-[ ]+)*)(?P<quote>["']?)(?P<key>[\w./-]+)(?P=quote)[ ]*:(?P<rest>[ ].*|$)""")
_QUANTITY = re.compile(r"\d+(?:\.\d+)?(?P<suffix>[A-Za-z]*)$")
_SUFFIXES = {
    "cpu": {"m": "thousandths of a core"},
    "": {"Ki": "1024", "Mi": "1024²", "Gi": "1024³", "Ti": "1024⁴", "k": "1000", "M": "1000²", "G": "1000³"},
}
_AMOUNTS = ("cpu", "memory", "ephemeral-storage")


class Field(NamedTuple):
    """A field of the section. path: from the section on, `[]` for an item of a list; rule: its schema."""

    path: tuple[str, ...]
    rule: dict[str, Any]


class Proposal(NamedTuple):
    """Text that completes what was typed. detail: what it means; start: the character at which it begins."""

    text: str
    detail: str
    start: int


def find_field(lines: Sequence[str], line: int) -> Field | None:
    """The field whose key is on a line (0-based), or None if there is none, or if it is not of the section."""
    path = _path(lines, line)
    rule = _rule(path) if path is not None else None
    return Field(path, rule) if path and rule else None


def complete(lines: Sequence[str], line: int, character: int) -> list[Proposal]:
    """What can be typed at a place (0-based, in characters): fields, listed values, suffixes of quantities."""
    before = lines[line][:character] if line < len(lines) else ""
    key = _KEY.match(before)
    if key is None:
        return _fields(lines, line, before)
    field = find_field([*lines[:line], before], line)
    if field is None:
        return []
    typed = key["rest"].lstrip(" ")
    start = character - len(typed)
    choices = [value for value in field.rule.get("enum", ()) if isinstance(value, str) and value]
    proposals = [Proposal(value, "", start) for value in choices if value.lower().startswith(typed.lower())]
    quantity = _QUANTITY.match(typed)
    if quantity and field.path[:1] == ("resources",) and len(field.path) == 3:
        suffixes = _SUFFIXES["cpu" if field.path[-1] == "cpu" else ""]
        at = character - len(quantity["suffix"])
        proposals += [Proposal(s, what, at) for s, what in suffixes.items() if s.startswith(quantity["suffix"])]
    return proposals


def _fields(lines: Sequence[str], line: int, before: str) -> list[Proposal]:
    """The fields that may stand at a place, without those that stand beside it already."""
    found = re.match(r"(?P<indent>[ ]*(?:-[ ]+)*)(?P<typed>[\w.-]*)$", before)
    if found is None:
        return []
    path = _path([*lines[:line], f"{found['indent']}x:"], line)
    if path is None:
        return []
    rule = _rule(path[:-1])
    names = rule.get("properties", {}) if rule else {}
    if not names and path[:1] == ("resources",) and len(path) == 3:
        names = {name: {} for name in _AMOUNTS}
    used = {match["key"] for other in lines if (match := _KEY.match(other)) and match["indent"] == found["indent"]}
    return [
        Proposal(name, _resolve(rule).get("description", ""), len(found["indent"]))
        for name, rule in names.items()
        if name.lower().startswith(found["typed"].lower()) and name not in used
    ]


def _path(lines: Sequence[str], line: int) -> tuple[str, ...] | None:
    """The keys from the section down to the one on a line; None if the line has none, or is not in a section."""
    found = _KEY.match(lines[line]) if line < len(lines) else None
    if found is None:
        return None
    path: list[str] = []
    column = 0  # of the key, or of the list's dash, that the path begins with
    for text in reversed(lines[: line + 1]):
        match = _KEY.match(text)
        if match is None or text.lstrip().startswith("#"):
            continue
        indent, dashes = match["indent"], match["indent"].count("-")
        is_item = path and path[0] == "[]"
        if not path or len(indent) < column or (is_item and not dashes and len(indent) == column):
            if path and match["key"] == SECTION and not dashes:
                return tuple(path)
            path.insert(0, match["key"])
        elif is_item or not dashes or len(indent) > column:
            continue  # another item, or another key of the same mapping
        path[:0] = ["[]"] * dashes
        # What holds a list may be as far to the left as its dashes.
        column = len(indent.partition("-")[0])
    return None


def _rule(path: Sequence[str]) -> dict[str, Any] | None:
    """The schema of a field; None if there is no such field."""
    rule: dict[str, Any] = schema()
    for part in path:
        rule = _resolve(rule)
        below = rule.get("items") if part == "[]" else rule.get("properties", {}).get(part)
        if below is None and part != "[]":
            below = rule.get("additionalProperties") or next(iter(rule.get("patternProperties", {}).values()), None)
        if not isinstance(below, dict):
            return None
        rule = below
    return _resolve(rule)


def _resolve(rule: dict[str, Any]) -> dict[str, Any]:
    """A schema with what it refers to, itself first."""
    if "$ref" not in rule:
        return rule
    return {**_resolve(schema()["$defs"][rule["$ref"].rpartition("/")[2]]), **rule}
