"""A finding's fix as an edit of a file: splices of its whole text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import pairwise

from yaml.nodes import Node

from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.fixes import Add, Fix, FixEdits, Move, Rename, Replace, TextEdit
from helm_cleaner.fixing import pieces
from helm_cleaner.fixing.embed import to_outer_text
from helm_cleaner.fixing.splices import DocumentText, describe
from helm_cleaner.sources import templates
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.yamltext import Document, Splice, splice
from helm_cleaner.yamltext.nested import NestedDocument

if TYPE_CHECKING:
    from helm_cleaner.fixes import Applicability, Change, Written

_BOM = b"\xef\xbb\xbf"
_WORD = re.compile(r"[\w.-]+", re.ASCII)
_NOT_TEXT = ("true", "false", "null")  # which --set reads as something else


class Edit(NamedTuple):
    """What a fix does to a file.

    finding: that of the fix. document: that of the changes. touched: the nodes of the file's document that they are
    about or that hold them. splices: with indexes into the text of the whole file, in order. message: what to do, in
    words; what: what it does.
    """

    finding: Diagnostic
    applicability: Applicability
    message: str
    changes: tuple[Change, ...]
    document: Document
    touched: tuple[Node, ...]
    splices: tuple[Splice, ...]
    what: str

    @property
    def file(self) -> str:
        return self.document.file

    @property
    def begin(self) -> int:
        """Where the edit begins."""
        return self.splices[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.splices[-1].end


class FileText:
    """The text of a file without its byte order mark, and where its lines begin."""

    def __init__(self, content: bytes) -> None:
        self.mark = content[: len(_BOM)] if content.startswith(_BOM) else b""
        self.text = content[len(self.mark) :].decode()
        self.lines = [0, *(found.end() for found in re.finditer("\n", self.text))]
        self.actions = templates.actions(self.text) or [] if "{{" in self.text else []

    def apply(self, edits: Iterable[Edit]) -> bytes:
        """The content with edits applied."""
        return self.mark + pieces.apply(self.text, [each for edit in edits for each in edit.splices]).encode()

    def find_written_lines(self, edit: Edit, edits: Iterable[Edit]) -> range:
        """The lines that an edit has written, once several are made."""
        above = [s for each in edits if each.file == edit.file and each.begin < edit.begin for s in each.splices]
        shift = sum(s.text.count("\n") - self.text.count("\n", s.start, s.end) for s in above)
        first = bisect_right(self.lines, edit.begin) + shift
        last = bisect_right(self.lines, edit.end) + shift + sum(s.text.count("\n") for s in edit.splices)
        return range(first, last + 1)

    def index(self, location: Location) -> int:
        """Where a location is in the text."""
        return self.lines[(location.line or 1) - 1] + (location.column or 1) - 1

    def fix_edits(self, edit: Edit) -> FixEdits:
        """The edit as lines and columns."""
        cut = [Splice(s.start - edit.begin, s.end - edit.begin, s.text) for s in edit.splices]
        text = splice(self.text[edit.begin : edit.end], cut)
        as_one = edit._replace(splices=(Splice(edit.begin, edit.end, text),))
        return FixEdits(edit.applicability, edit.message, self._text_edits(edit), *self._text_edits(as_one))

    def _text_edits(self, edit: Edit) -> tuple[TextEdit, ...]:
        return tuple(
            TextEdit(edit.file, *self._position(s.start), *self._position(s.end), s.text) for s in edit.splices
        )

    def _position(self, index: int) -> tuple[int, int, int]:
        """The line, the column in characters and the column in bytes of UTF-8, all 1-based."""
        line = bisect_right(self.lines, index)
        start = self.lines[line - 1]
        return line, index - start + 1, len(self.text[start:index].encode()) + 1


class Editor:
    """Makes edits of fixes, for files with the given contents, of which the values in the fixes were read."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self.contents = contents
        self._files: dict[str, FileText] = {}
        self._documents: dict[int, DocumentText] = {}

    def file(self, name: str) -> FileText:
        """The text of one of the files."""
        if name not in self._files:
            self._files[name] = FileText(self.contents[name])
        return self._files[name]

    def edit(self, finding: Diagnostic, fix: Fix) -> Edit:
        """What a finding's fix does. InputError, with the reason, if the text does not allow that."""
        if not all(origin.is_written for change in fix.changes for origin in _origins(change)):
            raise _cannot(finding, "Helm rendered it, or a flag sets it", "fix the values that it comes from")
        document = _document(finding, fix)
        if document.file not in self.contents:
            raise _cannot(finding, f"it is in {document.file}", f"name {document.file} as well")
        for change in fix.changes:
            _check_parameter(finding, change)
        if id(document) not in self._documents:
            self._documents[id(document)] = DocumentText(document)
        splices, touched = self._documents[id(document)].splices(fix.changes)
        for each in splices:
            # Marks stand for what a template fills in. One that is written or removed would be lost for good.
            if templates.MARK in each.text + document.text[each.start : each.end]:
                raise _cannot(finding, "a template fills in a part of it", "fix it by hand")
        around = document
        while isinstance(around, NestedDocument):
            splices = to_outer_text(around, splices)
            if around.scalar is not None:
                touched = [around.scalar]
            around = around.around
        file = self.file(document.file)
        start = file.lines[around.first_line() - 1]
        splices = sorted(Splice(start + s.start, start + s.end, s.text) for s in splices)
        what = "; ".join(describe(document, change) for change in fix.changes)
        message = finding.hint if fix is finding.fix else what
        edit = Edit(finding, fix.applicability, message, fix.changes, document, tuple(touched), tuple(splices), what)
        if any(action.start < edit.end and edit.begin < action.end for action in file.actions):
            raise _cannot(finding, "there are template actions within it", "fix it by hand")
        if any(one.end > other.start for one, other in pairwise(splices)) or not file.text.startswith(
            around.text, start
        ):
            raise _cannot(finding, "its style is not supported", "fix it by hand")
        return edit


