"""Values as Helm reads and merges them, each of them keeping where it came from.

Helm's order: `-f` files are merged with each other (a null in one stays a null), then come `--set-json`, `--set`,
`--set-string` and `--set-file`, whatever their order on the command line; only then is the result laid over the
chart's defaults, where a null deletes the default. Lists are replaced whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple, NoReturn

from yaml.nodes import MappingNode, Node, SequenceNode

from helm_cleaner import manifests, scalars, yamltext
from helm_cleaner.diagnostics import Diagnostic, InputError, Location, dotted
from helm_cleaner.yamltext import Document


class Origin:
    """Where a value came from. kind: default, chart (what a chart rendered), file or set (a --set flag)."""

    __slots__ = ("_place", "kind")

    def __init__(self, kind: str, place: Location | tuple[Document, Node]) -> None:
        self.kind = kind
        self._place = place

    @property
    def location(self) -> Location:
        """The place; worked out when asked for, as most are not."""
        if isinstance(self._place, Location):
            return self._place
        document, node = self._place
        return document.at(node)

    @property
    def written(self) -> tuple[Document, Node]:
        """The document and the node of what stands in a YAML file; asked of nothing else."""
        assert not isinstance(self._place, Location)
        return self._place


class Scalar:
    """A leaf. value: str, int, float, bool or None, as it is after Helm's way through JSON; raw: as it was written."""

    __slots__ = ("origin", "raw", "value")

    def __init__(self, value: scalars.Scalar, origin: Origin, raw: str | None = None) -> None:
        self.value = value
        self.origin = origin
        self.raw = raw

    def __repr__(self) -> str:
        return f"Scalar({self.value!r})"


class Map(dict[str, "Value"]):
    """A mapping. keys_at: where each key stands, for messages about the key itself."""

    __slots__ = ("keys_at", "origin")

    def __init__(self, origin: Origin) -> None:
        super().__init__()
        self.origin = origin
        self.keys_at: dict[str, Origin] = {}

    def put(self, key: str, value: Value, at: Origin) -> None:
        """Sets an entry and where its key stands."""
        self[key] = value
        self.keys_at[key] = at


class Seq(list["Value"]):
    """A list."""

    __slots__ = ("origin",)

    def __init__(self, origin: Origin, items: list[Value] | None = None) -> None:
        super().__init__(items or [])
        self.origin = origin


Value = Scalar | Map | Seq


def plain(value: Value) -> Any:
    """The value as dicts, lists and scalars."""
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, Map):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value]


def is_null(value: Value | None) -> bool:
    """Whether the value is null or not there."""
    return value is None or (isinstance(value, Scalar) and value.value is None)


def null() -> Scalar:
    """A null that no one wrote."""
    return Scalar(None, Origin("default", Location("")))


def nothing() -> Read:
    """No values at all."""
    return Read(Map(Origin("file", Location(""))), [])


def from_data(data: Any, origin: Origin) -> Value:
    """Values of one origin out of dicts, lists and scalars (JSON that a chart rendered, a --set-json)."""
    if isinstance(data, dict):
        result = Map(origin)
        for key, value in data.items():
            result.put(key, from_data(value, origin), origin)
        return result
    if isinstance(data, list):
        return Seq(origin, [from_data(item, origin) for item in data])
    return Scalar(data, origin)


# ---- files --------------------------------------------------------------------------------------------------------

Path = tuple[str | int, ...]


class Notice(NamedTuple):
    """A warning about how Helm reads something in a values file. path: from the file's top, whatever the section."""

    path: Path
    diagnostic: Diagnostic


class Read(NamedTuple):
    """What values files and flags say, and the warnings that belong to it."""

    values: Map
    notices: list[Notice]


def read(data: bytes, file: str, kind: str = "file") -> Read:
    """A values file's content. `file` is its name in messages.

    InputError, with the place, where Helm refuses it too: not UTF-8, not YAML, not a mapping, a number that JSON has
    no word for. An empty file is an empty mapping.
    """
    text = yamltext.decode(data, file)
    return read_document(yamltext.compose(_single_document(text, file), file), kind)


