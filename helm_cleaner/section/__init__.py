"""The ``cleaner:`` section: its defaults, and how it is merged, normalized, checked and written.

`resolve` answers what a section will be and what is wrong with it. What it puts together (`layers`, `normalize`) is not
here, so that nobody else does. A section is a `values.Map`: every finding knows where its value came from.
"""

from __future__ import annotations

from helm_cleaner.section.defaults import (
    chart_defaults,
    defaults,
    defaults_to_check_against,
    is_nested,
    umbrella_defaults,
)
from helm_cleaner.section.excerpt import where, where_key
from helm_cleaner.section.layers import find
from helm_cleaner.section.normalize import find_flat_resources, read_reference
from helm_cleaner.section.rendered import parse_rendered
from helm_cleaner.section.resolve import ResolvedSection, drop_advice, merge_raw, resolve
from helm_cleaner.section.rules import check, contradictions
from helm_cleaner.section.snake_case import to_camel_case
from helm_cleaner.section.structure import found
from helm_cleaner.section.writing import to_json

__all__ = [
    "ResolvedSection",
    "chart_defaults",
    "check",
    "contradictions",
    "defaults",
    "defaults_to_check_against",
    "drop_advice",
    "find",
    "find_flat_resources",
    "found",
    "is_nested",
    "merge_raw",
    "parse_rendered",
    "read_reference",
    "resolve",
    "to_camel_case",
    "to_json",
    "umbrella_defaults",
    "where",
    "where_key",
]
