"""Recognizes Polyaxon's charts by the name in a file."""

from __future__ import annotations

import re
from collections.abc import Collection

from helm_cleaner.sources.placeholders import has_placeholder

_OURS = ("polyaxon", "agent")
NAMES = tuple(name.encode() for name in _OURS)
_ARCHIVE = re.compile(r"-v?[0-9]+\.[0-9]+.*\Z|\Z")
_VERSION = re.compile(r"[@:][^/]*\Z")


def is_polyaxons(name: str, mirrors: Collection[str] = ()) -> bool:
    """Whether a chart with a name is one of Polyaxon's. mirrors: what else they are called."""
    return name in _OURS or name in mirrors


def is_polyaxon_chart(name: str, mirrors: Collection[str] = ()) -> bool | None:
    """Whether a chart's name, path, OCI reference or archive is one of Polyaxon's; None if it names no chart.

    mirrors: what else they are called.
    """
    if not name or has_placeholder(name):
        return None
    last = name.split("?")[0].rstrip("/").rpartition("/")[2]
    if last.endswith((".tgz", ".tar.gz")):
        last = _ARCHIVE.sub("", last.removesuffix(".tgz").removesuffix(".tar.gz"))
    elif "//" in name:
        last = _VERSION.sub("", last)
    return None if last in ("", ".", "..") else is_polyaxons(last, mirrors)
