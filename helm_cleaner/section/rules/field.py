"""A value in the section with its path, as the rules see it: a broken structure is hidden from them."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.section.excerpt import where, where_key
from helm_cleaner.text import quote
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Origin, Scalar, Seq, Value, is_null

if TYPE_CHECKING:
    from typing import Any

    from helm_cleaner.fixes import Fix


class Field:
    """A value, its path, and the origin of its key. broken: the paths at or below which the structure is wrong."""

    __slots__ = ("at", "broken", "path", "value")

    def __init__(self, value: Any, path: Path, at: Origin, broken: frozenset[Path]) -> None:
        self.value = value
        self.path = path
        self.at = at
        self.broken = broken

    @property
    def fine(self) -> bool:
        """Whether the structure is right here and below."""
        return self.path not in self.broken

    def get(self, key: str) -> Field | None:
        """The field, unless it is missing or null."""
        if not isinstance(self.value, Map):
            return None
        value = self.value.get(key)
        if value is None or is_null(value):
            return None
        return Field(value, (*self.path, key), self.value.keys_at[key], self.broken)

    def entries(self) -> Iterator[tuple[str, Field]]:
        """A mapping's entries with the right structure, including null ones."""
        return ((key, field) for key, field in self.all_entries() if field.fine)

    def all_entries(self) -> Iterator[tuple[str, Field]]:
        """A mapping's entries, whatever their structure."""
        if isinstance(self.value, Map):
            for key, value in self.value.items():
                yield key, Field(value, (*self.path, key), self.value.keys_at[key], self.broken)

    def items(self) -> Iterator[Field]:
        """A list's items."""
        if isinstance(self.value, Seq):
            for index, value in enumerate(self.value):
                yield Field(value, (*self.path, index), value.origin, self.broken)

    def text(self, key: str) -> str | None:
        """The field's text; empty if it is missing or null, None if it is broken or unknown."""
        if (*self.path, key) in self.broken or self.lacks(key):
            return None
        field = self.get(key)
        return "" if field is None else field.string

    def texts(self, key: str) -> list[Field] | None:
        """The items of a list of texts; none if it is missing or null, None if it is broken or partly unknown."""
        if (*self.path, key) in self.broken or self.lacks(key):
            return None
        field = self.get(key)
        return [] if field is None else list(field.items())

    def fine_texts(self, key: str) -> list[Field]:
        """The items of a list of texts that are known and not broken."""
        field = self.get(key)
        return [] if field is None else [item for item in field.items() if item.fine and item.is_text]

    def lacks(self, key: str) -> bool:
        """Whether the field is missing for now: another tool may add it to the mapping."""
        return isinstance(self.value, Map) and self.value.has_placeholders and key not in self.value

    @property
    def is_text(self) -> bool:
        """Whether the value is a text."""
        return isinstance(self.value, Scalar) and isinstance(self.value.value, str)

    @property
    def string(self) -> str:
        """The value, which is a string."""
        assert isinstance(self.value, Scalar)
        assert isinstance(self.value.value, str)
        return self.value.value

    @property
    def shown(self) -> str:
        """A scalar as messages show it."""
        return quote(self.value.value)

    def error(self, code: str, message: str, hint: str, fix: Fix | None = None) -> Diagnostic:
        """An error about the value."""
        return Diagnostic("error", code, *where(self.path, message, hint, self.value), fix)

    def warning(self, code: str, message: str, hint: str, fix: Fix | None = None) -> Diagnostic:
        """A warning about the value."""
        return Diagnostic("warning", code, *where(self.path, message, hint, self.value), fix)

    def key_error(self, code: str, message: str, hint: str, fix: Fix | None = None) -> Diagnostic:
        """An error about the value's key."""
        return Diagnostic("error", code, *where_key(self.path, message, hint, self.value, self.at), fix)

    def key_warning(self, code: str, message: str, hint: str, fix: Fix | None = None) -> Diagnostic:
        """A warning about the value's key."""
        return self.key_error(code, message, hint, fix)._replace(severity="warning")

    def missing_error(self, code: str, key: str, message: str, hint: str, new: Any = None) -> Diagnostic:
        """An error about a field that this mapping lacks, at the field if it is null or empty.

        new: what the hint says to write there, if it does.
        """
        value: Value = self.value
        given = value.get(key) if isinstance(value, Map) else None
        path = self.path if given is None else (*self.path, key)
        _, message, hint, location = where(path, message, hint, value if given is None else given)
        fix = None if new is None else self.set(key, new)
        return Diagnostic("error", code, to_dotted((*self.path, key)), message, hint, location, fix)

    # ---- fixes, which are suggestions unless a rule knows better

    def replace(self, new: Any) -> Fix:
        """The fix that writes something else in place of the value."""
        from helm_cleaner.fixes import Replace, suggested

        return suggested(Replace(self.value.origin, new))

    def rename(self, name: str) -> Fix:
        """The fix that gives the key another name."""
        from helm_cleaner.fixes import Rename, suggested

        return suggested(Rename(self.at, str(self.path[-1]), name))

    def remove(self) -> Fix:
        """The fix that removes the field."""
        from helm_cleaner.fixes import Remove, suggested

        return suggested(Remove(self.at))

    def set(self, key: str, new: Any) -> Fix | None:
        """The fix that sets a field of this mapping; None if it has no other field, beside which it could be added."""
        from helm_cleaner.fixes import Add, Replace, suggested

        assert isinstance(self.value, Map)
        given = self.value.get(key)
        if given is not None:
            return suggested(Replace(given.origin, new))
        after = next(reversed(self.value), None)
        return None if after is None else suggested(Add(self.value.keys_at[after], key, new))
