"""Where what was rewritten stood in the original files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from helm_cleaner.diagnostics import Location
from helm_cleaner.fixing.rewriting import Edit
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.typed import NamedTuple
from helm_cleaner.yamltext import Document, Splice
from helm_cleaner.yamltext.nested import NestedDocument


class Fix(NamedTuple):
    """A rewritten value: its original place, its path, and what was done."""

    location: Location
    path: str
    what: str


class Done(NamedTuple):
    """What was rewritten in the text of a document, at an index into it."""

    document: Document
    at: int
    path: Path
    what: str


class History:
    """The passes over files: in each, edits were made in all documents of a file together."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}  # before all passes
        self._passes: dict[str, list[list[Splice]]] = {}  # with indexes into the whole file
        self._done: list[tuple[str, int, Path, str]] = []

    def add(self, file: str, content: bytes, edits: Iterable[Edit], done: Iterable[Done]) -> None:
        """Adds a pass. content: that of the file before it."""
        text = content.decode("utf-8-sig", "replace")
        self._texts.setdefault(file, text)
        passes = self._passes.setdefault(file, [])
        starts = _Starts(text)
        for document, index, path, what in done:
            self._done.append((file, _before(starts.in_file(document, index), passes), path, what))
        splices = (Splice(starts.in_file(edit.document, s.start), starts.in_file(edit.document, s.end), s.text)
                   for edit in edits for s in edit.splices)  # fmt: skip
        passes.append(sorted(splices))

    def fixes(self, without: Collection[str]) -> list[Fix]:
        """Everything that was rewritten, except in some files."""
        originals = {file: Document(text, None, file, lambda: 1) for file, text in self._texts.items()}
        return [Fix(originals[file].location(index), to_dotted(path), what)
                for file, index, path, what in self._done if file not in without]  # fmt: skip


class _Starts:
    """Where the documents of a file begin in its text."""

    def __init__(self, text: str) -> None:
        self.lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self.known: dict[int, int] = {}  # by the document's id

    def in_file(self, document: Document, index: int) -> int:
        """The index into the text of an index into that of a document of the file, or of one within it."""
        while isinstance(document, NestedDocument):
            index = document.outer[index] if document.outer is not None else index
            document = document.around
        if id(document) not in self.known:
            self.known[id(document)] = self.lines[document.first_line() - 1]
        return self.known[id(document)] + index


def _before(index: int, passes: Iterable[list[Splice]]) -> int:
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
