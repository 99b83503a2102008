"""What `validate` and `fix` say about their arguments besides the findings."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.names import SECTION, STDIN
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.sources import umbrella_note
from helm_cleaner.text import make_printable
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_cleaner.actions.validate import ValidationReport
    from helm_cleaner.cli.search import Given


def notes(
    by_name: Mapping[str, Sequence[str]],
    holding: set[str],
    umbrellas: Mapping[str, list[Path]],
    found: Iterable[Diagnostic],
    sections: Sequence[Path],
) -> Iterator[str]:
    """The notes on all arguments: where umbrella charts have their sections, and which files have none.

    by_name: the names of the files by argument. holding, umbrellas: as in `sources.FoundSections`. found: the findings;
    nothing is said of a file with an error, which may be why no section was found. sections: the paths given, if any.
    """
    those = " or ".join(to_dotted(path) for path in sections or [(SECTION,)])
    known = {*holding, *umbrellas, *(d.location.file for d in found if d.severity == "error")}
    for name, paths in by_name.items():
        for path in paths:
            if path in umbrellas:
                yield f"{path}: {umbrella_note(umbrellas[path])}"
        shown = STDIN if name == "-" else name
        if not paths:
            yield f"{shown}: no YAML, JSON or template file in it"
        if empty := sum(path not in known for path in paths):
            yield f"{shown}: no {those} section" + (f", in {empty} of its files" if os.path.isdir(name) else "")


def fixable_note(given: Given, sections: list[Path], report: ValidationReport) -> list[str]:
    """The note for `validate` that says how much `fix` would rewrite; none if it would not rewrite anything."""
    from shlex import quote

    from helm_cleaner.fixing.fix import count_safe  # only needed if something is wrong

    number, files = count_safe(given.files, report)
    if not number or STDIN in files:
        return []
    names = [name for name, paths in given.by_name.items() if not files.isdisjoint(paths)]
    words = [f"--section {quote(to_dotted(path))}" for path in sections] + [quote(name) for name in names]
    shown = " ".join(words if len(names) < 4 else [*words[: len(sections) + 3], "…"])
    return [f"{number} fixable with `helm-cleaner fix {make_printable(shown)}`"]
