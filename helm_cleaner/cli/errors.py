"""Errors in a command line."""

from __future__ import annotations

from collections.abc import Iterable


class UsageError(Exception):
    """The command line is invalid; the exception's text is the message."""


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """The hint about an unknown name: the similar one that is known, or `otherwise` if there is none."""
    from helm_cleaner.nearness import nearest

    near = nearest(name, known)
    return f"did you mean {near}?" if near else otherwise
