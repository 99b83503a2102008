"""helm-cleaner validate."""

from __future__ import annotations

import sys

from helm_cleaner.actions.validate import validate
from helm_cleaner.cli.console import print_diagnostics, print_text
from helm_cleaner.cli.defaults import DefaultsOption
from helm_cleaner.cli.errors import UsageError, did_you_mean
from helm_cleaner.cli.notes import notes
from helm_cleaner.cli.options import Parser, add_defaults_options, add_section_option
from helm_cleaner.cli.progress import Progress
from helm_cleaner.cli.search import read_files
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.cli.umbrellas import read_beside
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.names import SECTION, STDIN
from helm_cleaner.output import FORMATS, format_findings
from helm_cleaner.text import pluralize


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner validate",
        description="Checks the section over the charts' defaults, in values files, in what Flux, Argo CD, Helmfile, "
        "k3s, kustomize, Fleet and Crossplane read, and in rendered manifests. Folders are searched for *.yaml, *.yml "
        "and *.gotmpl; a chart's templates are left out.",
        examples=[
            "helm-cleaner validate values.yaml environments/",
            "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner validate",
        ],
    )
    p.add_argument("files", metavar="FILE|DIR|-", nargs="*", help="what to check; - is stdin, the default")
    add_defaults_options(p)
    add_section_option(p, several=True)
    p.add_argument("--require-section", action="store_true", help="no section at all is an error")
    p.add_argument("--strict", action="store_true", help="warnings are errors")
    p.add_argument("--ignore", metavar="CODE", action="append", default=[],
                   help="leave out the findings with a code; repeatable")  # fmt: skip
    p.add_argument("--format", choices=FORMATS, default="text",
                   help="text on stderr (default); on stdout json, github (annotations) or sarif (2.1.0)")  # fmt: skip
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parser().parse_args(argv)
    if not args.files and (sys.stdin is None or sys.stdin.isatty()):
        raise UsageError("helm-cleaner validate: error: nothing to check\n    hint: helm-cleaner validate values.yaml")
    if args.ignore:  # otherwise the codes are not needed
        _check_codes(args.ignore)
    defaults = DefaultsOption(args, args.section[0] if args.section else (SECTION,))
    names = args.files or ["-"]
    with Progress() as progress:
        given = read_files(names, progress.tell)
        report = validate(
            given.files, args.section, defaults.section, read_beside, earlier=defaults.findings, tell=progress.tell
        )
    found = _in_order(names, given.by_name, [*given.wrong, *report.findings]) + given.skipped
    lines = list(notes(given.by_name, report.holding, report.umbrellas, found, args.section))
    if args.require_section and not report.checked:
        found.append(_no_section(names))
    found = [d for d in found if d.code not in args.ignore]
    if args.strict:
        found = [d._replace(severity="error") for d in found]
    if args.format == "text":
        print_diagnostics(found, failed=True)
        errors = sum(d.severity == "error" for d in found)
        lines.append(_summary(report.checked, errors, len(found) - errors))
        if found:
            from helm_cleaner.cli.commands.fix import fixable

            lines += fixable(given, args.section, report.found)
    else:
        write_stdout([format_findings(found, args.format).encode("utf-8", "replace")])
    print_text("".join(f"helm-cleaner: {note}\n" for note in lines))
    if given.wrong or report.is_unusable:
        return 2
    return int(any(d.severity == "error" for d in found))


def _check_codes(codes: list[str]) -> None:
    """UsageError for a code that no finding about a section has."""
    from helm_cleaner.codes import BY_NAME, CODES, PLACE_CODES

    known = [code.code for code in (*CODES, *PLACE_CODES)]
    for code in codes:
        if code not in known:
            what = (
                f"{code} cannot be ignored: it is not about a section" if code in BY_NAME else f"unknown code {code!r}"
            )
            hint = did_you_mean(code, () if code in BY_NAME else known, "helm-cleaner rule lists the codes")
            raise UsageError(f"helm-cleaner validate: error: {what}\n    hint: {hint}")


def _in_order(names: list[str], by_name: dict[str, list[str]], found: list[Diagnostic]) -> list[Diagnostic]:
    """The findings in the order of the files; those about none of them stay behind the ones before them."""
    order = {path: n for n, path in enumerate(path for name in names for path in by_name[name])}
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
