"""The data files of this package, which may be in a folder or in a zipapp."""

from __future__ import annotations

import os


def data_file(name: str) -> bytes:
    """The content of a data file, through the module's loader: importlib.resources takes longer to import."""
    loader = __loader__  # type: ignore[name-defined]  # every module has it
    content: bytes = loader.get_data(os.path.join(os.path.dirname(__file__), name))
    return content
