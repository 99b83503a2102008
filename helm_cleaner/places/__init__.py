"""Where people keep the section: values files, Flux, Argo CD, Helmfile, and manifests that Helm rendered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml.nodes import Node, ScalarNode

from helm_cleaner import polyaxon, values, yamltext
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.paths import Path
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Read
from helm_cleaner.yamltext import Document, manifests
from helm_cleaner.yamltext.manifests import Span

if TYPE_CHECKING:
    from typing import Any


_KEY = re.compile(rb"""([A-Za-z_-]+)["']?[ \t]*:""")


class Source(NamedTuple):
    """A place that holds the section.

    either over and path: values that are laid over defaults, and where in them the section is;
    or agent: a ConfigMap that a chart rendered.
    """

    over: Read | None = None
    path: Path = ()
    agent: polyaxon.Agent | None = None


def find(data: bytes, file: str, path: tuple[str, ...]) -> list[Source]:
    """The places in a file's content that hold the section. path: where it is in values.

    InputError where the file has to be read and cannot be.
    """
    manifests.check_encoding(data, file)
    spans = manifests.holding(data, (path[-1].encode(), *polyaxon.HINTS))
    documents = [_compose(data, span, file) for span in spans]  # whatever else there is: it cannot matter
    filled = [document for document in documents if document.root is not None]
    if filled and not any(map(_kind, filled)) and _are_values(data, set(spans), file):
        values.read(data, file)  # which says what Helm makes of several documents
    return [source for document in filled for source in _in_document(document, path)]


def missed(data: bytes, file: str, path: tuple[str, ...]) -> list[Diagnostic]:
    """A warning where a values file without a section at the path has what may be meant by it; see `look_alikes`."""
    from difflib import get_close_matches

    from helm_cleaner.section.look_alikes import look_alikes

    words = {word.decode().lower() for word in _KEY.findall(data) if abs(len(word) - len(path[-1])) < 3}
    if not get_close_matches(path[-1].lower(), words, 1, 0.8):
        return []  # no YAML is parsed in vain
    try:
        tree = values.read(data, file).values
        return [] if "apiVersion" in tree else look_alikes(tree, path)
    except InputError:
        return []


def _are_values(data: bytes, read: set[Span], file: str) -> bool:
    """Whether there are several documents and no Kubernetes object among them. read: those known to be none."""
    others = [span for span in manifests.documents(data) if span not in read]
    return len(others) + len(read) > 1 and not any(
        data.find(b"kind", *span) >= 0 and data.find(b"apiVersion", *span) >= 0 and _kind(_compose(data, span, file))
        for span in others
    )


def _compose(data: bytes, span: Span, file: str) -> Document:
    def line() -> int:
        return manifests.first_line(data, span)

    return yamltext.compose(yamltext.decode(data[slice(*manifests.content(data, span))], file, line), file, line)


def _kind(document: Document) -> str:
    """The kind of the Kubernetes object that a document is; "" where it is none."""
    kind, version = _scalar(document.root, "kind"), _scalar(document.root, "apiVersion")
    return kind if kind and version else ""


def _scalar(node: Node | None, key: str) -> str:
    entry = yamltext.pair(node, key) if node is not None else None
    return str(entry[1].value) if entry and isinstance(entry[1], ScalarNode) else ""


def _in_document(document: Document, path: tuple[str, ...]) -> Iterator[Source]:
    kind = _kind(document)
    if kind == "HelmRelease":
        if _below(document.data, ("spec", "values")):
            yield from _at(values.read_document(document), [("spec", "values", *path)])
    elif kind in ("Application", "ApplicationSet"):
        yield from _argo(document, path)
    elif kind:
        yield from (Source(agent=agent) for agent in polyaxon.agents(document.data))
    else:
        read = values.read_document(document)
        yield from _at(read, [path, *_helmfile(document.data, path)])


def _at(read: Read, paths: list[Path]) -> Iterator[Source]:
    from helm_cleaner import section

    for path in paths:
        if section.find(read.values, path) is not None:
            yield Source(read, path)


def _helmfile(data: Any, path: tuple[str, ...]) -> list[Path]:
    """Where a helmfile's releases have values of their own."""
    found: list[Path] = []
    releases = data.get("releases") if isinstance(data, dict) else None
    for i, release in enumerate(releases if isinstance(releases, list) else []):
        inline = release.get("values") if isinstance(release, dict) else None
        for j, item in enumerate(inline if isinstance(inline, list) else []):
            if isinstance(item, dict):
                found.append(("releases", i, "values", j, *path))
    return found


def _argo(document: Document, path: tuple[str, ...]) -> Iterator[Source]:
    """The sources of an Application or an ApplicationSet: `helm.valuesObject`, and the YAML in `helm.values`.

    A text with `{{` in it is left out: what it says is known only once Argo CD has filled it in.
    """
    read = values.read_document(document)
    for spec in (("spec",), ("spec", "template", "spec")):
        below = _below(document.data, spec)
        several = below.get("sources")
        places: list[Path] = [(*spec, "source")]
        places += [(*spec, "sources", i) for i, _ in enumerate(several if isinstance(several, list) else [])]
        for place in places:
            helm = (*place, "helm")
            if _below(document.data, (*helm, "valuesObject")):
                yield from _at(read, [(*helm, "valuesObject", *path)])
            entry = yamltext.entry_at(document, (*helm, "values"))
            text = entry[1] if entry else None
            if isinstance(text, ScalarNode) and path[-1] in text.value and "{{" not in text.value:
                yield from _at(read_inside(document, text), [path])


def _below(data: Any, path: Path) -> dict[str, Any]:
    """The mapping at a path; an empty one where there is none."""
    for part in path:
        if isinstance(part, int):
            data = data[part] if isinstance(data, list) else None
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def read_inside(document: Document, text: ScalarNode) -> Read:
    """The values in a text that is YAML itself, their places being those in the file around it."""
    start, end = text.start_mark.index, text.end_mark.index
    if text.style == "|":
        # The block's lines as they stand, indentation and all, behind as many empty lines as stand before them.
        body = document.text.index("\n", start) + 1
        padded = "\n" * document.text.count("\n", 0, body) + document.text[body:end]
        return values.read_document(yamltext.compose(padded, document.file, document.first_line))
    try:
        inner = yamltext.compose(text.value, document.file, document.first_line)
    except InputError as e:
        place = document.location(start, end)
        raise InputError([d._replace(location=place) for d in e.diagnostics]) from None
    return values.read_document(_Within(inner, document, text))


class _Within(Document):
    """A document in a quoted or folded text: every place in it is the text's own."""

    __slots__ = ("_around", "_scalar")

    def __init__(self, inner: Document, around: Document, scalar: ScalarNode) -> None:
        super().__init__(inner.text, inner.root, inner.file, inner.first_line)
        self._around = around
        self._scalar = scalar

    def location(self, index: int, end: int | None = None) -> Any:
        del index, end
        return self._around.at(self._scalar)
