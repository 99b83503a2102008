"""What a search for the section finds in files."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from helm_cleaner import section
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.sources.values_stack import SectionSource
from helm_cleaner.text import join_words
from helm_cleaner.typed import NamedTuple

Progress = Callable[[str, int, int], None]  # what is being done, how many of how many are done


def no_progress(what: str, done: int, of: int) -> None:
    """A Progress that does nothing."""
    del what, done, of


class FoundSections(NamedTuple):
    """What was found in files.

    sources: the sections; one in a template may be there several times. findings: warnings about what looks like one,
    or is not checked. wrong: what cannot be read. sections: the location of each section, once. holding: the names of
    the files with one. umbrellas: the sections in the values files of umbrella charts, by name. releases: values for
    Polyaxon's charts without a section, each with the path that it would have.
    """

    sources: list[SectionSource]
    findings: list[Diagnostic]
    wrong: list[Diagnostic]
    sections: set[tuple[str, int | None, int | None, Path]]
    holding: set[str]
    umbrellas: dict[str, list[Path]]
    releases: list[SectionSource]


def umbrella_note(sections: Sequence[Path]) -> str:
    """The note about the sections in an umbrella chart's values file."""
    those = join_words(map(to_dotted, sections))
    note = f"the {'sections are' if len(sections) > 1 else 'section is'} {those}, as the Chart.yaml beside it says"
    if any(map(section.is_nested, sections)):
        note += "; the charts' defaults are left out, because a chart in between may change them"
    return note
