"""A version's section of CHANGELOG.md, which becomes the notes of its release."""

from __future__ import annotations

import re

UNRELEASED = "Unreleased"


class NoNotes(Exception):
    """The changelog says nothing of a version; the message says what to write."""


def notes(changelog: str, version: str) -> str:
    """What stands below the heading of a version, without it. NoNotes where there is none, or nothing below it.

    A version's heading has the date of its release: `## [1.2.3] - 2026-01-31`; UNRELEASED has none.
    """
    date = "" if version == UNRELEASED else r" - \d{4}-\d\d-\d\d"
    heading = rf"^## \[{re.escape(version)}\]{date}\n(.*?)(?=^## |^\[[^\]]+\]: |\Z)"
    found = re.search(heading, changelog, re.MULTILINE | re.DOTALL)
    if found is None:
        wanted = f"## [{version}]" if version == UNRELEASED else f"## [{version}] - YYYY-MM-DD"
        raise NoNotes(f"CHANGELOG.md has no heading `{wanted}`")
    text = found[1].strip()
    if not re.search(r"^- ", text, re.MULTILINE):
        raise NoNotes(f"CHANGELOG.md lists no change below [{version}]")
    return f"{text}\n"
