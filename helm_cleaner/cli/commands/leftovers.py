"""helm-cleaner leftovers."""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator

from helm_cleaner.actions import leftovers, leftovers_jobs
from helm_cleaner.cli.console import print_diagnostics, print_notes
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import read_file
from helm_cleaner.cli.jobs import add_job_options, read_jobs
from helm_cleaner.cli.options import Parser, add_manifests, add_value_options
from helm_cleaner.cli.streams import write_stdout
from helm_cleaner.cluster import objects
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.in_cluster.report import Leftover, Report, parse
from helm_cleaner.in_cluster.rules import DAY, YOUNGEST
from helm_cleaner.names import STDIN
from helm_cleaner.output.leftovers import as_json, as_text
from helm_cleaner.polyaxon.chart_values import full_name
from helm_cleaner.polyaxon.job import Job
from helm_cleaner.polyaxon.store import HOST_PATH
from helm_cleaner.text import pluralize

PROG = "helm-cleaner leftovers"
_UNITS = {"h": 3600, "d": DAY, "w": 7 * DAY}


def parser() -> Parser:
    """The command's options."""
    p = Parser(
        prog=PROG,
        description="Finds the folders of an artifacts store that belong to no run, and prints Jobs that delete them. "
        "survey prints a Job that asks Polyaxon's API for the run of each folder and writes a report to its log. clean "
        "reads that report and shows the leftovers, and what was left alone and why; with -o yaml it prints a Job that "
        "deletes up to 200 of them, and checks every rule again before each. The command itself deletes nothing, and "
        "opens no connection. docs/leftovers.md leads through it, and says what it cannot know.",
        epilog="Exit codes: 0 done; 1 a rule refuses, and the message says which; 2 usage error or unusable input.",
        examples=[
            f"{PROG} survey manifests.yaml -n polyaxon | kubectl create -f -",
            f"{PROG} clean manifests.yaml --report report.txt --cluster configmaps.json",
            f"{PROG} clean manifests.yaml --report report.txt --store-is-mine -o yaml",
        ],
    )
    p.add_argument("action", choices=("survey", "clean"))
    add_manifests(p)
    add_value_options(p)
    add_job_options(p)
    group = p.add_argument_group("clean")
    group.add_argument("--report", metavar="FILE|-", help="the survey's log, as kubectl logs prints it; required")
    group.add_argument("--cluster", metavar="FILE|-",
                       help="what kubectl get configmaps -A -o json prints; refuses a store that another release "
                       "uses")  # fmt: skip
    group.add_argument("--older-than", metavar="AGE", type=_age, default="7d",
                       help="delete only what was last written this long before the survey: 7d (default), 72h, 2w; "
                       "at least 2d")  # fmt: skip
    group.add_argument("--store-is-mine", action="store_true",
                       help="no other release, in any cluster, uses this store; required by -o yaml")  # fmt: skip
    group.add_argument("--remove", metavar="COUNT", type=int,
                       help="the number of folders to delete, all parts together; required by -o yaml if the API knows "
                       "fewer than half of all")  # fmt: skip
    group.add_argument("--part", metavar="N", type=int, default=1, help="which part to print a Job for (default: 1)")
    group.add_argument("-o", "--output", choices=("text", "json", "yaml"),
                       help="a table (default), the list, or one Job")  # fmt: skip
    return p


def run(argv: list[str]) -> int:
    """Runs the command and returns its exit code. Raises CleanerError and UsageError for `main` to report."""
    args = parser().parse_intermixed_args(argv)
    return _survey(args) if args.action == "survey" else _clean(args)


def _survey(args: argparse.Namespace) -> int:
    given = {"--report": args.report, "--cluster": args.cluster, "--store-is-mine": args.store_is_mine,
             "--remove": args.remove is not None, "--output": args.output}  # fmt: skip
    if wrong := [name for name, value in given.items() if value]:
        raise UsageError(f"{wrong[0]} goes with clean", f"{PROG} clean {wrong[0]} …", f"{PROG} survey")
    target = _target(args, f"{PROG} survey", stdin_is_taken=False)
    write_stdout([leftovers_jobs.make_survey(target).encode()])
    notes = []
    if target.job.release.is_enterprise:
        notes.append(
            "Polyaxon EE: the survey counts leftovers and does not list them, since its API may answer 404 for a run "
            "that one is not permitted to see"
        )
    if target.job.store.kind == HOST_PATH:
        notes.append(
            f"the store is {target.where.description}: the Job surveys the node that it runs on. For another one, add "
            "--set 'cleaner.nodeSelector.kubernetes\\.io/hostname=NODE'"
        )
    print_notes(notes)
    return 0


