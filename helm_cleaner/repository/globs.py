"""Globs as in .gitignore (https://git-scm.com/docs/gitignore#_pattern_format)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from helm_cleaner.diagnostics import Location

_CLASS = re.compile(r"\[([!^]?)(\]?(?:\\.|\[:\w+:\]|[^\]\\])*)\]", re.DOTALL)
_POSIX = {"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "lower": "a-z", "upper": "A-Z", "space": r"\s"}


class Glob:
    """A glob and the folder that it is relative to.

    text: as written, at `location`. is_negated: whether it begins with `!`, which includes again what an earlier glob
    excludes. folders_only: whether it ends with a slash.
    """

    __slots__ = ("_matches", "folders_only", "is_negated", "location", "text")

    def __init__(self, text: str, location: Location) -> None:
        """ValueError if the glob matches no path."""
        self.text = text
        self.location = location
        body = re.sub(r"(?<!\\) +\Z", "", text)
        self.is_negated = body.startswith("!")
        body = body.removeprefix("!")
        self.folders_only = body.endswith("/")
        body = body.rstrip("/")
        if not body:
            raise ValueError("an empty glob matches nothing")
        is_anchored = "/" in body
        pattern = ("" if is_anchored else "(?:.*/)?") + _translate(body.removeprefix("/"))
        try:
            self._matches = re.compile(pattern, re.DOTALL).fullmatch
        except re.error as e:
            raise ValueError(f"not a glob: {e.msg}") from None

    def matches(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether it matches a path itself. path: relative to the glob's folder, with slashes."""
        return (is_folder or not self.folders_only) and self._matches(path) is not None

    def covers(self, path: str) -> bool:
        """Whether it matches a file, or one of the folders that the file is in."""
        return any(self.matches(each, is_folder=is_folder) for each, is_folder in _levels(path))


class Exclusion:
    """Globs of files and folders that are left out; the last one that matches decides.

    used: the globs that have matched something.
    """

    def __init__(self, globs: Sequence[Glob]) -> None:
        self.globs = globs
        self.used: set[str] = set()

    def excludes(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path is excluded by itself; a folder that is excluded excludes everything in it."""
        found = False
        for glob in self.globs:
            if glob.matches(path, is_folder=is_folder):
                self.used.add(glob.text)
                found = not glob.is_negated
        return found

    def covers(self, path: str, *, is_folder: bool = False) -> bool:
        """Whether a path, or one of the folders that it is in, is excluded."""
        return any(
            self.excludes(each, is_folder=each_is_folder) for each, each_is_folder in _levels(path, is_folder=is_folder)
        )


def _levels(path: str, *, is_folder: bool = False) -> Iterator[tuple[str, bool]]:
    """The folders that a path is in, from the outermost, and the path itself; with whether each is a folder."""
    at = path.find("/")
    while at >= 0:
        yield path[:at], True
        at = path.find("/", at + 1)
    yield path, is_folder


def _translate(glob: str) -> str:
    """The regular expression of a glob without its leading and trailing slashes."""
    found = ""
    at = 0
    while at < len(glob):
        char = glob[at]
        if glob.startswith("**", at) and (at == 0 or glob[at - 1] == "/") and glob[at + 2 : at + 3] in ("", "/"):
            if at + 2 == len(glob):
                return found + ".+"
            found += "(?:.*/)?"
            at += 3
            continue
        if char == "*":
            found += "[^/]*"
        elif char == "?":
            found += "[^/]"
        elif char == "[" and (those := _CLASS.match(glob, at)):
            inside = re.sub(r"\[:(\w+):\]", lambda name: _POSIX.get(name[1], ""), those[2])
            escaped = inside.replace("[", r"\[")
            escaped = "\\" + escaped if escaped.startswith(("]", "^")) else escaped
            found += f"(?!/)[{'^' if those[1] else ''}{escaped}]"
            at = those.end()
            continue
        elif char == "\\" and at + 1 < len(glob):
            at += 1
            found += re.escape(glob[at])
        else:
            found += re.escape(char)
        at += 1
    return found
