"""Turns edits of a document in a scalar into edits of the text around it."""

from __future__ import annotations

from helm_cleaner.diagnostics import InputError
from helm_cleaner.yamltext import scalars
from helm_cleaner.yamltext.document import find_frozen_nodes
from helm_cleaner.yamltext.edit import Splice, splice
from helm_cleaner.yamltext.nested import NestedDocument

_HINT = "write it as a literal block: `key: |`, with its lines below"


def to_outer_text(document: NestedDocument, splices: list[Splice]) -> list[Splice]:
    """The splices that make the same changes in the text around a document.

    InputError if they cannot be made there: in encoded text, in a text that an alias shares, or if the scalar's style
    cannot represent a line break. The caller verifies the scalar's new value.
    """
    outer, scalar, around = document.outer, document.scalar, document.around.text
    if outer is None:
        return splices
    if scalar is None or outer[0] == outer[-1] != 0:
        raise _refused(document, splices[0], "it is encoded", "fix the text that it was made of")
    if id(scalar) in find_frozen_nodes(document.around):
        hint = "fix it at its anchor, or write it out in each place"
        raise _refused(document, splices[0], "an alias or a merge key shares it with another place", hint)
    splices = _with_the_last_line_as_it_is(document.text, splices)
    if scalar.style in ("|", ">"):
        block = _Block(document.text, list(outer), around)
        return [block.outward(each) for each in splices]
    if scalar.style != '"' and any("\n" in each.text for each in splices):
        raise _refused(document, splices[0], "its text is not a block", _HINT)
    return [Splice(outer[s.start], outer[s.end], _encoded(s.text, scalar.style)) for s in splices]


def _with_the_last_line_as_it_is(text: str, splices: list[Splice]) -> list[Splice]:
    """The splices, changed so that a last line without a line break stays so, even if it is moved or removed."""
    if not splices or text.endswith("\n") or not splice(text, splices).endswith("\n"):
        return splices
    *others, (start, end, new) = sorted(splices)
    if new.endswith("\n"):
        return [*others, Splice(start, end, new[:-1])]
    if others and others[-1].end == start and others[-1].text.endswith("\n"):
        before = others.pop()
        return [*others, before._replace(text=before.text[:-1]), Splice(start, end, new)]
    return [*others, Splice(start - 1, end, new)] if text[start - 1 : start] == "\n" and not new else splices


def _encoded(text: str, style: str | None) -> str:
    if style == '"':
        return scalars.to_json(text)[1:-1]
    return text.replace("'", "''") if style == "'" else text


def _refused(document: NestedDocument, splice: Splice, what: str, hint: str) -> InputError:
    place = document.location(min(splice.start, len(document.text)))
    return InputError.of("yaml-shape", f"cannot be rewritten: {what}", place, hint)


class _Block:
    """A block scalar: each line of its text is one line around it, after an indentation."""

    def __init__(self, text: str, outer: list[int], around: str) -> None:
        self.text = text
        self.outer = outer
        self.around = around
        filled = next((i for i, char in enumerate(text) if char != "\n"), 0)
        start = around.rfind("\n", 0, outer[filled]) + 1
        self.indent = " " * (outer[filled] - start)
        end = around.find("\n", start)
        self.eol = "\r\n" if around[max(end - 1, 0) : end + 1] == "\r\n" else "\n"

    def outward(self, splice: Splice) -> Splice:
        start, end, new = splice
        if self._begins_line(start) and self._begins_line(end) and (not new or new.endswith("\n")):
            lines = new.split("\n")
            indented = [self.indent + line if line.strip() else line for line in lines]
            return Splice(self._after(start), self._after(end), self.eol.join(indented))
        first = self.outer[start] if self._begins_line(start) and start < len(self.text) else self._after(start)
        last = first if start == end else self._after(end)
        if end > start and self._begins_line(end) and end < len(self.text):
            last = self.outer[end]
        return Splice(first, last, new.replace("\n", self.eol + self.indent))

    def _begins_line(self, index: int) -> bool:
        return index == 0 or self.text[index - 1] == "\n"

    def _after(self, index: int) -> int:
        """The index after the previous character: at the start of a line, that is before its indentation."""
        if index == 0:
            return self.around.rfind("\n", 0, self.outer[0]) + 1
        at = self.outer[index - 1]
        return at + (2 if self.around.startswith("\r\n", at) else 1)
