"""Terraform: a `helm_release` of one of Polyaxon's charts. Its values are not checked, which is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.sources import umbrella
from helm_cleaner.sources.files import File, Files

_START = r'^[ \t]*resource[ \t]+"helm_release"[ \t]+"[^"\n]*"[ \t]*\{'
_RELEASE = re.compile(_START + r".*?(?=^\}|\Z)", re.MULTILINE | re.DOTALL)
_CHART = re.compile(r'^[ \t]*chart[ \t]*=[ \t]*"([^"\n]*)"', re.MULTILINE)


def find_unchecked(file: File, files: Files) -> Iterator[Diagnostic]:
    """A warning for each release of one of Polyaxon's charts, or of one that a variable names."""
    text = file.content.decode("utf-8", "replace")
    for release in _RELEASE.finditer(text):
        chart = _CHART.search(release[0])
        ours = umbrella.of_folder(chart[1], file.name, files).ours if chart else None
        if ours or (ours is None and "polyaxon" in release[0]):
            line = text.count("\n", 0, release.start()) + 1
            source = release[0].split("\n", 1)[0].rstrip("\r")
            message = "the values in this helm_release are not checked: Terraform is not read"
            hint = 'write them into a file, values = [file("values.yaml")], and check that'
            yield Diagnostic("warning", "not-checked", "", message, hint, Location(file.name, line, 1, source))
