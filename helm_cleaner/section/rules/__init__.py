"""The rules for the section's fields beyond their structure: a module per topic, imported when needed."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.section.rules.field import Field
from helm_cleaner.section.snake_case import to_camel_case
from helm_cleaner.section.structure import Found, errors
from helm_cleaner.values import Map, Placeholder, Seq, Value


def check(section: Value, version: Value | None = None) -> list[Diagnostic]:
    """Everything that is wrong with a section, in source order.

    An error would have failed later; a warning is about a valid value that is probably not intended. A null field
    counts as missing. version: the imageTag of the defaults, if there are any.
    """
    if not isinstance(section, Map):
        return [diagnostic for _, diagnostic in errors(section)]
    section, findings = to_camel_case(section)
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
            return findings + list(dict.fromkeys(everything))
    found, rules = _by_field(section, structural), _rules(section, structural)
    return findings + [diagnostic for name in section for diagnostic in (*found[name], *rules[name])]


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
    top = Field(section, (SECTION,), section.origin, broken)
    images = [name for name in ("image", "imageTag") if top.get(name)]
    for name in section:
        if name in images[:1]:
            from helm_cleaner.section.rules import image

            found[name] += image.check(top)
        elif (field := top.get(name)) is not None:
            found[name] += _check_field(name, field)
            if name == "affinity":
                from helm_cleaner.section.rules import requirements

                found[name] += requirements.check(top)
    return found


def _unknown(value: Value, path: Path) -> Iterator[Path]:
    """The paths of the values that another tool fills in."""
    if isinstance(value, Placeholder):
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

    return list(requirements.check(Field(scheduled, (SECTION,), scheduled.origin, frozenset())))


def _check_field(name: str, field: Field) -> Iterator[Diagnostic]:
    if name == "resources":
        from helm_cleaner.section.rules import resources

        yield from resources.check(field)
        if _has_prefixed(field):
            from helm_cleaner.section.rules import well_known

            yield from well_known.check_resources(field)
    elif name == "nodeSelector":
        from helm_cleaner.section.rules import labels, literals, well_known

        yield from labels.check(field)
        yield from literals.check_selector(field)
        yield from well_known.check_labels(field)
    elif name == "tolerations":
        from helm_cleaner.section.rules import literals, tolerations, well_known

        yield from tolerations.check(field)
        yield from literals.check_texts(field)
        yield from well_known.check_tolerations(field)
    elif name == "imagePullSecrets":
        from helm_cleaner.section.rules import literals, pull_secrets

        yield from pull_secrets.check(field)
        yield from literals.check_names(field)
    elif name == "affinity":
        from helm_cleaner.section.rules import literals, node_affinity, pod_affinity, well_known

        yield from node_affinity.check(field)
        yield from pod_affinity.check(field)
        yield from literals.check_texts(field)
        yield from well_known.check_affinity(field)
    elif name == "hpa":
        message = "Polyaxon accepts it, but nothing reads it"
        yield field.key_warning("unused-field", message, "remove hpa", field.remove())


def _has_prefixed(resources: Field) -> bool:
    """Whether there is a resource of a name with a domain, for which more is to be loaded."""
    amounts = (resources.get(name) for name in ("limits", "requests"))
    return any("/" in key for each in amounts if each is not None for key, _ in each.entries())
