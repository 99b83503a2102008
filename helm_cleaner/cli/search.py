"""The files that a command looks through: those that are named, and those in named folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from helm_cleaner.cli.files import read_file
from helm_cleaner.cli.streams import STDIN
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.places import File
from helm_cleaner.typed import NamedTuple

_EXTENSIONS = (".yaml", ".yml", ".gotmpl")


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
        for path in _files(name):
            shown = STDIN if path == "-" else path
            by_name[name].append(shown)
            try:
                files.append(File(shown, read_file(path, stdin_is_free=True), not is_folder))
            except InputError as e:
                wrong += e.diagnostics
    return Given(files, by_name, wrong)


def _files(name: str) -> Iterator[str]:
    """The files that an argument stands for, in order."""
    if not os.path.isdir(name):
        yield name
        return
    for folder, folders, files in os.walk(name):
        is_chart = "Chart.yaml" in files
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not (is_chart and f == "templates"))
        for path in (os.path.join(folder, file) for file in sorted(files) if file.endswith(_EXTENSIONS)):
            if os.path.isfile(path) or not os.path.exists(path):  # a named pipe without a writer would block
                yield path
