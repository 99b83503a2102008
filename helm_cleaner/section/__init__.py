"""The ``cleaner:`` section: its defaults, how it is merged, normalized, checked and written.

`resolve` answers what a section will be and what is wrong with it; the rest is what that is made of. A section is a
`values.Map`, so that every finding knows where its value came from.
"""

from __future__ import annotations

from helm_cleaner.section.advice import without_advice
from helm_cleaner.section.defaults import chart_defaults, defaults, defaults_to_judge_by
from helm_cleaner.section.layers import fill, find, lay_over
from helm_cleaner.section.normalize import flat_resources, normalise
from helm_cleaner.section.rendered import empty, from_json, parse
from helm_cleaner.section.resolve import Resolved, resolve, unresolved
from helm_cleaner.section.rules import check, in_camel_case
from helm_cleaner.section.text import to_json

__all__ = [
    "Resolved",
    "chart_defaults",
    "check",
    "defaults",
    "defaults_to_judge_by",
    "empty",
    "fill",
    "find",
    "flat_resources",
    "from_json",
    "in_camel_case",
    "lay_over",
    "normalise",
    "parse",
    "resolve",
    "to_json",
    "unresolved",
    "without_advice",
]
