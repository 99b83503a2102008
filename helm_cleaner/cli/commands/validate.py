"""helm-cleaner validate."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cached_property

from helm_cleaner import places, polyaxon, section
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import read_chart_defaults, read_file
from helm_cleaner.cli.options import Parser, add_defaults_options, add_section_option
from helm_cleaner.cli.streams import STDIN, write_stdout
from helm_cleaner.cli.talk import say, say_diagnostics
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.output import FORMATS, formatted
from helm_cleaner.text import printable
from helm_cleaner.values import Map, Value, copied

_EXTENSIONS = (".yaml", ".yml")


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner validate",
        description="Checks the section in values files, in Flux HelmReleases, Argo CD Applications and "
        "ApplicationSets, helmfiles, and manifests that Helm rendered. The section is checked over the charts' "
        "defaults. Folders are searched for *.yaml and *.yml; a chart's templates are left out.",
        examples=[
            "helm-cleaner validate values.yaml environments/",
            "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner validate",
        ],
    )
    p.add_argument("files", metavar="FILE|DIR|-", nargs="*", help="what to check; - is stdin, the default")
    add_defaults_options(p)
    add_section_option(p)
    p.add_argument("--format", choices=FORMATS, default="text",
                   help="text on stderr (default); on stdout json, github (annotations) or sarif (2.1.0)")  # fmt: skip
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parser().parse_args(argv)
    if not args.files and (sys.stdin is None or sys.stdin.isatty()):
        raise UsageError("helm-cleaner validate: error: nothing to check\n    hint: helm-cleaner validate values.yaml")
    defaults = _Defaults(args.defaults, args.no_defaults, args.section)
    found: list[Diagnostic] = []
    notes: list[str] = []
    unusable, checked = False, 0
    for name in args.files or ["-"]:
        empty = 0
        for path in _files(name):
            try:
                content = read_file(path, stdin_is_free=True)
                here = places.find(content, STDIN if path == "-" else path, args.section)
                found += [d for place in here for d in judge(place, defaults)]
            except InputError as e:
                found += e.diagnostics
                unusable = True
                continue
            if not here:
                found += places.missed(content, STDIN if path == "-" else path, args.section)
            checked += len(here)
            empty += not here
        if empty:
            where = f", in {empty} of its files" if os.path.isdir(name) else ""
            file = STDIN if name == "-" else printable(name)
            notes.append(f"{file}: no {'.'.join(args.section)} section{where}")
    if args.format == "text":
        say_diagnostics(found, failed=True)
        errors = sum(d.severity == "error" for d in found)
        notes.append(_summary(checked, errors, len(found) - errors))
    else:
        write_stdout([formatted(found, args.format).encode("utf-8", "replace")])
    say("".join(f"helm-cleaner: {note}\n" for note in notes))
    return 2 if unusable else int(any(d.severity == "error" for d in found))


def _summary(checked: int, errors: int, warnings: int) -> str:
    counts = [_count(errors, "error")] * (errors > 0) + [_count(warnings, "warning")] * (warnings > 0)
    return f"{_count(checked, 'section')} checked, {', '.join(counts) or 'no problems found'}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


class _Defaults:
    """The defaults below a section: none, a chart's values.yaml, or the charts' built-in defaults."""

    def __init__(self, file: str | None, none: bool, path: tuple[str, ...]) -> None:
        self.file = file
        self.none = none
        self.path = path

    @cached_property
    def chart(self) -> Value | None:
        """The section in the chart's values.yaml, read only once."""
        return read_chart_defaults(self.file, self.path)[0] if self.file else None

    def fresh(self, version: str | None = None) -> Map | None:
        """A copy of the defaults that may be changed. version: that of the release."""
        if self.none:
            return None
        if self.file:
            return copied(self.chart) if isinstance(self.chart, Map) else None
        return section.defaults(version) if version else section.defaults_to_judge_by()


def judge(source: places.Source, defaults: _Defaults) -> list[Diagnostic]:
    """Every finding about the section in a place."""
    if source.agent is not None:
        name = source.agent.name.name or "ConfigMap"
        rendered = section.parse(source.agent.section, name)
        found = section.resolve(rendered, defaults.fresh(source.agent.version), name=name).findings
        return found + polyaxon.too_large(source.agent, source.agent.data)
    assert source.over is not None
    return section.resolve(None, defaults.fresh(), source.over, source.path).findings


def _files(name: str) -> Iterator[str]:
    """The files that an argument stands for, in order."""
    if not os.path.isdir(name):
        yield name
        return
    for folder, folders, files in os.walk(name):
        is_chart = "Chart.yaml" in files
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not (is_chart and f == "templates"))
        for path in (os.path.join(folder, file) for file in sorted(files) if file.endswith(_EXTENSIONS)):
            if os.path.isfile(path) or not os.path.exists(path):  # a named pipe without a writer would block
                yield path
