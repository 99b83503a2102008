"""Renames misspelled fields for the checks, so that what is wrong below them is reported at once."""

from __future__ import annotations

from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.section.defaults import built_in
from helm_cleaner.section.structure import Found, resolve_reference, schema
from helm_cleaner.section.unknown_fields import find_meant_field, refuse_unknown
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Seq, Value, coalesce, to_data

if TYPE_CHECKING:
    from typing import Any


class Respelled:
    """A section with its misspelled fields renamed.

    written: the path of each renamed field, and that of its wrong name. found: the error for each, by path. What is
    wrong below one is reported with the paths of the right names.
    """

    def __init__(self, section: Map, version: Value | None = None) -> None:
        """version: the imageTag of the defaults."""
        self._defaults = built_in() if version is None else {**built_in(), "imageTag": to_data(version)}
        self.written: dict[Path, Path] = {}
        self.found: list[Found] = []
        self.section = self._map(section, schema(), (SECTION,))

    def _value(self, value: Value, rule: Any, path: Path) -> Value:
        if isinstance(value, Map):
            return self._map(value, rule, path)
        if isinstance(value, Seq):
            items = resolve_reference(rule).get("items", {})
            found = [self._value(item, items, (*path, i)) for i, item in enumerate(value)]
            return Seq(value.origin, found)
        return value

    def _map(self, value: Map, rule: Any, path: Path) -> Map:
        rule = resolve_reference(rule)
        known, others = rule.get("properties", {}), rule.get("additionalProperties", True)
        result = Map(value.origin)
        result.has_placeholders = value.has_placeholders
        for key, item in value.items():
            at = value.keys_at[key]
            name = key
            if (*path, key) in self.written:
                continue  # a default, which the misspelled field would replace
            near = find_meant_field(value, key, known) if others is False and key not in known else ""
            there = value.get(near) if near else None
            meant = (*path, near or key)
            if near and meant not in self.written and (there is None or self._gives_way(there, item, near, path)):
                name = near
                self.written[meant] = (*path, key)
                self.found.append((meant, refuse_unknown(value, key, known, path)))
                if isinstance(there, Map) and isinstance(item, Map):
                    item = coalesce(there, item)
            below_rule = known.get(name, others)
            if isinstance(below_rule, dict):
                item = self._value(item, below_rule, (*path, name))
            result.pop(name, None)  # moves to the end, where it is written
            result.put(name, item, at)
        return result

    def is_renamed(self, path: Path) -> bool:
        """Whether the path is a renamed field, or below one."""
        return any(path[:end] in self.written for end in range(2, len(path) + 1))

    def meant(self, path: Path) -> Path:
        """The path with the intended names of its fields."""
        for meant, written in self.written.items():
            if len(meant) == 2 and path[:2] == written:
                return meant + path[2:]
        return path

    def _gives_way(self, there: Value, misspelled: Value, name: str, path: Path) -> bool:
        """Whether an existing field is only a default, which the misspelled one is meant to replace."""
        if there.origin.kind == "default":
            return misspelled.origin.kind != "default"
        return there.origin.kind == "chart" and len(path) == 1 and to_data(there) == self._defaults.get(name)
