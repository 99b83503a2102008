"""helm-cleaner doctor."""

from __future__ import annotations

import os

from helm_cleaner.actions import doctor, doctor_report
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import read_file
from helm_cleaner.cli.options import Parser
from helm_cleaner.cli.streams import STDIN, write_stdout
from helm_cleaner.cli.talk import may_color, stdout_is_terminal
from helm_cleaner.cluster import objects
from helm_cleaner.cluster.symptoms import history
from helm_cleaner.diagnostics import InputError
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from helm_cleaner.cluster.types import Object
    from helm_cleaner.diagnostics import Diagnostic

PROG = "helm-cleaner doctor"


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog=PROG,
        description="Says why the artifacts of deleted runs were not cleaned, from what is left of the cleaner's jobs: "
        "jobs, pods, events, the release's Deployments and ConfigMaps, and the logs. It opens no connection: --cluster "
        "takes what kubectl prints. What that does not contain is listed as not checked.",
        epilog="Exit codes: 0 nothing says that a deletion failed; 1 something was not cleaned, or will not be; "
        "2 unusable input.",
        examples=[
            f"{PROG} -n polyaxon --cluster cluster.json --agent-log agent.log",
        ],
    )  # fmt: skip
    p.add_argument("--cluster", metavar="FILE|-", action="append", default=[],
                   help="what kubectl printed; repeatable, - is stdin")  # fmt: skip
    p.add_argument("--agent-log", metavar="FILE", help="the agent's log")
    p.add_argument("--job-log", metavar="FILE", help="the log of a job of the cleaner")
    p.add_argument("-n", "--namespace", metavar="NAMESPACE", help="the release's namespace")
    p.add_argument("--release", metavar="NAME", help="the release (default: each one in the namespace)")
    p.add_argument("-o", "--output", choices=("text", "json"), default="text", help="the report (default: text)")
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parser().parse_args(argv)
    found, given = _read(args)
    namespace = args.namespace or _namespace(found)
    files = ", ".join(args.cluster)
    diagnoses = doctor.diagnose(history.collect(found, namespace, files), given, args.release)
    if args.output == "json":
        text = doctor_report.as_json(diagnoses)
    else:
        text = doctor_report.as_text(diagnoses, color=stdout_is_terminal() and may_color())
    write_stdout([text.encode(errors="backslashreplace")])
    return max(each.exit_code for each in diagnoses)


def _read(args: argparse.Namespace) -> tuple[list[Object], doctor.Logs]:
    """The objects and the logs in the files. UsageError without any; InputError with every file that cannot be used."""
    names = [*args.cluster, *filter(None, (args.agent_log, args.job_log))]
    if not names:
        hint = f"kubectl get jobs.polyaxon.com,jobs.batch,pods,events,configmaps,deployments -n polyaxon -o json | {PROG} --cluster -"
        raise UsageError(f"{PROG}: error: nothing to diagnose\n    hint: {hint}")
    if sum(name.strip() == "-" for name in names) > 1:
        raise UsageError(f"{PROG}: error: stdin can be only one of the files\n    hint: write the others to files")
    wrong: list[Diagnostic] = []
    found: list[Object] = []
    for name in args.cluster:
        file = STDIN if name.strip() == "-" else name
        try:
            found += objects.parse(objects.decode(read_file(name, stdin_is_free=True), file), file)
        except InputError as e:
            wrong += e.diagnostics
    logs = []
    for name in (args.agent_log, args.job_log):
        try:
            logs.append(read_file(name, stdin_is_free=True).decode("utf-8", "replace") if name else None)
        except InputError as e:
            wrong += e.diagnostics
    if wrong:
        raise InputError(wrong)
    return found, doctor.Logs(*logs)


def _namespace(found: list[Object]) -> str:
    """The namespace of the release: the only one with an agent. UsageError if there are several."""
    if "HELM_PLUGIN_DIR" in os.environ and os.environ.get("HELM_NAMESPACE"):
        return os.environ["HELM_NAMESPACE"]
    known = history.namespaces(found)
    if len(known) > 1:
        raise UsageError(
            f"{PROG}: error: there are agents in several namespaces: {', '.join(sorted(known))}\n    hint: name one with -n"
        )
    return known[0] if known else "default"
