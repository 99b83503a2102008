"""Folders of files, and the findings about the sections in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helm_cleaner import section
from helm_cleaner.actions.validate import ValidationReport, validate
from helm_cleaner.paths import Path
from helm_cleaner.sources import File
from helm_cleaner.values import Map

Found = tuple[str, str, int | None]  # a code, the file and the line


def report(
    files: Mapping[str, str | bytes], sections: Sequence[Path] = (), named: Sequence[str] = ()
) -> ValidationReport:
    """What `validate` finds in a folder. named: the files that are named on the command line."""

    def defaults(version: str | None) -> Map:
        return section.defaults(version) if version else section.defaults_to_check_against()

    given = [
        File(name, text.encode() if isinstance(text, str) else text, name in named) for name, text in files.items()
    ]
    return validate(given, sections, defaults)


def errors(files: Mapping[str, str | bytes], sections: Sequence[Path] = ()) -> list[Found]:
    """The errors that `validate` finds in a folder."""
    return _found(files, sections, "error")


def warnings(files: Mapping[str, str | bytes], sections: Sequence[Path] = ()) -> list[Found]:
    """The warnings that `validate` has for a folder."""
    return _found(files, sections, "warning")


def _found(files: Mapping[str, str | bytes], sections: Sequence[Path], severity: str) -> list[Found]:
    found = report(files, sections).findings
    return [(d.code, d.location.file, d.location.line) for d in found if d.severity == severity]
