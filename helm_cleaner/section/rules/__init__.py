"""The rules for the section's fields beyond their structure: a module per topic, imported when needed."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.section.rules.place import Place
from helm_cleaner.section.snake_case import in_camel_case
from helm_cleaner.section.structure import Found, errors
from helm_cleaner.values import Map, Seq, Unknown, Value


def check(section: Value, version: Value | None = None) -> list[Diagnostic]:
    """Everything that is wrong with a section, in source order.

    An error would have failed later; a warning is about a valid value that is probably not intended. A null field
    counts as missing. version: the imageTag of the defaults, if there are any.
    """
    if not isinstance(section, Map):
        return [diagnostic for _, diagnostic in errors(section)]
    section, said = in_camel_case(section)
    structural = list(errors(section))
    if any(diagnostic.code == "unknown-field" for _, diagnostic in structural):
        from helm_cleaner.section.spelling import Respelled

        spelling = Respelled(section, version)
        if spelling.written:
            meant = list(errors(spelling.section))
            found = _by_field(spelling.section, [(spelling.meant(path), d) for path, d in structural])
            more = _by_field(
                spelling.section, [*spelling.found, *((path, d) for path, d in meant if spelling.is_renamed(path))]
            )
            rules = _rules(spelling.section, meant)
            everything = [d for name in spelling.section for d in (*found[name], *more[name], *rules[name])]
            return said + list(dict.fromkeys(map(spelling.as_written, everything)))
    found, rules = _by_field(section, structural), _rules(section, structural)
    return said + [diagnostic for name in section for diagnostic in (*found[name], *rules[name])]


def _by_field(section: Map, structural: list[Found]) -> dict[str, list[Diagnostic]]:
    found: dict[str, list[Diagnostic]] = {name: [] for name in section}
    for path, diagnostic in structural:
        found[str(path[1])].append(diagnostic)
    return found


def _rules(section: Map, structural: list[Found]) -> dict[str, list[Diagnostic]]:
    """What the rules find, for each field. structural: the errors in structure, below which the rules do not look.

    Nor do they look at what another tool fills in.
    """
    unsound = [*(path for path, _ in structural), *_unknown(section, (SECTION,))]
    broken = frozenset(path[:end] for path in unsound for end in range(1, len(path) + 1))
    found: dict[str, list[Diagnostic]] = {name: [] for name in section}
    top = Place(section, (SECTION,), section.origin, broken)
    images = [name for name in ("image", "imageTag") if top.get(name)]
    for name in section:
        if name in images[:1]:
            from helm_cleaner.section.rules import image

            found[name] += image.check(top)
        elif (place := top.get(name)) is not None:
            found[name] += _check_field(name, place)
            if name == "affinity":
                from helm_cleaner.section.rules import requirements

                found[name] += requirements.check(top)
    return found


def _unknown(value: Value, path: Path) -> Iterator[Path]:
    """The paths of the values that another tool fills in."""
    if isinstance(value, Unknown):
        yield path
    elif isinstance(value, Map):
        for key, item in value.items():
            yield from _unknown(item, (*path, key))
    elif isinstance(value, Seq):
        for index, item in enumerate(value):
            yield from _unknown(item, (*path, index))


def contradictions(scheduled: Map) -> list[Diagnostic]:
    """What no node can meet of a nodeSelector and an affinity that have been checked, each by itself."""
    from helm_cleaner.section.rules import requirements

    return list(requirements.check(Place(scheduled, (SECTION,), scheduled.origin, frozenset())))


def _check_field(name: str, place: Place) -> Iterator[Diagnostic]:
    if name == "resources":
        from helm_cleaner.section.rules import resources

        yield from resources.check(place)
        if _has_prefixed(place):
            from helm_cleaner.section.rules import well_known

            yield from well_known.check_resources(place)
    elif name == "nodeSelector":
        from helm_cleaner.section.rules import labels, literals, well_known

        yield from labels.check(place)
        yield from literals.check_selector(place)
        yield from well_known.check_labels(place)
    elif name == "tolerations":
        from helm_cleaner.section.rules import literals, tolerations, well_known

        yield from tolerations.check(place)
        yield from literals.check_texts(place)
        yield from well_known.check_tolerations(place)
    elif name == "imagePullSecrets":
        from helm_cleaner.section.rules import literals, pull_secrets

        yield from pull_secrets.check(place)
        yield from literals.check_names(place)
    elif name == "affinity":
        from helm_cleaner.section.rules import literals, node_affinity, pod_affinity, well_known

        yield from node_affinity.check(place)
        yield from pod_affinity.check(place)
        yield from literals.check_texts(place)
        yield from well_known.check_affinity(place)


def _has_prefixed(resources: Place) -> bool:
    """Whether there is a resource of a name with a domain, for which more is to be loaded."""
    amounts = (resources.get(name) for name in ("limits", "requests"))
    return any("/" in key for each in amounts if each is not None for key, _ in each.entries())
