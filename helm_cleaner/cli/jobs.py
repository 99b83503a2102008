"""The Jobs that a command's options mean: of what Helm rendered, or of values alone."""

from __future__ import annotations

import argparse

from helm_cleaner import section
from helm_cleaner.actions import krm_function, post_render
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import read_manifests, read_overrides
from helm_cleaner.cli.streams import is_piped
from helm_cleaner.diagnostics import Diagnostic, InputError, Location, SectionError
from helm_cleaner.names import SECTION
from helm_cleaner.polyaxon.job import Job, Scheduling, job, judge, scheduling_in, scheduling_of
from helm_cleaner.values import Map, Read


def read_jobs(
    args: argparse.Namespace, prog: str, verb: str, stdin_is_taken: bool = False
) -> tuple[list[tuple[str, Job]], list[Diagnostic]]:
    """The Jobs, each with a title, and what is to be said of their sections.

    args: with manifests, files, flags and no_defaults; verb: what the command does with them; stdin_is_taken: for
    something else than the manifests.
    SectionError where a section or the default scheduling is invalid; UsageError where there is neither.
    """
    values_alone = args.manifests is None and (stdin_is_taken or not is_piped())
    stdin_is_free = not stdin_is_taken and (values_alone or args.manifests not in (None, "-"))
    over = read_overrides(args.files, args.flags, stdin_is_free)
    stream, name = (b"", "") if values_alone else read_manifests(args.manifests)
    fill = not args.no_defaults
    if stream.strip():
        options = krm_function.configured(stream, post_render.Options(over, fill, name=name))
        return _of_stream(stream, options, verb)
    if over is not None:
        return _of_values(over, fill)
    hint = f"helm template plx polyaxon/polyaxon | {prog}, or {prog} -f values.yaml"
    raise UsageError(f"{prog}: error: nothing to {verb}\n    hint: {hint}")


def _of_stream(
    stream: bytes, options: post_render.Options, verb: str
) -> tuple[list[tuple[str, Job]], list[Diagnostic]]:
    _, agents, said = post_render.resolve(stream, options)
    if not agents:
        message, hint = f"no agent ConfigMap in these manifests: nothing to {verb}", "render the chart with the agent"
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
        cleaner = base or section.empty(SECTION)
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
