"""Sections of values files, and what is said of them."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from helm_cleaner import section, values
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.section import structure
from helm_cleaner.values import Value


def read(text: str) -> Value:
    """The section of a values file `v.yaml`."""
    return values.read(textwrap.dedent(text).encode(), "v.yaml").values["cleaner"]


def bare_schema(rule: Any = None) -> Any:
    """The section's schema without what the rules check: what is evaluated of it."""
    rule = structure.schema() if rule is None else rule
    if isinstance(rule, list):
        return [item if item is None else bare_schema(item) for item in rule]
    if not isinstance(rule, dict):
        return rule
    kept = {key: item for key, item in rule.items() if key not in structure.OF_RULES}
    return {key: item if item is None else bare_schema(item) for key, item in kept.items()}


def found(diagnostics: list[Diagnostic]) -> list[tuple[str, int | None, int | None, str]]:
    return [(d.path, d.location.line, d.location.column, d.message) for d in diagnostics]


def check(data: Any) -> list[Diagnostic]:
    """What is said of a section, given as plain data."""
    value = section.parse_rendered(json.dumps(data), "cm")
    assert value is not None
    return section.check(value)


def errors(data: Any) -> list[tuple[str, str]]:
    return [(d.path.removeprefix("cleaner."), d.code) for d in check(data) if d.severity == "error"]


def warned(data: dict[str, Any], code: str) -> list[tuple[str, str]]:
    """The paths and messages of a section's warnings of a code."""
    value = section.parse_rendered(json.dumps(data), "cm")
    assert value is not None
    found = [d for d in section.check(value) if d.code == code]
    assert all(d.severity == "warning" and d.hint for d in found)
    return [(d.path, d.message) for d in found]


REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def required(*terms: Any) -> dict[str, Any]:
    return {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}}


def preferred(term: Any) -> dict[str, Any]:
    return {"affinity": {"nodeAffinity": {PREFERRED: [{"weight": 1, "preference": term}]}}}


def pods(**term: Any) -> dict[str, Any]:
    return {"affinity": {"podAntiAffinity": {REQUIRED: [{"topologyKey": "a", **term}]}}}


def expression(operator: str, *given: str, key: str = "a") -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(given)}]}


def field(operator: str, *given: str, key: str = "metadata.name") -> dict[str, Any]:
    return {"matchFields": [{"key": key, "operator": operator, "values": list(given)}]}


def term(*expressions: str, fields: tuple[str, ...] = ()) -> dict[str, Any]:
    """A term of expressions such as `pool In a b`."""
    both = {"matchExpressions": expressions, "matchFields": fields}
    return {
        name: [
            {"key": key, "operator": operator, "values": values}
            for key, operator, *values in map(str.split, texts)
        ]
        for name, texts in both.items()
        if texts
    }  # fmt: skip


def node_affinity(*terms: dict[str, Any]) -> dict[str, Any]:
    required = {"nodeSelectorTerms": list(terms)}
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}}}
