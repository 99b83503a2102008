"""The size limits of a section: it is a line of JSON in a ConfigMap and in the agent's environment."""

from __future__ import annotations

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.names import MAX_DATA, MAX_IN_ENVIRONMENT, SECTION
from helm_cleaner.section.excerpt import where, where_key
from helm_cleaner.section.writing import to_json
from helm_cleaner.values import Map, Seq, Value

_ESCAPED = 6  # the longest escape of a character in JSON: \\u003c


def check_size(section: Value) -> list[Diagnostic]:
    """The error for a section that is too large for a ConfigMap or an environment variable."""
    if _most(section) <= MAX_IN_ENVIRONMENT:  # cheap, and enough for nearly every section
        return []
    size = len(to_json(section).encode())
    if size > MAX_DATA:
        message = f"is {size:,} bytes of JSON; Kubernetes limits the data of a ConfigMap to {MAX_DATA:,} bytes"
    elif size > MAX_IN_ENVIRONMENT:
        message = (
            f"is {size:,} bytes of JSON; the agent reads it from an environment variable, which Linux limits to "
            f"{MAX_IN_ENVIRONMENT:,} bytes"
        )
    else:
        return []
    if not isinstance(section, Map):
        return [Diagnostic("error", "too-large", *where((SECTION,), message, "remove what is not needed", section))]
    # The section may be merged over defaults, which are not to blame.
    largest = max(section, key=lambda name: len(to_json(section[name])))
    hint = f"remove what is not needed; {largest} is the largest field"
    *_, location = where_key((SECTION, largest), message, hint, section[largest], section.keys_at[largest])
    return [Diagnostic("error", "too-large", SECTION, message, hint, location)]


def _most(value: Value) -> int:
    """An upper bound of a value's size in bytes of JSON."""
    if isinstance(value, Map):
        return 2 + sum(len(key) * _ESCAPED + 4 + _most(item) for key, item in value.items())
    if isinstance(value, Seq):
        return 2 + sum(_most(item) + 1 for item in value)
    return 2 + len(value.value) * _ESCAPED if isinstance(value.value, str) else 30
