"""The data files of the package, which may be in a folder or in a zipapp."""

from __future__ import annotations

import os


def read_data_file(*path: str) -> bytes:
    """A data file's content, by its path below the package.

    Through the module's loader: importlib.resources would do the same, and its import takes longer than the reading.
    """
    loader = __loader__  # type: ignore[name-defined]  # every module has it
    content: bytes = loader.get_data(os.path.join(os.path.dirname(__file__), *path))
    return content