def _clean(args: argparse.Namespace) -> int:
    if not args.report:
        hint = f"{PROG} survey prints the Job whose log is the report"
        raise UsageError("--report is required", hint, f"{PROG} clean")
    files = [args.manifests, args.report, args.cluster, *args.files]
    if sum(name is not None and name.strip() == "-" for name in files) > 1:
        hint = "write all but one to files and give their names"
        raise UsageError("stdin can be only one of the inputs", hint, f"{PROG} clean")
    stdin_is_taken = "-" in (args.report.strip(), (args.cluster or "").strip())
    file = _name(args.report)
    report = parse(objects.decode(read_file(args.report, stdin_is_free=True), file), file)
    target = _target(args, f"{PROG} clean", stdin_is_taken=stdin_is_taken)
    if isinstance(report, Diagnostic):
        print_diagnostics([report], failed=True)
        return 2 if report.code == "report" else 1
    refusals = list(leftovers.refuse(report, target, file, time.time()))
    if args.cluster:
        name = _name(args.cluster)
        found = objects.parse(objects.decode(read_file(args.cluster, stdin_is_free=True), name), name)
        refusals += leftovers.refuse_shared(found, target, report, name)
    folders = leftovers.select(report, args.older_than)
    needs = list(leftovers.confirm(report, len(folders), file, is_mine=args.store_is_mine, count=args.remove))
    if args.output == "yaml":
        return _print_job(args, target, report, folders, [*refusals, *needs])
    if args.output == "json":
        text = as_json(report, folders, len(leftovers.split(folders)), refusals, needs)
    else:
        text = as_text(report, folders, args.older_than // DAY, len(leftovers.split(folders)))
    write_stdout([text.encode()])
    print_diagnostics(refusals, failed=True)
    if args.output != "json" and not refusals:
        print_notes(_next_steps(args, needs, len(folders)))
    return int(bool(refusals))


def _print_job(
    args: argparse.Namespace,
    target: leftovers_jobs.Target,
    report: Report,
    folders: list[Leftover],
    refusals: list[Diagnostic],
) -> int:
    if refusals:
        print_diagnostics(refusals, failed=True)
        return 1
    parts = leftovers.split(folders)
    if not 1 <= args.part <= len(parts):
        hint = f"--part 1 to --part {len(parts)}"
        raise UsageError(f"there is no part {args.part} of {len(parts)}", hint, f"{PROG} clean")
    part = parts[args.part - 1]
    text = leftovers_jobs.make_deletion(target, report, part, args.part, len(parts), args.older_than)
    write_stdout([text.encode()])
    print_notes([f"part {args.part} of {len(parts)}: a Job that deletes {pluralize(len(part), 'folder')}"])
    return 0


def _next_steps(args: argparse.Namespace, needs: list[Diagnostic], total: int) -> Iterator[str]:
    """What the user may want to do, and what was not checked."""
    if not args.cluster:
        yield "not checked: whether another release in this cluster uses the store (--cluster configmaps.json)"
    if total:
        flags = "".join(f" --remove {total}" if need.code == "remove-count" else f" --{need.code}" for need in needs)
        yield f"nothing is deleted yet; -o yaml{flags} prints the Job that deletes them"


def _target(args: argparse.Namespace, prog: str, *, stdin_is_taken: bool) -> leftovers_jobs.Target:
    jobs, findings = read_jobs(args, prog, "survey", stdin_is_taken=stdin_is_taken)
    chosen = [(title, job) for title, job in jobs if not args.release or _is_of(job, args.release)]
    if not chosen:
        title, job = jobs[0]
        message = f"no agent of the release {args.release} in these manifests"
        hint = f"--release {(job.release.full_name or '').removesuffix('-polyaxon')}, or render that release"
        raise InputError.of("release", message, Location(title), hint)
    if len(chosen) > 1:
        names = ", ".join(title for title, _ in chosen)
        raise UsageError(f"{len(chosen)} agents in these manifests: {names}", "--release NAME", prog)
    title, job = chosen[0]
    print_diagnostics([*findings, *(each for each in job.warnings if each.code != "host-path")])
    return leftovers_jobs.find_target(job, title)


def _is_of(job: Job, release: str) -> bool:
    return job.release.full_name in (None, full_name(release))


def _name(path: str) -> str:
    return STDIN if path.strip() == "-" else path


def _age(text: str) -> int:
    """An age in seconds."""
    match = re.fullmatch(r"([0-9]{1,5})([hdw])", text)
    seconds = int(match[1]) * _UNITS[match[2]] if match else 0
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} is not an age: write hours, days or weeks, as in 72h, 7d or 2w")
    if seconds < YOUNGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is less than 2d: a run may still write to a folder that young")
    return seconds
