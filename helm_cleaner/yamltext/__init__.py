"""YAML text with positions: compose it, find a path in it, and splice into it so that every other byte stays.

PyYAML's composer does the parsing (libyaml where it is there); a node's marks say where its text stands. All positions
here are indexes into the document's text, in characters. What a splice gives is never trusted: `edit` parses its own
result again and compares it with what the `jsonpatch` package makes of the original.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from helm_cleaner.diagnostics import BugError, Diagnostic, InputError, Line, Location, line_at, place
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.yamltext import scalars

if TYPE_CHECKING:
    from typing import Any

PLAIN = "?"  # the tag of a plain scalar without one, as YAML itself calls it
_BOM = "\ufeff"
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*\Z")
# An anchor and a tag; the style; the indentation in either place; a comment and the line's end.
_BLOCK_HEADER = re.compile(r"(?:[&!]\S*\s+)*([|>])[-+]?([1-9]?)[-+]?([^\n]*\n?)")
ODD_BREAK = re.compile("\r(?!\n)|[\x85\u2028\u2029]")  # breaks a line for YAML 1.1
_COLON = re.compile(r"\s*:")
_ALIAS = re.compile(r"\s*:\s*(\*[^\s,\[\]{}]+)")
_NON_SPECIFIC = re.compile(r"(?:&\S+\s+)?!(?=\s)")  # at a node's start; to search for it would be quadratic
_BARE_BANGS = ("! ", "!\n", "!\r", "!\t")
_INDENTATION = "look at the indentation, or quote a text with `: ` in it"
_STR = "tag:yaml.org,2002:str"
_MAX_EXPANSION = 10_000_000  # what aliases may add to a text, a node being as much as
_NODE = 10  # characters
_MOST_LEVELS = 500  # fewer than any library's own limit: libyaml 0.2.6 stops at 1,000, Python's recursion near it
_OPENERS = ("[", "{", "- ", "? ")
_OPENING = (yaml.BlockSequenceStartToken, yaml.BlockMappingStartToken, yaml.FlowSequenceStartToken,
            yaml.FlowMappingStartToken)  # fmt: skip
_CLOSING = (yaml.BlockEndToken, yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)


class _Resolver:
    """Leaves the meaning of scalars to `scalars`; says only which of them are plain."""

    def resolve(self, kind: type[Node], _value: str | None, implicit: Any) -> str:
        if kind is ScalarNode:
            return PLAIN if implicit[0] else _STR
        return "tag:yaml.org,2002:map" if kind is MappingNode else "tag:yaml.org,2002:seq"

    # Called for every node, and not needed: functions in C that take these arguments cost least.
    descend_resolver = staticmethod(operator.is_)
    ascend_resolver = staticmethod(bool)


class _PureLoader(yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser, yaml.composer.Composer, _Resolver):
    def __init__(self, text: str) -> None:
        yaml.reader.Reader.__init__(self, text)
        yaml.scanner.Scanner.__init__(self)
        yaml.parser.Parser.__init__(self)
        yaml.composer.Composer.__init__(self)


if yaml.__with_libyaml__:
    from yaml._yaml import CParser

    class _FastLoader(_Resolver, CParser):
        def __init__(self, text: str) -> None:
            CParser.__init__(self, text)

    Loader: type[_FastLoader] | type[_PureLoader] = _FastLoader
else:  # pragma: no cover  the tests put _PureLoader in its place
    Loader = _PureLoader


class Document:
    """A composed document: its text, its root node, and the name by which messages speak of its places.

    root is None where the text holds no document. first_line gives the 1-based line of `file` that the text begins on;
    it is asked when something is wrong, and only then (counting the lines of a large stream is not free).
    """

    __slots__ = ("_data", "_near", "file", "first_line", "root", "text")

    def __init__(self, text: str, root: Node | None, file: str, first_line: Callable[[], int]) -> None:
        self.text = text
        self.root = root
        self.file = file
        self.first_line = first_line
        self._data: list[Any] = []
        self._near: tuple[Line, int] | None = None  # the last line that was asked for, and the first one's number

    @property
    def data(self) -> Any:
        """The document's data, as `construct` makes it, made once."""
        if not self._data:
            try:
                self._data.append(None if self.root is None else construct(self, self.root))
            except RecursionError:
                raise _too_deep(self.file, self.first_line()) from None
        return self._data[0]

    def at(self, node: Node) -> Location:
        """Where a node's text begins, with as much of its first line as it covers."""
        return self.location(node.start_mark.index, node.end_mark.index)

    def location(self, index: int, end: int | None = None) -> Location:
        """The place of an index into the text."""
        near, first = self._near or (None, self.first_line())
        line = line_at(self.text, index, near)
        self._near = line, first
        return place(self.text, index, self.file, first, end, line)


