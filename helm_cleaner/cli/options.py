"""The value options, which mean what they mean to Helm, and the reading of what they name."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, NoReturn

from helm_cleaner import values
from helm_cleaner.diagnostics import Diagnostic, InputError, Location


class UsageError(Exception):
    """The command line is wrong; args[0] is what to say."""


class Parser(argparse.ArgumentParser):
    """An ArgumentParser that raises UsageError: Helm 4 would throw away what argparse writes to stderr."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog}: error: {message}\n    hint: {self.prog} --help\n")


class _Set(argparse.Action):
    """Collects the --set flags of all kinds in one list."""

    def __call__(self, parser: Any, namespace: Any, given: Any, option_string: str | None = None) -> None:
        flags = [*(getattr(namespace, self.dest) or []), values.Flag((option_string or "").lstrip("-"), given)]
        setattr(namespace, self.dest, flags)


def add_value_options(parser: Parser) -> None:
    """Adds -f and the --set flags to a command."""
    group = parser.add_argument_group("values, as Helm takes them")
    group.add_argument("-f", "--values", metavar="FILE", dest="files", action="append", default=[],
                       help="a values file with a cleaner: section; may be repeated, later files win")  # fmt: skip
    for option, what in (
        ("set", "K=V, as in cleaner.imageTag=dev"),
        ("set-string", "K=V with V always a string"),
        ("set-json", "K=V with V in JSON"),
        ("set-file", "K=FILE, the value being the file's text"),
    ):
        group.add_argument(f"--{option}", metavar="K=V", dest="flags", action=_Set, help=what)


def read_overrides(files: list[str], flags: list[values.Flag] | None, stdin_is_free: bool = False) -> values.Map | None:
    """What the value options make together; None where there are none.

    HELM_CLEANER_VALUES comes before -f. InputError with everything that is wrong: a file that cannot be read, is not
    YAML or no mapping, a bad flag.
    """
    named = [f for f in os.environ.get("HELM_CLEANER_VALUES", "").split(os.pathsep) if f] + files
    if not named and not flags:
        return None
    wrong: list[Diagnostic] = []
    contents = []
    for name in named:
        try:
            contents.append((name, read_file(name, stdin_is_free)))
        except InputError as e:
            wrong += e.diagnostics
    try:
        result = values.overrides(contents, flags or [], lambda path: read_file(path).decode("utf-8", "replace"))
    except InputError as e:
        wrong += e.diagnostics
    if wrong:
        raise InputError(wrong)
    return result


def read_file(path: str, stdin_is_free: bool = False) -> bytes:
    """A file's bytes, `-` being stdin. InputError where they cannot be had."""
    if path.strip() == "-":
        if not stdin_is_free:
            hint = "write the values to a file and give its name"
            raise InputError.of("file", "stdin holds the manifests and cannot be a values file too", Location(path), hint)
        return sys.stdin.buffer.read()
    try:
        with open(path, "rb") as f:
            return f.read()
    except (OSError, ValueError) as e:
        reason = e.strerror if isinstance(e, OSError) and e.strerror else str(e)
        raise InputError.of("file", f"cannot be read: {reason}", Location(path), "check the path") from None
