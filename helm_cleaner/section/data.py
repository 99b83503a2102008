"""The data files of this package, be it in a folder or in an archive (make zipapp)."""

from __future__ import annotations

import os


def data_file(name: str) -> bytes:
    """The content of a data file. The module's own loader knows where: importlib.resources takes longer to import."""
    content: bytes = __loader__.get_data(os.path.join(os.path.dirname(__file__), name))  # type: ignore[name-defined]
    return content
