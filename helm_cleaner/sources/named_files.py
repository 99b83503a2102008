"""Values files that objects in other files name: they are also checked by themselves, as far as that makes sense."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress

from helm_cleaner import section
from helm_cleaner.diagnostics import InputError
from helm_cleaner.paths import Path
from helm_cleaner.sources.files import File
from helm_cleaner.sources.templates import MARK
from helm_cleaner.sources.values_stack import ChartValues, Layer, SectionSource

_PLACEHOLDER = re.compile(rf"\{{\{{.*?\}}\}}|\$\{{.*?\}}|{MARK}+")
_MOST_PLACEHOLDERS = 3  # in a name: a match takes time in proportion to a power of them
KIND = "values file"


class NamedFiles:
    """What objects say about the values files that they name.

    of_others: files that only objects with another chart name, or that others replace. layered: files that are merged
    with others. of_umbrellas: files with values of an umbrella chart that is elsewhere.
    """

    def __init__(self, files: Iterable[File]) -> None:
        self.files = [file.name for file in files]
        self.layered: set[str] = set()
        self.of_umbrellas: set[str] = set()
        self._of_others: set[str] = set()
        self._of_ours: set[str] = set()

    @property
    def of_others(self) -> set[str]:
        return self._of_others - self._of_ours

    def note(self, chart_values: ChartValues, sources: Sequence[SectionSource]) -> None:
        """Records which files an object names. sources: the sections in its values."""
        (self._of_others if chart_values.ours is False else self._of_ours).update(chart_values.stack.files)
        self._of_others.update(chart_values.stack.unused)
        if chart_values.sections and sources:
            self.of_umbrellas.update(chart_values.stack.files)
        for source in sources:
            holding = [layer.document.file for layer in source.layers if _holds(layer, source.path)]
            if len(holding) > 1:
                self.layered.update(holding)
            for name in chart_values.stack.templated if holding else ():
                parts = _PLACEHOLDER.split(name.removeprefix("./"), _MOST_PLACEHOLDERS)
                pattern = re.compile(rf"(?:.*[/\\])?{'.*'.join(map(re.escape, parts))}\Z")
                self.layered.update(file for file in self.files if pattern.match(file))

    def alone(self, source: SectionSource) -> SectionSource:
        """The source; if its values file is layered with others, its requests are not compared with the defaults."""
        return source._replace(is_whole=False) if source.kind == KIND and source.file in self.layered else source


def _holds(layer: Layer, path: Path) -> bool:
    with suppress(InputError):
        return section.find(layer.read.values, path) is not None
    return False
