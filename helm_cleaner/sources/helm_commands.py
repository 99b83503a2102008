"""`--set cleaner.…` in workflows, pipelines, Makefiles and scripts: it is not checked, which is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.paths import Path
from helm_cleaner.section.structure import is_related
from helm_cleaner.text import shorten

# The option, and what is between it and its value in a shell, in YAML and in JSON.
_OPTION = re.compile(r"""--set(?:-[a-z]+)?(?:[=\s"',\[\]]|\\\r?\n|-\s)+""")
_COMMENT = re.compile(r"(?:^|\s)#|^\s*//|^\s*::|^\s*[Rr][Ee][Mm]\s")
_MOST = 1000  # characters of a value


def find_unchecked(content: bytes, file: str, sections: Sequence[Path]) -> Iterator[Diagnostic]:
    """A warning for each flag that sets a field of a section. sections: their paths."""
    text = content.decode("utf-8", "replace")
    names = "|".join(dict.fromkeys(re.escape(str(path[-1])) for path in sections))
    field = re.compile(rf"(?:^|[,{{])((?:[\w-]+\.)*(?:{names}))(?:\.(\w+)|=)")
    for option in _OPTION.finditer(text):
        start = text.rfind("\n", 0, option.start()) + 1
        if _COMMENT.search(text[start : option.start()]):
            continue
        value = re.split(r"[\s\"']", text[option.end() : option.end() + _MOST], maxsplit=1)[0]
        for found in field.finditer(value):
            if found[2] is None or is_related(found[2]):
                flag = option[0].split("=")[0].split()[0].strip("\"',[]")
                yield _warn(text, option.end() + found.start(1), flag, found[0].strip(",{="), file)


def _warn(text: str, at: int, flag: str, name: str, file: str) -> Diagnostic:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    source = text[start : end if end >= 0 else len(text)].rstrip("\r")
    place = Location(file, text.count("\n", 0, at) + 1, at - start + 1, source, len(name))
    message = f"{flag} in a command is not checked"
    hint = f"write it in a values file, or check it by itself: helm-cleaner validate {flag} {name}=…"
    return Diagnostic("warning", "not-checked", shorten(name), message, shorten(hint), place)
