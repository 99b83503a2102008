"""A version's section of CHANGELOG.md, which becomes the notes of its release."""

from __future__ import annotations

import re

UNRELEASED = "Unreleased"


class NoNotes(Exception):
    """The changelog has no notes for a version; the message says what to write."""


def notes(changelog: str, version: str) -> str:
    """The text below a version's heading. NoNotes if there is none.

    The heading has the date of the release: `## [1.2.3] - 2026-01-31`; UNRELEASED has no date.
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
