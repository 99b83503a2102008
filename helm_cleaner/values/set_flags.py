"""The --set flags, with the grammar of Helm's strvals package and its quirks."""

from __future__ import annotations

import re
from collections.abc import Callable

from helm_cleaner import strict_json
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.text import quote
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import (
    MAX_LEVELS,
    Map,
    Origin,
    Placeholder,
    Scalar,
    Seq,
    Value,
    describe,
    from_data,
    is_null,
)
from helm_cleaner.values.merging import merge_into
from helm_cleaner.yamltext import scalars

if TYPE_CHECKING:
    from typing import Any, NoReturn

MAX_INDEX = 65536
MAX_NESTING = 30
_WORDS: dict[str, scalars.Scalar] = {"true": True, "false": False, "null": None, "0": 0}
_INTEGER = re.compile(r"(?!0)[-+]?[0-9]{1,4000}\Z")  # a leading zero makes it a string; a float is a string too
_INDEX = re.compile(r"[-+]?[0-9]{1,4000}\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Flag(NamedTuple):
    """One --set flag. option: set, set-string, set-json, set-file or set-literal."""

    option: str
    text: str


class _End(Exception):
    """The flag ends where it may end."""


class _SetError(Exception):
    """The flag is invalid, at this position."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class _SetParser:
    """Reads one flag into values like Helm's strvals package, including its quirks.

    `a.b[0].c=v,d={x,y}`: a backslash escapes the next character, a name may nest 30 levels deep, the largest index is
    65536. An existing value must be of the kind that the path requires; a null is neither a mapping nor a list. In
    --set-literal nothing is escaped, and everything after the `=` is the value.
    """

    def __init__(
        self,
        flag: Flag,
        read_file: Callable[[str], str],
        place: Callable[[int], Origin] | None = None,
        unknown: Callable[[str], bool] | None = None,
    ) -> None:
        self.text = flag.text
        self.at = 0
        self.option = flag.option
        self.literal = flag.option == "set-literal"
        self.levels = 0
        self.read_file = read_file
        self.place = place
        self.unknown = unknown
        self.origin = place(0) if place else Origin("set", Location(f"--{flag.option}", None, 1, flag.text))

    def parse(self, target: Map) -> None:
        try:
            while True:
                self.levels = 0
                self._entry(target, 0)
        except _End:
            pass

    def _here(self, start: int, end: int | None = None) -> Origin:
        if self.place:
            return self.place(start)
        length = max((self.at if end is None else end) - start, 1)
        as_text = "pass it with --set-string" if self.option == "set" else ""
        return Origin("set", Location(f"--{self.option}", None, start + 1, self.text, length), as_text)

    def _deeper(self) -> None:
        """Counts a level of the name. Helm does not limit the levels of lists, but this parser recurses."""
        self.levels += 1
        if self.levels > MAX_LEVELS:
            self._fail(f"a name must not nest deeper than {MAX_LEVELS} levels, lists included")

    def _fail(self, message: str, position: int | None = None) -> NoReturn:
        raise _SetError(message, self.at if position is None else position)

    def _until(self, stop: str) -> tuple[str, str]:
        """The text up to one of the characters, and that character, or "" at the end of the flag."""
        found: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char in stop:
                return "".join(found), char
            if char == "\\" and not self.literal:
                if self.at >= len(self.text):
                    break
                char = self.text[self.at]
                self.at += 1
            found.append(char)
        return "".join(found), ""

    def _entry(self, target: Map, level: int) -> None:
        self._deeper()
        start = self.at
        key, last = self._until("=[." if self.literal else "=[,.")
        at = self._here(start, self.at - 1)
        if last == "":
            if key:
                self._fail(f"key {quote(key)} has no value", start)
            raise _End
        if last == ",":
            self._fail(f"key {quote(key)} has no value (cannot end with ,)", start)
        if last == "=":
            ended = False
            try:
                value = self._value()
            except _End:
                value, ended = Scalar("", self._here(self.at)), True
            self._put(target, key, value, at)
            if ended:
                raise _End
        elif last == "[":
            index = self._index()
            existing = target.get(key, Seq(self.origin))
            if not isinstance(existing, Seq):
                self._fail(f"{quote(key)} is {describe(existing)}, not a list", start)
            try:
                self._item(existing, index, level)
            finally:
                self._put(target, key, existing, at)
        else:
            level += 1
            if level > MAX_NESTING:
                self._fail(f"a name must not nest deeper than {MAX_NESTING} levels", start)
            inner = target.get(key, Map(self.origin))
            if not isinstance(inner, Map):
                self._fail(f"{quote(key)} is {describe(inner)}, not a mapping", start)
            try:
                self._entry(inner, level)
            finally:
                if inner:
                    self._put(target, key, inner, at)
            if not inner:
                self._fail(f"key map {quote(key)} has no value", start)

    @staticmethod
    def _put(target: Map, key: str, value: Value, at: Origin) -> None:
        if key:
            target.put(key, value, at)

    def _index(self) -> int:
        start = self.at
        text, last = self._until("]")
        if last == "":
            self._fail("the index is missing its closing ]", start)  # Helm 3 refuses it, Helm 4 ignores it silently
        if not _INDEX.match(text) or not -(2**63) <= int(text) < 2**63:
            self._fail(f"error parsing index: {quote(text)} is not a number", start)
        return int(text)

    def _item(self, target: Seq, index: int, level: int) -> None:
        self._deeper()
        start = self.at
        if index < 0:
            self._fail(f"negative {index} index not allowed", start)
        key, last = self._until("[.=")
        if key:
            self._fail(f"unexpected data at end of array index: {quote(key)}", start)
        if last == "":
            raise _End
        if last == "=":
            try:
                value = self._value()
            except _End:
                value = Scalar("", self._here(self.at))
            self._set_index(target, index, value, start)
        elif last == "[":
            next_index = self._index()
            nested: Value | None = target[index] if index < len(target) else None
            if nested is None or is_null(nested):
                nested = Seq(self.origin)
            elif not isinstance(nested, Seq):
                self._fail(f"item {index} is {describe(nested)}, not a list", start)
            self._item(nested, next_index, level)
            self._set_index(target, index, nested, start)
        else:
            inner = target[index] if index < len(target) else Map(self.origin)
            if not isinstance(inner, Map):
                inner = Map(self.origin)
                target[index] = inner
            self._entry(inner, level)
            self._set_index(target, index, inner, start)

    def _set_index(self, target: Seq, index: int, value: Value, start: int) -> None:
        if index > MAX_INDEX:
            self._fail(f"index of {index} is greater than maximum supported index of {MAX_INDEX}", start)
        target.extend([Scalar(None, self.origin)] * (index + 1 - len(target)))
        target[index] = value

    def _value(self) -> Value:
        """The value after a `=`; _End if there is none."""
        if self.option == "set-json":
            return self._json()
        if self.literal:
            start = self.at
            return self._typed(self._until("")[0], start)
        if self.at >= len(self.text):
            raise _End
        start = self.at
        if self.text[self.at] != "{":
            raw, _ = self._until(",")
            return self._typed(raw, start)
        self.at += 1
        items: list[Value] = []
        while True:
            item_start = self.at
            raw, last = self._until(",}")
            if last == "":
                self._fail("list must terminate with '}'", start)
            items.append(self._typed(raw, item_start))
            if last == "}":
                if self.text[self.at : self.at + 1] == ",":
                    self.at += 1
                return Seq(self._here(start), items)

    def _typed(self, raw: str, start: int) -> Scalar:
        origin = self._here(start)
        if self.unknown and self.unknown(raw):
            return Placeholder(raw, origin, raw)
        if self.option == "set-file":
            return Scalar(self.read_file(raw), origin, raw)
        if self.literal or self.option == "set-string":
            return Scalar(raw, origin, raw)
        if raw.casefold() in _WORDS:
            return Scalar(_WORDS[raw.casefold()], origin, raw)
        if _INTEGER.match(raw) and -(2**63) <= int(raw) < 2**63:
            return Scalar(int(raw), origin, raw)
        return Scalar(raw, origin, raw)

    def _json(self) -> Value:
        if self._blank():
            return Scalar(None, self._here(self.at))
        start = self.at
        try:
            data, self.at = strict_json.load_first(self.text, self.at)
            value = from_data(_as_json(data), self._here(start))
        except (ValueError, RecursionError) as e:
            self._fail(f"not JSON: {strict_json.problem(e)}", getattr(e, "pos", start))
        if self.text[self.at : self.at + 1] in (".", "e", "E") and self.text[self.at - 1].isdigit():
            self._fail("not JSON: the number is not complete", start)
        self._blank()
        return value

    def _blank(self) -> bool:
        """Skips whitespace and a comma after it. Returns whether there was nothing else."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == ",":
                self.at += 1
                return True
            if not char.isspace() or "\x1c" <= char <= "\x1f":  # Go does not count these four as whitespace
                return False
            self.at += 1
        return True


def _as_json(data: Any) -> Any:
    """JSON data as Go reads it: every number is a float64, an unpaired surrogate is U+FFFD."""
    if isinstance(data, dict):
        return {_as_json(k): _as_json(v) for k, v in data.items()}
    if isinstance(data, list):
        return [_as_json(v) for v in data]
    return _SURROGATE.sub("\ufffd", data) if isinstance(data, str) else scalars.convert_number(data)


def apply_flag(
    target: Map,
    flag: Flag,
    read_file: Callable[[str], str],
    place: Callable[[int], Origin] | None = None,
    unknown: Callable[[str], bool] | None = None,
) -> None:
    """Merges one flag over the values. InputError, with the place in the flag, if Helm refuses it too.

    place: the place of an index into the flag's text, if it is not from the command line. unknown: tells the texts that
    another tool fills in.
    """
    stripped = flag.text.strip()
    parser = _SetParser(flag, read_file, place, unknown)
    try:
        if flag.option == "set-json" and stripped.startswith("{"):  # a whole object, supported since Helm 4
            try:
                data = _as_json(strict_json.loads(stripped))
            except (ValueError, RecursionError) as e:
                raise _SetError(f"not JSON: {strict_json.problem(e)}", getattr(e, "pos", 0)) from None
            whole = from_data(data, parser.origin)
            assert isinstance(whole, Map)  # the text begins with a brace
            merge_into(target, whole)
        else:
            parser.parse(target)
    except _SetError as e:
        location = Location(f"--{flag.option}", None, e.position + 1, flag.text)
        hint = "Helm's grammar is key.sub[0]=value,other={a,b}; a backslash escapes the next character"
        if flag.option == "set-json":
            hint = 'the value is JSON, for example --set-json \'cleaner.nodeSelector={"pool": "small"}\''
        elif parser.literal:
            hint = "Helm's grammar is key.sub[0]=value; everything after the = is the value"
        raise InputError.of("set", f"{e}", location, hint) from None
