"""Sections of values files, and what is said of them."""

from __future__ import annotations

import textwrap

from helm_cleaner import values
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.values import Value


def read(text: str) -> Value:
    """The section of a values file `v.yaml`."""
    return values.read(textwrap.dedent(text).encode(), "v.yaml").values["cleaner"]


def found(diagnostics: list[Diagnostic]) -> list[tuple[str, int | None, int | None, str]]:
    return [(d.path, d.location.line, d.location.column, d.message) for d in diagnostics]
