"""The Jobs that a command's options result in: from manifests, or from values alone."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import suppress

from helm_cleaner import section
from helm_cleaner.actions import post_render
from helm_cleaner.cli.changes import configured
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import not_manifests, read_chart_defaults, read_file, read_manifests, read_overrides
from helm_cleaner.cli.options import add_defaults_options
from helm_cleaner.cli.streams import is_piped
from helm_cleaner.cli.umbrellas import section_path
from helm_cleaner.diagnostics import CleanerError, Diagnostic, InputError, Location, SectionError
from helm_cleaner.paths import Path
from helm_cleaner.polyaxon import accounts, chart_values, store_rules
from helm_cleaner.polyaxon.job import Job, Release, job, release_of
from helm_cleaner.polyaxon.origins import told
from helm_cleaner.polyaxon.scheduling import Scheduling, judge, scheduling_in, scheduling_of
from helm_cleaner.polyaxon.store import Store, store_in, store_of
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Read, Value, read
from helm_cleaner.yamltext import Document, manifests

if TYPE_CHECKING:
    from helm_cleaner.cli.options import Parser


def add_job_options(parser: Parser) -> None:
    """Adds the options about the release: the chart's defaults, its name, namespace and version."""
    add_defaults_options(parser)
    parser.add_argument("-n", "--namespace", metavar="NAMESPACE", help="the release's namespace")
    parser.add_argument("--release", metavar="NAME", help="the release's name, for the service account")
    parser.add_argument("--chart-version", metavar="VERSION", help="the chart's version, for the image's tag")


def read_jobs(
    args: argparse.Namespace, prog: str, verb: str, stdin_is_taken: bool = False
) -> tuple[list[tuple[str, Job]], list[Diagnostic]]:
    """The Jobs, each with a title, and the findings about their sections.

    args: with manifests, the value options and `add_job_options`; verb: what the command does with them, for messages;
    stdin_is_taken: whether stdin is something other than the manifests.
    SectionError if a section or the default scheduling is invalid; UsageError if there are neither manifests nor
    values.
    """
    values_alone = args.manifests is None and (stdin_is_taken or not is_piped())
    stdin_is_free = not stdin_is_taken and (values_alone or args.manifests not in (None, "-"))
    over = read_overrides(args.files, args.flags, stdin_is_free)
    args.section = section_path(args.section, args.files, over)
    stream, name = (b"", "") if values_alone else read_manifests(args.manifests)
    fill = not args.no_defaults
    if stream.strip():
        if args.defaults:
            hint = "leave --defaults out: the chart has rendered its defaults already"
            raise UsageError(f"{prog}: error: --defaults goes with values, not with manifests\n    hint: {hint}")
        options = configured(stream, post_render.Options(over, fill, name=name, path=args.section))
        return _of_stream(stream, options, prog, verb, args)
    if over is not None:
        return _of_values(over, args)
    hint = f"helm template plx polyaxon/polyaxon | {prog}, or {prog} -f values.yaml"
    raise UsageError(f"{prog}: error: nothing to {verb}\n    hint: {hint}")


def _of_stream(
    stream: bytes, options: post_render.Options, prog: str, verb: str, args: argparse.Namespace
) -> tuple[list[tuple[str, Job]], list[Diagnostic]]:
    _, agents, said = post_render.resolve(stream, options)
    if not agents:
        if wrong := not_manifests(stream, options.name, prog, prog):
            raise wrong
        message, hint = f"no agent ConfigMap in these manifests: nothing to {verb}", "render the chart with the agent"
        raise InputError.of("no-target", message, Location(options.name), hint)
    beside = [document.data for document in _accounts(stream, options.name)]
    jobs = []
    for agent, cleaner, *_ in (found for each in agents.values() for found in each):
        assert isinstance(cleaner, Map)
        scheduling, store = _judged(scheduling_of(agent), store_of(agent), said)
        secrets = accounts.pull_secrets_of(agent, beside)
        release = release_of(agent, args.chart_version, args.namespace)._replace(account_secrets=secrets)
        jobs.append((agent.name.name or "ConfigMap", job(cleaner, scheduling, store, release)))
    return jobs, said


def _accounts(stream: bytes, name: str) -> Iterator[Document]:
    """The documents that may hold a ServiceAccount, as far as they can be read: the Job does not depend on them."""
    for span in manifests.holding(stream, accounts.NEEDLES):
        with suppress(CleanerError, RecursionError):
            yield post_render.read(stream, span, name)


def _of_values(over: Read, args: argparse.Namespace) -> tuple[list[tuple[str, Job]], list[Diagnostic]]:
    base, below, said = _defaults(args)
    cleaner, said = section.resolve(None, base, over, args.section, said=said).valid()
    assert isinstance(cleaner, Map)
    values = chart_values.release_values(_of_the_chart(over, args.section), below)
    scheduling, store = _judged(scheduling_in(values), store_in(values), said)
    has_account = chart_values.has_accounts(values, with_defaults=below is not None)
    account = told(chart_values.runs_account(args.release), "--release") if has_account and args.release else None
    known = account is not None or not has_account
    release = Release(args.chart_version, args.namespace, account, known)
    if has_account:
        release = release._replace(account_secrets=accounts.pull_secrets_in(values))
    return [("values alone", job(cleaner, scheduling, store, release))], said


def _of_the_chart(over: Read, path: Path) -> Map:
    """The chart's own values, beside the section; in an umbrella chart they are not at the top."""
    above = section.find(over.values, path[:-1])
    return above[0] if above and isinstance(above[0], Map) else over.values


def _defaults(args: argparse.Namespace) -> tuple[Value | None, Map | None, list[Diagnostic]]:
    """The section in the defaults, the other default values, and the findings about that section."""
    if args.defaults:
        base, said = read_chart_defaults(args.defaults, args.section)
        return base, read(read_file(args.defaults), args.defaults, "default").values, said
    if args.no_defaults:
        return None, None, []
    base = section.defaults(args.chart_version) if args.chart_version else section.defaults_to_judge_by()
    return base, chart_values.defaults(), []


def _judged(scheduling: Scheduling, store: Store, said: list[Diagnostic]) -> tuple[Scheduling, Store]:
    """Both. SectionError where one is invalid: the agent's configuration would not load, or no Job start."""
    found = judge(scheduling) + store_rules.judge(store)
    if any(d.severity == "error" for d in found):
        raise SectionError(said + found)
    said += found
    return scheduling, store
