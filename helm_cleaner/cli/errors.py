"""Errors in a command line."""

from __future__ import annotations

from collections.abc import Iterable


class UsageError(Exception):
    """The command line is invalid. prog: the command, as in its help."""

    def __init__(self, message: str, hint: str, prog: str = "helm-cleaner") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.prog = prog


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """The hint about an unknown name: the similar one that is known, or `otherwise` if there is none."""
    from helm_cleaner.nearness import find_nearest

    near = find_nearest(name, known)
    return f"did you mean {near}?" if near else otherwise
