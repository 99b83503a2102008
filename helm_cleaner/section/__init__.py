"""The ``cleaner:`` section: its defaults, and how it is merged, normalized, checked and written.

`resolve` answers what a section will be and what is wrong with it. What it puts together (`layers`, `normalize`) is not
here, so that nobody else does. A section is a `values.Map`: every finding knows where its value came from.
"""

from __future__ import annotations

from helm_cleaner.section.advice import without_advice
from helm_cleaner.section.defaults import chart_defaults, defaults, defaults_to_judge_by, is_nested, of_an_umbrella
from helm_cleaner.section.excerpt import where, where_key
from helm_cleaner.section.layers import find
from helm_cleaner.section.normalize import flat_resources, referenced
from helm_cleaner.section.rendered import parse
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
    "find",
    "flat_resources",
    "found",
    "in_camel_case",
    "is_nested",
    "of_an_umbrella",
    "parse",
    "referenced",
    "resolve",
    "to_json",
    "unresolved",
    "where",
    "where_key",
    "without_advice",
]
