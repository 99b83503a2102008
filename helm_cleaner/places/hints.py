"""Decides by a file's bytes, before parsing, whether it is worth parsing."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable

from helm_cleaner import polyaxon
from helm_cleaner.paths import Path

_KEY = re.compile(rb"""([A-Za-z_-]+)["']?[ \t]*:""")
_REFERENCES = (b"valuesFrom", b"valueFiles", b"valuesFile", b"valuesSecrets")


class Hints:
    """The texts to look for, for sections at some paths."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.words = list(dict.fromkeys(str(path[-1]).encode() for path in paths))
        encoded = [each for word in self.words for each in _in_base64(word)]
        self.needles = tuple(dict.fromkeys((*self.words, *polyaxon.HINTS, *encoded)))

    def may_hold(self, content: bytes) -> bool:
        """Whether it may contain a section."""
        return any(needle in content for needle in self.needles)

    def may_be_meant(self, content: bytes) -> bool:
        """Whether a key in it is similar to a section's name."""
        from difflib import get_close_matches

        for word in self.words:
            keys = {key.decode().lower() for key in _KEY.findall(content) if abs(len(key) - len(word)) < 3}
            if get_close_matches(word.decode().lower(), keys, 1, 0.8):
                return True
        return False


def names_values_of_ours(content: bytes) -> bool:
    """Whether it may hand one of Polyaxon's charts values that stand elsewhere."""
    return b"polyaxon" in content and any(word in content for word in _REFERENCES)


def _in_base64(word: bytes) -> list[bytes]:
    """A word in base64, without the characters that depend on its surroundings."""
    found = []
    for before in range(3):
        text = base64.b64encode(b"\0" * before + word)
        found.append(text[-(-before * 8 // 6) : (before + len(word)) * 8 // 6])
    return [each for each in found if len(each) > 5]
