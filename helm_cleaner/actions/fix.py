"""Rewriting what has exactly one meaning in a values file's section; every other byte of the file stays.

What `repairs` makes of the text, read again, must be what it has made of the data, in the whole file.
"""

from __future__ import annotations

import json

from helm_cleaner import section, values, yamltext
from helm_cleaner.actions.repairs import Repairs
from helm_cleaner.diagnostics import BugError, Diagnostic, InputError, Location
from helm_cleaner.names import SECTION
from helm_cleaner.paths import Path, dotted
from helm_cleaner.typed import NamedTuple
from helm_cleaner.values import Value, plain
from helm_cleaner.yamltext import Splice, manifests

_MOST_PASSES = 8


class Fix(NamedTuple):
    """Something that was rewritten: where it stood, its path, and what was made of it."""

    location: Location
    path: str
    what: str


class Result(NamedTuple):
    """The file's new content, what was rewritten, and all there is to say of the section as it is now.

    found: whether the file has a section.
    """

    content: bytes
    fixes: list[Fix]
    diagnostics: list[Diagnostic]
    found: bool


def fix(content: bytes, file: str, path: Path = (SECTION,)) -> Result:
    """Rewrites what has exactly one meaning in the section at a path of a values file.

    The diagnostics are those of the new content, over the charts' defaults; a warning tells what could be rewritten but
    for the way it is written. InputError where Helm would refuse the file, BugError where the new file is not what was
    meant.
    """
    from helm_cleaner.places.others import is_foreign  # which `regular`, on Helm's way, does not need

    manifests.check_encoding(content, file)
    if str(path[-1]).encode() not in content:
        return Result(content, [], [], False)  # not parsed: whatever it says, it is not about the section
    history: list[_Pass] = []
    for _ in range(_MOST_PASSES):
        this = _Pass(content, file, path)
        if this.section is None or is_foreign(this.section):
            return Result(content, [], [], False)
        this.find()
        if not this.splices:
            break
        content = this.rewritten()
        history.append(this)
    else:
        raise _bug(Location(file), "rewriting it finds no end")
    fixes = sorted(
        (Fix(_first_place(index, history[: n + 1]), dotted(where), what)
         for n, done in enumerate(history) for index, where, what in done.fixes),
        key=lambda f: (f.location.line, f.location.column),
    )  # fmt: skip
    said = section.resolve(None, section.defaults_to_judge_by(), this.read, path).findings
    left = [d._replace(severity="warning") for d in this.refused]
    return Result(content, fixes, left + section.without_advice(said), True)


def regular(content: bytes, file: str, wanted: Value, path: Path = (SECTION,)) -> bytes:
    """A values file with its section normalized: flat resources under requests, pull secrets by their name alone.

    path: where the section is. wanted: the values that the result must have. InputError where something is written in
    a way that cannot be rewritten; BugError as in `fix`.
    """
    this = _Pass(content, file, path)
    this.shapes()
    if this.refused:
        raise InputError(this.refused)
    return this.rewritten(wanted)


class _Pass(Repairs):
    """One walk over the section of a values file."""

    def __init__(self, content: bytes, file: str, path: Path) -> None:
        self.content = content
        self.file = file
        self.read = values.read(content, file)
        super().__init__(self.read, path)

    def rewritten(self, wanted: Value | None = None) -> bytes:
        """The new content. BugError where it does not say what is wanted: what the walk has made of the values."""
        old = self.document.text
        new = yamltext.splice(old, self.splices)
        if new.endswith("\n") and not old.endswith("\n"):  # a last line without a break was moved, or taken out
            new = new.removesuffix("\n").removesuffix("\r")
        (start, end), _ = values.only_document(self.content, self.file)
        result = self.content[:start] + new.encode() + self.content[end:]
        try:
            same = _json(values.read(result, self.file).values) == _json(self.read.values if wanted is None else wanted)
        except InputError:  # pragma: no cover  only a mistake of ours leads here
            same = False
        if not same:
            raise _bug(
                self.document.location(min(self.splices).start), "the rewritten file differs from the intended one"
            )
        return result


def _json(value: Value) -> str:
    return json.dumps(plain(value), sort_keys=True)  # in which 1 and true are not equal


def _first_place(index: int, passes: list[_Pass]) -> Location:
    """Where in the file as it was an index into the text of the last pass stood."""
    for earlier in reversed(passes[:-1]):
        index = _place_before(index, earlier.splices)
    return passes[0].document.location(index)


def _place_before(index: int, splices: list[Splice]) -> int:
    shift = 0
    for start, end, text in sorted(splices):
        if index < start + shift:
            break
        if index < start + shift + len(text):
            return start
        shift += len(text) - (end - start)
    return index - shift


def _bug(location: Location, problem: str) -> BugError:
    hint = "this is a bug in helm-cleaner: please report it with the file"
    message = f"{problem}; nothing was written"
    return BugError([Diagnostic("error", "internal", SECTION, message, hint, location)])