def _one() -> int:
    return 1


def decode(data: bytes, file: str, first_line: Callable[[], int] = _one) -> str:
    """The text of UTF-8 bytes; InputError, with the place, where they are not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as e:
        good = data[: e.start].decode("utf-8")
        location = place(good + "\ufffd", len(good), file, first_line())
        raise InputError.of(
            "encoding", f"byte 0x{data[e.start]:02x} is not UTF-8", location, "save the file as UTF-8"
        ) from None


def compose(text: str, file: str, first_line: Callable[[], int] = _one) -> Document:
    """The text as a Document. InputError, with the place, where it is not YAML, holds two documents or loops."""
    body = text[1:] if text.startswith(_BOM) else text  # libyaml's marks would be off by one, PyYAML's own would not
    try:
        if _is_deep(body):
            raise _too_deep(file, first_line())
        root = Loader(body).get_single_node()
        document = Document(body, root, file, first_line)
        most = _MAX_EXPANSION + len(body) * (_NODE // 2 + 1)  # without aliases: a node takes two characters and more
        if root is not None and "*" in body and "&" in body and _expanded_size(root, {}, document) > most:
            raise InputError.of("yaml", "the aliases of this document expand to too much", document.at(root))
    except yaml.reader.ReaderError:
        bad = _UNPRINTABLE.search(body)
        assert bad is not None, "of a text, only a character can be refused"
        location = place(body, bad.start(), file, first_line())
        message = f"control character U+{ord(bad[0]):04X} is not allowed in YAML"
        raise InputError.of("yaml", message, location, "remove or escape it") from None
    except yaml.MarkedYAMLError as e:
        mark = e.problem_mark or e.context_mark
        # What is not closed is found out at the end of the text; where it begins is of more help.
        if mark and e.context_mark and mark.index >= len(body.rstrip()):
            mark = e.context_mark
        location = place(body, mark.index if mark else 0, file, first_line())
        problem = ", ".join(p for p in (e.context, e.problem) if p)
        kind = "cannot be read" if isinstance(e, yaml.composer.ComposerError) else "not YAML"
        hint = _INDENTATION if _is_misplaced(body, e) else ""
        if mark and body[mark.index : mark.index + 1] == "\t":
            problem, hint = "a tab stands where only blanks may", "indent with blanks: two of them in place of the tab"
        raise InputError.of("yaml", f"{kind}: {problem}", location, hint) from None
    except RecursionError:
        raise _too_deep(file, first_line()) from None
    if root is not None and "!" in body and any(bang in body for bang in _BARE_BANGS):
        _take_for_strings(document, root)
    return document


def _is_misplaced(body: str, e: yaml.MarkedYAMLError) -> bool:
    """Whether a key or an item of block style stands where none may. Told by places: each library has its own words."""
    found, around = e.problem_mark, e.context_mark
    if found is None:
        return False
    if isinstance(e, yaml.scanner.ScannerError):
        return body[found.index : found.index + 1] == ":"
    if around is None or not isinstance(e, yaml.parser.ParserError):
        return False
    return around.index < found.index and body[around.index] not in "[{"


def _is_deep(body: str) -> bool:
    """Whether a text nests too deeply. Events come one by one; composing nodes recurses, with libyaml unguarded."""
    few = _MOST_LEVELS // 2
    if sum(map(body.count, _OPENERS)) <= few and " " * few not in body:
        return False
    loader = Loader(body)
    level = end = 0
    try:
        while level <= _MOST_LEVELS and loader.check_event():
            event: Any = loader.get_event()
            level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            end = event.end_mark.index
    except yaml.MarkedYAMLError as e:
        # Perhaps the library's own limit. Up to 1,024 characters of a line are read ahead of the events.
        level += _most_levels(body[end : e.problem_mark.index if e.problem_mark else None])
    return level > _MOST_LEVELS


def _most_levels(text: str) -> int:
    """How many levels a part of a document opens, up to where it can be read."""
    scanner = _PureLoader(text)
    level = most = 0
    try:
        while scanner.check_token():
            token = scanner.get_token()  # type: ignore[no-untyped-call]  # its stubs leave it out
            level += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
            most = max(most, level)
    except yaml.YAMLError:
        pass  # compose says what is wrong
    return most


def _too_deep(file: str, line: int) -> InputError:
    return InputError.of("yaml", "nested too deeply", Location(file, line))


def _take_for_strings(document: Document, root: Node) -> None:
    """Marks the scalars with the tag `!` as strings, which they are; PyYAML has them resolved as if they had none."""
    stack = [root]
    while stack:
        node = stack.pop()
        stack.extend(children(node))
        if node.tag == PLAIN and _NON_SPECIFIC.match(document.text, node.start_mark.index):
            node.tag = _STR


def _expanded_size(node: Node, sizes: dict[int, int], document: Document) -> int:
    """How large it all is once every alias is written out. InputError for a node that holds itself."""
    known = sizes.get(id(node))
    if known is not None:
        if known == 0:
            raise InputError.of("yaml", "an anchor's value contains itself", document.at(node))
        return known
    sizes[id(node)] = 0
    size = _NODE + sum(_expanded_size(child, sizes, document) for child in children(node))
    if isinstance(node, ScalarNode):
        size += len(node.value)
    sizes[id(node)] = size
    return size


def children(node: Node) -> Iterator[Node]:
    """The nodes right below a node: a mapping's keys and values, a sequence's items."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, SequenceNode):
        yield from node.value


