"""Rewrites what has exactly one meaning in the sections of files; every other byte stays.

Sections are found as in `validate`. The new text is verified: read again, it must be what `repairs` made of the data,
and the rest of the file must not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from helm_cleaner import section, sources
from helm_cleaner.actions.validate import judge, judge_all
from helm_cleaner.diagnostics import BugError, Diagnostic, InputError, Location
from helm_cleaner.fixing.history import Done, Fix, History
from helm_cleaner.fixing.repairs import Repairs
from helm_cleaner.fixing.rewriting import Edit, edit_of, rewritten
from helm_cleaner.fixing.splicing import as_json, bug
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path, to_dotted
from helm_cleaner.sources import File, Layer, SectionSource
from helm_cleaner.typed import NamedTuple
from helm_cleaner.values import Map, Scalar, Seq, Value
from helm_cleaner.yamltext.nested import NestedDocument, root_document

_MOST_PASSES = 8
_Spot = tuple[str, int | None, int | None, Path]  # a file, a line, a column, and the section's path
Beside = Callable[[str], bytes | None]


class Report(NamedTuple):
    """The result of `fix_files`.

    contents: the new contents of the files, by name. fixes: what was rewritten, in the order of files and lines.
    findings: those of `validate` for the new contents, and warnings about what could be rewritten if it were written
    differently. is_unusable: whether something cannot be read, or cannot be edited although it is wrong. has_bugs:
    whether a file was not rewritten because it failed the verification. holding, umbrellas: as in `validate`.
    """

    contents: dict[str, bytes]
    fixes: list[Fix]
    findings: list[Diagnostic]
    is_unusable: bool
    has_bugs: bool
    holding: set[str]
    umbrellas: dict[str, list[Path]]


class Result(NamedTuple):
    """A file's new content, what was rewritten, and its findings; found: whether it has a section."""

    content: bytes
    fixes: list[Fix]
    diagnostics: list[Diagnostic]
    found: bool


class Fixable(NamedTuple):
    """The number of values that could be rewritten, and the files to name for `fix`, such as a HelmRelease and its
    ConfigMap.
    """

    number: int
    files: set[str]


def fix(content: bytes, file: str, path: Path = (SECTION,)) -> Result:
    """Rewrites what has exactly one meaning in the section at a path of a file.

    InputError if the file cannot be read; BugError if the new content fails the verification.
    """
    report = fix_files([File(file, content)], [path])
    if report.has_bugs:
        raise BugError(report.findings)
    if report.is_unusable:
        raise InputError(report.findings)
    return Result(report.contents[file], report.fixes, report.findings, file in report.holding)


def fix_files(
    files: Sequence[File],
    sections: Sequence[Path] = (),
    beside: Beside | None = None,
    repository: sources.Repository = sources.UNCONFIGURED,
) -> Report:
    """Rewrites what has exactly one meaning in the sections of files.

    sections, beside, repository: as in `sources.find_sections`. A file that fails the verification is not changed.
    """
    work = _Work(files, sections, beside, repository)
    work.run()
    report = judge_all(files, work.found, section.defaults_to_check_against)
    blocked = list(dict.fromkeys(d for place in work.found.sources for d in _blocked(place)))
    refused = work.refusals(report.findings)
    left = [*(d._replace(severity="warning") for d in work.shared), *refused]
    order = {file.name: number for number, file in enumerate(files)}
    fixes = sorted(work.fixes, key=lambda f: (order[f.location.file], f.location.line, f.location.column))
    findings = section.drop_advice(report.findings)
    return Report(work.contents, fixes, [*work.bugs, *left, *findings, *blocked],
                  report.is_unusable or bool(blocked) or any(d.severity == "error" for d in refused), bool(work.bugs),
                  report.holding, report.umbrellas)  # fmt: skip


def find_fixable(
    files: Sequence[File],
    sections: Sequence[Path] = (),
    beside: Beside | None = None,
    repository: sources.Repository = sources.UNCONFIGURED,
    found: sources.FoundSections | None = None,
) -> Fixable:
    """What `fix_files` would rewrite. found: what `validate` has found there, if that is known."""
    work = _Work(files, sections, beside, repository, found)
    if found and work.todo():
        work.look()  # again: to judge values changes them
    work.run()
    changed = {each.location.file for each in work.fixes}
    naming = {place.file for place in work.found.sources
              if any(layer.document.file in changed for layer in place.layers)}  # fmt: skip
    return Fixable(len(work.fixes), changed | naming)


