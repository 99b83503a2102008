"""Shared by the tables of values files and --set flags: reads both, and compares the results."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from helm_cleaner import values
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.values import Map
from helm_cleaner.values import overrides as flags_and_files
from helm_cleaner.values.set_flags import Flag

Flags = tuple[tuple[str, str], ...]
REFUSED = object()  # in place of values, where it matters neither where nor why


class Refused(NamedTuple):
    """In place of values: it is refused, at this place (FILE:LINE:COL, or a column of a flag) and with such words."""

    where: str
    words: str


def contents(files: tuple[str | bytes, ...]) -> list[tuple[str, bytes]]:
    return [(f"{n}.yaml", file if isinstance(file, bytes) else file.encode()) for n, file in enumerate(files)]


def read_file(path: str) -> str:
    return f"text of {path}\n"


def overrides(files: tuple[str | bytes, ...], flags: Flags = ()) -> Map:
    return flags_and_files.merge_overrides(contents(files), [Flag(*flag) for flag in flags], read_file).values


def exact(data: Any) -> str:
    """The data as text, where True is not 1."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, indent=1)


def place(d: Diagnostic) -> str:
    parts = (d.location.file, d.location.line, d.location.column)
    return ":".join(str(part) for part in parts if part is not None)


def check(files: tuple[str | bytes, ...], flags: Flags, expected: Any) -> None:
    """That files and flags make these values, or are refused so."""
    if not isinstance(expected, Refused):
        assert exact(values.to_data(overrides(files, flags))) == exact(expected)
        return
    with pytest.raises(InputError) as caught:
        overrides(files, flags)
    [finding] = caught.value.diagnostics
    assert place(finding) == expected.where
    assert expected.words in finding.message


def without_nulls(data: Any) -> Any:
    """A template can hardly tell a null from a missing key, and which nulls Helm keeps depends on its version."""
    if isinstance(data, dict):
        return {key: without_nulls(value) for key, value in data.items() if value is not None}
    return [without_nulls(item) for item in data] if isinstance(data, list) else data
