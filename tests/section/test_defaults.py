"""The charts' own defaults."""

from __future__ import annotations

from helm_cleaner import section
from helm_cleaner.values import to_data


def test_defaults_take_the_releases_version() -> None:
    assert to_data(section.defaults("2.15.1"))["imageTag"] == "2.15.1"
    assert "imageTag" not in section.defaults(None)


def test_defaults_are_fresh_each_time() -> None:
    section.defaults(None).clear()
    assert section.defaults(None)
