"""helm-cleaner doctor."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone

from helm_cleaner.actions import doctor
from helm_cleaner.actions.doctor import Logs, NotRead, running_job
from helm_cleaner.cli.cluster_files import ClusterFile, find_files, names_of, read_output
from helm_cleaner.cli.console import may_color, stdout_is_terminal
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import read_file
from helm_cleaner.cli.kubectl import Kubectl, add_cluster_option, add_live_options, check_live
from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.cluster import queries
from helm_cleaner.cluster.kinds import find_kind
from helm_cleaner.cluster.objects import KubectlOutput
from helm_cleaner.cluster.symptoms import history
from helm_cleaner.cluster.symptoms.release import release_names
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.nearness import find_nearest
from helm_cleaner.output import doctor as doctor_report
from helm_cleaner.text import join_words
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from helm_cleaner.cluster.types import Object
    from helm_cleaner.diagnostics import Diagnostic

PROG = "helm-cleaner doctor"
_INPUT = (
    "what --live runs, and the input for --cluster, --agent-log and --job-log:",
    *(f"  {line}" for line in queries.loop(queries.DOCTOR, "left")),
    "    (rm: where kubectl may not read a kind, it prints the same as where there is none)",
    f"  {queries.shown(queries.log_arguments('deployment/RELEASE-polyaxon-agent'))} > agent.log",
    f"  {queries.shown(queries.log_arguments('job/plx-cleaner-agent'))} > job.log",
)


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog=PROG,
        description="Says why the artifacts of deleted runs were not cleaned, from what is left of the cleaner's jobs: "
        "jobs, pods, events, the release's Deployments and ConfigMaps, and the logs. --live reads them with kubectl; "
        "without it, no connection is opened. What the input does not contain is listed as not checked.",
        epilog="Exit codes: 0 nothing says that a deletion failed; 1 something was not cleaned, or will not be; "
        "2 unusable input.",
        notes=_INPUT,
        examples=[
            f"{PROG} --live -n polyaxon",
            f"{PROG} -n polyaxon --cluster left --agent-log agent.log",
        ],
    )  # fmt: skip
    add_cluster_option(p)
    p.add_argument("--agent-log", metavar="FILE", help="the agent's log")
    p.add_argument("--job-log", metavar="FILE", help="the log of a job of the cleaner")
    p.add_argument("-n", "--namespace", metavar="NAMESPACE", help="the release's namespace")
    p.add_argument("--release", metavar="NAME", help="the release (default: each one in the namespace)")
    p.add_argument("-o", "--output", choices=("text", "json"), default="text", help="the report (default: text)")
    add_live_options(p, queries.DOCTOR)
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parser().parse_args(argv)
    logs = [name for name in (args.agent_log, args.job_log) if name is not None]
    check_live(args, PROG, [*args.cluster, *logs])
    diagnoses = _diagnose_live(args) if args.live else _diagnose_files(args, logs)
    if args.output == "json":
        text = doctor_report.format_json(diagnoses)
    else:
        text = doctor_report.format_report(diagnoses, color=stdout_is_terminal() and may_color())
    write_stdout([text.encode(errors="backslashreplace")])
    return max(each.exit_code for each in diagnoses)


def now() -> str:
    """The time as Kubernetes writes it, the second that has begun included: later than all that was read."""
    return (datetime.now(timezone.utc) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _diagnose_live(args: argparse.Namespace) -> list[doctor.Diagnosis]:
    """The diagnosis from what kubectl reads now."""
    kubectl = Kubectl(args.context, args.timeout)
    namespace = args.namespace or _namespace_of_helm() or kubectl.namespace()
    answer = kubectl.read(queries.queries_of(queries.DOCTOR), namespace)
    past = history.collect(answer.objects, namespace, "--live", now())
    releases = _releases(args, past)
    job = running_job(past)
    of_job = kubectl.log(f"job/{job}", namespace) if job else None
    logged, missing = {}, {each.what: each.why for each in answer.not_read}
    for release in releases:
        of_agent = kubectl.log(f"deployment/{release or 'RELEASE'}-polyaxon-agent", namespace) if release else None
        for what, log in (("the agent's log", of_agent), ("the job's log", of_job)):
            if log is not None and not isinstance(log, str):
                missing[what] = log.why
        logged[release] = Logs(*(log if isinstance(log, str) else None for log in (of_agent, of_job)))
    read = [kind.name for name in answer.kinds if (kind := find_kind(name))]
    diagnoses = doctor.diagnose(past, releases, logged, read)
    return [
        each._replace(not_checked=[NotRead(n.what, missing.get(n.what, n.why), n.command) for n in each.not_checked])
        for each in diagnoses
    ]


def _diagnose_files(args: argparse.Namespace, logs: list[str]) -> list[doctor.Diagnosis]:
    """The diagnosis from the files."""
    files = find_files(args.cluster)
    if not files and not logs:
        hint = f"{PROG} --live -n NAMESPACE, or give it what kubectl printed: {PROG} --help has the commands"
        raise UsageError("nothing to diagnose", hint, PROG)
    if sum(name.strip() == "-" for name in [*logs, *(file.name for file in files)]) > 1:
        raise UsageError("stdin can be only one of the files", "write the others to files", PROG)
    output, given = _read(args, files)
    namespace = args.namespace or _namespace(output.objects)
    past = history.collect(output.objects, namespace, names_of(files))
    _check_namespace(output.objects, past, names_of(files))
    if files and not logs and not past.kinds | output.kinds:
        hint = f"give it what kubectl printed: {PROG} --help has the commands"
        raise InputError.of("cluster", f"contains none of {join_words(history.KINDS)}", Location(names_of(files)), hint)
    releases = _releases(args, past)
    if logs and len(releases) > 1:
        what = f"the log is that of one release, and there are {', '.join(releases)}"
        raise UsageError(what, f"name it: --release {releases[0]}", PROG)
    return doctor.diagnose(past, releases, {releases[0]: given}, output.kinds)


def _read(args: argparse.Namespace, files: list[ClusterFile]) -> tuple[KubectlOutput, Logs]:
    """The objects and the logs in the files. InputError with every file that cannot be used."""
    wrong: list[Diagnostic] = []
    output = KubectlOutput([], frozenset())
    try:
        output = read_output(files)
    except InputError as e:
        wrong += e.diagnostics
    logs: list[str | None] = []
    for name in (args.agent_log, args.job_log):
        try:
            logs.append(read_file(name, stdin_is_free=True).decode("utf-8", "replace") if name is not None else None)
        except InputError as e:
            wrong += e.diagnostics
    if wrong:
        raise InputError(wrong)
    return output, Logs(*logs)


def _releases(args: argparse.Namespace, past: history.History) -> list[str]:
    """The releases to diagnose, "" alone if none is known. UsageError if there are others than the named one."""
    known = release_names(past)
    if args.release is not None and known and args.release not in known:
        hint = f"did you mean {near}?" if (near := find_nearest(args.release, known)) else f"--release {known[0]}"
        what = f"there is no release {args.release} in the namespace {past.namespace}, but {join_words(known)}"
        raise UsageError(what, hint, PROG)
    return [args.release] if args.release is not None else known or [""]


def _check_namespace(found: list[Object], past: history.History, file: str) -> None:
    """InputError if the files are about other namespaces, or about nothing that matters here."""
    if past.kinds_here or not past.kinds:
        return
    elsewhere = [name for name in history.namespaces(found) if name != past.namespace]
    if elsewhere:
        what = f"contains nothing of the namespace {past.namespace}, but of an agent in {join_words(sorted(elsewhere))}"
        raise InputError.of("cluster", what, Location(file), f"name the release's namespace: -n {sorted(elsewhere)[0]}")


def _namespace(found: list[Object]) -> str:
    """The namespace of the release: the only one with an agent. UsageError if there are several."""
    known = [named] if (named := _namespace_of_helm()) else history.namespaces(found)
    if len(known) > 1:
        those = ", ".join(sorted(known))
        raise UsageError(f"there are agents in several namespaces: {those}", "name one with -n", PROG)
    return known[0] if known else "default"


def _namespace_of_helm() -> str:
    """The namespace that Helm tells a plugin."""
    return os.environ.get("HELM_NAMESPACE", "") if "HELM_PLUGIN_DIR" in os.environ else ""
