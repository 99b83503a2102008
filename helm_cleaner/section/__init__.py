"""The ``cleaner:`` section: its defaults, and how it is merged, normalized, checked and written.

`resolve` answers what a section will be and what is wrong with it; the rest are its parts. A section is a `values.Map`,
so that every finding knows where its value came from.
"""

from __future__ import annotations

from helm_cleaner.section.advice import without_advice
from helm_cleaner.section.defaults import chart_defaults, defaults, defaults_to_judge_by, is_nested
from helm_cleaner.section.excerpt import where, where_key
from helm_cleaner.section.layers import fill, find, lay_over
from helm_cleaner.section.normalize import flat_resources, normalize, referenced
from helm_cleaner.section.rendered import empty, parse
from helm_cleaner.section.resolve import Resolved, resolve, unresolved
from helm_cleaner.section.rules import check, contradictions
from helm_cleaner.section.snake_case import in_camel_case
from helm_cleaner.section.structure import found
from helm_cleaner.section.text import to_json

__all__ = [
    "Resolved",
    "chart_defaults",
    "check",
    "contradictions",
    "defaults",
    "defaults_to_judge_by",
    "empty",
    "fill",
    "find",
    "flat_resources",
    "found",
    "in_camel_case",
    "is_nested",
    "lay_over",
    "normalize",
    "parse",
    "referenced",
    "resolve",
    "to_json",
    "unresolved",
    "where",
    "where_key",
    "without_advice",
]
