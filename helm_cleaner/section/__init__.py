"""The ``cleaner:`` section: its defaults, how it is merged, made regular, checked and written.

A section is a `values.Map`, so that every finding knows where its value came from.
"""

from __future__ import annotations

import json
from functools import cache

from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path, dotted
from helm_cleaner.section.data import data_file
from helm_cleaner.section.normalize import flat_resources, normalise, normalise_rendered
from helm_cleaner.section.rules import check, in_camel_case
from helm_cleaner.section.size import too_large
from helm_cleaner.section.text import to_json
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import (
    Map,
    Origin,
    Read,
    Scalar,
    Seq,
    Value,
    coalesce,
    from_data,
    is_null,
    plain,
    read,
)
from helm_cleaner.yamltext.scalars import json_integer

if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "check",
    "complete",
    "defaults",
    "defaults_to_judge_by",
    "empty",
    "fill",
    "find",
    "flat_resources",
    "from_json",
    "in_camel_case",
    "is_replaced",
    "judge",
    "lay_over",
    "normalise",
    "parse",
    "to_json",
]


@cache
def _defaults() -> Any:
    return plain(read(data_file("defaults.yaml"), "defaults.yaml").values)


def defaults(version: str | None) -> Map:
    """The charts' own defaults. version: the release's, which is the default imageTag."""
    result = from_data(_defaults(), Origin("default", Location("the defaults")))
    assert isinstance(result, Map)
    if version:
        origin = Origin("default", Location("the release's version"))
        result.put("imageTag", Scalar(version, origin), origin)
    return result


def defaults_to_judge_by() -> Map:
    """The defaults with a stand-in for the release's version, which is not known before the chart is rendered."""
    return defaults("0.0.0")


def parse(text: Any, name: str) -> Value | None:
    """The section in a ConfigMap's key, as a chart rendered it; None for null, an empty text or a missing key.

    text: the key's value. name: the ConfigMap's, for messages. InputError where the text is no JSON.
    """
    if text is None or (isinstance(text, str) and not text.strip()):
        return None
    if not isinstance(text, str):
        text = json.dumps(text)  # `KEY: 5` without quotes: not what Kubernetes takes, but what it means is clear
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
    """The data in JSON, numbers as Helm reads them. ValueError or RecursionError where it is none."""
    return json.loads(text, parse_constant=_no_number, parse_float=_float, parse_int=json_integer)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number in JSON")


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large a number")
    return value


def complete(rendered: Value | None, defaults: Map | None) -> tuple[Value | None, list[Diagnostic]]:
    """A section that a chart rendered, made regular, with what it lacks from defaults; and what is to be said of it.

    rendered: as `parse` gives it, changed in place. Where it is None the defaults, if any, are all there is.
    """
    if rendered is None:
        return defaults, []
    said = normalise_rendered(rendered, _defaults())
    return (rendered if defaults is None else fill(defaults, rendered)), said


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


def lay_over(
    base: Value | None, over: Read, path: Path = (SECTION,), regular: bool = True
) -> tuple[Value | None, list[Diagnostic]]:
    """What values make of the section below them, and what is to be said of it.

    As Helm lays values over a chart's defaults. path: where the section is in the values; regular: whether it is made
    regular first. A section of null is None. InputError where the path leads through something that is no mapping.
    """
    said = [
        notice.diagnostic._replace(path=dotted((SECTION, *notice.path[len(path) :])))
        for notice in over.notices
        if notice.path[: len(path)] == path
    ]
    found = find(over.values, path)
    if found is None:
        return base, said
    value, at = found
    if regular:
        said += normalise(value)
    below, above = Map(at), Map(at)
    if base is not None:
        below.put(SECTION, base, base.origin)
    above.put(SECTION, value, at)
    coalesce(below, above)
    result = below.get(SECTION)
    return (None if is_null(result) else result), said


def is_replaced(rendered: Value | None, over: Read) -> bool:
    """Whether values put a mapping in place of a rendered section that is none: then it lies on the defaults alone."""
    if rendered is None or isinstance(rendered, Map):
        return False
    found = find(over.values, (SECTION,))
    return found is not None and isinstance(found[0], Map)


def judge(section: Value, said: list[Diagnostic]) -> list[Diagnostic]:
    """All there is to say of a section, file by file and line by line: what was said so far, and what is wrong with it.

    What is wrong with a field makes a warning about the same field idle.
    """
    wrong = check(section) + too_large(section)
    fields = {d.path for d in wrong}
    findings = [d for d in said if d.severity == "error" or d.path not in fields] + wrong
    files = list(dict.fromkeys(d.location.file for d in findings))

    def place(d: Diagnostic) -> tuple[int, int, int]:
        at = d.location
        return (files.index(at.file), at.line, at.column or 0) if at.line else (files.index(at.file), 0, 0)

    return sorted(findings, key=place)


def find(tree: Map, path: Path) -> tuple[Value, Origin] | None:
    """The section in a values tree and where its key stands; None where it is not there.

    path: keys and, in lists, indexes that are there. InputError where it leads through something that is no mapping.
    """
    value: Value = tree
    at = tree.origin
    for depth, part in enumerate(path):
        if isinstance(value, Seq) and isinstance(part, int):
            value = value[part]
            at = value.origin
        elif isinstance(value, Map):
            if part not in value:
                return None
            at = value.keys_at[str(part)]
            value = value[str(part)]
        elif is_null(value):
            return None
        else:
            message = f"must be a mapping, for the section is looked for below it ({dotted(path)})"
            raise InputError.of("values", message, value.origin.location, path=dotted(path[:depth]))
    return value, at
