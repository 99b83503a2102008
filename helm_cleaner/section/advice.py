"""Warnings about what may well be intended: `validate` and `explain` give them, `post-render` does not."""

from __future__ import annotations

from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from helm_cleaner.diagnostics import Diagnostic

_ADVICE = ("other-image", "short-toleration")


def drop_advice(findings: list[Diagnostic]) -> list[Diagnostic]:
    """The findings that every command reports."""
    return [d for d in findings if d.code not in _ADVICE]