def construct(document: Document, node: Node) -> Any:
    """The data below a node as Kubernetes and Helm read it: dicts with string keys, lists and scalars.

    InputError, with the place, for what sigs.k8s.io/yaml refuses (a key that is a mapping or null, a bad tag or merge).
    """
    if isinstance(node, ScalarNode):
        return scalars.resolve(node.value) if node.tag == PLAIN else _tagged(document, node)
    if isinstance(node, SequenceNode):
        return [construct(document, item) for item in node.value]
    result: dict[str, Any] = {}
    for key, value in node.value:
        if is_merge(key):
            for source in merge_sources(document, key, value):
                result.update(construct(document, source))
        elif type(value) is ScalarNode and value.tag == PLAIN:  # most of a manifest: the call is what costs
            result[key_text(document, key)] = scalars.resolve(value.value)
        else:
            result[key_text(document, key)] = construct(document, value)
    return result


def is_merge(key: Node) -> bool:
    """Whether a mapping's key is the merge key `<<`."""
    return key.value == "<<" and key.tag in (PLAIN, "tag:yaml.org,2002:merge")


def merge_sources(document: Document, key: Node, value: Node) -> list[MappingNode]:
    """The mappings that a merge key lays over what its mapping holds so far, in that order.

    go-yaml v2 does it where the key stands: keys before it lose to it, keys after it win (in YAML's own words the
    mapping's keys always win). Of a list the first item has the last word; it may not be an alias itself.
    """
    sources = value.value[::-1] if isinstance(value, SequenceNode) and not is_alias(key, value) else [value]
    if not all(isinstance(source, MappingNode) for source in sources):
        raise InputError.of(
            "yaml",
            "a merge key `<<` needs a mapping or a list of mappings as its value",
            document.at(key if is_alias(key, value) else value),
        )
    return list(sources)


