"""How Polyaxon reads texts while it makes the job.

It renders the agent's values as templates, and evaluates each text that is a Python literal
(`PolyaxonfileParser._evaluate_expression` in its SDK, as it is in 2.18): "1" becomes the number 1, "1.10" the number
1.1, "True" a boolean.
"""

from __future__ import annotations

import json

from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_FIRST = frozenset("0123456789+-.([{'\" \t")
_WORDS = frozenset(("True", "False", "None"))


def literal(text: str) -> Any:
    """What Polyaxon reads a text as: the text itself, unless it is a Python literal."""
    if text[:1] not in _FIRST and text not in _WORDS:
        return text
    from ast import literal_eval

    try:
        value = literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
    return text if isinstance(value, complex) else value  # which becomes the same text again


def as_text_again(text: str) -> str:
    """The text that Polyaxon makes of a literal where it needs a text again, as in nodeSelector."""
    value = literal(text)
    if isinstance(value, float) and abs(value) != float("inf"):
        digits, e, exponent = repr(value).partition("e")
        return f"{digits}e{int(exponent)}" if e else digits
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), default=str)
