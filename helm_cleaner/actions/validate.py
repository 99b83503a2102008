"""Checks the sections in files, each over its defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from helm_cleaner import polyaxon, section, sources
from helm_cleaner.actions.agent_values import ChartDefaults, check_beside, doubt_unused
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.paths import Path
from helm_cleaner.polyaxon import agent_config, chart_values
from helm_cleaner.sources import File, Progress, SectionSource, section_warnings
from helm_cleaner.typed import NamedTuple
from helm_cleaner.values import ParsedValues, Value

Defaults = Callable[[str | None], Value | None]  # of a release's version; fresh ones at each call


class ValidationReport(NamedTuple):
    """The result of `validate`.

    findings: sorted by file and line. is_unusable: whether something could not be read. checked: the number of
    sections. found: the sections; checking has normalized their values.
    """

    findings: list[Diagnostic]
    is_unusable: bool
    checked: int
    found: sources.FoundSections

    @property
    def holding(self) -> set[str]:
        """The names of the files with a section."""
        return self.found.holding

    @property
    def umbrellas(self) -> dict[str, list[Path]]:
        """As in `sources.FoundSections`."""
        return self.found.umbrellas


def validate(
    files: Iterable[File],
    sections: Sequence[Path],
    defaults: Defaults,
    beside: Callable[[str], bytes | None] | None = None,
    repository: sources.Repository = sources.UNCONFIGURED,
    *,
    chart: ChartDefaults = chart_values.defaults,
    earlier: Sequence[Diagnostic] = (),
    tell: Progress = sources.no_progress,
) -> ValidationReport:
    """Finds the sections in files and checks them, with the values beside them that the agent loads too.

    sections, beside, repository, tell: as in `sources.find_sections`. defaults: those below the sections; earlier: the
    findings about them; chart: the chart's other values.
    """
    files = list(files)
    found = sources.find_sections(files, sections, beside, tell, repository)
    return judge_all(files, found, defaults, earlier, tell, chart)


def validate_values(
    overrides: ParsedValues,
    paths: Sequence[Path],
    defaults: Defaults,
    earlier: Sequence[Diagnostic] = (),
    chart: ChartDefaults = chart_values.defaults,
) -> ValidationReport:
    """Checks the sections at paths in the values that one release is given; the rest is as in `validate`."""
    found = sources.FoundSections([], [], [], set(), set(), {}, [])
    for path in paths:
        found.sources.append(SectionSource("", "values", overrides, path, ours=True))
        if there := section.find(overrides.values, path):
            where = there[1].location
            found.sections.add((where.file, where.line, where.column, path))
            found.findings.extend(section_warnings.describe_placeholders(there[0], path, lambda _file: True))
    return judge_all([], found, defaults, earlier, chart=chart)


def judge_all(
    files: Sequence[File],
    found: sources.FoundSections,
    defaults: Defaults,
    earlier: Sequence[Diagnostic] = (),
    tell: Progress = sources.no_progress,
    chart: ChartDefaults = chart_values.defaults,
) -> ValidationReport:
    """Checks the sections that were found in files, and the values beside them. The rest is as in `validate`."""
    findings = [(d.location.file, d) for d in (*found.wrong, *found.findings)]
    beneath: list[tuple[str, Diagnostic]] = []  # in the chart's own values.yaml, which may be among the files
    for done, place in enumerate(found.sources):
        tell("checking sections", done, len(found.sources))
        own = place.below.values.origin.location.file if place.below is not None else None
        for d in [*judge(place, defaults, earlier), *_beside(place, files, chart)]:
            (findings if d.location.file != own else beneath).append((place.file, d))
    for release in found.releases:
        findings += [(release.file, d) for d in _beside(release, files, chart)]
    known = {(d.location[:3], d.code) for _, d in findings}
    findings += [(file, d) for file, d in beneath if (d.location[:3], d.code) not in known]
    order = {file.name: n for n, file in enumerate(files)}

    def where(each: tuple[str, Diagnostic]) -> tuple[int, int, int]:
        file, d = each
        at = d.location
        if at.file in order:
            return order[at.file], at.line or 0, at.column or 0
        return order.get(file, len(order)), 0, 0

    once = list(dict.fromkeys(d for _, d in sorted(findings, key=where)))
    is_unusable = any(d.severity == "error" for d in found.wrong)
    return ValidationReport(once, is_unusable, len(found.sections), found)


def _beside(place: SectionSource, files: Sequence[File], chart: ChartDefaults) -> list[Diagnostic]:
    """Every finding about what the agent loads beside a section."""
    if place.agent is not None:
        found = agent_config.check(place.agent)
        stream = next((file.stream for file in files if file.name == place.file), None)
        return found if stream is None else doubt_unused(stream, found)
    assert place.over is not None
    return check_beside(place.over, place.path, chart() if place.is_whole else None, place.below, place.version or None)


def judge(place: SectionSource, defaults: Defaults, earlier: Sequence[Diagnostic] = ()) -> list[Diagnostic]:
    """Every finding about the section in a place. earlier: those about the defaults."""
    if place.agent is not None:
        name = place.agent.name.name or "ConfigMap"
        rendered = section.parse_rendered(place.agent.section, name)
        found = section.resolve(rendered, defaults(place.agent.version), name=name, earlier=earlier).findings
        return found + polyaxon.check_size(place.agent, place.agent.data)
    assert place.over is not None
    # Where values cannot be seen that lie below these, the defaults may not count.
    base, earlier = (defaults(None), earlier) if place.is_whole else (None, ())
    if base is not None and place.below is not None:
        try:
            base, more = section.umbrella_defaults(base, place.below, place.path, place.over)
        except InputError as e:
            return e.diagnostics
        earlier = [*earlier, *more]
    return section.resolve(None, base, place.over, place.path, earlier=earlier).findings
