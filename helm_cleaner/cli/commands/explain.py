"""helm-cleaner explain."""

from __future__ import annotations

from helm_cleaner.actions import explain
from helm_cleaner.cli.jobs import read_jobs
from helm_cleaner.cli.options import Parser, add_manifests, add_value_options
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.cli.talk import may_colour, say, say_diagnostics, stdout_is_terminal
from helm_cleaner.text import printable

_FORMATS = ("yaml", "json")


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog="helm-cleaner explain",
        description="Prints the Job that Polyaxon runs when a run is deleted, and where each of its values comes from: "
        "the section that post-render would write, and the default scheduling where the section has none.",
        epilog="Where nothing is piped in, -f and --set alone are explained, over the built-in defaults.",
        examples=[
            "helm template plx polyaxon/polyaxon -f values.yaml | helm-cleaner explain",
            "helm-cleaner explain -f values.yaml -o yaml | kubectl apply --dry-run=server -f -",
        ],
    )
    add_manifests(p)
    add_value_options(p)
    p.add_argument("--no-defaults", action="store_true", help="leave missing fields missing")
    p.add_argument("-o", "--output", choices=_FORMATS, help="a Job that kubectl takes (default: a table for people)")
    return p


def run(argv: list[str]) -> int:
    """Runs the command; the exit code of the contract, CleanerError or UsageError for the boundary."""
    args = parser().parse_args(argv)
    jobs, said = read_jobs(args, "helm-cleaner explain", "explain")
    if args.output == "yaml":
        text = explain.as_yaml([each for _, each in jobs])
    elif args.output == "json":
        text = explain.as_json([each for _, each in jobs])
    else:
        text = explain.table(jobs, stdout_is_terminal() and may_colour())
    write_stdout([text.encode()])
    say_diagnostics(said)
    say("".join(printable(f"helm-cleaner: {title}: {note}") + "\n" for title, each in jobs for note in each.notes))
    return 0