def key_text(document: Document, key: Node) -> str:
    """A mapping's key as JSON has it. InputError where JSON could not have it."""
    try:
        if key.tag == PLAIN:
            return scalars.plain_key(key.value)
        if not isinstance(key, ScalarNode):
            raise ValueError("a mapping or a list cannot be a key")
        return scalars.as_key(scalars.tagged(key.tag, key.value))
    except ValueError as e:
        raise InputError.of("yaml", str(e), document.at(key)) from None


def _tagged(document: Document, node: ScalarNode) -> scalars.Scalar:
    if node.tag == _STR:
        return str(node.value)
    try:
        return scalars.tagged(node.tag, node.value)
    except ValueError as e:
        raise InputError.of("yaml", str(e), document.at(node)) from None


# ---- editing ------------------------------------------------------------------------------------------------------


class Operation(NamedTuple):
    """One change as RFC 6902 has it; `op` is add or replace, `value` a string, a mapping or a list."""

    op: str
    path: tuple[str | int, ...]
    value: Any

    def as_json(self) -> dict[str, Any]:
        """The operation as RFC 6902 writes it."""
        return {"op": self.op, "path": pointer(self.path), "value": self.value}


def pointer(path: tuple[str | int, ...]) -> str:
    """A path as an RFC 6901 JSON pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


class Splice(NamedTuple):
    """A text to be put in place of what stands between two indexes."""

    start: int
    end: int
    text: str


def splice(text: str, splices: list[Splice]) -> str:
    """The text with the splices done; none may overlap."""
    pieces, position = [], 0
    for start, end, new in sorted(splices):
        pieces += [text[position:start], new]
        position = end
    return "".join(pieces) + text[position:]


def edit(document: Document, operations: list[Operation]) -> str:
    """The document's text with the operations done: only the text of the values they name differs. Uses up its data.

    InputError for a shape that cannot be edited without touching more than that (the message names it); BugError
    where the result, parsed again, is not what jsonpatch makes of the original.
    """
    import jsonpatch

    shared = shared_nodes(document)
    splices = [_splice(document, operation, shared) for operation in operations]
    result = splice(document.text, splices)
    patch = [operation.as_json() for operation in operations]
    wanted = jsonpatch.apply_patch(document.data, patch, in_place=True)
    try:
        same = compose(result, document.file, document.first_line).data == wanted
    except InputError:
        same = False
    if not same:
        message = "the edited document is not what was meant; nothing was written"
        where = document.location(splices[0].start)
        hint = "this is a bug in helm-cleaner: please report it with the document at this place"
        raise BugError([Diagnostic("error", "internal", "", message, hint, where)])
    return result


def shared_nodes(document: Document) -> set[int]:
    """The ids of the nodes that an alias reaches once more."""
    seen: set[int] = set()
    shared: set[int] = set()
    stack = [document.root] if document.root is not None and "*" in document.text else []
    while stack:
        node = stack.pop()
        if id(node) in seen:
            shared.add(id(node))
        else:
            seen.add(id(node))
            stack.extend(children(node))
    return shared


def _refuse(document: Document, path: tuple[str | int, ...], index: int, what: str, hint: str) -> InputError:
    return InputError.of("yaml-shape", f"{pointer(path)} cannot be edited: {what}", document.location(index), hint)


def pair(node: Node, key: str) -> tuple[Node, Node] | None:
    """The last entry of a mapping with this key, merges left out."""
    if isinstance(node, MappingNode):
        for k, v in reversed(node.value):
            if isinstance(k, ScalarNode) and k.value == key:
                return k, v
    return None


def entry_at(document: Document, path: tuple[str | int, ...]) -> tuple[Node, Node] | None:
    """The key and the value at a path, as they are written there; None where they are not, or come from a merge."""
    node, entry = document.root, None
    for part in path:
        if isinstance(part, int):
            node = node.value[part] if isinstance(node, SequenceNode) and part < len(node.value) else None
        else:
            entry = pair(node, part) if node is not None else None
            node = entry[1] if entry else None
    return entry if node is not None else None


def is_alias(key: Node, value: Node) -> bool:
    """Whether the value of a mapping's key is written as an alias: the node it means stands further up."""
    return bool(value.start_mark.index < key.end_mark.index)


