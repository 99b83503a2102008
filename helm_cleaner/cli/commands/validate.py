"""helm-cleaner validate."""

from __future__ import annotations

import sys

from helm_cleaner.actions.validate import ValidationReport, validate, validate_values
from helm_cleaner.cli.configuration import Settings, add_configuration_options, describe_excluded
from helm_cleaner.cli.console import print_diagnostics, print_notes
from helm_cleaner.cli.defaults import DefaultsOption
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import read_file, read_overrides, values_files
from helm_cleaner.cli.notes import fixable_note, notes
from helm_cleaner.cli.options import Parser, add_defaults_options, add_ignore_option, add_value_options, check_codes
from helm_cleaner.cli.progress import Progress
from helm_cleaner.cli.search import Given, read_files
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.cli.umbrellas import FilesBeside, own_values, section_path
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.names import SECTION, STDIN
from helm_cleaner.output import FORMATS, WITH_EDITS, format_findings
from helm_cleaner.sources import File, Repository
from helm_cleaner.sources.values_files import read_values
from helm_cleaner.text import pluralize
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import argparse

    from helm_cleaner.output import Edits


PROG = "helm-cleaner validate"


class CheckResult(NamedTuple):
    """What was checked, its findings that nothing ignores, and notes. given: the files, if they were arguments."""

    report: ValidationReport
    findings: list[Diagnostic]
    notes: list[str]
    defaults: DefaultsOption
    given: Given | None = None


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog=PROG,
        description="Checks the section over the charts' defaults, in values files, in what Flux, Argo CD, Helmfile, "
        "k3s, kustomize, Fleet, Crossplane, Ansible and Skaffold read, and in rendered manifests. Folders are searched "
        "for YAML and JSON files; in a chart's templates, only objects that pass values to charts are checked.",
        examples=[
            "helm-cleaner validate values.yaml environments/",
            "helm-cleaner validate -f base.yaml -f prod.yaml    # together, as Helm merges them",
            "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner validate",
        ],
    )
    p.add_argument("paths", metavar="FILE|DIR|-", nargs="*", help="what to check; - is stdin, the default")
    add_value_options(p, several_sections=True)
    add_defaults_options(p)
    add_configuration_options(p)
    p.add_argument("--require-section", action="store_true", help="no section at all is an error")
    p.add_argument("--strict", action="store_true", help="warnings are errors")
    add_ignore_option(p)
    p.add_argument("--format", choices=FORMATS, default="text",
                   help="text on stderr (default); on stdout json, github (annotations), sarif (2.1.0), gitlab (Code "
                   "Quality) or rdjson (reviewdog)")  # fmt: skip
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parser().parse_args(argv)
    check_codes(args.ignore, PROG)
    settings = Settings(args, PROG)
    checked = _check_values(args, settings) if args.files or args.flags else _check_files(args, settings)
    found, lines = checked.findings, checked.notes
    if args.require_section and not checked.report.checked:
        found.append(_no_section(args.paths or args.files or (["--set"] if args.flags else ["-"])))
    found = [d for d in found if d.code not in args.ignore]
    edits = _edits(checked, settings) if args.format in WITH_EDITS else {}
    if args.strict:
        edits = {d._replace(severity="error"): those for d, those in edits.items()}
        found = [d._replace(severity="error") for d in found]
    if args.format == "text":
        print_diagnostics(found, failed=True)
        errors = sum(d.severity == "error" for d in found)
        lines.append(_summary(checked.report.checked, errors, len(found) - errors))
        if found and checked.given is not None:
            lines += fixable_note(checked.given, settings.sections, checked.report._replace(findings=found))
    else:
        write_stdout([format_findings(found, args.format, edits).encode("utf-8", "replace")])
    print_notes(lines)
    if (checked.given is not None and checked.given.wrong) or checked.report.is_unusable:
        return 2
    return int(any(d.severity == "error" for d in found))


