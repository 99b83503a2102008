"""The files that a command looks through: those that are named, and those in named folders."""

from __future__ import annotations

import os
from collections.abc import Sequence

from helm_cleaner.cli.files import read_file
from helm_cleaner.cli.folders import files_of
from helm_cleaner.cli.streams import STDIN
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.places import File
from helm_cleaner.typed import NamedTuple


class Given(NamedTuple):
    """Files: those that could be read, the names of all by argument, and what is wrong with the others."""

    files: list[File]
    by_name: dict[str, list[str]]
    wrong: list[Diagnostic]


def read_files(names: Sequence[str]) -> Given:
    """The files that arguments stand for, `-` being stdin."""
    files: list[File] = []
    by_name: dict[str, list[str]] = {}
    wrong: list[Diagnostic] = []
    for name in names:
        is_folder = os.path.isdir(name)
        by_name[name] = []
        for path in files_of(name):
            shown = STDIN if path == "-" else path
            by_name[name].append(shown)
            try:
                files.append(File(shown, read_file(path, stdin_is_free=True), not is_folder))
            except InputError as e:
                wrong += e.diagnostics
    return Given(files, by_name, wrong)
