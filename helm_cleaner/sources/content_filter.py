"""Tells from a file's bytes, before anything is parsed, whether it is worth parsing."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterable

from helm_cleaner import polyaxon
from helm_cleaner.paths import Path
from helm_cleaner.polyaxon import chart_values
from helm_cleaner.section.structure import schema
from helm_cleaner.sources.charts import NAMES

_KEY = re.compile(rb"""(?<![A-Za-z_-])([A-Za-z_-]+)["']?[ \t]*:""")
# The characters of keys, in lower case; a space for any other.
_WORDS = bytes(ord(c.lower()) if c.isascii() and (c.isalpha() or c in "_-") else 32 for c in map(chr, range(256)))
_MOST_WORDS = 100_000
_MOST_APART = 4  # letters, dashes and underscores
# Kubernetes objects, names of the charts, and the section's fields.
_WORDS_OF_PLACES = (b"kind", *NAMES, *(field.encode() for field in schema()["properties"]))
_REFERENCES = (b"valuesFrom", b"valueFiles", b"valuesFile", b"valuesSecrets")
# Of values that the agent loads without a section, and of values that only Polyaxon's charts have.
_BESIDE = (b"sidecar", b"init", b"notifier", b"connections", b"rtifactsStore", b"agent", b"proxy")
_OWN_KEYS = tuple(key.encode() for key in sorted(chart_values.OWN_KEYS))
_OWN_WORDS = frozenset(map(bytes.lower, _OWN_KEYS))


class ContentFilter:
    """What to look for, for sections at some paths."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.words = list(dict.fromkeys(str(path[-1]).encode() for path in paths))
        encoded = [each for word in self.words for each in _in_base64(word)]
        self.needles = tuple(dict.fromkeys((*self.words, *polyaxon.HINTS, *encoded)))
        self._wide = [gap.join(bytes([byte]) for byte in word) for word in self.words for gap in (b"\0", b"\0\0\0")]
        self._others: set[bytes] = set()  # lower-case words of earlier files that are not like a section's name
        self._alike: set[bytes] = set()

    def may_hold(self, content: bytes) -> bool:
        """Whether it may contain a section; also if it is in UTF-16 or UTF-32, which is to be refused."""
        for needle in self.needles:
            if needle in content:
                return True
        return b"\0" in content[:4] and any(word in content for word in self._wide)

    def may_hold_in_json(self, content: bytes) -> bool:
        """Whether JSON may contain a section: a key, a line of a text or a part of a path begins like its name.

        Files that machines write are large, and may contain any word.
        """
        if not self.may_hold(content):
            return False
        starts = (before + word for word in self.words for before in (b'"', b"\\n", b"/"))
        return any(start in content for start in (*starts, *polyaxon.HINTS))

    def may_matter(self, content: bytes) -> bool:
        """Whether a rule for places may apply to a document without a section."""
        if any(word in content for word in _WORDS_OF_PLACES):
            return True
        return self.may_be_misspelled(content, split_words(content))

    def may_be_misspelled(self, content: bytes, there: Collection[bytes]) -> bool:
        """Whether a key in it is similar to a section's name. there: its words.

        Files have most of their words in common, so each word is compared once.
        """
        if self._others.issuperset(there):
            return False
        new = set(there) - self._others - self._alike
        if new:
            alike = {word for word in new if any(_are_alike(word, name) for name in self.words)}
            self._alike |= alike
            if len(self._others) >= _MOST_WORDS:
                self._others = set()
            self._others |= new - alike
        return not self._alike.isdisjoint(there) and not self._alike.isdisjoint(map(bytes.lower, _KEY.findall(content)))


def _are_alike(word: bytes, name: bytes) -> bool:
    """Whether a word may be meant for a name."""
    if abs(len(word) - len(name)) > _MOST_APART:
        return False
    from helm_cleaner.nearness import is_typo

    return is_typo(word.decode(), name.decode())


def names_values_of_ours(content: bytes) -> bool:
    """Whether it may pass values to one of Polyaxon's charts: from elsewhere, or without a section."""
    return b"polyaxon" in content and any(word in content for word in (*_REFERENCES, *_BESIDE))


def split_words(content: bytes) -> list[bytes]:
    """The words of a text, in lower case: letters, dashes and underscores."""
    return content.translate(_WORDS).split()


def own_keys_in(content: bytes, there: Collection[bytes]) -> list[bytes]:
    """Keys that only the values of Polyaxon's charts have; none if there are too few to tell. there: its words."""
    if _OWN_WORDS.isdisjoint(there):  # in most files
        return []
    found = [key for key in _OWN_KEYS if key in content]
    return found if len(found) > 1 else []


def _in_base64(word: bytes) -> list[bytes]:
    """A word in base64, without the characters that depend on its neighbors."""
    found = []
    for before in range(3):
        text = base64.b64encode(b"\0" * before + word)
        found.append(text[-(-before * 8 // 6) : (before + len(word)) * 8 // 6])
    return [each for each in found if len(each) > 5]