def read_document(document: Document, kind: str = "file") -> Read:
    """The content of a values file, or of a part of some other file, that is composed already. InputError as `read`."""
    top = Origin(kind, Location(document.file, document.first_line(), 1))
    if document.root is None:
        return Read(Map(top), [])
    notices: list[Notice] = []
    value = _Reader(document, kind, notices).value(document.root, ())
    if is_null(value):
        return Read(Map(top), notices)
    if not isinstance(value, Map):
        found = "a list" if isinstance(value, Seq) else f"{json.dumps(value.value)}"
        raise InputError.of(
            "values",
            f"a values file must be a mapping, found {found}",
            document.at(document.root),
            "write `key: value` lines, for example `cleaner:` with its fields below",
        )
    return Read(value, notices)


def _single_document(text: str, file: str) -> str:
    """The text of the only document, behind as many empty lines as stand before it.

    InputError where Helm 3 and Helm 4 read it differently: Helm 3 stops at a second document where Helm 4 goes on, and
    Helm 4 takes nothing but a comment behind `---`, and no directive.
    """
    if "---" not in text and "%" not in text[:1] and "\n..." not in text:
        return text

    def refuse(line: int, source: bytes, what: str, hint: str) -> InputError:
        return InputError.of("values", what, Location(file, line, 1, source.decode().rstrip("\r")), hint)

    data = text.encode()
    documents = []  # the marker's line, where there is one, and the rest
    for span in manifests.split(data):
        body = data[slice(*manifests.content(data, span))]
        marker = body.split(b"\n", 1)[0] if body.startswith(b"---") else b""
        line = manifests.first_line(data, span)
        if marker[3:].strip() and not marker[3:].strip().startswith(b"#"):
            what = "a value stands beside `---`, which Helm 3 takes and Helm 4 refuses"
            raise refuse(line, marker, what, "write it in a line of its own")
        rest = body[len(marker) :]
        if any(row.startswith(b"%") for row in rest.splitlines()[:1]):
            what = "a directive stands here, which Helm 3 takes and Helm 4 refuses"
            raise refuse(line, rest.splitlines()[0], what, "remove it")
        filled = any(row.strip() and not row.strip().startswith((b"#", b"...")) for row in rest.splitlines())
        if marker or filled:
            documents.append((line, marker, body, filled))
    wanted = [document for document in documents if document[3]]
    if not wanted:
        return ""
    if len(wanted) > 1 or documents[0] is not wanted[0]:
        later = wanted[1] if len(wanted) > 1 else wanted[0]
        what = "a second document starts here; Helm 3 stops before it, Helm 4 reads on"
        raise refuse(later[0], later[1], what, "put everything into one document, or give two files with two -f")
    line, _, body, _ = wanted[0]
    return "\n" * (line - 1) + body.decode()


