"""helm-cleaner merge."""

from __future__ import annotations

from helm_cleaner import section, values
from helm_cleaner.cli.defaults import DefaultsOption
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import read_overrides, values_files
from helm_cleaner.cli.options import Parser, add_defaults_options, add_value_options
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.cli.umbrellas import own_values, section_path
from helm_cleaner.section.writing import to_pretty_json, to_yaml


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner merge",
        description="Prints the section that would take effect: defaults, values files and --set flags, read and "
        "merged as Helm does it, normalized and checked.",
        epilog="HELM_CLEANER_VALUES names values files too, separated as in PATH; they come before -f.",
        examples=[
            "helm-cleaner merge -f values.yaml --show-origin",
            "helm-cleaner merge -f values.yaml --set cleaner.imageTag=dev -o json",
        ],
    )
    add_value_options(p)
    add_defaults_options(p)
    p.add_argument("--raw", action="store_true", help="Helm's plain result, neither normalized nor checked")
    p.add_argument("-o", "--output", choices=["yaml", "json"], default="yaml", help="how to print it (default: yaml)")
    p.add_argument("--show-origin", action="store_true", help="print after each value where it comes from")
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parser().parse_args(argv)
    if args.show_origin and args.output == "json":
        raise UsageError("JSON has no comments", "use --show-origin with -o yaml", "helm-cleaner merge")
    overrides = read_overrides(args.files, args.flags, stdin_is_free=True) or values.no_values()
    path = section_path(args.section, args.files, overrides)
    defaults = DefaultsOption(
        args, path, own_values(values_files(args.files), path), overrides, normalized=not args.raw
    )
    if args.raw:
        result, findings = section.merge_raw(defaults.section(), overrides, path)
        findings = defaults.findings + findings
    else:
        found = section.resolve(None, defaults.section(), overrides, path, earlier=defaults.findings, advice=False)
        result, findings = found.require_valid()
    text = to_pretty_json(result) if args.output == "json" else to_yaml(result, origins=args.show_origin)
    write_stdout([text.encode()])
    if findings:
        from helm_cleaner.cli.console import print_diagnostics

        print_diagnostics(findings)
    return 0
