"""The section as a chart rendered it: the JSON in a ConfigMap's key."""

from __future__ import annotations

import json

from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.names import SECTION
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Origin, Value, from_data
from helm_cleaner.yamltext.scalars import json_integer

if TYPE_CHECKING:
    from typing import Any


def parse(text: Any, name: str) -> Value | None:
    """The section in a ConfigMap's key, as a chart rendered it; None for null, an empty string or a missing key.

    text: the key's value. name: that of the ConfigMap, for messages. InputError if the text is not JSON.
    """
    if text is None or (isinstance(text, str) and not text.strip()):
        return None
    if not isinstance(text, str):
        text = json.dumps(text)  # `KEY: 5` without quotes: Kubernetes rejects it, but what it means is clear
    try:
        data = from_json(text)
    except (ValueError, RecursionError) as e:
        at = getattr(e, "pos", 0)
        location = Location(name, None, at + 1, text)
        problem = getattr(e, "msg", None) or (str(e) if isinstance(e, ValueError) else "nested too deeply")
        hint = "the chart must render `{{ toJson .Values.cleaner | quote }}` here"
        raise InputError.of("json", f"the rendered section is not JSON: {problem}", location, hint, SECTION) from None
    return None if data is None else from_data(data, Origin("chart", Location(name)))


def from_json(text: str) -> Any:
    """The data in JSON, with numbers as Helm reads them. ValueError or RecursionError if it is invalid."""
    return json.loads(text, parse_constant=_no_number, parse_float=_float, parse_int=json_integer)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is not a number in JSON")


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text} is too large")
    return value


def empty(name: str) -> Map:
    """An empty section of a ConfigMap with this name."""
    return Map(Origin("chart", Location(name)))
