"""What the options --defaults and --no-defaults mean: the layer below a section."""

from __future__ import annotations

from helm_cleaner import section, values
from helm_cleaner.cli.files import read_file
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.paths import Path
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, ParsedValues, Value

if TYPE_CHECKING:
    import argparse


class DefaultsOption:
    """No defaults, those in a chart's values.yaml, or the charts' built-in ones.

    chart: the whole values of the file; None without a file. findings: those about the section in the file.
    """

    def __init__(
        self,
        args: argparse.Namespace,
        path: Path,
        umbrella: ParsedValues | None = None,
        overrides: ParsedValues | None = None,
        *,
        normalized: bool = True,
    ) -> None:
        """args: with `defaults`, a file's name or None, and `no_defaults`; path: where the section is.

        umbrella: the umbrella chart's own values, which are over the defaults; overrides: those over them. normalized:
        whether the sections in the file and in the umbrella's values are. InputError if the file cannot be read.
        """
        # A path that no --section tells is of an umbrella chart.
        unknown = not args.section and not args.defaults and section.is_nested(path)
        self.none: bool = args.no_defaults or unknown
        self.chart: Map | None = None
        self.findings: list[Diagnostic] = []
        self._path = path
        self._umbrella = umbrella
        self._above = overrides or values.no_values()
        self._normalized = normalized
        if args.defaults:
            read = values.read(read_file(args.defaults), args.defaults, "default")
            self.chart = read.values
            self._section, self.findings = section.chart_defaults(read, path, normalized=normalized)
        if umbrella is not None and not self.none:
            self.findings = [*self.findings, *self._over(None, umbrella)[1]]

    def section(self, version: str | None = None) -> Value | None:
        """The defaults of the section; None for no defaults.

        version: that of the release. Without it, the built-in defaults have a placeholder.
        """
        if self.none:
            return None
        base = self._section if self.chart is not None else section.defaults_to_check_against(version)
        return base if self._umbrella is None else self._over(base, self._umbrella)[0]

    def of_the_chart(self) -> Map | None:
        """The chart's other values below those that are given; None for none."""
        if self.none:
            return None
        from helm_cleaner.polyaxon import chart_values

        chart = self.chart or chart_values.defaults()
        above = (
            section.find(values.drop_replaced_nulls(self._umbrella.values, self._above.values), self._path[:-1])
            if self._umbrella is not None
            else None
        )
        return chart_values.release_values(above[0], chart) if above and isinstance(above[0], Map) else chart

    def _over(self, base: Value | None, umbrella: ParsedValues) -> tuple[Value | None, list[Diagnostic]]:
        return section.umbrella_defaults(base, umbrella, self._path, self._above, normalized=self._normalized)
