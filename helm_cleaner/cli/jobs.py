"""The Jobs that a command's options result in: from manifests, or from values alone."""

from __future__ import annotations

import argparse
import os

from helm_cleaner.actions import post_render
from helm_cleaner.actions.jobs import Jobs, ReleaseOptions, of_manifests, of_values
from helm_cleaner.cli.changes import apply_function_config
from helm_cleaner.cli.defaults import DefaultsOption
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cli.files import not_manifests, read_manifests, read_overrides, values_files
from helm_cleaner.cli.ignore import ignored_codes
from helm_cleaner.cli.options import Parser, add_defaults_options, add_ignore_option
from helm_cleaner.cli.streams import is_piped
from helm_cleaner.cli.umbrellas import own_values, section_path
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.yamltext.stream import Stream


def add_job_options(parser: Parser) -> None:
    """Adds the options about the release: the chart's defaults, its name, namespace and version."""
    add_defaults_options(parser)
    parser.add_argument("-n", "--namespace", metavar="NAMESPACE", help="the release's namespace")
    parser.add_argument("--release", metavar="NAME", help="the release's name, for the service account")
    parser.add_argument("--chart-version", metavar="VERSION", help="the chart's version, for the image's tag")
    add_ignore_option(parser)


def read_jobs(args: argparse.Namespace, prog: str, verb: str, *, stdin_is_taken: bool = False) -> Jobs:
    """The Jobs, and the findings about their sections.

    args: with manifests, the value options and `add_job_options`; verb: what the command does with them, for messages;
    stdin_is_taken: whether stdin is something other than the manifests.
    SectionError if a section or the default scheduling is invalid; UsageError if there are neither manifests nor
    values.
    """
    values_alone = args.manifests is None and (stdin_is_taken or not is_piped())
    stdin_is_free = not stdin_is_taken and (values_alone or args.manifests not in (None, "-"))
    overrides = read_overrides(args.files, args.flags, stdin_is_free=stdin_is_free)
    path = section_path(args.section, args.files, overrides)
    stream = Stream(b"", "") if values_alone else read_manifests(args.manifests)
    release = ReleaseOptions(args.release, args.namespace, args.chart_version)
    ignore = ignored_codes(args.ignore, prog)
    if stream.content.strip():
        if args.defaults:
            hint = "leave --defaults out: the chart has rendered its defaults already"
            raise UsageError("--defaults goes with values, not with manifests", hint, prog)
        options = post_render.Options(
            overrides,
            fill=not args.no_defaults,
            path=path,
            advice=True,
            fill_live=overrides is not None,
            ignore=ignore,
        )
        found = of_manifests(stream, apply_function_config(stream, options), release)
        if found.jobs:
            return found
        message, hint = f"no agent ConfigMap in these manifests: nothing to {verb}", "render the chart with the agent"
        wrong = not_manifests(stream, prog, prog)
        raise wrong or InputError.of("no-target", message, Location(stream.name), hint)
    # Nothing at all in a file that is named for its manifests is a mistake; /dev/null is named to have none.
    if args.manifests not in (None, os.devnull) and (wrong := not_manifests(stream, prog, prog)):
        raise wrong
    if overrides is not None:
        defaults = DefaultsOption(args, path, own_values(values_files(args.files), path), overrides)
        base = defaults.section(args.chart_version)
        return of_values(overrides, path, base, defaults.of_the_chart(), defaults.findings, release, ignore)
    hint = f"helm template plx polyaxon/polyaxon | {prog}, or {prog} -f values.yaml"
    raise UsageError(f"nothing to {verb}", hint, prog)
