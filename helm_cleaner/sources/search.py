"""Goes through files and finds the section, and what looks like one, in the values that they pass to charts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product

from helm_cleaner import polyaxon, section, values
from helm_cleaner.diagnostics import InputError
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path
from helm_cleaner.sources import other_files, section_warnings, values_files
from helm_cleaner.sources.content_filter import ContentFilter, names_values_of_ours, own_keys_in, split_words
from helm_cleaner.sources.ecosystems import ecosystem_of, may_pass_values
from helm_cleaner.sources.files import (
    UNCONFIGURED,
    File,
    Files,
    Repository,
    compose,
    may_be_searched,
    objects_in,
)
from helm_cleaner.sources.found_sections import FoundSections, Progress, no_progress
from helm_cleaner.sources.named_files import KIND, NamedFiles
from helm_cleaner.sources.placeholders import in_plain_values
from helm_cleaner.sources.templates import MOST_VARIANTS, Conditions
from helm_cleaner.sources.values_stack import ChartValues, SectionSource, merge_layers, source_of, variants
from helm_cleaner.sources.yaml_node import YamlNode
from helm_cleaner.values import ParsedValues
from helm_cleaner.yamltext import Document, nested
from helm_cleaner.yamltext.stream import Span

_NAME = re.compile(rb"[\w.-]+")  # of an object, or of a file without its folder


def find_sections(
    files: Iterable[File],
    sections: Sequence[Path] = (),
    beside: Callable[[str], bytes | None] | None = None,
    progress: Progress = no_progress,
    repository: Repository = UNCONFIGURED,
) -> FoundSections:
    """The sections in files, and the findings before the sections are checked.

    sections: their paths in a chart's values; empty for `cleaner`, or the paths of an umbrella chart. beside: returns
    the content of another file by its path, or None. progress: called for each file.
    """
    mirrors = repository.mirrors
    search = _Search(Files(files, beside, mirrors) if beside else Files(files, mirrors=mirrors), sections)
    search.layered.update(name for layer in repository.layers for name in layer)
    for done, file in enumerate(search.files.files):
        progress("searching files", done, len(search.files.files))
        search.search_file(file)
    search.search_objects_that_name(search.configs)
    search.search_objects_that_name(search.values_files())
    search.warn_of_unreferenced()
    search.search_layers(repository.layers)
    search.drop_values_files()
    return search.found


class _Search:
    def __init__(self, files: Files, sections: Sequence[Path]) -> None:
        self.files = files
        self.given = list(sections)
        self.sections = self.given or [(SECTION,)]
        self.filter = ContentFilter(self.sections)
        self.found = FoundSections([], [], [], set(), set(), {}, [])
        self.configs: dict[str, list[tuple[File, YamlNode]]] = {}  # ConfigMaps and Secrets with a hint in them, by name
        self.named = NamedFiles(self.files.files)
        self.unread: set[str] = set()  # the names of files with values that an object passes on, but not YAML
        self.of_others: set[int] = set()  # ids of documents with values that an object passes to another chart
        self.layered: set[str] = set()  # the names of files that Helm is given with others, and checked with them
        self._seen: set[tuple[str, int]] = set()
        self._conditions: Conditions = frozenset()  # those that are met in the document that is looked at

    def search_file(self, file: File) -> None:
        """Looks for sections in a file's documents, and reports documents that cannot be read."""
        content = file.content
        is_searched = may_be_searched(file.name)
        if not is_searched or other_files.may_have_flags(content):
            self.found.findings.extend(other_files.find_unchecked(file, self.files, self.sections))
        if not is_searched and (other_files.is_other(file) or not file.is_named):
            return  # what objects make of it is checked with them
        is_found_json = not file.is_named and file.name.endswith(".json")
        may_hold = self.filter.may_hold_in_json(content) if is_found_json else self.filter.may_hold(content)
        words = split_words(content)
        may_name, own_keys = names_values_of_ours(content), own_keys_in(content, words)
        if not (may_hold or may_name or own_keys or file.is_named):
            if self.filter.may_be_misspelled(content, words):
                self._search_values_file(file, reports=False)
            return
        try:
            file.stream.check_encoding()
        except InputError as e:
            self.found.wrong.extend(e.diagnostics)
            return
        spans = set(file.stream.find(self.filter.needles))
        those = list(file.stream.documents()) if file.is_named else sorted(spans)
        if (may_name or own_keys) and not file.is_named:
            those = sorted(spans | set(file.stream.find((b"polyaxon", *own_keys))))
        for span in those:
            if span not in spans and len(those) > 1 and not self.filter.may_matter(content[slice(*span)]):
                self._check(file, span)
            else:
                self._search_document(file, span, reports=span in spans or file.is_named)

    def values_files(self) -> list[str]:
        """The names by which an object may refer to one of the values files with a section."""
        there = {source.file for source in self.found.sources if source.kind == KIND}
        there |= {d.location.file for d in self.found.findings}  # another chart's, perhaps
        those = [file for file in self.files.files if file.name in there or self._is_only_generated_from(file)]
        bases = [file.name.replace("\\", "/").rpartition("/")[2] for file in those]
        return [*dict.fromkeys(bases), *(name for file in those for name in self.files.generated_from(file))]

    def _is_only_generated_from(self, file: File) -> bool:
        """Whether a file may hold a section only in what is generated from it."""
        is_source = not may_be_searched(file.name) or b"literals" in file.content
        return is_source and self.filter.may_hold(file.content)

    def search_objects_that_name(self, names: Iterable[str]) -> None:
        """Looks at the objects that name one of the sources of values, even if they contain no section."""
        wanted = {name.encode(errors="surrogateescape") for name in names}
        for file in self.files.files if wanted else ():
            if b"alue" not in file.content:
                continue
            named = wanted.intersection(_NAME.findall(file.content))
            if b"valueFiles" in file.content and b"{{" in file.content:
                named.add(b"valueFiles")  # with names that are filled in
            for span in file.stream.find(tuple(named)) if named else ():
                self._search_document(file, span, reports=False)

    def warn_of_unreferenced(self) -> None:
        """Warns about ConfigMaps and Secrets with values that no object in the files names."""
        for file, part in (each for those in self.configs.values() for each in those):
            is_said = file.name in self.found.holding or file.name in self.unread
            if not is_said and id(part.document) not in self.of_others:
                self.found.findings.extend(section_warnings.find_unsearched(part, self.sections))

    def search_layers(self, layers: Sequence[Sequence[str]]) -> None:
        """Looks for sections in the values files that Helm is given together."""
        for layer in layers:
            if given := [file for name in layer if (file := self.files.find_given(name))]:
                self._add_values(given[-1], values_files.find_layer_values(given, self.files), reports=True)

    def drop_values_files(self) -> None:
        """Drops the values files of other charts, and checks layered ones by themselves, without the defaults."""
        found_there = self.named.of_umbrellas  # by the objects that name them, at the umbrella chart's paths
        self.found.findings[:] = [d for d in self.found.findings
                                  if not (d.code == "no-section" and d.location.file in found_there)]  # fmt: skip
        dropped = self.named.of_others
        self.found.sources[:] = [self.named.alone(source) for source in self.found.sources
                                if not (source.kind == KIND and source.file in dropped)]  # fmt: skip
        if dropped:
            self.found.findings[:] = [d for d in self.found.findings if d.location.file not in dropped]
            self.found.sections.difference_update([each for each in self.found.sections if each[0] in dropped])
            self.found.holding.difference_update(dropped)

    def _check(self, file: File, span: Span) -> None:
        """Reports a document that cannot be read, and forgets it: a file may have very many."""
        try:
            compose(file, span)
        except InputError as e:
            self.found.wrong.extend(section_warnings.describe_unreadable(e, file))

    def _search_document(self, file: File, span: Span, *, reports: bool) -> None:
        """Looks for sections in a document. reports: whether to say that it cannot be read."""
        if (file.name, span.start) in self._seen:
            return
        self._seen.add((file.name, span.start))
        try:
            those = self.files.variants(file, span)
        except InputError as e:
            self._report(e, file, reports=reports)
            return
        wrong: list[InputError] = []
        for conditions in those:
            try:
                document = self.files.document(file, span, conditions)
            except InputError as e:
                wrong.append(e)
            else:
                self._conditions = conditions or frozenset()
                self._search_objects(file, document)
        if len(wrong) == len(those):
            self._report(wrong[0], file, reports=reports)
        if len(those) == MOST_VARIANTS and self.filter.may_hold(file.content[slice(*span)]):
            self.found.findings.append(section_warnings.unchecked_branches(file, file.stream.first_line(span)))
        if 0 < len(wrong) < len(those) and reports and self.filter.may_hold(file.content[slice(*span)]):
            self.found.findings.extend(section_warnings.describe_unchecked_branch(wrong[0]))

    def _report(self, e: InputError, file: File, *, reports: bool) -> None:
        if reports and (may_pass_values(file.content) or not self.files.is_chart_template(file.name)):
            self.found.wrong.extend(section_warnings.describe_unreadable(e, file))

    def _search_objects(self, file: File, document: Document) -> None:
        if document.root is None:
            return
        for part in objects_in(YamlNode(document, document.root)):
            try:
                self._search_object(file, part, document.data if part.kind else None)
            except InputError as e:
                self.found.wrong.extend(e.diagnostics)

    def _search_object(self, file: File, part: YamlNode, data: object) -> None:
        kind = part.kind
        if ecosystem := ecosystem_of(part, file.name):
            self._add_all(file, part, list(ecosystem.find_values(part, file.name, self.files)))
        elif self.files.is_chart_template(file.name):
            pass  # what the chart itself renders
        elif not kind:
            self._search_other(file, part)
        elif kind in ("ConfigMap", "Secret") and (agents := polyaxon.find_agents(_below(data, part.path))):
            for agent in agents:
                self.found.sources.append(SectionSource(file.name, kind, agent=agent))
                self.found.sections.add((file.name, None, len(self.found.sections), part.path))
                self.found.holding.add(file.name)
        elif kind in ("ConfigMap", "Secret"):
            self.configs.setdefault(part.at("metadata", "name").text, []).append((file, part))
        else:
            self.found.findings.extend(section_warnings.find_unsearched(part, self.sections))

    def _search_other(self, file: File, part: YamlNode) -> None:
        if not part.is_mapping and not file.is_named:  # Ansible's tasks, say
            self.found.findings.extend(section_warnings.find_unsearched(part, self.sections))
            return
        if values_files.recognizes(part, file.name):
            self._search_values_file(file, part)

    def _search_values_file(self, file: File, part: YamlNode | None = None, *, reports: bool = True) -> None:
        if file.name in self.layered:
            return
        try:
            if part is None:
                (start, end), _ = values.find_only_document(file.stream)
                document = self.files.document(file, Span(start, end))
                if document.root is None or YamlNode(document, document.root).kind:
                    return
                part = YamlNode(document, document.root)
            those = list(values_files.find_values(part, file.name, self.files))
            if those[0].sections and not self.given:
                self.found.umbrellas[file.name] = list(those[0].sections)
            count = len(self.found.sources)
            self._add_all(file, part, those, reports=reports)
            if len(self.found.sources) > count and self._is_of_several(file):
                values.read(file.content, file.name)  # reports how Helm reads several documents
        except InputError as e:
            if reports:
                self.found.wrong.extend(e.diagnostics)

    def _is_of_several(self, file: File) -> bool:
        """Whether there are several documents and no Kubernetes object among them."""
        if len(list(file.stream.documents())) < 2:
            return False
        for span in file.stream.find((b"kind",)):
            try:
                document = self.files.document(file, span)
            except InputError:
                continue
            if YamlNode(document, document.root).kind:
                return False
        return True

    def _add_all(self, file: File, part: YamlNode, those: list[ChartValues], *, reports: bool = True) -> None:
        """Finds the sections in the values that an object passes to a chart."""
        count, earlier = len(self.found.sources), len(self.found.findings)
        silent = False
        for chart_values in those:
            if chart_values.patched is not None:
                from helm_cleaner.sources import patches

                chart_values = patches.over_base(chart_values, self.files)
            silent |= chart_values.ours is False
            self.unread.update(d.location.file for d in chart_values.stack.wrong)
            if chart_values.ours is not False:
                self._add_values(file, chart_values, reports=reports)
            else:
                self.named.note(chart_values, [])
                tree = merge_layers(chart_values.stack.layers, chart_values.origin).values
                if chart_values.patched is None:  # otherwise this is said of what is patched
                    self.found.findings.extend(section_warnings.find_mirrors(tree, self.sections))
                self.of_others.update(id(nested.root_document(layer.document)) for layer in chart_values.stack.layers)
        is_unreadable = any(chart_values.stack.wrong for chart_values in those)  # which is reported
        if len(self.found.sources) == count and not silent and not is_unreadable and part.kind:
            reported = {d.location for d in self.found.findings[earlier:]}
            self.found.findings.extend(
                d for d in section_warnings.find_unsearched(part, self.sections) if d.location not in reported
            )

    def _add_values(self, file: File, chart_values: ChartValues, *, reports: bool) -> None:
        stack = chart_values.stack
        if reports:
            self.found.wrong.extend(stack.wrong)
        if chart_values.sections and not self.given:
            over = merge_layers(stack.layers, chart_values.origin).values
            self.found.findings.extend(values_files.find_unreached(over, list(chart_values.sections)))
        here = list(self._find_sources(chart_values))
        self.named.note(chart_values, here)
        for source in here:
            assert source.over is not None
            at = section.find(source.over.values, source.path)
            assert at is not None
            where = at[1].location
            self.found.holding.update((file.name, where.file, *section_warnings.files_of(at[0])))
            self.found.sections.add((where.file, where.line, where.column, source.path))
            self.found.sources.append(source)
        if here or chart_values.ours:
            self.found.findings.extend(stack.unchecked)

    def _find_sources(self, chart_values: ChartValues) -> Iterator[SectionSource]:
        stack = chart_values.stack
        paths = chart_values.sections if chart_values.sections and not self.given else self.sections
        for path, layers in product(paths, variants(stack.layers, self._conditions)):
            over = merge_layers(layers, chart_values.origin)
            found = section.find(over.values, path)
            if found is None:
                if chart_values.ours or section_warnings.are_ours(section.find(over.values, path[:-1])):
                    self.found.releases.append(source_of(chart_values, over, path, layers))
                from helm_cleaner.section.look_alikes import find_look_alikes

                if len(paths) == 1 or (chart_values.sections and not _has_section(over, paths)):
                    self.found.findings.extend(find_look_alikes(over.values, path))
            elif (
                chart_values.ours is None
                and not chart_values.sections
                and section_warnings.is_foreign(found[0], section.find(over.values, path[:-1]))
            ):
                self.found.findings.append(section_warnings.describe_foreign(found[1], path))
            else:
                is_plain = self._is_plain if chart_values.kind in (KIND, values_files.LAYERED) else None
                self.found.findings.extend(section_warnings.describe_placeholders(found[0], path, is_plain))
                yield source_of(chart_values, over, path, layers)

    def _is_plain(self, name: str) -> bool:
        """Whether a file is a values file whose placeholders may be of any tool."""
        file = self.files.find_given(name)
        return file is not None and self.files.placeholder_test(file) is in_plain_values


def _has_section(over: ParsedValues, paths: Sequence[Path]) -> bool:
    """Whether values have a section at one of the paths."""
    return any(section.find(over.values, path) is not None for path in paths)


def _below(data: object, path: Path) -> object:
    for part in path:
        data = data[part]  # type: ignore[index]  # the object was found there
    return data
