"""Where what was rewritten stood in the original files."""

from __future__ import annotations

from collections.abc import Collection

from helm_cleaner.diagnostics import Location
from helm_cleaner.fixing.edits import Edit, FileText
from helm_cleaner.typed import NamedTuple
from helm_cleaner.yamltext import Document, Splice


class Rewrite(NamedTuple):
    """A rewritten value: its original place, its path, and what was done."""

    location: Location
    path: str
    what: str


class History:
    """The passes over files: in each, edits were made in a file together."""

    def __init__(self) -> None:
        self._originals: dict[str, Document] = {}
        self._passes: dict[str, list[list[Splice]]] = {}
        self._done: list[tuple[str, int, str, str]] = []

    def add(self, file: str, before: FileText, edits: Collection[Edit]) -> None:
        """Adds a pass. before: the text before it."""
        self._originals.setdefault(file, Document(before.text, None, file, lambda: 1))
        passes = self._passes.setdefault(file, [])
        for edit in edits:
            index = _before(before.index(edit.finding.location), passes)
            self._done.append((file, index, edit.finding.path, edit.what))
        passes.append(sorted(splice for edit in edits for splice in edit.splices))

    def list_rewrites(self) -> list[Rewrite]:
        """Everything that was rewritten, by file and place."""
        found = [(file, index, Rewrite(self._originals[file].location(index), path, what))
                 for file, index, path, what in self._done]  # fmt: skip
        return [each for *_, each in sorted(found, key=lambda each: each[:2])]


def _before(index: int, passes: Collection[list[Splice]]) -> int:
    """The index before passes of an index after them."""
    for splices in reversed(list(passes)):
        index = _before_pass(index, splices)
    return index


def _before_pass(index: int, splices: list[Splice]) -> int:
    shift = 0
    for start, end, text in splices:
        if index < start + shift:
            break
        if index < start + shift + len(text):
            return start
        shift += len(text) - (end - start)
    return index - shift
