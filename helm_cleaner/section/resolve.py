"""Resolves a section: what it will be and what is wrong with it. Every command and the Python API use this."""

from __future__ import annotations

from helm_cleaner.diagnostics import Diagnostic, SectionError
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.section.defaults import built_in, drop_stand_in
from helm_cleaner.section.layers import fill_defaults, merge_over, replaces_text
from helm_cleaner.section.normalize import normalize
from helm_cleaner.section.rendered import empty_section
from helm_cleaner.section.rules import check
from helm_cleaner.section.size import check_size
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, ParsedValues, Value, make_null

if TYPE_CHECKING:
    from collections.abc import Sequence

# A warning about how a value is written. It is dropped if there is an error about the same value.
_IDLE_BESIDE_AN_ERROR = ("ambiguous-scalar",)
# Warnings about what may well be intended: `validate` and `explain` give them, commands of every release do not.
_ADVICE = ("other-image", "short-toleration")


class ResolvedSection(NamedTuple):
    """A section as it will be, and every error and warning, sorted by file and line."""

    section: Value
    findings: list[Diagnostic]

    @property
    def is_valid(self) -> bool:
        """Whether no finding is an error."""
        return not any(d.severity == "error" for d in self.findings)

    def require_valid(self) -> ResolvedSection:
        """Returns itself. SectionError, with every finding, if it is invalid."""
        if not self.is_valid:
            raise SectionError(self.findings)
        return self


def resolve(
    rendered: Value | None = None,
    defaults: Value | None = None,
    overrides: ParsedValues | None = None,
    path: Path = (SECTION,),
    name: str = SECTION,
    earlier: Sequence[Diagnostic] = (),
    *,
    advice: bool = True,
) -> ResolvedSection:
    """Merges the layers of a section (the defaults, what a chart rendered, values), normalizes and checks the result.

    rendered: as returned by `parse_rendered`, or None. defaults: None for none; before a chart is rendered,
    `defaults_to_check_against`, whose placeholder for the version is not in the result. overrides: values merged over
    both; path: where the section is in them. None of them is changed. name: the section's name in messages if
    no layer has one. earlier: findings so far, such as those about the defaults. advice: whether to warn of what may
    well be intended.
    InputError if the path leads through something that is not a mapping.
    """
    findings = list(earlier)
    if overrides is not None and replaces_text(rendered, overrides, path):
        rendered = None
    base = defaults
    if rendered is not None:
        rendered, more = normalize(rendered, built_in())
        findings += more
        base = fill_defaults(defaults, rendered) if isinstance(defaults, Map) else rendered
    if overrides is not None:
        base, more = merge_over(base, overrides, path)
        findings += more + _look_alikes(overrides, path)
    if base is None:
        base = empty_section(name) if defaults is None else defaults
    version = defaults.get("imageTag") if isinstance(defaults, Map) else None
    findings = _check(base, findings, version)
    return ResolvedSection(drop_stand_in(base), findings if advice else drop_advice(findings))


def drop_advice(findings: list[Diagnostic]) -> list[Diagnostic]:
    """The findings that every command reports."""
    return [d for d in findings if d.code not in _ADVICE]


def merge_raw(
    defaults: Value | None, overrides: ParsedValues, path: Path = (SECTION,)
) -> tuple[Value, list[Diagnostic]]:
    """The section as Helm merges it, neither normalized nor checked, and the warnings about reading it."""
    result, earlier = merge_over(defaults, overrides, path, normalized=False)
    result = make_null() if result is None else drop_stand_in(result)
    return result, earlier + _look_alikes(overrides, path)


def _look_alikes(overrides: ParsedValues, path: Path) -> list[Diagnostic]:
    if not overrides.values:
        return []
    from helm_cleaner.section.look_alikes import find_look_alikes  # imported only if there are values

    return find_look_alikes(overrides.values, path)


def _check(section: Value, earlier: list[Diagnostic], version: Value | None) -> list[Diagnostic]:
    """The earlier findings and those about the section, sorted."""
    wrong = check(section, version) + check_size(section)
    fields = {d.path for d in wrong}
    findings = [d for d in earlier if d.code not in _IDLE_BESIDE_AN_ERROR or d.path not in fields] + wrong
    files = list(dict.fromkeys(d.location.file for d in findings))

    def place(d: Diagnostic) -> tuple[int, int, int]:
        at = d.location
        return (files.index(at.file), at.line, at.column or 0) if at.line else (files.index(at.file), 0, 0)

    return sorted(findings, key=place)
