"""The files that may hold a section, below a folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from helm_cleaner.names import CONFIGURATION
from helm_cleaner.sources.files import SCRIPT_EXTENSIONS, SCRIPT_NAMES

_EXTENSIONS = (".yaml", ".yml", ".gotmpl", ".json", ".tf", *SCRIPT_EXTENSIONS)
_NAMES = frozenset(("Kustomization", *SCRIPT_NAMES))
# What version control, package managers and tools keep for themselves.
_CACHES = frozenset((
    ".git", ".hg", ".svn", ".jj", ".venv", ".virtualenv", ".tox", ".nox", ".eggs", ".cache", ".mypy_cache", ".npm",
    ".pytest_cache", ".ruff_cache", ".hypothesis", ".terraform", ".terragrunt-cache", ".gradle", ".yarn", ".pnpm-store",
    ".direnv", ".idea", ".ipynb_checkpoints", ".next", ".nuxt", ".parcel-cache", ".turbo", ".serverless",
))  # fmt: skip


def files_of(
    name: str, skipped: Callable[[str, str], None], excludes: Callable[..., bool] | None = None
) -> Iterator[str]:
    """The files that an argument stands for, in order: itself, or those below a folder that may matter by their name.

    Caches are left out. skipped: is told of each folder that cannot be read, and of each link to a folder
    elsewhere, which is not followed; with the reason. excludes: tells which paths to leave out; its
    `is_folder` says whether a path is a folder.
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
            if entry.name == CONFIGURATION:
                continue
            is_known = entry.name.endswith(_EXTENSIONS) or entry.name in _NAMES
            if (is_known and _is_file(entry)) or ("." not in entry.name and _is_script(entry)):
                if not (excludes and excludes(entry.path, is_folder=False)):
                    yield entry.path
            elif entry.name in _CACHES:
                continue
            elif entry.is_dir(follow_symlinks=False):
                if not (excludes and excludes(entry.path, is_folder=True)):
                    below.append(entry.path)
            elif entry.is_dir() and not os.path.join(os.path.realpath(entry.path), "").startswith(root):
                skipped(entry.path, "links to folders are not followed")
        waiting += reversed(below)


def _is_script(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file that begins like a script."""
    if not entry.is_file():
        return False
    try:
        with open(entry.path, "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is one, or a link to nothing, which is to be told; a named pipe without a writer would block."""
    return entry.is_file() or (entry.is_symlink() and not os.path.exists(entry.path))
