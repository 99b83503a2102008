"""Reads `.helm-cleaner.yaml`."""

from __future__ import annotations

import json
from functools import cache

from helm_cleaner import values
from helm_cleaner.codes import IGNORABLE
from helm_cleaner.data_files import read_data_file
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.nearness import find_nearest
from helm_cleaner.paths import Path, parse_path, to_dotted
from helm_cleaner.repository.globs import Glob
from helm_cleaner.text import quote
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Map, Origin, Scalar, Seq, Value, describe, is_null

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any


class Ignore(NamedTuple):
    """Findings to leave out: those with a code in the files of a glob. location: of the code."""

    glob: Glob
    code: str
    location: Location


class LayerFile(NamedTuple):
    """A values file of a layer, relative to the configuration's folder, and where the configuration names it."""

    path: str
    location: Location


class Configuration(NamedTuple):
    """What a configuration file says.

    charts: other names of Polyaxon's charts. exclude: globs of what is not checked. ignore: the findings to leave out.
    layers: values files that Helm is given together, in its order. sections: paths of the section.
    """

    charts: tuple[str, ...] = ()
    exclude: tuple[Glob, ...] = ()
    ignore: tuple[Ignore, ...] = ()
    layers: tuple[tuple[LayerFile, ...], ...] = ()
    sections: tuple[Path, ...] = ()


def schema_text() -> bytes:
    """The JSON Schema of a configuration file."""
    return read_data_file("repository", "configuration.json")


@cache
def _properties() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema_text())["properties"]
    return found


def read_configuration(content: bytes, file: str) -> Configuration:
    """A configuration file's content. file: its name in messages. InputError, with every mistake, if it has one."""
    try:
        read = values.read(content, file)
    except InputError as e:
        raise InputError([_about_configuration(d) for d in e.diagnostics]) from None
    wrong = [_about_configuration(notice.diagnostic) for notice in read.notices
             if notice.diagnostic.code == "duplicate-key"]  # fmt: skip
    reader = _Reader(wrong)
    found = reader.configuration(read.values)
    if wrong:
        raise InputError(wrong)
    return found


def _about_configuration(d: Diagnostic) -> Diagnostic:
    """A finding about a values file, as one about a configuration file."""
    if d.code == "duplicate-key":
        return d._replace(severity="error", code="config", message=d.message.partition(";")[0])
    if d.code == "values" and "must be a mapping" in d.message:
        hint = f"the keys are {', '.join(_properties())}"
        return d._replace(code="config", message=d.message.replace("a values file", "it"), hint=hint)
    return d


class _Reader:
    """Turns values into a Configuration. wrong: the mistakes."""

    def __init__(self, wrong: list[Diagnostic]) -> None:
        self.wrong = wrong

    def configuration(self, given: Map) -> Configuration:
        for key in given:
            if key not in _properties():
                near = find_nearest(key, _properties())
                hint = f"did you mean {near}?" if near else f"the keys are {', '.join(_properties())}"
                self._refuse((key,), "unknown key", hint, given.keys_at[key])
        return Configuration(
            tuple(str(text.value) for text, _ in self._texts(given, "charts")),
            tuple(self._globs(self._texts(given, "exclude"))),
            tuple(self._ignores(given)),
            tuple(self._layers(given)),
            tuple(self._sections(self._texts(given, "sections"))),
        )

    def _texts(self, given: Map, key: str) -> Iterator[tuple[Scalar, Path]]:
        value = given.get(key)
        if value is not None and not is_null(value):
            yield from self._texts_of(value, (key,), _properties()[key]["examples"][0])

    def _texts_of(self, value: Value, path: Path, example: Any) -> Iterator[tuple[Scalar, Path]]:
        """The texts in a list, with their paths."""
        if not isinstance(value, Seq):
            hint = f"write {path[-1]}: {_flow(example)}"
            self._refuse(path, f"must be a list, found {describe(value)}", hint, value.origin)
            return
        for index, item in enumerate(value):
            if isinstance(item, Scalar) and isinstance(item.value, str) and item.value:
                yield item, (*path, index)
            else:
                hint = "write it in quotes" if isinstance(item, Scalar) and item.value else "write a text, or remove it"
                self._refuse((*path, index), f"must be a text, found {describe(item)}", hint, item.origin)

    def _globs(self, texts: Iterable[tuple[Scalar, Path]]) -> Iterator[Glob]:
        for text, path in texts:
            if glob := self._glob(str(text.value), path, text.origin):
                yield glob

    def _glob(self, text: str, path: Path, at: Origin) -> Glob | None:
        try:
            return Glob(text, at.location)
        except ValueError as e:
            self._refuse(path, str(e), "write it as in .gitignore", at)
            return None

    def _ignores(self, given: Map) -> Iterator[Ignore]:
        example = _properties()["ignore"]["examples"][0]
        value = given.get("ignore")
        if value is None or is_null(value):
            return
        if not isinstance(value, Map):
            hint = f"write ignore: {_flow(example)}"
            self._refuse(("ignore",), f"must map globs to lists of codes, found {describe(value)}", hint, value.origin)
            return
        for key, codes in value.items():
            path = ("ignore", key)
            glob = self._glob(key, path, value.keys_at[key])
            if glob is not None and glob.is_negated:
                hint = "to leave files out of a glob, write narrower ones"
                self._refuse(path, "`!` has no meaning here", hint, value.keys_at[key])
            for code, at in self._texts_of(codes, path, example[next(iter(example))]):
                name = str(code.value)
                if name not in IGNORABLE:
                    self._refuse(at, *describe_unknown_code(name), code.origin)
                elif glob is not None:
                    yield Ignore(glob, name, code.origin.location)

    def _layers(self, given: Map) -> Iterator[tuple[LayerFile, ...]]:
        example = _properties()["layers"]["examples"][0]
        value = given.get("layers")
        if value is None or is_null(value):
            return
        if not isinstance(value, Seq) or any(not isinstance(item, Seq) for item in value):
            hint = f"write layers: {_flow(example)}"
            self._refuse(("layers",), "must be a list of lists of files", hint, value.origin)
            return
        for index, item in enumerate(value):
            found = self._texts_of(item, ("layers", index), example[0])
            files = tuple(LayerFile(str(text.value), text.origin.location) for text, _ in found)
            if files:
                yield files

    def _sections(self, texts: Iterable[tuple[Scalar, Path]]) -> Iterator[Path]:
        for text, path in texts:
            try:
                yield parse_path(str(text.value))
            except ValueError as e:
                self._refuse(path, str(e), "write it as for --section: polyaxon.cleaner", text.origin)

    def _refuse(self, path: Path, message: str, hint: str, at: Origin) -> None:
        self.wrong.append(Diagnostic("error", "config", to_dotted(path), message, hint, at.location))


def describe_unknown_code(name: str) -> tuple[str, str]:
    """The message and the hint about a code that cannot be ignored."""
    from helm_cleaner.codes import BY_NAME

    if name in BY_NAME:
        return f"{name} cannot be ignored: it is not about a section", "remove it, and correct what it names"
    near = find_nearest(name, IGNORABLE)
    return f"unknown code {quote(name)}", f"did you mean {near}?" if near else "helm-cleaner rule lists the codes"


def _flow(example: Any) -> str:
    from helm_cleaner.values.writing import to_flow

    return to_flow(example)