class _Work:
    """The current contents of the files, and the layers of values in them.

    fixes, refused, shared: what was rewritten, what cannot be (with the layer's number), and what is also used
    elsewhere.
    """

    def __init__(
        self,
        files: Sequence[File],
        sections: Sequence[Path],
        beside: Beside | None,
        repository: sources.Repository,
        found: sources.FoundSections | None = None,
    ) -> None:
        self.given = files
        self.sections = sections
        self.beside = beside
        self.repository = repository
        self.contents = {file.name: file.content for file in files}
        self.editable = {file.name for file in files if file.is_given}
        self.fixes: list[Fix] = []
        self.refused: list[tuple[int, Diagnostic]] = []
        self.shared: list[Diagnostic] = []
        self.bugs: list[Diagnostic] = []
        self.given_up: set[str] = set()
        self.done: set[int] = set()  # the numbers of layers
        self.history = History()
        self.passes: dict[int, int] = {}
        self.look(found)

    def files(self) -> list[File]:
        return [file._replace(content=self.contents[file.name]) for file in self.given]

    def look(self, found: sources.FoundSections | None = None) -> None:
        """Finds the layers in the current contents."""
        self.found = found or sources.find_sections(
            self.files(), self.sections, self.beside, repository=self.repository
        )
        editable = dict(self._editable())
        self.layers = list(editable.values())
        self.spots = [spot for spot, _ in editable]  # where more than one layer is, they are branches of a template

    def _editable(self) -> Iterator[tuple[tuple[_Spot, str], tuple[Layer, Path]]]:
        """The layers in these files, each once for each section and branch of a template, with its spot and text."""
        seen = set()
        for place in self.found.sources:
            for layer in place.layers:
                if layer.document.file not in self.editable:
                    continue
                at = layer.document.at(layer.node) if layer.node is not None else layer.read.values.origin.location
                key = (at.file, at.line, at.column, place.path), layer.document.text
                if key not in seen:
                    seen.add(key)
                    yield key, (layer, place.path)

    def todo(self) -> list[int]:
        """The numbers of the layers that are not done: all of them, if Helm would refuse the file."""
        refused = {d.location.file for d in self.found.wrong if d.code == "values"}
        return [n for n, (layer, _) in enumerate(self.layers)
                if n not in self.done and layer.document.file not in refused]  # fmt: skip

    def run(self) -> None:
        """Rewrites all layers until nothing is left to do."""
        while todo := self.todo():
            self._rewrite(todo)
        self.fixes = self.history.fixes(without=self.given_up)

    def refusals(self, findings: list[Diagnostic]) -> list[Diagnostic]:
        """Why layers were left: an error if one of the findings about the new contents is, else a warning.

        A layer may be right as `validate` reads it, or another one may replace what is wrong in it.
        """
        wrong = {d.location[:3] for d in findings if d.severity == "error"}
        result = []
        for n, d in self.refused:
            layer, path = self.layers[n]
            found = section.find(layer.read.values, path)
            is_wrong = found is not None and not wrong.isdisjoint((*_spots(found[0]), found[1].location[:3]))
            result.append(d._replace(severity="error" if is_wrong else "warning"))
        return result

    def _rewrite(self, numbers: list[int]) -> None:
        """Walks over the layers once and applies all edits together; if that fails, tries half of them."""
        walks, edits = self._walks(numbers)
        if not walks:
            return
        before, wanted, wrong = dict(self.contents), self.layers, len(self.found.wrong)
        for name, those in edits.items():
            try:
                self.contents[name] = rewritten(before[name], those)
            except BugError as e:
                self._give_up(name, e)
        self.look()
        edited = [n for n in walks if wanted[n][0].document.file not in self.given_up]
        as_meant = self._is_as_meant(edited, wanted, wrong)
        if not as_meant or self._harms_a_branch(edited, wanted):
            self.contents = before | {name: self.contents[name] for name in self.given_up}
            self.look()
            if len(edited) == 1:
                self._not_done(edited[0], walks[edited[0]], harms=as_meant)
            else:
                half = len(edited) // 2
                self._rewrite(edited[:half])
                self._rewrite(edited[half:])
            return
        for name, those in edits.items():
            if name not in self.given_up:
                done = (Done(walks[n].document, *each)
                        for n in edited if wanted[n][0].document.file == name for each in walks[n].fixes)  # fmt: skip
                self.history.add(name, before[name], those, done)
        for n in edited:
            self.passes[n] = self.passes.get(n, 0) + 1
            if self.passes[n] >= _MOST_PASSES:
                name = wanted[n][0].document.file
                self._give_up(name, bug(Location(name), "rewriting does not end"))

    def _walks(self, numbers: list[int]) -> tuple[dict[int, Repairs], dict[str, list[Edit]]]:
        """What the walks over layers find, by number, and the edits by file. A layer without any is done.

        A layer that cannot be edited is done too, and the walks are repeated without it, because two layers may share
        values. Of the branches of a template, only one is looked at: the others share text with it.
        """
        walks: dict[int, Repairs] = {}
        edits: dict[str, list[Edit]] = {}
        branches: dict[_Spot | tuple[str, int], int] = {}  # the id of the document, by place
        for n in numbers:
            layer, path = self.layers[n]
            if layer.document.file in self.given_up:
                self.done.add(n)
                continue
            document = root_document(layer.document)  # a template's if it is within another one
            keys: list[tuple[_Spot | tuple[str, int], int]] = [(self.spots[n], id(layer.document))]
            if isinstance(document, NestedDocument):
                keys.append(((document.file, document.first_line()), id(document)))
            if any(branches.get(key, each) != each for key, each in keys):
                continue
            walk = Repairs(layer.read, path, is_set=layer.node is None)
            walk.find()
            if not walk.splices:
                self.shared += walk.refused
                self.done.add(n)
                continue
            try:
                edits.setdefault(layer.document.file, []).append(edit_of(layer, walk.splices, walk.nodes))
                walks[n] = walk
                branches.update(keys)
            except InputError as e:
                self._leave(n, e)
                self.look()
                return {}, {}
        return walks, edits

    def _is_as_meant(self, edited: list[int], wanted: list[tuple[Layer, Path]], wrong: int) -> bool:
        """Whether the layers, read again, are what the walks made of them. wrong: how many could not be read before."""
        if len(self.layers) != len(wanted) or len(self.found.wrong) != wrong:
            return False
        return all(as_json(self.layers[n][0].read.values) == as_json(wanted[n][0].read.values) for n in edited)

    def _harms_a_branch(self, edited: list[int], wanted: list[tuple[Layer, Path]]) -> bool:
        """Whether another branch of a template has lost or gained text where layers were edited."""
        spots = {self.spots[n] for n in edited}
        others = (n for n, spot in enumerate(self.spots) if spot in spots and n not in edited)
        return any(_letters(self.layers[n][0].read.values) != _letters(wanted[n][0].read.values) for n in others)

    def _not_done(self, n: int, walk: Repairs, *, harms: bool) -> None:
        """Leaves a layer of which the edits do not do what they should. harms: whether only to another branch."""
        layer, _ = self.layers[n]
        place = walk.document.location(min(walk.splices).start)
        if harms:
            message = "cannot be rewritten here: another branch of the template would change too"
            self._leave(n, InputError.of("yaml-shape", message, place, "fix it by hand"))
        elif isinstance(layer.document, NestedDocument):
            hint = "write it as a literal block: `key: |`, with its lines below"
            message = "cannot be rewritten here: its text is not a literal block"
            self._leave(n, InputError.of("yaml-shape", message, place, hint))
        else:
            self._give_up(layer.document.file, bug(place, "the rewritten file differs from the intended one"))

    def _leave(self, n: int, error: InputError) -> None:
        """Leaves a layer as it is."""
        section_path = to_dotted(self.layers[n][1])
        self.refused += [(n, d._replace(path=d.path or section_path)) for d in error.diagnostics]
        self.done.add(n)

    def _give_up(self, name: str, bug: BugError) -> None:
        """Leaves a file as it was."""
        self.contents |= {file.name: file.content for file in self.given if file.name == name}
        if name not in self.given_up:
            self.bugs += bug.diagnostics
        self.given_up.add(name)
        self.look()


