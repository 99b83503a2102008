"""JSON Schemas of files that pass values to a chart, for editors: the section's own, where each of them holds it."""

from __future__ import annotations

from helm_cleaner.section.structure import values_schema
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_ITEMS = "[]"
_ARGOCD = (("source", "helm", "valuesObject"), ("sources", _ITEMS, "helm", "valuesObject"))
# By name: what the file is, and the paths of the values in it.
_OBJECTS: dict[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "flux": ("A HelmRelease of Flux", (("spec", "values"),)),
    "argocd": (
        "An Application or ApplicationSet of Argo CD",
        (*(("spec", *path) for path in _ARGOCD), *(("spec", "template", "spec", *path) for path in _ARGOCD)),
    ),
    "helmfile": ("A helmfile", (("releases", _ITEMS, "values", _ITEMS),)),
}
NAMES = tuple(_OBJECTS)


def object_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a kind of file, one of NAMES; whatever else is in it is left alone."""
    title, paths = _OBJECTS[name]
    values = values_schema()
    top = {key: values.pop(key) for key in ("$schema", "$defs")}
    values.pop("title")
    # In a helmfile, values may also be the name of a file.
    values["type"] = ["object", "null", *(["string"] if name == "helmfile" else [])]
    schema: dict[str, Any] = {
        "$schema": top["$schema"],
        "title": f"{title} with the cleaner section of Polyaxon's Helm charts",
        "$defs": {**top["$defs"], "values": values},
    }
    for path in paths:
        rule = schema
        for key in path:
            rule = (
                rule.setdefault("items", {}) if key == _ITEMS else rule.setdefault("properties", {}).setdefault(key, {})
            )
        rule["$ref"] = "#/$defs/values"
    return schema
