"""Errors in a command line."""

from __future__ import annotations

from collections.abc import Iterable


class UsageError(Exception):
    """The command line is invalid; the exception's text is the message."""


def did_you_mean(name: str, known: Iterable[str], otherwise: str) -> str:
    """The hint about an unknown name: the similar one that is known, or `otherwise` if there is none."""
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), 1)
    return f"did you mean {near[0]}?" if near else otherwise
