"""What the section's fields may hold beyond their structure: a module for each topic, imported when there is need."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.paths import Path
from helm_cleaner.section.excerpt import where_key
from helm_cleaner.section.rules.place import Place
from helm_cleaner.section.structure import errors, schema
from helm_cleaner.values import Map, Value


def check(section: Value) -> list[Diagnostic]:
    """Everything that is wrong with a section, field by field in the order it is written.

    Errors are what would have failed; warnings, what is taken and yet cannot be meant. A null field is a missing one.
    """
    if not isinstance(section, Map):
        return [diagnostic for _, diagnostic in errors(section)]
    section, said = in_camel_case(section)
    broken: set[Path] = set()
    found: dict[str, list[Diagnostic]] = {name: [] for name in section}
    for path, diagnostic in errors(section):
        found[str(path[1])].append(diagnostic)
        broken.update(path[:end] for end in range(1, len(path) + 1))
    top = Place(section, ("cleaner",), section.origin, frozenset(broken))
    images = [name for name in ("image", "imageTag") if top.get(name)]
    for name in section:
        if name in images[:1]:
            from helm_cleaner.section.rules import image

            found[name] += image.check(top)
        elif (place := top.get(name)) is not None:
            found[name] += _check_field(name, place)
    return said + [diagnostic for name in section for diagnostic in found[name]]


def in_camel_case(section: Map) -> tuple[Map, list[Diagnostic]]:
    """The section with image_tag as imageTag and so on, which is how Polyaxon reads it where imageTag is not there.

    And what is to be said of that.
    """
    names = {}
    for camel in schema()["properties"]:
        snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in camel)
        if snake in section and camel not in section:
            names[snake] = camel
    if not names:
        return section, []
    result, said = Map(section.origin), []
    for name, value in section.items():
        at = section.keys_at[name]
        result.put(names.get(name, name), value, at)
        if name in names:
            message = f"read as {names[name]}, but rejected next to it, as with the chart's defaults"
            said.append(
                Diagnostic(
                    "warning",
                    "field-name",
                    *where_key(("cleaner", name), message, f"write {names[name]}", value, at),
                )
            )
    return result, said


def _check_field(name: str, place: Place) -> Iterator[Diagnostic]:
    if name == "resources":
        from helm_cleaner.section.rules import resources

        yield from resources.check(place)
    elif name == "nodeSelector":
        from helm_cleaner.section.rules import labels

        yield from labels.check(place)
    elif name == "tolerations":
        from helm_cleaner.section.rules import tolerations

        yield from tolerations.check(place)
    elif name == "imagePullSecrets":
        from helm_cleaner.section.rules import pull_secrets

        yield from pull_secrets.check(place)
    elif name == "affinity":
        from helm_cleaner.section.rules import node_affinity, pod_affinity

        yield from node_affinity.check(place)
        yield from pod_affinity.check(place)
