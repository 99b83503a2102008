"""Recognizes Polyaxon's charts by the name in a file."""

from __future__ import annotations

import re

from helm_cleaner.sources.placeholders import is_filled_in

OURS = ("polyaxon", "agent")
_ARCHIVE = re.compile(r"-v?[0-9]+\.[0-9]+.*\Z|\Z")
_VERSION = re.compile(r"[@:][^/]*\Z")


def is_ours(name: str) -> bool | None:
    """Whether a chart's name, path, OCI reference or archive is one of Polyaxon's; None if it names no chart."""
    if not name or is_filled_in(name):
        return None
    last = name.split("?")[0].rstrip("/").rpartition("/")[2]
    if last.endswith((".tgz", ".tar.gz")):
        last = _ARCHIVE.sub("", last.removesuffix(".tgz").removesuffix(".tar.gz"))
    elif "//" in name:
        last = _VERSION.sub("", last)
    return None if last in ("", ".", "..") else last in OURS
