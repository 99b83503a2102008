"""helm-cleaner lsp."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence

from helm_cleaner.cli.commands import validate
from helm_cleaner.cli.configuration import Settings
from helm_cleaner.cli.defaults import DefaultsOption
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.search import read_files
from helm_cleaner.cli.umbrellas import FilesBeside
from helm_cleaner.codes import BY_NAME
from helm_cleaner.diagnostics import CleanerError, Diagnostic
from helm_cleaner.fixes import FixEdits
from helm_cleaner.fixing.fix import Setting, find_edits, fix_files
from helm_cleaner.names import SECTION
from helm_cleaner.output.sarif import find_documentation
from helm_cleaner.sources import File, Repository

PROG = "helm-cleaner lsp"


def parser() -> Parser:
    """The command's options."""
    return Parser(
        prog=PROG,
        description="Runs a language server over stdio: what validate finds, in an editor while you type, with what "
        "fix does about it as quick fixes, and hover and completion for the section's fields. It writes no file.",
        examples=["helm-cleaner lsp    # your editor starts it, see docs/editor.md"],
    )


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises UsageError if pygls is not installed."""
    parser().parse_args(argv)
    try:
        from helm_cleaner.lsp.server import serve
    except ModuleNotFoundError as e:
        if e.name not in ("pygls", "lsprotocol"):
            raise
        hint = (
            "install it with the extra lsp: pip install \"helm-cleaner[lsp] @ $HELM_CLEANER\", or pip install '.[lsp]'"
        )
        raise UsageError("the language server needs pygls, which is not installed", hint, PROG) from None
    serve(FolderCheck)
    return 0


class FolderCheck:
    """What `validate` finds in a folder, some of whose files are open in an editor, and what the fixes do.

    findings: by a file's absolute path.
    """

    findings: Mapping[str, Sequence[Diagnostic]]

    def __init__(self, folder: str, contents: Mapping[str, bytes]) -> None:
        """contents: those of the open files, by absolute path; they count in place of what is on the disk."""
        self._folder = folder
        self._setting: Setting | None = None
        options = validate.parser().parse_args([])  # as without any
        os.chdir(folder)  # files are named as they are for `validate .` there
        try:
            settings = Settings(options, PROG)
            open_files = {os.path.relpath(path): content for path, content in contents.items()}
            given = read_files(["."], settings, contents=open_files)
            on_disk = {os.path.normpath(file.name) for file in given.files}
            new = [File(name, content, is_named=False) for name, content in open_files.items()
                   if name not in on_disk and not os.path.exists(name)]  # fmt: skip
            self._given = given._replace(files=[*given.files, *new])
        except CleanerError as e:  # a configuration that cannot be used
            self.findings = self._by_path(e.diagnostics)
            return
        sections = settings.sections
        defaults = DefaultsOption(options, sections[0] if sections else (SECTION,))
        repository = Repository(settings.charts, self._given.layers)
        beside = FilesBeside()
        self._setting = Setting(sections, beside.read, repository, defaults.section, defaults.findings)
        self._report = self._setting.check(self._given.files)
        found = [*self._given.wrong, *self._report.findings, *self._given.skipped, *beside.unread.values()]
        self.findings = self._by_path(settings.drop_ignored(found, self._given.files, ["."]))

    def edits(self) -> Mapping[Diagnostic, Sequence[FixEdits]]:
        """What the fix of each finding does to the text, and other suggestions."""
        return find_edits(self._given.files, self._setting, self._report) if self._setting else {}

    def fix_all(self, path: str) -> bytes | None:
        """A file's content after every safe fix; None if it is not checked."""
        if self._setting is None:
            return None
        contents = fix_files(self._given.files, self._setting).contents
        return next((contents[name] for name in contents if self._path(name) == path), None)

    def url(self, code: str) -> str:
        """Where a code is explained; empty if that is not known."""
        return find_documentation(BY_NAME[code]) if code in BY_NAME else ""

    def _by_path(self, findings: Iterable[Diagnostic]) -> dict[str, list[Diagnostic]]:
        result: dict[str, list[Diagnostic]] = {}
        for d in findings:
            result.setdefault(self._path(d.location.file), []).append(d)
        return result

    def _path(self, name: str) -> str:
        return os.path.normpath(os.path.join(self._folder, name))
