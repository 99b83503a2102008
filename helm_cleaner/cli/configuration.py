"""The options --config, --no-config and --exclude, and what they mean for the files that a command reads."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import read_file
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.names import CONFIGURATION
from helm_cleaner.paths import Path
from helm_cleaner.sources import File
from helm_cleaner.text import make_printable, pluralize
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from helm_cleaner.cli.options import Parser
    from helm_cleaner.repository.configuration import Configuration, Ignore
    from helm_cleaner.repository.globs import Exclusion

_COMMENT = b"helm-cleaner:"  # in each file with a comment that ignores something


def add_configuration_options(parser: Parser) -> None:
    """Adds --as-in-folder, --exclude, --config and --no-config to a command."""
    parser.add_argument("--as-in-folder", action="store_true",
                        help="take files that are named like those of a folder: one that holds no section may be "
                        "anything (for pre-commit)")  # fmt: skip
    parser.add_argument("--exclude", metavar="GLOB", action="append", default=[],
                        help="leave out files and folders, as in .gitignore; repeatable")  # fmt: skip
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--config",
        metavar="FILE",
        help=f"a configuration for the working folder (default: {CONFIGURATION}, here or above)",
    )
    group.add_argument("--no-config", action="store_true", help=f"do not read {CONFIGURATION}")


class Settings:
    """What the configuration and the options say together.

    as_in_folder: whether files that are named count as those of a folder. may_exclude: whether anything is excluded.
    charts: other names of Polyaxon's charts. sections: the paths of --section or, without it, of the configuration.
    """

    def __init__(self, args: argparse.Namespace, prog: str) -> None:
        """args: with `section` and those of `add_configuration_options`.

        InputError if the configuration cannot be used; UsageError if a glob is wrong.
        """
        self.as_in_folder: bool = args.as_in_folder
        self._here = os.getcwd()
        self._name = args.config or (None if args.no_config else _find(self._here))
        # Like ruff's: what --config names is about the working folder, and may be shared by several.
        found = None if args.config else self._name
        self._folder = os.path.dirname(os.path.normpath(os.path.join(self._here, found or CONFIGURATION)))
        self._configuration = _read(self._name) if self._name else None
        self._exclusions: list[tuple[str, Exclusion]] = []  # with the folder that they are relative to
        if args.exclude:
            self._exclusions.append((self._here, _exclusion(args.exclude, prog)))
        if self._configuration and self._configuration.exclude:
            from helm_cleaner.repository.globs import Exclusion

            self._exclusions.append((self._folder, Exclusion(self._configuration.exclude)))
        self.may_exclude = bool(self._exclusions)
        self.charts = self._configuration.charts if self._configuration else ()
        self.sections: list[Path] = args.section or list(self._configuration.sections if self._configuration else ())

    def excludes(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path below a folder that is searched is excluded."""
        for folder, exclusion in self._exclusions:
            below = self._below(folder, path)
            if below is not None and exclusion.excludes(below, is_folder=is_folder):
                return True
        return False

    def covers(self, path: str) -> bool:
        """Whether an argument is excluded, a folder that it is in, or everything in it."""
        found = False
        for folder, exclusion in self._exclusions:
            below = self._below(folder, path)
            if below is None or below == ".":
                continue
            is_folder = os.path.isdir(path)
            found |= exclusion.covers(below, is_folder=is_folder)
            found |= is_folder and exclusion.covers(f"{below}/\0")  # all that is in it, whatever its name
        return found

    def layers(self, files: Sequence[File]) -> tuple[list[list[str]], list[File], list[Diagnostic]]:
        """The layers with one of the files: the names of their files, those that were not given, and errors."""
        if self._configuration is None or not self._configuration.layers:
            return [], [], []
        given = {self._below(self._folder, file.name): file.name for file in files}
        layers: list[list[str]] = []
        more: list[File] = []
        wrong: list[Diagnostic] = []
        for layer in self._configuration.layers:
            paths = [os.path.normpath(each.path).replace("\\", "/") for each in layer]
            if given.keys().isdisjoint(paths):
                continue
            for path, each in zip(paths, layer, strict=True):
                if path not in given:
                    name = os.path.relpath(os.path.join(self._folder, path), self._here)
                    try:
                        more.append(File(name, read_file(name), is_named=False, is_given=False))
                        given[path] = name
                    except InputError as e:
                        message = f"{each.path} {e.diagnostics[0].message}"
                        wrong.append(
                            Diagnostic("error", "config", "layers", message, "correct the path", each.location)
                        )
            layers.append([given[path] for path in paths if path in given])
        return layers, more, wrong

    def ignores_anything(self, files: Iterable[File]) -> bool:
        """Whether the configuration or a comment in a file ignores findings."""
        has_ignores = self._configuration is not None and bool(self._configuration.ignore)
        return has_ignores or any(_COMMENT in file.content for file in files)

    def keep(self, findings: list[Diagnostic], files: Sequence[File]) -> list[Diagnostic]:
        """The findings about files that nothing ignores."""
        return self.drop_ignored(findings, files, None)

    def drop_ignored(
        self, findings: list[Diagnostic], files: Iterable[File], arguments: Iterable[str] | None
    ) -> list[Diagnostic]:
        """The findings that nothing ignores, and the warnings about what ignores or excludes nothing.

        arguments: those of the command; None for no warnings.
        """
        commented = [(file.name, file.content) for file in files if _COMMENT in file.content]
        ignores: Sequence[Ignore] = self._configuration.ignore if self._configuration else ()
        if not (commented or ignores or self._exclusions):
            return findings
        from helm_cleaner.repository.ignores import drop_ignored, find_unused_globs

        if arguments is None:
            name = self._folder
            return drop_ignored(findings, commented, ignores, lambda file: self._below(name, file)).findings
        whole = [folder for folder in (self._here, self._folder) if self._is_searched(folder, arguments)]
        kept = drop_ignored(findings, commented, ignores, lambda name: self._below(self._folder, name))
        unused = [each for each in kept.unused if each.location.file != self._name or self._folder in whole]
        for folder, exclusion in self._exclusions:
            if folder in whole:
                unused += find_unused_globs(exclusion)
        unused.sort(key=lambda each: (each.location.file == self._name, *each.location[1:3]))
        return kept.findings + unused

    def _is_searched(self, folder: str, arguments: Iterable[str]) -> bool:
        """Whether one of the arguments is a folder, or a folder above it: then all of its files were searched."""
        return any(os.path.isdir(name) and self._below(os.path.normpath(os.path.join(self._here, name)), folder)
                   is not None for name in arguments)  # fmt: skip

    def _below(self, folder: str, path: str) -> str | None:
        """The path relative to a folder, with slashes; None if it is elsewhere."""
        whole = os.path.normpath(os.path.join(self._here, path))
        if whole == folder:
            return "."
        start = os.path.join(folder, "")
        return whole[len(start) :].replace("\\", "/") if whole.startswith(start) else None


