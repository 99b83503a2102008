"""The ``cleaner:`` section: its defaults, how it is merged, made regular, checked and written.

A section is a `values.Map`, so that every finding knows where its value came from.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.section.normalise import normalise, normalise_rendered
from helm_cleaner.section.structure import check
from helm_cleaner.values import Map, Origin, Scalar, Seq, Value, coalesce, from_data, is_null, plain, read

__all__ = ["NAME", "check", "defaults", "empty", "fill", "lay_over", "normalise", "parse", "rendered", "to_json"]

NAME = "cleaner"


def defaults(version: str | None) -> Map:
    """The charts' own defaults. version: the release's, which is the default imageTag."""
    file = Path(__file__).with_name("defaults.yaml")
    result = read(file.read_bytes(), "the defaults", "default")
    if version:
        origin = Origin("default", Location("the release's version"))
        result.put("imageTag", Scalar(version, origin), origin)
    return result


def parse(text: Any, name: str) -> Value | None:
    """The section in a ConfigMap's key, as a chart rendered it; None for null, an empty text or a missing key.

    text: the key's value. name: the ConfigMap's, for messages. InputError where the text is no JSON.
    """
    if text is None or (isinstance(text, str) and not text.strip()):
        return None
    if not isinstance(text, str):
        text = json.dumps(text)  # `KEY: 5` without quotes: not what Kubernetes takes, but what it means is clear
    try:
        data = json.loads(text, parse_constant=_no_number, parse_float=_float)
    except (ValueError, RecursionError) as e:
        at = getattr(e, "pos", 0)
        location = Location(name, None, at + 1, text)
        problem = getattr(e, "msg", None) or (str(e) if isinstance(e, ValueError) else "nested too deeply")
        hint = "the chart must render `{{ toJson .Values.cleaner | quote }}` here"
        raise InputError.of("json", f"the rendered section is not JSON: {problem}", location, hint, NAME) from None
    return None if data is None else from_data(data, Origin("chart", Location(name)))


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number in JSON")


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large a number")
    return value


def rendered(section: Value) -> list[Diagnostic]:
    """Makes a section regular that a chart rendered, defaults included, in place; returns what is to be said of it."""
    return normalise_rendered(section, defaults(None))


def empty(name: str) -> Map:
    """A section without a field, of a ConfigMap with this name."""
    return Map(Origin("chart", Location(name)))


def fill(base: Map, section: Value) -> Value:
    """The section with what it lacks, or holds as null, taken from the base; a section that is no mapping as it is."""
    if not isinstance(section, Map):
        return section
    for key, value in base.items():
        mine = section.get(key)
        if mine is None or is_null(mine):
            section.put(key, value, base.keys_at[key])
        elif isinstance(mine, Map) and isinstance(value, Map):
            fill(value, mine)
    return section


def lay_over(base: Value | None, over: Map) -> tuple[Value | None, list[Diagnostic]]:
    """What values (a whole tree with the section at its top) make of the section below them, and what is to be said.

    As Helm lays values over a chart's defaults; a section of null is None.
    """
    if NAME not in over:
        return base, []
    said = normalise(over[NAME])
    top = Map(Origin("chart", Location("")))
    if base is not None:
        top.put(NAME, base, base.origin)
    section = Map(over.origin)
    section.put(NAME, over[NAME], over.keys_at[NAME])
    coalesce(top, section)
    result = top.get(NAME)
    return (None if is_null(result) else result), said


# What Go escapes in JSON for the sake of HTML, and what a YAML text may not hold as it is.
_ESCAPED = re.compile("[<>&\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def to_json(section: Any) -> str:
    """The section as one line of JSON, the way the charts' `toJson` writes it. section: a Value, or plain data."""
    data = plain(section) if isinstance(section, (Map, Seq, Scalar)) else section
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _ESCAPED.sub(lambda m: f"\\u{ord(m[0]):04x}", text)
