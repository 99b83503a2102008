"""Resolves a section: what it will be and what is wrong with it. Every command and the Python API use this."""

from __future__ import annotations

from helm_cleaner.diagnostics import Diagnostic, SectionError
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.section.advice import without_advice
from helm_cleaner.section.defaults import built_in, without_stand_in
from helm_cleaner.section.layers import fill, is_replaced, lay_over
from helm_cleaner.section.normalize import normalize_rendered
from helm_cleaner.section.rendered import empty
from helm_cleaner.section.rules import check
from helm_cleaner.section.size import too_large
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, Read, Value, null

if TYPE_CHECKING:
    from collections.abc import Sequence

# A warning about how a value is written. It is dropped if there is an error about the same value.
_IDLE_BESIDE_AN_ERROR = ("ambiguous-scalar",)


class Resolved(NamedTuple):
    """A section as it will be, and every error and warning, sorted by file and line."""

    section: Value
    findings: list[Diagnostic]

    @property
    def is_valid(self) -> bool:
        """Whether no finding is an error."""
        return not any(d.severity == "error" for d in self.findings)

    def valid(self) -> Resolved:
        """Returns itself. SectionError, with every finding, if it is invalid."""
        if not self.is_valid:
            raise SectionError(self.findings)
        return self


def resolve(
    rendered: Value | None = None,
    defaults: Value | None = None,
    over: Read | None = None,
    path: Path = (SECTION,),
    name: str = SECTION,
    said: Sequence[Diagnostic] = (),
    *,
    advice: bool = True,
) -> Resolved:
    """Merges the layers of a section (the defaults, what a chart rendered, values), normalizes and checks the result.

    rendered: as returned by `parse`, or None. defaults: None for none; before a chart is rendered,
    `defaults_to_judge_by`, whose placeholder for the version is not in the result. over: values merged over both; path:
    where the section is in them. These three are changed in place. name: the section's name in messages if no layer has
    one. said: earlier findings, such as those about the defaults. advice: whether to warn of what may well be intended.
    InputError if the path leads through something that is not a mapping.
    """
    findings = list(said)
    if over is not None and is_replaced(rendered, over, path):
        rendered = None
    base = defaults
    if rendered is not None:
        findings += normalize_rendered(rendered, built_in())
        base = fill(defaults, rendered) if isinstance(defaults, Map) else rendered
    if over is not None:
        base, more = lay_over(base, over, path)
        findings += more + _look_alikes(over, path)
    if base is None:
        base = empty(name) if defaults is None else defaults
    version = defaults.get("imageTag") if isinstance(defaults, Map) else None
    findings = _judged(base, findings, version)
    return Resolved(without_stand_in(base), findings if advice else without_advice(findings))


def unresolved(defaults: Value | None, over: Read, path: Path = (SECTION,)) -> tuple[Value, list[Diagnostic]]:
    """The section as Helm merges it, neither normalized nor checked, and the warnings about reading it."""
    result, said = lay_over(defaults, over, path, normalized=False)
    result = null() if result is None else without_stand_in(result)
    return result, said + _look_alikes(over, path)


def _look_alikes(over: Read, path: Path) -> list[Diagnostic]:
    if not over.values:
        return []
    from helm_cleaner.section.look_alikes import look_alikes  # imported only if there are values

    return look_alikes(over.values, path)


def _judged(section: Value, said: list[Diagnostic], version: Value | None) -> list[Diagnostic]:
    """The earlier findings and those about the section, sorted."""
    wrong = check(section, version) + too_large(section)
    fields = {d.path for d in wrong}
    findings = [d for d in said if d.code not in _IDLE_BESIDE_AN_ERROR or d.path not in fields] + wrong
    files = list(dict.fromkeys(d.location.file for d in findings))

    def place(d: Diagnostic) -> tuple[int, int, int]:
        at = d.location
        return (files.index(at.file), at.line, at.column or 0) if at.line else (files.index(at.file), 0, 0)

    return sorted(findings, key=place)
