"""helm-cleaner: merges, checks and patches the ``cleaner:`` section of Polyaxon's Helm charts.

The Python API is the engine that the command line uses:

>>> from helm_cleaner import post_render
>>> post_render(b"")
b''
"""

from __future__ import annotations

from helm_cleaner.version import __version__

__all__ = ["CleanerError", "Diagnostic", "Location", "__version__", "merge", "post_render", "validate"]

TYPE_CHECKING = False  # typing.TYPE_CHECKING without the import of typing
if TYPE_CHECKING:
    from helm_cleaner.api import merge, post_render, validate
    from helm_cleaner.diagnostics import CleanerError, Diagnostic, Location


def __getattr__(name: str) -> object:
    # Loaded on demand: `helm-cleaner --version` needs no YAML library, and Helm waits for every import.
    if name in ("merge", "post_render", "validate"):
        from helm_cleaner import api

        return getattr(api, name)
    if name in ("CleanerError", "Diagnostic", "Location"):
        from helm_cleaner import diagnostics

        return getattr(diagnostics, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