def find_separate(edits: Iterable[Edit]) -> tuple[list[Edit], list[Edit]]:
    """The edits that can be made together, and those that overlap with one of them."""
    together: list[Edit] = []
    others: list[Edit] = []
    ends: dict[str, int] = {}
    for edit in sorted(edits, key=lambda each: (each.file, each.begin, each.end)):
        if edit.begin < ends.get(edit.file, 0) or (edit.begin == edit.end == ends.get(edit.file)):
            others.append(edit)
        else:
            together.append(edit)
            ends[edit.file] = edit.end
    return together, others


def _origins(change: Change) -> Iterable[Written]:
    if isinstance(change, Replace):
        return (change.value,)
    if isinstance(change, Move):
        return (*change.keys, *change.same)
    return (change.after if isinstance(change, Add) else change.key,)


def _document(finding: Diagnostic, fix: Fix) -> Document:
    """The document of all changes of a fix."""
    found = {id(each): each for change in fix.changes for origin in _origins(change) for each in (origin.written[0],)}
    if len(found) > 1:
        raise _cannot(finding, "it is written in several places", "fix it by hand")
    document: Document = next(iter(found.values()))
    return document


def _check_parameter(finding: Diagnostic, change: Change) -> None:
    """Refuses what cannot be said in a parameter, such as those of Argo CD: anything but a single word."""
    if isinstance(change, Replace) and not change.value.as_text:
        return
    if isinstance(change, Replace):
        old, new = change.value.written[1].value, change.new
        if all(isinstance(text, str) and _WORD.fullmatch(text) and text not in _NOT_TEXT for text in (old, new)):
            return
    elif not isinstance(change, Rename) or change.key.written[1].value == change.old:
        return
    raise _cannot(finding, "it is set by a parameter", "correct it by hand")


def _cannot(finding: Diagnostic, reason: str, hint: str) -> InputError:
    return InputError.of("yaml-shape", f"cannot be rewritten: {reason}", finding.location, hint, finding.path)