class _Reader:
    """Makes values of a document's nodes, and notes what Helm reads otherwise than its writer may have meant."""

    def __init__(self, document: Document, kind: str, notices: list[Notice]) -> None:
        self.document = document
        self.kind = kind
        self.notices = notices

    def value(self, node: Node, path: Path) -> Value:
        origin = Origin(self.kind, (self.document, node))
        self._check_flow(node)
        if isinstance(node, SequenceNode):
            return Seq(origin, [self.value(item, (*path, index)) for index, item in enumerate(node.value)])
        if isinstance(node, MappingNode):
            return self._mapping(node, path, origin)
        found = yamltext.construct(self.document, node)
        try:
            value = scalars.as_json(found)
        except ValueError as e:
            hint = "write it in quotes if text is meant"
            raise InputError.of("values", f"JSON has no {node.value}: {e}", origin.location, hint) from None
        if node.tag == yamltext.PLAIN and not isinstance(value, str) and value is not None:
            self._ambiguous(node.value, json.dumps(value), path, node)
        return Scalar(value, origin, node.value)

    def _check_flow(self, node: Node) -> None:
        """Refuses what libyaml reads and go-yaml v2, which Helm uses, does not."""
        for child in yamltext.children(node):
            if child.tag == yamltext.PLAIN and "?" in child.value and yamltext.is_flow(node):
                what, hint = "Helm cannot read a `?` in braces or brackets", "write the value in quotes"
                raise InputError.of("yaml", what, self.document.at(child), hint)
            if getattr(child, "style", None) == '"':
                source = self.document.text[child.start_mark.index : child.end_mark.index]
                if _ESCAPED_SLASH.search(source):
                    what, hint = "Helm cannot read the escape `\\/`", "write the slash alone"
                    raise InputError.of("yaml", what, self.document.at(child), hint)

    def _mapping(self, node: Node, path: Path, origin: Origin) -> Map:
        result = Map(origin)
        own: dict[str, Node] = {}  # the keys that stand here, not those out of merges
        for key, value in node.value:
            if yamltext.is_merge(key):
                for source in yamltext.merge_sources(self.document, key, value):
                    merged = self.value(source, path)
                    assert isinstance(merged, Map)
                    for name, entry in merged.items():
                        result.put(name, entry, merged.keys_at[name])
                        if name in own:
                            line = self.document.at(key).line
                            message = f"Helm lets the merge in line {line} win over this"
                            self._note("duplicate-key", (*path, name), message, "move it behind the merge", own[name])
                continue
            name = yamltext.key_text(self.document, key)
            if key.tag == yamltext.PLAIN and name != key.value:
                self._ambiguous(key.value, name, (*path, name), key, is_key=True)
            if name in own:
                line = self.document.at(own[name]).line
                message = f"the key is there already, in line {line}; Helm takes the last one"
                self._note("duplicate-key", (*path, name), message, "remove one of them", key)
            own[name] = key
            result.put(name, self.value(value, (*path, name)), Origin(self.kind, (self.document, key)))
        return result

    def _ambiguous(self, raw: str, meaning: str, path: Path, node: Node, is_key: bool = False) -> None:
        """Notes a plain scalar that does not say what it looks like: `on`, `0777`, `1e3`, a tag 2.10."""
        if raw in (meaning, f"+{meaning}") or (meaning in ("true", "false") and raw.lower() == meaning):
            return
        text_counts = is_key or "imageTag" in path[-1:]
        if _DECIMAL.match(raw) and float(raw) == float(meaning) and not text_counts:
            return  # 1.0 or 0.50 in a quantity means what it says
        digits = raw.lstrip("+-")
        lost = digits.isdigit() and not digits.startswith("0")
        message = f"Helm reads {raw} as {meaning}" + (": integers beyond 2^53 lose digits" if lost else "")
        quoted = json.dumps(raw, ensure_ascii=False)
        hint = f"write {quoted} in quotes if that text is meant" + ("" if lost else f", or {meaning}")
        self._note("ambiguous-scalar", path, message, hint, node)

    def _note(self, code: str, path: Path, message: str, hint: str, node: Node) -> None:
        place = self.document.at(node)
        self.notices.append(Notice(path, Diagnostic("warning", code, dotted(path), message, hint, place)))


# ---- --set and its kin --------------------------------------------------------------------------------------------

MAX_INDEX = 65536
MAX_NESTING = 30
_DECIMAL = re.compile(r"[-+]?[0-9]+\.[0-9]*\Z")
_WORDS: dict[str, scalars.Scalar] = {"true": True, "false": False, "null": None, "0": 0}
_INTEGER = re.compile(r"(?!0)[-+]?[0-9]+\Z")  # a leading zero keeps it text; a float is text, too
_INDEX = re.compile(r"[-+]?[0-9]{1,4000}\Z")
_ESCAPED_SLASH = re.compile(r"(?<!\\)(?:\\\\)*\\/")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Flag(NamedTuple):
    """One --set flag. option: set, set-string, set-json or set-file."""

    option: str
    text: str


class _End(Exception):
    """The flag's text has ended where that is no error."""


