"""helm-cleaner explain."""

from __future__ import annotations

from helm_cleaner.cli.console import may_color, print_diagnostics, print_notes, stdout_is_terminal
from helm_cleaner.cli.jobs import add_job_options, read_jobs
from helm_cleaner.cli.options import Parser, add_manifests, add_value_options
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.output import explain
from helm_cleaner.polyaxon.rehearsal import make_rehearsal

_FORMATS = ("yaml", "json")


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner explain",
        description="Prints the Job that Polyaxon runs for each batch of deleted runs, and where each of its values "
        "comes from: the section that post-render would write, and the default scheduling where the section has none. "
        "Warnings on stderr say what would keep the Job from deleting the artifacts.",
        epilog="If nothing is piped in, it explains the values of -f and --set over the built-in defaults.",
        examples=[
            "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner explain",
            "helm-cleaner explain -f values.yaml -o yaml | kubectl apply --dry-run=server -f -",
            "helm template plx polyaxon/polyaxon | helm-cleaner explain --rehearsal | kubectl create -f -",
        ],
    )
    add_manifests(p)
    add_value_options(p)
    add_job_options(p)
    p.add_argument("-o", "--output", choices=_FORMATS, help="a Job for kubectl (default: a table)")
    p.add_argument("--rehearsal", action="store_true",
                   help="a Job with the same pod that deletes nothing, for kubectl create")  # fmt: skip
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parser().parse_args(argv)
    jobs, findings = read_jobs(args, "helm-cleaner explain", "explain")
    made = [make_rehearsal(each) if args.rehearsal else each for _, each in jobs]
    if args.output == "json":
        text = explain.format_json(made)
    elif args.rehearsal:
        text = explain.format_yaml(made, explain.REHEARSAL_HEAD)
    elif args.output == "yaml":
        text = explain.format_yaml(made)
    else:
        text = explain.format_table(jobs, color=stdout_is_terminal() and may_color())
    write_stdout([text.encode()])
    print_diagnostics(list(dict.fromkeys([*findings, *(warning for _, each in jobs for warning in each.warnings)])))
    print_notes(f"{title}: {note.text}" for title, each in jobs for note in each.notes)
    return 0
