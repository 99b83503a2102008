"""The files that are checked together: their documents, and references between them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress

from helm_cleaner import values, yamltext
from helm_cleaner.diagnostics import InputError
from helm_cleaner.sources.charts import is_polyaxon_chart
from helm_cleaner.sources.placeholders import (
    PlaceholderTest,
    in_flux,
    in_plain_values,
    in_template,
    is_encrypted,
    mask_commented,
    mask_plain,
)
from helm_cleaner.sources.templates import Conditions, mask, variants, with_braces
from helm_cleaner.sources.values_stack import Layer
from helm_cleaner.sources.yaml_node import YamlNode, layer_of_template
from helm_cleaner.typed import NamedTuple
from helm_cleaner.values import ParsedValues
from helm_cleaner.yamltext import Document
from helm_cleaner.yamltext.nested import compose_nested
from helm_cleaner.yamltext.stream import Span, Stream


class File(NamedTuple):
    """A file.

    name: as the user gave it. is_named: whether the user named the file itself and not only its folder. is_given:
    whether the user named either; a file that is not is read for the sake of another one, and never rewritten.
    """

    name: str
    content: bytes
    is_named: bool = True
    is_given: bool = True

    @property
    def stream(self) -> Stream:
        """Its content with its name, to take documents from."""
        return Stream(self.content, self.name)


class Repository(NamedTuple):
    """What a repository says of itself.

    mirrors: other names of Polyaxon's charts. layers: the names of values files that Helm is given together, in order.
    """

    mirrors: Collection[str] = ()
    layers: Sequence[Sequence[str]] = ()


UNCONFIGURED = Repository()


def _nothing(name: str) -> bytes | None:
    del name
    return None


CHART_FILES = ("Chart.yaml", "requirements.yaml")  # where a chart lists its dependencies
OWN_VALUES = "values.yaml"
GENERATOR = b"Generator"  # in the keys of a kustomization that generates ConfigMaps and Secrets
SCRIPT_EXTENSIONS = (".sh", ".bash", ".zsh", ".ps1", ".mk")
SCRIPT_NAMES = frozenset(("Makefile", "makefile", "GNUmakefile", "Jenkinsfile", "Justfile", "justfile"))
_SOPS = re.compile(rb"""^["' {]*sops["']?:""", re.MULTILINE)  # which SOPS adds to a file that it encrypts
_EXTENSIONS = (".yaml", ".yml", ".gotmpl", ".json")
_TEMPLATES = re.compile(r"(.*/|)templates/")


class Files:
    """Files, each parsed once and only as far as needed.

    beside: reads a file on disk. Only CHART_FILES and an umbrella chart's values.yaml are read so: what a file names
    must not make us open any other. mirrors: other names of Polyaxon's charts.
    """

    def __init__(
        self, files: Iterable[File], beside: Callable[[str], bytes | None] = _nothing, mirrors: Collection[str] = ()
    ) -> None:
        self.files = list(files)
        self.mirrors = mirrors
        self._beside = beside
        self._composed: dict[tuple[str, int, Conditions | None], Document | InputError] = {}
        self._by_path: dict[str, File | None] = {_normal(file.name): file for file in self.files}
        self._by_base: dict[str, list[tuple[str, File]]] = {}
        self._patches: dict[str, YamlNode] | None = None
        self._generated: dict[str, list[str]] | None = None
        self._own_files: dict[str, File | None] = {}
        self._own_values: dict[str, ParsedValues | InputError] = {}

    def is_polyaxon_chart(self, chart: str) -> bool | None:
        """Whether a chart's name, path, OCI reference or archive is one of Polyaxon's; None if it names no chart."""
        return is_polyaxon_chart(chart, self.mirrors)

    def find_given(self, name: str) -> File | None:
        """The file with a name, of those that are given."""
        return self._by_path.get(_normal(name))

    def find_beside(self, file: str, relative: str) -> File | None:
        """The file at a path relative to another file's folder; None if it is not given, and not one of CHART_FILES."""
        path = _beside(file, relative)
        if path not in self._by_path:
            content = self._beside(path) if posixpath.basename(path) in CHART_FILES else None
            self._by_path[path] = None if content is None else File(path, content, is_named=False)
        return self._by_path[path]

    def own_values_of(self, file: str, folder: str) -> File | None:
        """The values.yaml of the chart in a folder, relative to another file's; it need not be given."""
        path = _beside(file, posixpath.join(folder, OWN_VALUES))
        if path not in self._own_files:
            found = self._by_path.get(path)
            content = None if found else self._beside(path)
            self._own_files[path] = found if content is None else File(path, content, is_named=False)
        return self._own_files[path]

    def read_own_values(self, file: File) -> ParsedValues:
        """The values in a chart's own values.yaml, which is read once. InputError if Helm would refuse it."""
        if file.name not in self._own_values:
            try:
                self._own_values[file.name] = values.read(file.content, file.name, "default")
            except InputError as e:
                self._own_values[file.name] = e
        found = self._own_values[file.name]
        if isinstance(found, InputError):
            raise found
        return found

    def ending_with(self, path: str) -> File | None:
        """The only given file whose path ends with one; None if there is none, or several."""
        if not self._by_base:
            for each, file in self._by_path.items():
                if file is not None:
                    self._by_base.setdefault(posixpath.basename(each), []).append((f"/{each}", file))
        end = "/" + _normal(path).lstrip("/")
        found = [file for each, file in self._by_base.get(posixpath.basename(end), ()) if each.endswith(end)]
        return found[0] if len(found) == 1 else None

    def is_chart_template(self, name: str) -> bool:
        """Whether a file is in the folder `templates` of a chart."""
        found = _TEMPLATES.match(_slashes(name))
        return found is not None and self.find_beside(found[1], "Chart.yaml") is not None

    def text(self, file: str, relative: str) -> str | None:
        """The text of the file that `beside` returns."""
        found = self.find_beside(file, relative)
        return found.content.decode("utf-8", "replace") if found else None

    def document(self, file: File, span: Span, conditions: Conditions | None = None) -> Document:
        """A document of a file. InputError, with the place, where it cannot be read.

        conditions: those of a template that are met, as in `templates.mask`.
        """
        key = (file.name, span.start, conditions)
        if key not in self._composed:
            try:
                self._composed[key] = compose(file, span, conditions)
            except InputError as e:
                self._composed[key] = e
        found = self._composed[key]
        if isinstance(found, InputError):
            raise found
        return found

    def placeholder_test(self, file: File) -> PlaceholderTest:
        """What tells the texts in a values file that another tool fills in."""
        if is_template(file.name):
            return in_template
        if self.is_generated_from(file.name):
            return in_flux
        return is_encrypted if b"sops" in file.content and _SOPS.search(file.content) else in_plain_values

    def values_of(self, file: File, unknown: PlaceholderTest | None = None) -> list[Layer]:
        """The values in a values file. InputError if Helm would refuse it."""
        (start, end), _ = values.find_only_document(file.stream)
        span = Span(start, end)
        test = in_template if is_template(file.name) else unknown or self.placeholder_test(file)
        return layer_of_template(lambda those: self.document(file, span, those), self.variants(file, span), test)

    def is_generated_from(self, name: str) -> bool:
        """Whether a kustomization generates a ConfigMap or Secret from a file: Flux then fills in its placeholders."""
        file = self._by_path.get(_normal(name))
        return file is not None and b"${" in file.content and bool(self.generated_from(file))

    def generated_from(self, file: File) -> list[str]:
        """The names of the ConfigMaps and Secrets that kustomizations generate from a file."""
        return self.generators().get(_normal(file.name), [])

    def generators(self) -> dict[str, list[str]]:
        """The names of the ConfigMaps and Secrets that kustomizations generate, by the path of the file."""
        if self._generated is None:
            self._generated = {}
            for other, document in self.find_mentions(GENERATOR):
                for generator in ("configMapGenerator", "secretGenerator"):
                    for each in document.at(generator).items():
                        for item in each.at("files").items():
                            path = _beside(other.name, item.text.rpartition("=")[2])
                            self._generated.setdefault(path, []).append(each.at("name").text)
                        if each.at("literals"):
                            self._generated.setdefault(_normal(other.name), []).append(each.at("name").text)
        return self._generated

    def find_generator_files(self) -> list[str]:
        """The paths of the files from which kustomizations generate ConfigMaps and Secrets, and which are not given."""
        return [path for path in self.generators() if path not in self._by_path]

    def patch_target(self, name: str) -> YamlNode | None:
        """The target of the patch that a kustomization names a file as; a missing node if it names none."""
        if self._patches is None:
            self._patches = {}
            for other, document in self.find_mentions(b"patches"):
                for key in ("patches", "patchesJson6902"):
                    for each in document.at(key).items():
                        if path := each.at("path").text:
                            self._patches[_beside(other.name, path)] = each.at("target")
        return self._patches.get(_normal(name))

    def find_mentions(self, *needles: bytes) -> Iterator[tuple[File, YamlNode]]:
        """The documents of files that contain all of these texts."""
        for file in self.files:
            if needles[0] not in file.content or not all(needle in file.content for needle in needles):
                continue
            for span in file.stream.find(needles[:1]):
                with suppress(InputError):  # reported when the file itself is checked
                    document = self.document(file, span)
                    yield file, YamlNode(document, document.root)

    def variants(self, file: File, span: Span) -> list[Conditions | None]:
        """What a document of a file may come out as, as in `templates.variants`; [None] if it is no template."""
        template = _template(file, file.stream.text(span))
        if template is None or mask(template) is None:
            return [None]
        found = variants(template)
        return [*found] if len(found) > 1 else [None]

    def objects(self, kind: str, name: str, namespace: str = "") -> Iterator[tuple[File, YamlNode]]:
        """The Kubernetes objects of a kind and name, in the same namespace if both have one.

        name: empty for any.
        """
        needle = (name or kind).encode()
        for file in self.files:
            if needle not in file.content or kind.encode() not in file.content:
                continue
            for span in file.stream.find((needle,)):
                try:
                    parts = list(objects_in(YamlNode(document := self.document(file, span), document.root)))
                except InputError:
                    continue  # reported when the file itself is checked
                for part in parts:
                    meta = part.at("metadata")
                    there = meta.at("namespace").text
                    named = part.kind == kind and (not name or meta.at("name").text == name)
                    if named and (not there or not namespace or there == namespace):
                        yield file, part


def objects_in(part: YamlNode) -> Iterator[YamlNode]:
    """The Kubernetes objects that a document is or, as a List, contains; any other document as it is."""
    if part.kind.endswith("List") and part.at("items"):
        for item in part.at("items").items():
            yield from objects_in(item)
    else:
        yield part


def is_template(name: str) -> bool:
    """Whether a file may be a Go template, by its name: Helmfile's, or one of a chart's."""
    return name.endswith(".gotmpl") or _TEMPLATES.match(_slashes(name)) is not None


def is_script(name: str) -> bool:
    """Whether a file is a script or a Makefile by its name: what runs Helm, perhaps."""
    return name.endswith(SCRIPT_EXTENSIONS) or posixpath.basename(_slashes(name)) in SCRIPT_NAMES


def may_be_searched(name: str) -> bool:
    """Whether a file that no object names may be a values file or hold objects, by its own name."""
    return name.endswith(_EXTENSIONS) or posixpath.basename(_slashes(name)) == "Kustomization"


def compose(file: File, span: Span, conditions: Conditions | None = None) -> Document:
    """A document of a file, like `Files.document`, but not kept."""
    stream = file.stream
    if span.start == 0:
        stream.check_directives()
    text = stream.text(span)
    template = _template(file, text)
    if template is not None:
        masked = mask(template, conditions)
        if masked is not None:
            return compose_nested(masked, Document(text, None, file.name, lambda: stream.first_line(span)), None, None)
    masked = mask_commented(text)
    try:
        if masked == text:
            return yamltext.compose(text, file.name, lambda: stream.first_line(span))
    except InputError:
        masked = mask_plain(text)
        if masked == text:
            raise
    return compose_nested(masked, Document(text, None, file.name, lambda: stream.first_line(span)), None, None)


def _template(file: File, text: str) -> str | None:
    """The Go template that a file's document is; None if it is none.

    Helmfile renders its own files; before version 1, also those without a template's extension.
    """
    if "<<" in text and "ResourceSet" in text:
        return with_braces(text)
    if "{{" not in text:
        return None
    name = posixpath.basename(_slashes(file.name))
    of_helmfile = "helmfile" in name or "\nreleases:" in text or text.startswith("releases:")
    return text if of_helmfile or is_template(file.name) else None


def _slashes(name: str) -> str:
    return name.replace("\\", "/")


def _beside(file: str, relative: str) -> str:
    """The normalized path of a file that another one names relative to its own folder."""
    return _normal(posixpath.join(posixpath.dirname(_slashes(file)), _slashes(relative)))


def _normal(name: str) -> str:
    name = name.removeprefix("./")
    if "/." in name or "//" in name or "\\" in name or name.startswith(".") or name.endswith("/") or not name:
        return posixpath.normpath(_slashes(name))
    return name  # most names
