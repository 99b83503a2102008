"""Files, fixed as `helm-cleaner fix` does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from helm_cleaner.actions.validate import validate
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.fixing.fix import Setting, count_safe
from helm_cleaner.fixing.fix import fix_files as fix_all
from helm_cleaner.fixing.history import Rewrite
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.section import defaults_to_check_against, drop_advice
from helm_cleaner.sources import File

Beside = Callable[[str], bytes | None]


class Fixed(NamedTuple):
    """The new contents, what was rewritten, and what is said then. is_unusable: whether the exit code is 2."""

    contents: dict[str, bytes]
    fixes: list[Rewrite]
    findings: list[Diagnostic]
    is_unusable: bool
    holding: set[str]
    umbrellas: dict[str, list[Path]]


class FixedFile(NamedTuple):
    """The same for one file. found: whether it has a section."""

    content: bytes
    fixes: list[Rewrite]
    diagnostics: list[Diagnostic]
    found: bool


def fix(content: bytes, file: str, path: Path = (SECTION,), *, also_suggested: bool = False) -> FixedFile:
    """Fixes a file. InputError if it cannot be read."""
    report = fix_all([File(file, content)], Setting([path]), also_suggested=also_suggested)
    findings = [*report.refusals, *drop_advice(report.checked.findings)]
    if report.checked.is_unusable:
        raise InputError(findings)
    return FixedFile(report.contents[file], report.rewrites, findings, file in report.checked.holding)


def fix_files(
    files: Sequence[File],
    sections: Sequence[Path] = (),
    beside: Beside | None = None,
    *,
    also_suggested: bool = False,
) -> Fixed:
    """Fixes files."""
    report = fix_all(files, Setting(sections, beside), also_suggested=also_suggested)
    findings = [*report.refusals, *drop_advice(report.checked.findings)]
    return Fixed(
        report.contents,
        report.rewrites,
        findings,
        report.checked.is_unusable,
        report.checked.holding,
        report.checked.umbrellas,
    )


def find_fixable(
    files: Sequence[File], sections: Sequence[Path] = (), beside: Beside | None = None
) -> tuple[int, set[str]]:
    """How much `validate` says is fixable, and the files that it names for that."""
    return count_safe(files, validate(files, sections, defaults_to_check_against, beside))
