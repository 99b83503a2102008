"""Shared by the commands that show what post-render would change: their options, and the changes."""

from __future__ import annotations

import argparse

from helm_cleaner.actions import post_render
from helm_cleaner.cli.console import print_diagnostics, print_notes
from helm_cleaner.cli.files import not_manifests, read_manifests, read_overrides
from helm_cleaner.cli.ignore import ignored_codes
from helm_cleaner.cli.options import Parser, add_ignore_option, add_manifests, add_value_options
from helm_cleaner.cli.umbrellas import section_path
from helm_cleaner.typed import NamedTuple
from helm_cleaner.yamltext.stream import Stream


class ManifestChanges(NamedTuple):
    """The stream, and what post-render would change in it."""

    stream: Stream
    changes: post_render.Changes

    def print_messages(self) -> None:
        """Prints the messages that post-render would print."""
        print_diagnostics(self.changes.diagnostics)
        print_notes(self.changes.notes)


def add_change_options(parser: Parser) -> None:
    """Adds the manifests, the value options, and those options of post-render that affect what changes."""
    add_manifests(parser)
    add_value_options(parser)
    parser.add_argument("--no-defaults", action="store_true", help="leave missing fields missing")
    parser.add_argument("--no-rollout", action="store_true", help="leave the checksum annotations alone")
    add_ignore_option(parser)


def apply_function_config(stream: Stream, options: post_render.Options) -> post_render.Options:
    """The options, with those in the functionConfig of a ResourceList. InputError if that is invalid."""
    if not stream.may_be_resource_list():
        return options
    from helm_cleaner.actions import krm_function

    return krm_function.apply_function_config(stream, options)


def read_changes(args: argparse.Namespace, command: str) -> ManifestChanges:
    """Reads the input that the options name. CleanerError if post-render would refuse it. command: for hints."""
    overrides = read_overrides(args.files, args.flags, stdin_is_free=args.manifests not in (None, "-"))
    path = section_path(args.section, args.files, overrides)
    stream = read_manifests(args.manifests)
    options = post_render.Options(
        overrides,
        fill=not args.no_defaults,
        rollout=not args.no_rollout,
        path=path,
        ignore=ignored_codes(args.ignore, command),
    )
    changes = post_render.changes(stream, apply_function_config(stream, options))
    if not changes.edits and (wrong := not_manifests(stream, command)):
        raise wrong
    return ManifestChanges(stream, changes)
