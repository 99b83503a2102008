"""`--set cleaner.…` in workflows, pipelines, Makefiles and scripts: it is not checked, which is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.paths import Path
from helm_cleaner.section.structure import is_related
from helm_cleaner.text import shorten
from helm_cleaner.typed import NamedTuple

# The option, and what is between it and its value in a shell, in YAML and in JSON.
_OPTION = re.compile(r"""(--set(?:-[a-z]+)?)(?:[=\s"',\[\]]|\\\r?\n|-\s)+""")
# What Azure Pipelines' task HelmDeploy passes on: on the key's line, or on lines without keys below it.
_OVERRIDES = re.compile(r"(?<![\w-])overrideValues:[ \t]*(.*(?:\n(?![ \t]*(?:- )?[\w.-]+:).*)*)")
_COMMENT = re.compile(r"(?:^|\s)#|^\s*//|^\s*::|^\s*[Rr][Ee][Mm]\s")
_MOST = 1000  # characters of a value


class Value(NamedTuple):
    """The value of a flag: where it begins, its text, and the flag."""

    start: int
    text: str
    flag: str


def find_unchecked(content: bytes, file: str, sections: Sequence[Path]) -> Iterator[Diagnostic]:
    """A warning for each flag that sets a field of a section. sections: their paths."""
    text = content.decode("utf-8", "replace")
    names = "|".join(dict.fromkeys(re.escape(str(path[-1])) for path in sections))
    field = re.compile(rf"(?:^|[,{{])((?:[\w-]+\.)*(?:{names}))(?:\.(\w+)|=)")
    for value in _values(text):
        if _COMMENT.search(text[text.rfind("\n", 0, value.start) + 1 : value.start]):
            continue
        for found in field.finditer(value.text):
            if found[2] is None or is_related(found[2]):
                yield _warn(text, value.start + found.start(1), value.flag, found[0].strip(",{="), file)


def _values(text: str) -> Iterator[Value]:
    for option in _OPTION.finditer(text):
        start = option.end()
        yield Value(start, re.split(r"[\s\"']", text[start : start + _MOST], maxsplit=1)[0], option[1])
    for found in _OVERRIDES.finditer(text):
        for each in re.finditer(r"[^\s\"']+", found[1]):
            yield Value(found.start(1) + each.start(), each[0], "--set")


def _warn(text: str, at: int, flag: str, name: str, file: str) -> Diagnostic:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    source = text[start : end if end >= 0 else len(text)].rstrip("\r")
    place = Location(file, text.count("\n", 0, at) + 1, at - start + 1, source, len(name))
    message = f"{flag} in a command is not checked"
    hint = f"write it in a values file, or check it by itself: helm-cleaner validate {flag} {name}=…"
    return Diagnostic("warning", "not-checked", shorten(name), message, shorten(hint), place)