class _SetError(Exception):
    """The flag is wrong, at this position of its text."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class _SetParser:
    """Reads one flag into values: the grammar, and the oddities, of Helm's strvals package.

    `a.b[0].c=v,d={x,y}`: a backslash takes the next character's meaning away, a name may nest 30 deep, an index may go
    to 65536. What exists already must be of the kind that the path asks for: a null is neither mapping nor list.
    """

    def __init__(self, flag: Flag, read_file: Callable[[str], str]) -> None:
        self.text = flag.text
        self.at = 0
        self.option = flag.option
        self.read_file = read_file
        self.origin = Origin("set", Location(f"--{flag.option}", None, 1, flag.text))

    def parse(self, target: Map) -> None:
        try:
            while True:
                self._entry(target, 0)
        except _End:
            pass

    def _here(self, start: int, end: int | None = None) -> Origin:
        length = max((self.at if end is None else end) - start, 1)
        return Origin("set", Location(f"--{self.option}", None, start + 1, self.text, length))

    def _fail(self, message: str, position: int | None = None) -> NoReturn:
        raise _SetError(message, self.at if position is None else position)

    def _until(self, stop: str) -> tuple[str, str]:
        """The text up to one of the characters and that character; "" for it at the end of the flag."""
        found: list[str] = []
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char in stop:
                return "".join(found), char
            if char == "\\":
                if self.at >= len(self.text):
                    break
                char = self.text[self.at]
                self.at += 1
            found.append(char)
        return "".join(found), ""

    def _entry(self, target: Map, level: int) -> None:
        start = self.at
        key, last = self._until("=[,.")
        at = self._here(start, self.at - 1)
        if last == "":
            if key:
                self._fail(f"key {json.dumps(key, ensure_ascii=False)} has no value", start)
            raise _End
        if last == ",":
            self._fail(f"key {json.dumps(key, ensure_ascii=False)} has no value (cannot end with ,)", start)
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
                self._fail(f"{json.dumps(key)} is {_what(existing)}, not a list", start)
            try:
                self._item(existing, index, level)
            finally:
                self._put(target, key, existing, at)
        else:
            level += 1
            if level > MAX_NESTING:
                self._fail(f"a name may not nest deeper than {MAX_NESTING} levels", start)
            inner = target.get(key, Map(self.origin))
            if not isinstance(inner, Map):
                self._fail(f"{json.dumps(key)} is {_what(inner)}, not a mapping", start)
            try:
                self._entry(inner, level)
            finally:
                if inner:
                    self._put(target, key, inner, at)
            if not inner:
                self._fail(f"key map {json.dumps(key, ensure_ascii=False)} has no value", start)

    @staticmethod
    def _put(target: Map, key: str, value: Value, at: Origin) -> None:
        if key:
            target.put(key, value, at)

    def _index(self) -> int:
        start = self.at
        text, last = self._until("]")
        if last == "":
            self._fail("the index has no closing ]", start)  # Helm 3 refuses it, Helm 4 passes it over in silence
        if not _INDEX.match(text) or not -(2**63) <= int(text) < 2**63:
            self._fail(f"error parsing index: {json.dumps(text)} is no number", start)
        return int(text)

    def _item(self, target: Seq, index: int, level: int) -> None:
        start = self.at
        if index < 0:
            self._fail(f"negative {index} index not allowed", start)
        key, last = self._until("[.=")
        if key:
            self._fail(f"unexpected data at end of array index: {json.dumps(key)}", start)
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
                self._fail(f"item {index} is {_what(nested)}, not a list", start)
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
        while len(target) <= index:
            target.append(Scalar(None, self.origin))
        target[index] = value

    def _value(self) -> Value:
        """What follows a `=`; _End where nothing does."""
        if self.option == "set-json":
            return self._json()
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
        if self.option == "set-file":
            return Scalar(self.read_file(raw), origin, raw)
        if self.option == "set-string":
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
        decoder = json.JSONDecoder(parse_constant=_no_constant)
        try:
            data, self.at = decoder.raw_decode(self.text, self.at)
            value = from_data(_as_json(data), self._here(start))
        except (ValueError, RecursionError) as e:
            self._fail(_not_json(e), getattr(e, "pos", start))
        if self.text[self.at : self.at + 1] in (".", "e", "E") and self.text[self.at - 1].isdigit():
            self._fail("not JSON: the number is not complete", start)
        self._blank()
        return value

    def _blank(self) -> bool:
        """Skips blanks up to and with a comma; whether there was nothing else."""
        while self.at < len(self.text):
            char = self.text[self.at]
            if char == ",":
                self.at += 1
                return True
            if not char.isspace() or "\x1c" <= char <= "\x1f":  # these four are no blanks to Go
                return False
            self.at += 1
        return True


def _not_json(e: Exception) -> str:
    return "not JSON: " + ("nested too deeply" if isinstance(e, RecursionError) else str(getattr(e, "msg", e)))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _as_json(data: Any) -> Any:
    """Go's view of JSON data: every number a float64, U+FFFD for half a surrogate."""
    if isinstance(data, dict):
        return {_as_json(k): _as_json(v) for k, v in data.items()}
    if isinstance(data, list):
        return [_as_json(v) for v in data]
    return _SURROGATE.sub("\ufffd", data) if isinstance(data, str) else scalars.as_json(data)


