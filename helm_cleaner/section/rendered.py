"""The section as a chart rendered it: the JSON in a ConfigMap's key."""

from __future__ import annotations

import json

from helm_cleaner import strict_json
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.names import SECTION
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Origin, Value, from_data

if TYPE_CHECKING:
    from typing import Any


def parse_rendered(text: Any, name: str) -> Value | None:
    """The section in a ConfigMap's key, as a chart rendered it; None for null, an empty string or a missing key.

    text: the key's value. name: that of the ConfigMap, for messages. InputError if the text is not JSON.
    """
    if text is None or (isinstance(text, str) and not text.strip()):
        return None
    if not isinstance(text, str):
        text = json.dumps(text)  # `KEY: 5` without quotes: Kubernetes rejects it, but what it means is clear
    try:
        data = strict_json.loads(text)
    except (ValueError, RecursionError) as e:
        at = getattr(e, "pos", 0)
        location = Location(name, None, at + 1, text)
        hint = "the chart must render `{{ toJson .Values.cleaner | quote }}` here"
        message = f"the rendered section is not JSON: {strict_json.problem(e)}"
        raise InputError.of("json", message, location, hint, SECTION) from None
    return None if data is None else from_data(data, Origin("chart", Location(name)))


def empty_section(name: str) -> Map:
    """An empty section of a ConfigMap with this name."""
    return Map(Origin("chart", Location(name)))