def is_flow(node: Node) -> bool:
    """Whether a node's text may stand in braces: a scalar that is no block scalar, a mapping or list in flow style."""
    if isinstance(node, (MappingNode, SequenceNode)):
        return bool(node.flow_style)
    return not isinstance(node, ScalarNode) or node.style not in ("|", ">")


def content_end(document: Document, node: Node) -> int:
    """Where a node's text ends: a block mapping's or list's own mark stands behind the blank lines that follow it."""
    end: int = node.end_mark.index
    if is_flow(node) or not node.value:
        return end
    if isinstance(node, ScalarNode):
        return len(document.text[:end].rstrip())
    return max(
        content_end(document, child) for child in children(node) if not child.start_mark.index < node.start_mark.index
    )


def _splice(document: Document, operation: Operation, shared: set[int]) -> Splice:
    path = operation.path
    node = document.root
    for depth, part in enumerate(path[:-1]):
        if isinstance(part, int) and isinstance(node, SequenceNode):
            below: Node | None = node.value[part]
        else:
            entry = pair(node, str(part)) if node is not None else None
            below = entry[1] if entry else None
        if below is None:
            index = node.start_mark.index if node is not None else 0
            hint = "write it out in the document itself"
            raise _refuse(document, path, index, f"{pointer(path[: depth + 1])} comes from a merge key", hint)
        node = below
        if id(node) in shared:
            raise _refuse(
                document,
                path,
                node.start_mark.index,
                f"{pointer(path[: depth + 1])} is used in several places by an anchor and aliases",
                "write it out in each place",
            )
    if not isinstance(node, MappingNode):
        index = node.start_mark.index if node is not None else 0
        raise _refuse(document, path, index, f"{pointer(path[:-1])} is not a mapping", "write it as a mapping")
    entry = pair(node, str(path[-1]))
    for key, value in node.value:
        # go-yaml lets a merge win over what stands before it.
        wins = is_merge(key) and (entry is None or key.start_mark.index > entry[0].start_mark.index)
        if wins and any(path[-1] in construct(document, source) for source in merge_sources(document, key, value)):
            hint = "write it out in the document itself"
            raise _refuse(document, path, key.start_mark.index, "it comes from a merge key", hint)
    if entry is None:
        return _insertion(document, node, operation)
    return _replacement(document, *entry, operation, shared)


def _replacement(document: Document, key: Node, value: Node, operation: Operation, shared: set[int]) -> Splice:
    text, start, end = document.text, value.start_mark.index, value.end_mark.index
    if is_alias(key, value):
        match = _ALIAS.match(text, key.end_mark.index)
        if not match:
            raise _refuse(document, operation.path, key.end_mark.index, "its alias was not found", "write it out")
        return Splice(*match.span(1), _inline(operation.value))
    if _any_shared(value, shared):
        what = "its value has an anchor that is used again"
        raise _refuse(document, operation.path, start, what, "write the value out where the alias is")
    if start == end:  # no value at all
        colon = _COLON.match(text, key.end_mark.index)
        if not colon:
            raise _refuse(document, operation.path, key.start_mark.index, "it has no value", "write `key: value`")
        return Splice(colon.end(), colon.end(), " " + _inline(operation.value))
    if isinstance(value, ScalarNode):
        if isinstance(operation.value, str):
            if value.style in ("|", ">"):
                return _block_scalar(document, key, value, operation)
            if value.style == "'":
                return Splice(start, end, "'" + operation.value.replace("'", "''") + "'")
            if not value.style and value.tag == PLAIN and value.value:
                return Splice(start, end, _plain(operation.value))
    elif isinstance(operation.value, list):
        return Splice(start, content_end(document, value), " " + _inline(operation.value))
    elif not is_flow(value):
        what = "its value is a mapping or a list, not a string"
        raise _refuse(document, operation.path, start, what, "the chart must quote it: {{ toJson … | quote }}")
    # An anchor or a tag without a value (`key: &a`, `key: !!null`) ends where its text ends.
    return Splice(start, end, _inline(operation.value))