def describe_excluded(names: Sequence[str]) -> list[str]:
    """The note about arguments that are excluded."""
    if not names:
        return []
    shown = ", ".join(map(make_printable, names[:3])) + (", …" if len(names) > 3 else "")
    return [f"{pluralize(len(names), 'argument')} excluded: {shown}"]


def _find(here: str) -> str | None:
    """The configuration of the working folder, or the nearest one above it, up to the folder with `.git`."""
    nearest, steps = None, ""
    folder = here
    while True:
        name = os.path.join(steps, CONFIGURATION)
        if nearest is None and os.path.isfile(name):
            nearest = name
        if os.path.exists(os.path.join(folder, ".git")):
            return nearest
        if (above := os.path.dirname(folder)) == folder:
            return CONFIGURATION if nearest == CONFIGURATION else None
        folder, steps = above, os.path.join(steps, os.pardir)


def _read(name: str) -> Configuration:
    from helm_cleaner.repository.configuration import read_configuration

    return read_configuration(read_file(name), name)


def _exclusion(globs: Sequence[str], prog: str) -> Exclusion:
    from helm_cleaner.repository.globs import Exclusion, Glob

    found = []
    for text in globs:
        try:
            found.append(Glob(text, Location("--exclude")))
        except ValueError as e:
            hint = "write it as in .gitignore: --exclude 'vendor/'"
            raise UsageError(f"--exclude {text!r}: {e}", hint, prog) from None
    return Exclusion(found)
