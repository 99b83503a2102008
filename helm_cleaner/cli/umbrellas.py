"""Where the section is in a command's values files: a Chart.yaml beside one of them may tell."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

from helm_cleaner import section, values
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import values_files
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.text import join_words
from helm_cleaner.values import ParsedValues

_CHART, _OWN_VALUES = "Chart.yaml", "values.yaml"


def section_path(
    given: Path | None, files: Sequence[str], overrides: ParsedValues | None, mirrors: Collection[str] = ()
) -> Path:
    """The path of the section in values; an unusual one is reported with its reason.

    given: the value of --section. files: the names of the values files. overrides: the merged files and --set flags.
    mirrors: other names of Polyaxon's charts. UsageError if they have sections for several of an umbrella chart's
    dependencies.
    """
    if given is not None:
        return given
    for file in values_files(files):
        if found := sections_beside(file, mirrors):
            return _chosen(file, found, overrides)
    return (SECTION,)


def sections_beside(file: str, mirrors: Collection[str] = ()) -> list[Path]:
    """The sections in the values of the umbrella chart in a file's folder; none for any other file."""
    folder = os.path.dirname(file)
    if file.strip() == "-" or not os.path.isfile(os.path.join(folder, _CHART)):
        return []
    from helm_cleaner.sources import umbrella

    beside = FilesBeside()
    found = umbrella.sections(lambda name: beside.read(os.path.join(folder, name)), mirrors)
    if beside.unread:
        from helm_cleaner.cli.console import print_diagnostics

        print_diagnostics(beside.unread.values())
    return found


def own_values(files: Sequence[str], path: Path, mirrors: Collection[str] = ()) -> ParsedValues | None:
    """The own values of the umbrella chart in the folder of one of the values files: Helm lays the files over them.

    files: the names of all values files; path: where the section is. None without such a chart, or if its values.yaml
    is one of the files. InputError if it cannot be read.
    """
    for file in files:
        if path in sections_beside(file, mirrors):
            own = os.path.join(os.path.dirname(file), _OWN_VALUES)
            content = FilesBeside().read(own) if os.path.normpath(own) not in map(os.path.normpath, files) else None
            return None if content is None else values.read(content, own, "default")
    return None


class FilesBeside:
    """Files beside those that are given. unread: warnings about what cannot be read, by path."""

    def __init__(self) -> None:
        self.unread: dict[str, Diagnostic] = {}

    def read(self, path: str) -> bytes | None:
        """The content of a file; None if there is none, or if it cannot be read."""
        if not os.path.isfile(path):  # a named pipe would block
            return None
        try:
            with open(path, "rb") as f:
                return f.read()
        except (OSError, ValueError) as e:
            reason = e.strerror if isinstance(e, OSError) and e.strerror else str(e)
            message = f"cannot be read: {reason}; what the files beside it mean may depend on it"
            self.unread[path] = Diagnostic(
                "warning", "not-checked", "", message, "check the permissions", Location(path)
            )
            return None


def print_where(file: str, paths: Sequence[Path]) -> None:
    """Says where the section is in an umbrella chart's values file."""
    from helm_cleaner.cli.console import print_notes
    from helm_cleaner.sources import umbrella_note

    print_notes([f"{file}: {umbrella_note(paths)}"])


def _chosen(file: str, paths: list[Path], overrides: ParsedValues | None) -> Path:
    there = [path for path in paths if overrides is not None and section.find(overrides.values, path) is not None]
    if len(there) > 1:
        those = join_words(map(to_dotted, there))
        hint = f"choose one with --section {to_dotted(there[0])}"
        raise UsageError(f"{file} has several sections: {those}", hint)
    print_where(file, there or paths[:1])
    if overrides is not None:
        from helm_cleaner.cli.console import print_diagnostics
        from helm_cleaner.sources.values_files import find_unreached

        print_diagnostics(find_unreached(overrides.values, paths))
    return there[0] if there else paths[0]