def _blocked(place: SectionSource) -> Iterator[Diagnostic]:
    """Why what is wrong at a place cannot be rewritten there."""
    if place.agent is not None:
        if wrong := judge(place, section.defaults_to_check_against):
            message = "Helm rendered this section: it is not rewritten"
            yield _not_here(SECTION, wrong[0].location, message, "fix the values that it was rendered from")
        return
    spots = {spot for layer in place.layers if layer.node is None for spot in _spots(layer.read.values)}
    for found in judge(place, section.defaults_to_check_against) if spots else ():
        if found.severity == "error" and found.location[:3] in spots:
            message = "cannot be rewritten here: it is set by a parameter"
            yield _not_here(found.path, found.location, message, "correct it by hand")


def _not_here(path: str, place: Location, message: str, hint: str) -> Diagnostic:
    return Diagnostic("error", "yaml-shape", path, message, hint, place)


def _letters(value: Value) -> list[str]:
    """The letters of all leaves as written, which no rewriting of a section changes but for case and colons."""
    if isinstance(value, Scalar):
        return sorted(str(value.value if value.raw is None else value.raw).casefold().replace(":", ""))
    return sorted(char for item in (value.values() if isinstance(value, Map) else value) for char in _letters(item))


def _spots(value: Value) -> Iterator[tuple[str, int | None, int | None]]:
    """Where values and their keys are."""
    yield value.origin.location[:3]
    if isinstance(value, Map):
        for key, item in value.items():
            yield value.keys_at[key].location[:3]
            yield from _spots(item)
    elif isinstance(value, Seq):
        for item in value:
            yield from _spots(item)
