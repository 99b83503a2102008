"""helm-cleaner preprocess: Helm runs it for `-f cleaner://values.yaml`. It is not in the help."""

from __future__ import annotations

import os
import re

from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import read_file
from helm_cleaner.cli.ignore import ignored_codes
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.cli.umbrellas import own_values, print_where, sections_beside
from helm_cleaner.fixing.preprocess import preprocess


def run(argv: list[str]) -> int:
    """Writes the values file that the last argument, a URL, names, with its section checked and normalized.

    Helm calls a downloader with the paths of a certificate, a key and a CA, which are mostly empty, and the URL.
    """
    if not argv or not argv[-1].startswith("cleaner:"):
        raise UsageError("only Helm runs this command", "helm -f cleaner://values.yaml", "helm-cleaner preprocess")
    path = path_of(argv[-1])
    sections = sections_beside(path)
    umbrella = own_values([path], sections[0]) if sections else None
    ignore = ignored_codes((), "helm-cleaner preprocess")
    result = preprocess(read_file(path), path, sections, umbrella, ignore)
    write_stdout([result.content])
    if sections:
        print_where(path, sections)
    if result.diagnostics:
        from helm_cleaner.cli.console import print_diagnostics

        print_diagnostics(result.diagnostics)
    return 0


def path_of(url: str) -> str:
    """The path in a cleaner: URL: everything after `cleaner://` (or `cleaner:`), unchanged.

    `cleaner:///C:/values.yaml` is a path on Windows' drive C.
    """
    path = url.removeprefix("cleaner:").removeprefix("//")
    return path[1:] if os.name == "nt" and re.match(r"/[A-Za-z]:", path) else path
