"""Reads what kubectl prints: JSON, YAML, and the table of secrets.

A file may contain one object, a List, several documents, or several outputs in a row, and a table after them. JSON is
read as such, which is a hundred times as fast as YAML.
"""

from __future__ import annotations

import codecs
import re

import yaml

from helm_cleaner import strict_json
from helm_cleaner.cluster.kinds import BY_OBJECT
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.yamltext import is_too_deep
from helm_cleaner.yamltext.lines import location_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, ClassVar

    from helm_cleaner.cluster.types import Object

CODE = "cluster"
_HINT = "give what `kubectl get … -o json` prints; helm-cleaner preflight --help and doctor --help have the commands"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# An empty List is also what kubectl prints where it may not list a kind. No cluster is without these.
_NEVER_EMPTY = ("", "nodes", "namespaces", "serviceaccounts")
_SPACE = re.compile(r"(?:\s+|---[ \t]*(?:\n|\Z))*")  # between JSON documents
_HEADER = re.compile(r"^(?:NAMESPACE[ \t]+)?NAME[ \t]+TYPE\b.*$", re.MULTILINE)


def decode(content: bytes, file: str) -> str:
    """A file's text: UTF-8, or UTF-16 with a byte order mark, as PowerShell writes it. InputError if it is neither."""
    bom, encoding = next((each for each in _BOMS if content.startswith(each[0])), (b"", "utf-8"))
    try:
        return codecs.decode(content[len(bom) :] if bom else content, encoding)
    except UnicodeDecodeError as e:
        line = content.count(b"\n", 0, e.start) + 1
        raise InputError.of(CODE, "is not UTF-8 text", Location(file, line), _HINT) from None


class KubectlOutput(NamedTuple):
    """What a file contains. kinds: kubectl's names of those that it lists, with or without objects."""

    objects: list[Object]
    kinds: frozenset[str]


def parse(text: str, file: str) -> list[Object]:
    """The objects in a file; see `parse_output`."""
    return parse_output(text, file).objects


def parse_output(text: str, file: str, kind: str = "") -> KubectlOutput:
    """What is in a file: objects, the items of Lists included; a table's rows are Secrets without data.

    kind: kubectl's name of the kind that the file lists, if it is known: a List without items does not say so itself.
    InputError if it is not JSON, YAML or a table, or contains something that is not a Kubernetes object.
    """
    found: list[Object] = []
    documents, end = _json(text, file) if text.lstrip()[:1] in ("{", "[") else ([], 0)
    rest = text[end:] if end < len(text) else ""
    header = _HEADER.search(rest)
    before, table = (rest[: header.start()], rest[header.start() :]) if header else (rest, "")
    if before.strip():
        documents += _yaml(before, file)
    for document in documents:
        found += _flat(document, file)
    kinds = {each for document in documents if (each := _kind_of_list(document))} | ({"secrets"} if table else set())
    if kind not in _NEVER_EMPTY and documents and not found:
        kinds.add(kind)
    return KubectlOutput(found + list(_rows(table)), frozenset(kinds))


def _kind_of_list(document: Any) -> str:
    """The kind of a typed list, such as a PodList; "" for anything else."""
    kind = document.get("kind", "") if isinstance(document, dict) and "items" in document else ""
    if kind == "List" or not kind.endswith("List"):
        return ""
    group = str(document.get("apiVersion") or "").rpartition("/")[0]
    found = BY_OBJECT.get((group, kind.removesuffix("List")))
    return found.name if found else ""


def mapping(value: Any) -> dict[str, Any]:
    """A value that should be a mapping; {} if it is not."""
    return value if isinstance(value, dict) else {}


def _json(text: str, file: str) -> tuple[list[Any], int]:
    """The JSON documents at the start of a text, and where they end."""
    documents: list[Any] = []
    at = _after_space(text, 0)
    while text[at : at + 1] in ("{", "["):
        try:
            document, at = strict_json.load_first(text, at)
        except ValueError as e:
            position = getattr(e, "pos", at)
            message = f"is not JSON: {strict_json.problem(e)}"
            if position >= len(text.rstrip()):
                message = "the JSON ends too early; was the output cut off?"
            where = location_of(text, position, file)
            shown = where._replace(source=None) if len(where.source or "") > 10_000 else where
            raise InputError.of(CODE, message, shown, _HINT) from None
        documents.append(document)
        at = _after_space(text, at)
    return documents, at


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match is not None
    return match.end()


def _yaml(text: str, file: str) -> list[Any]:
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]  # whichever there is
        """Without dates: kubectl quotes its timestamps, and anything else that looks like a date is a string."""

        yaml_implicit_resolvers: ClassVar[Any] = {
            first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
            for first, resolvers in base.yaml_implicit_resolvers.items()
        }

    if is_too_deep(text):  # older versions of libyaml overflow their stack
        raise InputError.of(CODE, "nested too deeply", Location(file), _HINT)
    try:
        return [document for document in yaml.load_all(text, Loader) if document is not None]
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        where = Location(file, mark.line + 1, mark.column + 1) if mark is not None else Location(file)
        problem = getattr(e, "problem", None) or str(e).splitlines()[0]
        raise InputError.of(CODE, f"is neither JSON nor YAML: {problem}", where, _HINT) from None
    except ValueError as e:  # a number that Python cannot represent
        raise InputError.of(CODE, f"is neither JSON nor YAML: {e}", Location(file), _HINT) from None


def _flat(document: Any, file: str) -> Iterator[Object]:
    """The objects of a document. The items of a PodList, as the API server sends it, have no `kind`."""
    kind = document.get("kind") if isinstance(document, dict) else None
    if not isinstance(kind, str):
        if isinstance(document, list):
            for each in document:
                yield from _flat(each, file)
            return
        message = f"contains {'text' if isinstance(document, str) else 'data'} that is not a Kubernetes object"
        raise InputError.of(CODE, message, Location(file), _HINT)
    items = document.get("items")
    if not kind.endswith("List") or "items" not in document:
        yield document
        return
    if not isinstance(items, (list, type(None))) or any(not isinstance(each, dict) for each in items or ()):
        raise InputError.of(CODE, f"the items of a {kind} must be a list of objects", Location(file), _HINT)
    for each in items or ():
        if kind != "List" and "kind" not in each:
            each |= {"kind": kind.removesuffix("List"), "apiVersion": document.get("apiVersion")}
        if str(each.get("kind")).endswith("List") or not isinstance(each.get("kind"), str):
            yield from _flat(each, file)
        else:
            yield each


def _rows(table: str) -> Iterable[Object]:
    """The rows of `kubectl get secrets`, with default or custom columns, up to the first line that is not a row."""
    columns: list[str] = []
    for line in table.splitlines():
        fields = line.split()
        if _HEADER.match(line):
            columns = fields
        elif fields:
            if len(fields) < columns.index("TYPE") + 1:
                return
            row = dict(zip(columns, fields, strict=False))
            metadata = {"name": row["NAME"], "namespace": row.get("NAMESPACE")}
            yield {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": row["TYPE"]}