def _check_files(args: argparse.Namespace, settings: Settings) -> CheckResult:
    """Checks files, folders or stdin."""
    if not args.paths and (sys.stdin is None or sys.stdin.isatty()):
        raise UsageError("nothing to check", f"{PROG} values.yaml", PROG)
    names = args.paths or ["-"]
    beside = FilesBeside()
    defaults = DefaultsOption(args, settings.sections[0] if settings.sections else (SECTION,))
    with Progress() as progress:
        given = read_files(names, settings, progress.tell)
        report = validate(given.files, settings.sections, defaults.section, beside.read, _repository(settings, given),
                          chart=defaults.of_the_chart, earlier=defaults.findings, tell=progress.tell)  # fmt: skip
    every = [*given.wrong, *report.findings, *given.skipped, *beside.unread.values()]
    found = settings.drop_ignored(every, given.files, names)
    found = _in_order(given.by_name, found)
    lines = describe_excluded(given.excluded)
    by_name = {} if settings.as_in_folder else given.by_name
    lines += notes(by_name, report.holding, report.umbrellas, found, settings.sections)
    return CheckResult(report, found, lines, defaults, given)


def _edits(checked: CheckResult, settings: Settings) -> Edits:
    """What the fixes of the findings do to the text of the files."""
    if checked.given is None or not any(d.fix for d in checked.report.findings):
        return {}
    from helm_cleaner.fixing.fix import Setting, find_edits

    repository, defaults = _repository(settings, checked.given), checked.defaults
    setting = Setting(settings.sections, FilesBeside().read, repository, defaults.section, defaults.findings)
    return find_edits(checked.given.files, setting, checked.report)


def _repository(settings: Settings, given: Given) -> Repository:
    return Repository(settings.charts, given.layers)


def _check_values(args: argparse.Namespace, settings: Settings) -> CheckResult:
    """Checks values files and --set flags together, as Helm merges them."""
    if args.paths:
        from shlex import quote

        named = " ".join(f"-f {quote(name)}" for name in (*args.files, *args.paths))
        what = "-f and --set are the values of one release, beside which no other files can be checked"
        raise UsageError(what, f"to check them together: {PROG} {named}", PROG)
    overrides = read_overrides(args.files, args.flags, stdin_is_free=True, read_values=read_values)
    assert overrides is not None
    files = values_files(args.files)
    paths = settings.sections or [section_path(None, args.files, overrides, settings.charts)]
    defaults = DefaultsOption(args, paths[0], own_values(files, paths[0], settings.charts), overrides)
    report = validate_values(overrides, paths, defaults.section, defaults.findings, defaults.of_the_chart)
    given = [File(name, read_file(name)) for name in files if name.strip() != "-"]
    return CheckResult(report, settings.drop_ignored(report.findings, given, ()), [], defaults)


def _in_order(by_name: dict[str, list[str]], found: list[Diagnostic]) -> list[Diagnostic]:
    """The findings in the order of the files; those about none of them stay behind the ones before them."""
    order = {path: n for n, path in enumerate(path for paths in by_name.values() for path in paths)}
    result: list[tuple[int, Diagnostic]] = []
    last = 0
    for d in found:
        last = order.get(d.location.file, last)
        result.append((last, d))
    return [d for _, d in sorted(result, key=lambda each: each[0])]


def _no_section(names: list[str]) -> Diagnostic:
    where = Location(STDIN if names[0] == "-" else names[0])
    message = "no section was found" + (f" in these {len(names)} arguments" if len(names) > 1 else "")
    return Diagnostic(
        "error", "no-section", "", message, "give the files that hold it, or its path with --section", where
    )


def _summary(checked: int, errors: int, warnings: int) -> str:
    counts = [pluralize(errors, "error")] * (errors > 0) + [pluralize(warnings, "warning")] * (warnings > 0)
    return f"{pluralize(checked, 'section')} checked, {', '.join(counts) or 'no problems found'}"
