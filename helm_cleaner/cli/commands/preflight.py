"""helm-cleaner preflight."""

from __future__ import annotations

import os

from helm_cleaner.actions import preflight
from helm_cleaner.cli.cluster_files import find_files, read_snapshot
from helm_cleaner.cli.console import may_color, print_notes, stdout_is_terminal
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.jobs import add_job_options, read_jobs
from helm_cleaner.cli.kubectl import Answer, Kubectl, add_cluster_option, add_live_options, check_live
from helm_cleaner.cli.options import Parser, add_manifests, add_value_options
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.cluster import queries, snapshot
from helm_cleaner.cluster.kinds import find_kind
from helm_cleaner.cluster.types import NotChecked
from helm_cleaner.diagnostics import CleanerError, Diagnostic, InputError, SectionError
from helm_cleaner.output import preflight as preflight_report
from helm_cleaner.polyaxon.job import Job
from helm_cleaner.polyaxon.job_warnings import OF_THE_CLUSTER
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from helm_cleaner.cluster.snapshot import ClusterSnapshot

PROG = "helm-cleaner preflight"
_INPUT = (
    "what --live runs, and the input for --cluster (docs/preflight.md lists the permissions that this needs):",
    *(f"  {line}" for line in queries.loop(queries.PREFLIGHT, "cluster")),
    "    (rm: where kubectl may not read a kind, it prints the same as where there is none)",
    "only with --secrets, and names and types only:",
    *(f"  {line}" for line in queries.single_commands(queries.asked_of(queries.PREFLIGHT), "cluster")),
)


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog=PROG,
        description="Checks whether the Job that Polyaxon runs can run in a cluster: on which nodes, and if not, why, "
        "with the line to change. --live reads the cluster with kubectl; without it, no connection is opened, and "
        "--cluster takes what kubectl printed. What the input does not contain is listed as not checked.",
        epilog="Exit codes: 0 it fits, or an autoscaler or the eviction of other pods could make room; 1 no node fits, "
        "or the pod is refused or cannot start; 2 unusable input.",
        notes=_INPUT,
        examples=[
            f"{PROG} -f values.yaml -n polyaxon --release plx --live",
            f"helm template plx polyaxon/polyaxon | {PROG} -n polyaxon --cluster cluster",
            f"kubectl get pvc -o json | {PROG} -f values.yaml --cluster cluster --cluster pvc=-",
        ],
    )  # fmt: skip
    add_manifests(p)
    add_value_options(p)
    add_job_options(p)
    add_cluster_option(p)
    p.add_argument("--strict", action="store_true", help="exit 1 also where something that matters was not checked")
    p.add_argument("--no-autoscaler", action="store_true", help="do not count nodes that an autoscaler could add")
    p.add_argument("-o", "--output", choices=("text", "json"), default="text", help="the report (default: text)")
    add_live_options(p, queries.PREFLIGHT)
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parser().parse_args(argv)
    files = find_files(args.cluster)
    from_stdin = [file for file in files if file.is_stdin]
    if len(from_stdin) > 1 or (from_stdin and "-" in (args.manifests, *args.files)):
        hint = "write one of them to a file and give its name"
        raise UsageError("stdin can be only one of the cluster, the manifests and the values", hint, PROG)
    check_live(args, PROG, args.cluster)
    if not args.live and not files:
        hint = f"{PROG} --live, or --cluster with what kubectl printed: {PROG} --help has the commands"
        raise UsageError("no cluster to check", hint, PROG)
    known = None if args.live else read_snapshot(files)
    try:
        jobs, findings = read_jobs(args, PROG, "check", stdin_is_taken=bool(from_stdin))
    except CleanerError as e:
        if isinstance(known, InputError):
            raise InputError([*e.diagnostics, *known.diagnostics]) from None
        if not isinstance(e, SectionError) or args.output == "text":
            raise
        return _invalid(args, e.diagnostics)
    if isinstance(known, InputError):
        raise known
    if known is None:
        verdicts = _check_live(jobs, args, findings)
    else:
        verdicts = [_check(title, job, known, args, findings, args.namespace or _namespace(job)) for title, job in jobs]
    if args.output == "json":
        text = preflight_report.format_json(verdicts)
    else:
        text = preflight_report.format_report(verdicts, color=stdout_is_terminal() and may_color(), strict=args.strict)
    write_stdout([text.encode(errors="backslashreplace")])
    print_notes(f"{title}: {note.text}" for title, job in jobs for note in job.notes if not note.field)
    if args.strict and any(verdict.not_checked for verdict in verdicts):
        return 1
    return max(verdict.exit_code for verdict in verdicts)


def _check_live(
    jobs: list[tuple[str, Job]], args: argparse.Namespace, findings: list[Diagnostic]
) -> list[preflight.Verdict]:
    """The verdicts on what kubectl reads now, once for each namespace."""
    kubectl = Kubectl(args.context, args.timeout)
    wanted = queries.queries_of(queries.PREFLIGHT, asked=args.secrets)
    answers: dict[str, Answer] = {}
    verdicts = []
    for title, job in jobs:
        namespace = args.namespace or _namespace(job) or kubectl.namespace()
        if namespace not in answers:
            answers[namespace] = kubectl.read(wanted, namespace)
        answer = answers[namespace]
        read = [kind.name for name in answer.kinds if name != "configmaps" and (kind := find_kind(name))]
        verdict = _check(title, job, snapshot.collect(answer.objects, "--live", read), args, findings, namespace)
        verdicts.append(verdict._replace(not_checked=_add_reasons(verdict.not_checked, answer.not_read)))
    return verdicts


def _add_reasons(missing: list[NotChecked], not_read: list[NotChecked]) -> list[NotChecked]:
    """What was not checked, with kubectl's reason for each kind that it could not read."""
    why = {kind.name: each.why for each in not_read if (kind := find_kind(each.what))}
    return [each._replace(why=f"{each.why}; {why[each.what]}") if each.what in why else each for each in missing]


def _check(
    title: str,
    job: Job,
    known: ClusterSnapshot,
    args: argparse.Namespace,
    findings: list[Diagnostic],
    namespace: str,
) -> preflight.Verdict:
    verdict = preflight.check(title, job, known, namespace or "default", autoscaler=not args.no_autoscaler)
    missing = verdict.not_checked
    if not namespace:
        missing = [
            NotChecked("namespace", "the release's own namespace: without -n it is taken to be default"),
            *missing,
        ]
    more = [each for each in job.warnings if each.code not in OF_THE_CLUSTER]
    return verdict._replace(findings=[*findings, *more, *verdict.findings], not_checked=missing)


def _namespace(job: Job) -> str:
    """The namespace that the manifests name, or the one of Helm, which does not pass -n on to a plugin."""
    metadata = job.manifest["metadata"]
    value = metadata.get("namespace") if isinstance(metadata, dict) else None
    written = getattr(value, "value", None)
    return str(written) if written else os.environ.get("HELM_NAMESPACE", "") if "HELM_PLUGIN_DIR" in os.environ else ""


def _invalid(args: argparse.Namespace, found: list[Diagnostic]) -> int:
    """The verdict, for programs, on a section that is invalid."""
    verdict = preflight.Verdict("", args.namespace or "default", "refused", [], [], [], found, [])
    write_stdout([preflight_report.format_json([verdict]).encode()])
    return SectionError.exit_code
