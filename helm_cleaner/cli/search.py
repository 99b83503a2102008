"""The files that a command reads: those named as arguments, and those in folders."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from helm_cleaner.cli.configuration import Settings
from helm_cleaner.cli.files import read_file
from helm_cleaner.cli.folders import files_of
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.names import CONFIGURATION, STDIN
from helm_cleaner.sources import File, Files, Progress, no_progress
from helm_cleaner.sources.files import GENERATOR
from helm_cleaner.typed import NamedTuple


class Given(NamedTuple):
    """The files that could be read.

    by_name: the names of all files by argument. wrong: errors about the others. skipped: warnings about folders.
    layers: the names of the values files that the configuration layers, those that no argument names included.
    excluded: the arguments that are excluded.
    """

    files: list[File]
    by_name: dict[str, list[str]]
    wrong: list[Diagnostic]
    skipped: list[Diagnostic]
    layers: list[list[str]]
    excluded: list[str]


def read_files(
    names: Sequence[str],
    settings: Settings,
    tell: Progress = no_progress,
    contents: Mapping[str, bytes] | None = None,
) -> Given:
    """Reads the files of all arguments; `-` is stdin. tell: called for each file.

    contents: what counts in place of a file, by its normalized path, as in an editor that has not saved it.
    """
    excluded = [name for name in names if settings.may_exclude and name != "-" and settings.covers(name)]
    left_out = set(excluded)
    names = [name for name in names if name not in left_out and os.path.basename(name) != CONFIGURATION]
    excludes = settings.excludes if settings.may_exclude else None
    files: list[File] = []
    wrong: list[Diagnostic] = []
    skipped: list[Diagnostic] = []

    def skip(folder: str, reason: str) -> None:
        hint = "name the file itself on the command line to check it"
        skipped.append(Diagnostic("warning", "not-checked", "", reason, hint, Location(folder)))

    paths = {name: list(files_of(name, skip, excludes)) for name in names}
    is_folder = {name: os.path.isdir(name) for name in names}
    every = [(name, path) for name in names for path in paths[name]]
    for done, (name, path) in enumerate(every):
        tell("reading files", done, len(every))
        try:
            content = contents.get(os.path.normpath(path)) if contents else None
            if content is None:
                content = read_file(path, stdin_is_free=True)
            files.append(File(_shown(path), content, not (is_folder[name] or settings.as_in_folder)))
        except InputError as e:
            wrong += e.diagnostics
    may_generate = any(GENERATOR in file.content for file in files)
    for path in Files(files).find_generator_files() if may_generate else ():
        folder = next((name for name in names if is_folder[name] and _is_below(path, name)), None)
        if folder is not None and os.path.isfile(path) and not (excludes and excludes(path, is_folder=False)):
            paths[folder].append(path)
            try:
                files.append(File(path, read_file(path), is_named=False))
            except InputError as e:
                wrong += e.diagnostics
    layers, more, missing = settings.layers(files)
    by_name = {name: [_shown(path) for path in paths[name]] for name in names}
    return Given([*files, *more], by_name, [*wrong, *missing], skipped, layers, excluded)


def _is_below(path: str, folder: str) -> bool:

    return os.path.commonpath([os.path.abspath(path), os.path.abspath(folder)]) == os.path.abspath(folder)


def _shown(path: str) -> str:
    return STDIN if path == "-" else path
