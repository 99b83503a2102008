"""Values files that objects in other files name: they are also checked by themselves, as far as that makes sense."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress

from helm_cleaner import section
from helm_cleaner.diagnostics import InputError
from helm_cleaner.paths import Path
from helm_cleaner.places.files import File
from helm_cleaner.places.place import Handed, Layer, Place
from helm_cleaner.places.templates import MARK

_PLACEHOLDER = re.compile(rf"\{{\{{.*?\}}\}}|\$\{{.*?\}}|{MARK}+")
_MOST_PLACEHOLDERS = 3  # in a name: a match takes time in proportion to a power of them
KIND = "values file"


class NamedFiles:
    """What objects say about the values files that they name.

    of_others: files that only objects with another chart name. layered: files that are merged with others.
    """

    def __init__(self, files: Iterable[File]) -> None:
        self.files = [file.name for file in files]
        self.layered: set[str] = set()
        self._of_others: set[str] = set()
        self._of_ours: set[str] = set()

    @property
    def of_others(self) -> set[str]:
        return self._of_others - self._of_ours

    def note(self, handed: Handed, places: Sequence[Place]) -> None:
        """Records which files an object names. places: the sections in its values."""
        (self._of_others if handed.ours is False else self._of_ours).update(handed.gathered.files)
        for place in places:
            holding = [layer.document.file for layer in place.layers if _holds(layer, place.path)]
            if len(holding) > 1:
                self.layered.update(holding)
            for name in handed.gathered.templated if holding else ():
                parts = _PLACEHOLDER.split(name.removeprefix("./"), _MOST_PLACEHOLDERS)
                pattern = re.compile(rf"(?:.*[/\\])?{'.*'.join(map(re.escape, parts))}\Z")
                self.layered.update(file for file in self.files if pattern.match(file))

    def alone(self, place: Place) -> Place:
        """The place; if its values file is layered with others, its requests are not compared with the defaults."""
        return place._replace(is_whole=False) if place.kind == KIND and place.file in self.layered else place


def _holds(layer: Layer, path: Path) -> bool:
    with suppress(InputError):
        return section.find(layer.read.values, path) is not None
    return False
