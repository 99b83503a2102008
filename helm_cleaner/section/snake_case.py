"""Fields in Python's spelling, such as image_tag: Polyaxon accepts them, but not next to the chart's own."""

from __future__ import annotations

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.names import SECTION
from helm_cleaner.section.excerpt import where_key
from helm_cleaner.section.structure import schema
from helm_cleaner.values import Map


def to_camel_case(section: Map) -> tuple[Map, list[Diagnostic]]:
    """The section with image_tag as imageTag and so on, as Polyaxon reads it if imageTag is missing; and warnings."""
    names = {}
    for camel in schema()["properties"]:
        snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in camel)
        if snake in section and camel not in section:
            names[snake] = camel
    if not names:
        return section, []
    from helm_cleaner.fixes import Rename, safe

    result, findings = Map(section.origin), []
    result.has_placeholders = section.has_placeholders
    for name, value in section.items():
        at = section.keys_at[name]
        result.put(names.get(name, name), value, at)
        if name in names:
            message = f"read as {names[name]}, but rejected next to it, as with the chart's defaults"
            place = where_key((SECTION, name), message, f"write {names[name]}", value, at)
            findings.append(Diagnostic("warning", "field-name", *place, safe(Rename(at, name, names[name]))))
    return result, findings
