"""The files that may hold a section, below a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

_EXTENSIONS = (".yaml", ".yml", ".gotmpl")


def files_of(name: str, skipped: Callable[[str, str], None]) -> Iterator[str]:
    """The files that an argument stands for, in order: itself, or those below a folder that are YAML by their name.

    Hidden folders are left out. skipped: is told of each folder that cannot be read, and of
    each link to a folder elsewhere, which is not followed; with the reason.
    """
    if not os.path.isdir(name):
        yield name
        return
    waiting = [name]
    root = os.path.join(os.path.realpath(name), "")
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as e:
            skipped(folder, f"the folder cannot be read: {e.strerror}")
            continue
        below = []
        for entry in entries:
            if entry.name.endswith(_EXTENSIONS) and _is_file(entry):
                yield entry.path
            elif entry.name.startswith("."):
                continue
            elif entry.is_dir(follow_symlinks=False):
                below.append(entry.path)
            elif entry.is_dir() and not os.path.join(os.path.realpath(entry.path), "").startswith(root):
                skipped(entry.path, "links to folders are not followed")
        waiting += reversed(below)


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is one, or a link to nothing, which is to be told; a named pipe without a writer would block."""
    return entry.is_file() or (entry.is_symlink() and not os.path.exists(entry.path))