def _what(value: Value) -> str:
    if isinstance(value, Map):
        return "a mapping"
    if isinstance(value, Seq):
        return "a list"
    return "null" if value.value is None else json.dumps(value.value, ensure_ascii=False)


def apply_flag(target: Map, flag: Flag, read_file: Callable[[str], str]) -> None:
    """Lays one flag over the values. InputError, with the place in the flag, where Helm refuses it too."""
    stripped = flag.text.strip()
    parser = _SetParser(flag, read_file)
    try:
        if flag.option == "set-json" and stripped.startswith("{"):  # a whole object, since Helm 4
            try:
                data = _as_json(json.loads(stripped, parse_constant=_no_constant))
            except (ValueError, RecursionError) as e:
                raise _SetError(_not_json(e), getattr(e, "pos", 0)) from None
            merge(target, from_data(data, parser.origin))
        else:
            parser.parse(target)
    except _SetError as e:
        location = Location(f"--{flag.option}", None, e.position + 1, flag.text)
        hint = "Helm's grammar is key.sub[0]=value,other={a,b}; a backslash takes the meaning of the next character"
        raise InputError.of("set", f"{e}", location, hint) from None


# ---- merging ------------------------------------------------------------------------------------------------------


def _merge_maps(config: Any, path: list[str], base: Map, over: Map) -> Map:
    for key, value in over.items():
        base.put(
            key, config.value_strategy([*path, key], base[key], value) if key in base else value, over.keys_at[key]
        )
    return base


def _coalesce_maps(config: Any, path: list[str], base: Map, over: Map) -> Map:
    for key, value in over.items():
        if key not in base:
            base.put(key, value, over.keys_at[key])
        elif is_null(value):
            if not is_null(base[key]):  # deletes a default; where there is none to delete, the null stays
                del base[key], base.keys_at[key]
        else:
            base.put(key, config.value_strategy([*path, key], base[key], value), over.keys_at[key])
    return base


@cache
def _merger(strategy: Callable[[Any, list[str], Map, Map], Map]) -> Any:
    """Mappings are merged, all else is replaced: also a mapping by a list or a scalar, as Helm does (and logs)."""
    from deepmerge import Merger  # where Helm renders without a flag of ours, there is nothing to merge

    return Merger([(dict, [strategy])], ["override"], ["override"])


def merge(base: Map, over: Value) -> None:
    """Lays values over others as Helm does with two values files: mappings key by key, all else (null too) replaced."""
    _merger(_merge_maps).merge(base, over)


def coalesce(base: Map, over: Map) -> None:
    """Lays values over a chart's defaults as Helm does: as `merge`, but a null deletes the default."""
    _merger(_coalesce_maps).merge(base, over)


def overrides(files: list[tuple[str, bytes]], flags: Sequence[Flag], read_file: Callable[[str], str]) -> Read:
    """What -f files (name and content) and --set flags make together, in Helm's order.

    InputError with everything that is wrong in them.
    """
    result = Map(Origin("file", Location("")))
    notices: list[Notice] = []
    wrong: list[Diagnostic] = []
    for name, content in files:
        try:
            found = read(content, name)
            merge(result, found.values)
            notices += found.notices
        except InputError as e:
            wrong += e.diagnostics
    for option in ("set-json", "set", "set-string", "set-file"):
        for flag in flags:
            if flag.option == option:
                try:
                    apply_flag(result, flag, read_file)
                except InputError as e:
                    wrong += e.diagnostics
    if wrong:
        raise InputError(wrong)
    return Read(result, notices)