def _any_shared(node: Node, shared: set[int]) -> bool:
    return bool(shared) and (id(node) in shared or any(_any_shared(child, shared) for child in children(node)))


def _block_scalar(document: Document, key: Node, node: ScalarNode, operation: Operation) -> Splice:
    """Keeps a literal or folded scalar what it is: header, comment and indentation stay, the content is one line."""
    text, start, value = document.text, node.start_mark.index, operation.value
    header = _BLOCK_HEADER.match(text, start)
    if not header or node.tag != _STR or ODD_BREAK.search(text, start, node.end_mark.index):
        what, hint = "its block scalar is written in an unusual way", "write it as a quoted string"
        raise _refuse(document, operation.path, start, what, hint)
    style, indicator, rest = header.groups()
    lines = re.findall(r"[^\n]*\n|[^\n]+", text[header.end() : node.end_mark.index])
    filled = [line for line in lines if line.strip()]
    if not filled:
        if "\n" in text[key.end_mark.index : start]:
            raise _refuse(document, operation.path, start, "its block scalar is empty", "write it beside its key")
        return Splice(start, header.start(3), _inline(value))
    indent = key.start_mark.column + int(indicator) if indicator else len(filled[0]) - len(filled[0].lstrip(" "))
    while not lines[-1].strip() and len(lines[-1].rstrip("\r\n")) <= indent:  # the span swallows blank lines behind it
        lines.pop()
    line_end = lines[-1][len(lines[-1].rstrip("\r\n")) :]
    end = header.end() + sum(map(len, lines))
    return Splice(header.start(1), end, f"{style}-{rest}{' ' * indent}{value}{line_end}")


def _insertion(document: Document, mapping: MappingNode, operation: Operation) -> Splice:
    """Puts a new entry in front of a mapping's first one, where nothing can stand between it and its parent."""
    text, key, value = document.text, str(operation.path[-1]), operation.value
    if mapping.flow_style:
        at = text.index("{", mapping.start_mark.index) + 1
        entry = f"{scalars.quoted(key)}: {_inline(value)}"
        return Splice(at, at, entry + (", " if mapping.value else ""))
    at = mapping.value[0][0].start_mark.index
    line_start = text.rfind("\n", 0, at) + 1
    if text[line_start:at].strip(" -"):
        hint = "write `key: value`, without `?`, tags or anchors in front"
        raise _refuse(document, operation.path, at, "its mapping is written in an unusual way", hint)
    near = line_start if line_start else text.find("\n", at) + 1  # behind a line's end: the one before, or the next
    line_end = "\r\n" if text[near - 2 : near] == "\r\n" else "\n"
    margin = " " * (at - line_start)
    return Splice(at, at, _block(key, value, margin, line_end) + margin)


def _block(key: str, value: Any, margin: str, line_end: str) -> str:
    if not isinstance(value, dict):
        return f"{_plain(key)}: {_plain(value) if isinstance(value, str) else _inline(value)}{line_end}"
    inner = margin + "  "
    entries = "".join(inner + _block(k, v, inner, line_end) for k, v in value.items())
    return f"{_plain(key)}:{line_end}{entries}"


def _plain(text: str) -> str:
    """The string without quotes where every YAML reader takes it for that very string, else quoted."""
    safe = _PLAIN_SAFE.match(text) and isinstance(scalars.resolve(text), str)
    return text if safe else scalars.quoted(text)


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalars.quoted(k)}: {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return scalars.quoted(value) if isinstance(value, str) else json.dumps(value)
