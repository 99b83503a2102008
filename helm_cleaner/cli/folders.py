"""The files that may hold a section, below a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator

_EXTENSIONS = (".yaml", ".yml", ".gotmpl")


def files_of(name: str) -> Iterator[str]:
    """The files that an argument stands for, in order: itself, or those below a folder that are YAML by their name.

    Hidden folders, links to folders and a chart's templates are left out, as is a folder that cannot be read.
    """
    if not os.path.isdir(name):
        yield name
        return
    waiting = [name]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            continue
        is_chart = any(entry.name == "Chart.yaml" for entry in entries)
        below = []
        for entry in entries:
            if entry.name.endswith(_EXTENSIONS) and _is_file(entry):
                yield entry.path
            elif not entry.name.startswith(".") and not (is_chart and entry.name == "templates") and _is_folder(entry):
                below.append(entry.path)
        waiting += reversed(below)


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is one, or a link to nothing, which is to be told; a named pipe without a writer would block."""
    return entry.is_file() or (entry.is_symlink() and not os.path.exists(entry.path))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)
