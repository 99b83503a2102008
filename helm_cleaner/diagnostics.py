"""What is said of bad data: where, what, and how to mend it. Imports nothing of ours but types."""

from __future__ import annotations

from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Literal

    Severity = Literal["error", "warning"]

_MOST_SAID = 600


class Location(NamedTuple):
    """A place in something that a user wrote.

    file: a path as the user gave it, ``--set …`` or, for a section that a chart rendered, its ConfigMap's name.
    line, column: 1-based, in characters; None where the place has none.
    source: the line's text, without its line break, for the excerpt under the message.
    length: how many characters the caret marks, from the column on.
    """

    file: str
    line: int | None = None
    column: int | None = None
    source: str | None = None
    length: int = 1


class Diagnostic(NamedTuple):
    """One finding.

    code: stable, lower-case, with dashes (``pull-policy``).
    path: dotted, as in ``cleaner.tolerations[0].effect``; empty where no field is meant.
    hint: what to type; may be empty.
    """

    severity: Severity
    code: str
    path: str
    message: str
    hint: str
    location: Location


class CleanerError(Exception):
    """Something is wrong with what a user gave; carries every finding, warnings included.

    exit_code: as in the command line's contract.
    """

    exit_code = 2

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        super().__init__("; ".join(d.message for d in diagnostics if d.severity == "error"))
        self.diagnostics = diagnostics


class SectionError(CleanerError):
    """The section is invalid: Polyaxon could not load it, or Kubernetes would refuse what it means."""

    exit_code = 1


class InputError(CleanerError):
    """The input cannot be used: no such file, a document that is not YAML, a shape that cannot be edited."""

    exit_code = 2

    @classmethod
    def of(cls, code: str, message: str, location: Location, hint: str = "", path: str = "") -> InputError:
        """The error for a single finding."""
        return cls([Diagnostic("error", code, path, shortened(message), shortened(hint), location)])


class BugError(CleanerError):
    """The result failed its own verification: a bug in helm-cleaner. Nothing may be written."""

    exit_code = 3


def dotted(parts: tuple[str | int, ...]) -> str:
    """A path as diagnostics show it: ``("cleaner", "tolerations", 0, "key")`` is ``cleaner.tolerations[0].key``.

    A key that holds a dot or a bracket is quoted: ``cleaner.nodeSelector["a.b/c"]``.
    """
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part == "" or any(c in part for c in '.[]"'):
            quoted = part.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
        else:
            text += f".{part}" if text else part
    return text


def shortened(text: str) -> str:
    """A message or a hint without the middle of what is long in it: a value may be of any size."""
    if len(text) <= _MOST_SAID:
        return text
    half = _MOST_SAID // 2
    return f"{text[:half]} … {len(text) - 2 * half} characters … {text[-half:]}"


class Line(NamedTuple):
    """A line of a text. start and stop: its indexes, its break left out; number: from 0 on; source: as in Location."""

    start: int
    stop: int
    number: int
    source: str


def line_at(text: str, index: int, near: Line | None = None) -> Line:
    """The line that an index is on.

    near: a line found before. A long line, or many lines, are looked through once then, however many places they hold.
    """
    if near is not None and near.start <= index <= near.stop:
        return near
    start, stop = text.rfind("\n", 0, index) + 1, text.find("\n", index)
    stop = stop if stop >= 0 else len(text)
    known = near if near is not None and near.start <= index else Line(0, 0, 0, "")
    number = known.number + text.count("\n", known.start, index)
    return Line(start, stop, number, text[start:stop].rstrip("\r"))


def place(
    text: str, index: int, file: str, first_line: int = 1, end: int | None = None, line: Line | None = None
) -> Location:
    """The Location of the character at `index` of `text`, which is line `first_line` and on of `file`.

    Lines are what editors count: they end in LF or CRLF, whatever else YAML takes for a break. line: the one that the
    index is on, where it is known.
    """
    start, _, number, source = line_at(text, index) if line is None else line
    if start == 0:  # a byte order mark is no column
        index, source, start = (index, source, start) if source[:1] != "\ufeff" else (index - 1, source[1:], 0)
    column = max(index - start, 0)
    length = min(end if end is not None else index + 1, start + len(source)) - start - column
    return Location(file, number + first_line, column + 1, source, max(length, 1))
