"""What ends a finding: changes of the data, decided where the finding is made.

`fixing` turns them into edits of the text. A change names what it changes by an `Origin` (`values.tree`): that of a
value, or that of a key. Data that a change writes may hold origins in place of values: their text stays as written.
"""

from __future__ import annotations

from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any, Literal, Protocol

    from yaml.nodes import Node

    class Written(Protocol):
        """An `Origin`, of which this module needs no more."""

        as_text: str

        @property
        def is_written(self) -> bool:
            """Whether it is from a YAML file."""

        @property
        def written(self) -> tuple[Any, Node]:
            """The document and the node."""

    Applicability = Literal["safe", "suggested"]


class Replace(NamedTuple):
    """Writes new data in place of a value."""

    value: Written
    new: Any


class Rename(NamedTuple):
    """Gives an entry of a mapping another name. old: its name now, which the text may spell differently."""

    key: Written
    old: str
    name: str


class Remove(NamedTuple):
    """Removes an entry of a mapping."""

    key: Written


class Add(NamedTuple):
    """Adds an entry to a mapping, right after another one of its entries. quoted: whether a text is in quotes."""

    after: Written
    name: str
    new: Any
    quoted: bool = False


class Move(NamedTuple):
    """Moves entries of a mapping under another one of its entries, which is added if it is missing.

    same: entries to drop, because there are equal ones already.
    """

    keys: tuple[Written, ...]
    under: str
    same: tuple[Written, ...] = ()


class Unpack(NamedTuple):
    """Puts a mapping's entries, under other names, in place of the entry that holds the mapping."""

    key: Written
    names: dict[str, str]


if TYPE_CHECKING:
    Change = Replace | Rename | Remove | Add | Move | Unpack


class Fix:
    """The changes that end a finding; the finding's hint says them in words.

    applicability: safe if what was written has exactly one meaning, else suggested. other: another suggestion.
    """

    __slots__ = ("applicability", "changes", "other")

    def __init__(self, applicability: Applicability, changes: tuple[Change, ...], other: Fix | None = None) -> None:
        self.applicability = applicability
        self.changes = changes
        self.other = other

    def __eq__(self, other: object) -> bool:
        """Findings with the same place and hint have the same fix, in whichever tree of values it was made."""
        return isinstance(other, Fix) and self.applicability == other.applicability

    def __hash__(self) -> int:
        return hash(self.applicability)


def safe(*changes: Change) -> Fix:
    """The fix of what has exactly one meaning."""
    return Fix("safe", changes)


def suggested(*changes: Change, other: Fix | None = None) -> Fix:
    """The fix that is probably meant."""
    return Fix("suggested", changes, other)


class TextEdit(NamedTuple):
    """Text that replaces a part of a file.

    Lines and columns are 1-based, and the end is exclusive. Columns are in characters, those in bytes in UTF-8.
    """

    file: str
    start_line: int
    start_column: int
    start_byte: int
    end_line: int
    end_column: int
    end_byte: int
    text: str


class FixEdits(NamedTuple):
    """What a fix does to the text of a file.

    edits: in order. as_one: the same as a single edit, for formats in which each one stands for itself.
    """

    applicability: Applicability
    message: str
    edits: tuple[TextEdit, ...]
    as_one: TextEdit
