"""What the options --defaults and --no-defaults mean: the layer below a section."""

from __future__ import annotations

from helm_cleaner import section, values
from helm_cleaner.cli.files import read_file
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.paths import Path
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Value

if TYPE_CHECKING:
    import argparse


class Defaults:
    """No defaults, those in a chart's values.yaml, or the charts' built-in ones.

    chart: the whole values of the file; None without a file. findings: those about the section in the file.
    """

    def __init__(self, args: argparse.Namespace, path: Path, *, normalized: bool = True) -> None:
        """args: with `defaults`, a file's name or None, and `no_defaults`; path: where the section is.

        normalized: whether the file's section is. InputError if the file cannot be read.
        """
        # A path that no --section tells is of an umbrella chart.
        unknown = not args.section and not args.defaults and section.is_nested(path)
        self.none: bool = args.no_defaults or unknown
        self.chart: Map | None = None
        self.findings: list[Diagnostic] = []
        if args.defaults:
            read = values.read(read_file(args.defaults), args.defaults, "default")
            self.chart = read.values
            self._section, self.findings = section.chart_defaults(read, path, normalized=normalized)

    def section(self, version: str | None = None) -> Value | None:
        """The defaults of the section, which the caller may change; None for no defaults.

        version: that of the release. Without it, the built-in defaults have a placeholder (`defaults_to_judge_by`).
        """
        if self.none:
            return None
        if self.chart is not None:
            return values.copied(self._section) if isinstance(self._section, Map) else self._section
        return section.defaults(version) if version else section.defaults_to_judge_by()
