"""Findings that a comment or the configuration ignores.

`# helm-cleaner: ignore[CODE]` at the end of a line ignores the findings with a code on it; `ignore[a,b]`, with two.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from helm_cleaner.codes import IGNORABLE
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.repository.configuration import Ignore, describe_unknown_code
from helm_cleaner.repository.globs import Exclusion
from helm_cleaner.typed import NamedTuple

_UNUSED = "unused-ignore"
_HINT = b"helm-cleaner:"  # in every file with such a comment
_COMMENT = re.compile(r"helm-cleaner:\s*ignore\[([^\]\n]*)\]")
# What comes before a comment in a line: texts in quotes, which may hold a `#`, and everything else.
_BEFORE = re.compile(
    r"""(?:(?<![^\s,\[{(:])"(?:\\.|[^"\\])*" | (?<![^\s,\[{(:])'(?:''|[^'])*' | [^\#] | (?<=\S)\#)*""", re.VERBOSE
)


class Comment(NamedTuple):
    """A code in a comment. location: of the code."""

    code: str
    location: Location


class Kept(NamedTuple):
    """The findings that nothing ignores, and warnings about what ignores nothing."""

    findings: list[Diagnostic]
    unused: list[Diagnostic]


def drop_ignored(
    findings: Iterable[Diagnostic],
    files: Iterable[tuple[str, bytes]],
    ignores: Sequence[Ignore] = (),
    path_of: Callable[[str], str | None] = str,
) -> Kept:
    """The findings without those that a comment in their file, or the configuration, ignores.

    files: the names and contents of the files that were checked. ignores: those of the configuration; path_of: returns
    the path of a file from the configuration's folder, None if it is elsewhere. The warnings about `ignores` are for a
    caller that checked all files of this folder.
    """
    comments = [each for name, content in files if _HINT in content for each in _comments(name, content)]
    by_line = {(each.location.file, each.location.line, each.code): each for each in comments}
    used: set[Location] = set()
    covering: dict[str, list[Ignore]] = {}

    def is_kept(d: Diagnostic) -> bool:
        file = d.location.file
        if file not in covering:
            path = path_of(file) if ignores else None
            covering[file] = [each for each in ignores if path is not None and each.glob.covers(path)]
        those = [each.location for each in covering[file] if each.code == d.code]
        if (comment := by_line.get((file, d.location.line, d.code))) and d.code in IGNORABLE:
            those.append(comment.location)
        used.update(those)
        return not those

    kept = [d for d in findings if is_kept(d)]
    idle = [each for each in comments if each.location not in used and each.code != _UNUSED]
    unused = [d for d in map(_unused, idle) if is_kept(d)]
    unused += [_unused(each) for each in comments if each.location not in used and each.code == _UNUSED]
    return Kept(kept, unused + [_idle(each) for each in ignores if each.location not in used])


def add_comment(line: str, code: str) -> str:
    """A line, without its line break, with a comment that ignores the findings with a code on it."""
    before = _BEFORE.match(line)
    found = _COMMENT.search(line, before.end() if before else 0)
    if found:
        return f"{line[: found.end(1)]},{code}{line[found.end(1) :]}"
    return f"{line.rstrip()}  # helm-cleaner: ignore[{code}]"


def _comments(name: str, content: bytes) -> Iterator[Comment]:
    for number, line in enumerate(content.decode("utf-8", "replace").split("\n"), 1):
        if "helm-cleaner:" not in line:
            continue
        before = _BEFORE.match(line)
        start = before.end() if before else 0
        for found in _COMMENT.finditer(line, start) if line.startswith("#", start) else ():
            at = found.start(1)
            for text in found[1].split(","):
                code = text.strip()
                column = at + len(text) - len(text.lstrip()) + 1
                yield Comment(code, Location(name, number, column, line.rstrip("\r"), max(len(code), 1)))
                at += len(text) + 1


def _unused(comment: Comment) -> Diagnostic:
    message, hint = f"no finding {comment.code} on this line", "remove it"
    if comment.code not in IGNORABLE:
        message, hint = describe_unknown_code(comment.code)
    return Diagnostic("warning", _UNUSED, "", message, hint, comment.location)


def _idle(ignore: Ignore) -> Diagnostic:
    message = f"no finding {ignore.code} in the files of {ignore.glob.text}"
    return Diagnostic("warning", _UNUSED, f"ignore.{ignore.glob.text}", message, "remove it", ignore.location)


def find_unused_globs(exclusion: Exclusion) -> list[Diagnostic]:
    """The warnings about globs that have matched nothing, after all files were searched."""
    return [
        Diagnostic("warning", _UNUSED, "", f"no file matches {glob.text}", "remove it", glob.location)
        for glob in exclusion.globs
        if glob.text not in exclusion.used
    ]
