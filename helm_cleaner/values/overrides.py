"""The values of all -f and --set flags, in the order in which Helm reads them.

The `-f` files are merged first. Then come `--set-json`, `--set`, `--set-string`, `--set-file` and `--set-literal`,
whatever their order on the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.values.merging import merge_into
from helm_cleaner.values.reading import Notice, ParsedValues, read
from helm_cleaner.values.set_flags import Flag, apply_flag
from helm_cleaner.values.tree import Map, Origin


def merge_overrides(
    files: list[tuple[str, bytes]],
    flags: Sequence[Flag],
    read_file: Callable[[str], str],
    read_values: Callable[[bytes, str], ParsedValues] = read,
) -> ParsedValues:
    """Merges the -f files (name and content) and the --set flags, in Helm's order.

    read_file: returns the text of a file that a flag names; read_values: reads the content of a values file with a
    name. InputError with every error in them.
    """
    result = Map(Origin("file", Location("")))
    notices: list[Notice] = []
    wrong: list[Diagnostic] = []
    for name, content in files:
        try:
            found = read_values(content, name)
            merge_into(result, found.values)
            notices += found.notices
        except InputError as e:
            wrong += e.diagnostics
    for option in ("set-json", "set", "set-string", "set-file", "set-literal"):
        for flag in flags:
            if flag.option == option:
                try:
                    apply_flag(result, flag, read_file)
                except InputError as e:
                    wrong += e.diagnostics
    if wrong:
        raise InputError(wrong)
    return ParsedValues(result, notices)
