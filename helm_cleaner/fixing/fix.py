"""What the findings about files promise: their fixes as edits, alone or all together, verified.

An edit is made only if the files, read and checked again, have exactly the values that its changes make, the finding is
gone, and no error is new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial

from helm_cleaner import section
from helm_cleaner.actions.validate import ValidationReport, judge_all
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.fixes import Fix, FixEdits
from helm_cleaner.fixing.edits import Edit, Editor, find_separate
from helm_cleaner.fixing.expected import apply_changes, is_same
from helm_cleaner.fixing.history import History, Rewrite
from helm_cleaner.fixing.unchanged import is_unchanged
from helm_cleaner.paths import Path
from helm_cleaner.sources import UNCONFIGURED, File, FoundSections, Layer, Repository, find_sections
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple
from helm_cleaner.values import Value, to_data
from helm_cleaner.yamltext.nested import NestedDocument, root_document

if TYPE_CHECKING:
    from helm_cleaner.fixes import Change

_MAX_PASSES = 20
_MAX_CHECKS = 64  # of all files, to find the edits that do not do what they should
Beside = Callable[[str], bytes | None]
Defaults = Callable[[str | None], Value | None]
_Key = tuple[str, str, str]  # a file, a code and a path


class FixReport(NamedTuple):
    """The result of `fix_files`.

    contents: the new contents of the files, by name. rewrites: what was rewritten, in the order of files and lines.
    refusals: for each finding with a fix that cannot be made, why. checked: the report about the new contents.
    """

    contents: dict[str, bytes]
    rewrites: list[Rewrite]
    refusals: list[Diagnostic]
    checked: ValidationReport


class Setting(NamedTuple):
    """How files are searched and checked, as in `validate`.

    keep: returns the findings about files that nothing ignores; the others are not fixed.
    """

    sections: Sequence[Path] = ()
    beside: Beside | None = None
    repository: Repository = UNCONFIGURED
    defaults: Defaults = section.defaults_to_check_against
    earlier: Sequence[Diagnostic] = ()
    keep: Callable[[list[Diagnostic], Sequence[File]], list[Diagnostic]] | None = None

    def check(self, files: Sequence[File]) -> ValidationReport:
        """What is found in files."""
        found = find_sections(files, self.sections, self.beside, repository=self.repository)
        report = judge_all(files, found, self.defaults, self.earlier)
        return report if self.keep is None else report._replace(findings=self.keep(report.findings, files))


def fix_files(files: Sequence[File], setting: Setting, *, also_suggested: bool = False) -> FixReport:
    """Makes the safe fixes of everything that is found in files, and of what shows up then.

    also_suggested: whether those that are only suggested are made too.
    """
    state = _State(files, setting, setting.check(files))
    history = History()
    left: dict[_Key, Diagnostic] = {}
    for _ in range(_MAX_PASSES):
        todo = [d for d in state.report.findings
                if d.fix and (also_suggested or d.fix.applicability == "safe") and _key(d) not in left]  # fmt: skip
        if not todo:
            break
        edits, refused = state.edits([(d, d.fix) for d in todo if d.fix])
        good = state.verify(find_separate(edits)[0], refused)
        left |= {_key(d): reason for d, reason in refused}
        for chosen in (good, good[:1]):  # good ones need not be so together
            after = state.try_edits(chosen) if chosen else None
            if isinstance(after, _State):
                for file in {edit.file for edit in chosen}:
                    history.add(file, state.editor.file(file), [edit for edit in chosen if edit.file == file])
                state = after
                break
    stays = [left[_key(d)]._replace(location=d.location) for d in state.report.findings if d.fix and _key(d) in left]
    return FixReport(state.contents, history.list_rewrites(), stays, state.report)


def find_edits(files: Sequence[File], setting: Setting, report: ValidationReport) -> dict[Diagnostic, list[FixEdits]]:
    """What the fix of each finding in a report does to the text, and other suggestions; none that cannot be made.

    files, setting: those of the report.
    """
    state = _State(files, setting, report)
    fixes = [(d, d.fix) for d in report.findings if d.fix]
    found: dict[Diagnostic, list[FixEdits]] = {}
    for those in fixes, [(d, fix.other) for d, fix in fixes if fix.other]:
        edits, refused = state.edits(those)
        while edits:
            together, edits = find_separate(edits)
            for edit in state.verify(together, refused):
                found.setdefault(edit.finding, []).append(state.editor.file(edit.file).fix_edits(edit))
    return found


def count_safe(files: Sequence[File], report: ValidationReport) -> tuple[int, set[str]]:
    """How many safe fixes of a report can be made, as far as a look at the text tells, and the files to name for them.

    These are the ones with the text, and those with an object that names one of them, such as a HelmRelease.
    """
    findings = [d for d in report.findings if d.fix and d.fix.applicability == "safe"]
    if not findings:
        return 0, set()
    editor = Editor({file.name: file.content for file in files})
    edits = set()  # two findings may have the same one
    for finding in findings:
        with suppress(InputError):
            assert finding.fix is not None
            edit = editor.edit(finding, finding.fix)
            edits.add((edit.file, edit.splices))
    edited = {file for file, _ in edits}
    naming = {source.file for source in report.found.sources
              if any(layer.document.file in edited for layer in source.layers)}  # fmt: skip
    return len(edits), naming | edited


class _Failure(NamedTuple):
    """Why edits do not do what they should, and those that are to blame; none if that is not known."""

    reason: Diagnostic
    to_blame: list[Edit]


class _State:
    """Files, what is found in them, and the layers of values there, each once."""

    def __init__(self, files: Sequence[File], setting: Setting, report: ValidationReport) -> None:
        self.files = files
        self.setting = setting
        self.report = report
        self.contents = {file.name: file.content for file in files}
        self.not_given = {file.name for file in files if not file.is_given}
        self.editor = Editor(self.contents)
        self.layers = _layers(report.found)
        self.checks = 0

    def edits(self, fixes: Iterable[tuple[Diagnostic, Fix]]) -> tuple[list[Edit], list[tuple[Diagnostic, Diagnostic]]]:
        """The edits for the fixes of findings and, for each finding without one, the reason."""
        edits = []
        refused: list[tuple[Diagnostic, Diagnostic]] = []
        for finding, fix in fixes:
            try:
                edit = self.editor.edit(finding, fix)
            except InputError as e:
                refused += [(finding, _left(finding, d)) for d in e.diagnostics[:1]]
                continue
            if edit.file in self.not_given:
                reason = _reason(edit, "its file was not given", f"helm-cleaner fix {edit.file}")
                refused.append((finding, _left(finding, reason)))
            else:
                edits.append(edit)
        return edits, refused

    def verify(self, edits: list[Edit], refused: list[tuple[Diagnostic, Diagnostic]]) -> list[Edit]:
        """The edits that do what they should; the others are added to the refused ones, with the reason."""
        if not edits:
            return []
        self.checks += 1
        after = self.try_edits(edits)
        if isinstance(after, _State):
            return edits
        to_blame = edits if len(edits) == 1 or self.checks > _MAX_CHECKS else after.to_blame
        refused += [(edit.finding, _left(edit.finding, after.reason)) for edit in to_blame]
        blamed = set(map(id, to_blame))
        rest = [edit for edit in edits if id(edit) not in blamed]
        if to_blame:
            return self.verify(rest, refused)
        half = len(edits) // 2
        return self.verify(edits[:half], refused) + self.verify(edits[half:], refused)

    def try_edits(self, edits: list[Edit]) -> _State | _Failure:
        """The files with edits made, or why one of them does not do what it should."""
        by_file: dict[str, list[Edit]] = {}
        for edit in edits:
            by_file.setdefault(edit.file, []).append(edit)
        contents = {name: self.editor.file(name).apply(those) for name, those in by_file.items()}
        files = [file._replace(content=contents.get(file.name, file.content)) for file in self.files]
        new = _State(files, self.setting, self.setting.check(files))
        if not self._has_values_as_meant(edits, new):
            return _Failure(self._explain(edits[0]), [])
        to_blame = self._find_wrong(edits, new)
        if to_blame is not None:
            return _Failure(_reason(edits[0], "something else would be wrong then", "fix it by hand"), to_blame)
        return new

    def _has_values_as_meant(self, edits: list[Edit], new: _State) -> bool:
        """Whether exactly the values have changed that the edits are to change, and nothing around them."""
        if len(self.layers) != len(new.layers) or len(self.report.found.wrong) != len(new.report.found.wrong):
            return False
        changes: dict[int, list[Change]] = {}
        touched: set[int] = set()
        for edit in edits:
            changes.setdefault(id(edit.document), []).extend(edit.changes)
            touched.update(map(id, edit.touched))
        known = {id(layer.document) for layer in self.layers}
        if not known.issuperset(changes):
            return False
        files = {edit.file for edit in edits}
        texts = {(edit.file, edit.document.text) for edit in edits}
        for old, now in zip(self.layers, new.layers, strict=True):
            mine = changes.get(id(old.document), ())
            file = old.document.file
            if not mine and file in files and ((file, old.document.text) in texts or self.editor.file(file).actions):
                continue  # an edited text once more, or another branch of its template
            if not is_same(apply_changes(old.read.values, mine), to_data(now.read.values)):
                return False
            if mine and not is_unchanged(root_document(old.document), root_document(now.document), touched):
                return False
        return True

    def _find_wrong(self, edits: list[Edit], new: _State) -> list[Edit] | None:
        """The edits that do not end their findings, or start an error. None if all are good; empty if it is not clear.

        What a finding hid may show: an error at another name in the same mapping, on a line that was edited.
        """
        before, after = (Counter(map(_key, state.report.findings)) for state in (self, new))
        ended = Counter(_key(edit.finding) for edit in edits)
        remain = {key for key, count in ended.items() if after[key] > max(0, before[key] - count)}
        wrong = [d for d in new.report.findings if d.severity == "error" or d.code == "duplicate-key"]
        fresh = [d for d in wrong if after[_key(d)] > before[_key(d)]]
        lines = [self.editor.file(edit.file).find_written_lines(edit, edits) for edit in edits] if fresh else []
        fresh = [d for d in fresh if not any(map(partial(_was_hidden, d), edits, lines))]
        mappings = {_mapping(d.path) for d in fresh}
        found = [edit for edit in edits if _key(edit.finding) in remain or _mapping(edit.finding.path) in mappings]
        return found if found or fresh else None

    def _explain(self, edit: Edit) -> Diagnostic:
        if isinstance(edit.document, NestedDocument) and edit.document.outer is not None:
            hint = "write it as a literal block: `key: |`, with its lines below"
            return _reason(edit, "its text is not a literal block", hint)
        if self.editor.file(edit.file).actions:
            return _reason(edit, "another branch of the template would change too", "fix it by hand")
        return _reason(edit, "its style is not supported", "fix it by hand")


def _was_hidden(error: Diagnostic, edit: Edit, lines: range) -> bool:
    """Whether an error is one that the finding of an edit may have hidden. lines: those that the edit has written."""
    finding, where = edit.finding, error.location
    mapping = _mapping(finding.path).partition("[")[0]
    is_beside = error.path.startswith(mapping) and error.path != finding.path and error.severity == "error"
    return is_beside and where.file == edit.file and where.line in lines


def _mapping(path: str) -> str:
    """The path of the mapping that a field is in, as far as dots in its name allow to tell."""
    return path.rpartition(".")[0]


def _layers(found: FoundSections) -> list[Layer]:
    layers: dict[tuple[int, int], Layer] = {}
    for source in (*found.sources, *found.releases):
        for layer in source.layers:
            layers.setdefault((id(layer.document), id(layer.read.values)), layer)
    return list(layers.values())


def _key(finding: Diagnostic) -> _Key:
    return finding.location.file, finding.code, finding.path


def _reason(edit: Edit, reason: str, hint: str) -> Diagnostic:
    where = edit.finding.location
    return Diagnostic("warning", "yaml-shape", edit.finding.path, f"cannot be rewritten: {reason}", hint, where)


def _left(finding: Diagnostic, reason: Diagnostic) -> Diagnostic:
    """The warning that a finding, which stays, cannot be fixed, and why."""
    return reason._replace(severity="warning", path=finding.path)
