"""helm-cleaner explain."""

from __future__ import annotations

from helm_cleaner import section
from helm_cleaner.actions import explain, krm_function, post_render
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import read_manifests, read_overrides
from helm_cleaner.cli.options import Parser, add_manifests, add_value_options
from helm_cleaner.cli.streams import is_piped, write_stdout
from helm_cleaner.cli.talk import may_colour, say, say_diagnostics, stdout_is_terminal
from helm_cleaner.diagnostics import Diagnostic, InputError, Location, SectionError
from helm_cleaner.output.report import printable
from helm_cleaner.polyaxon.job import Job, Scheduling, job, judge, scheduling_in, scheduling_of
from helm_cleaner.values import Map, Read

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
    values_alone = args.manifests is None and not is_piped()
    over = read_overrides(args.files, args.flags, stdin_is_free=values_alone or args.manifests not in (None, "-"))
    stream, name = (b"", "") if values_alone else read_manifests(args.manifests)
    fill = not args.no_defaults
    if stream.strip():
        jobs, said = _of_stream(stream, krm_function.configured(stream, post_render.Options(over, fill, name=name)))
    elif over is not None:
        jobs, said = _of_values(over, fill)
    else:
        hint = "helm template plx polyaxon/polyaxon | helm-cleaner explain, or helm-cleaner explain -f values.yaml"
        raise UsageError(f"helm-cleaner explain: error: nothing to explain\n    hint: {hint}")
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


def _of_stream(stream: bytes, options: post_render.Options) -> tuple[list[tuple[str, Job]], list[Diagnostic]]:
    _, agents, said = post_render.resolve(stream, options)
    if not agents:
        message, hint = "no agent ConfigMap in these manifests: nothing to explain", "render the chart with the agent"
        raise InputError.of("no-target", message, Location(options.name), hint)
    jobs = []
    for agent, cleaner, *_ in (found for each in agents.values() for found in each):
        assert isinstance(cleaner, Map)
        scheduling = _judged(scheduling_of(agent), said)
        jobs.append((agent.name.name or "ConfigMap", job(cleaner, scheduling, agent, agent.version)))
    return jobs, said


def _of_values(over: Read, fill: bool) -> tuple[list[tuple[str, Job]], list[Diagnostic]]:
    base = section.defaults(None) if fill else None
    cleaner, said = section.lay_over(base, over)
    if cleaner is None:
        cleaner = base or section.empty(section.NAME)
    said = section.judge(cleaner, said)
    if any(d.severity == "error" for d in said):
        raise SectionError(said)
    assert isinstance(cleaner, Map)
    return [("values alone", job(cleaner, _judged(scheduling_in(over.values), said)))], said


def _judged(scheduling: Scheduling, said: list[Diagnostic]) -> Scheduling:
    """The scheduling. SectionError where it is invalid: the agent's configuration would not load, or no Job start."""
    found = judge(scheduling)
    if any(d.severity == "error" for d in found):
        raise SectionError(said + found)
    said += found
    return scheduling
