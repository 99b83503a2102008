"""Command lines in text, such as a guide's or the help's, put to the options that the commands really have."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from itertools import dropwhile, pairwise

from helm_cleaner.cli import COMMANDS, DEFAULT

_END = re.compile(r"[();<>|&\n]+")
_BEFORE = re.compile(r"\$|!|if|RUN|[A-Z_]+=.*")  # what may stand before a command


def invocations(shell: str) -> Iterator[list[str]]:
    """The arguments of each helm-cleaner in a shell's text, including those that Helm passes on to it.

    It only understands what readers type: words, quotes, comments, pipes and redirections.
    """
    joined = re.sub(r"\\\n\s*", " ", shell)
    for line in joined.splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
        lexer.whitespace_split = True
        command: list[str] = []
        for word in [*lexer, "\n"]:
            if not _END.fullmatch(word):
                command.append(word)
                continue
            yield from _invoked(command)
            command = []


def _invoked(command: list[str]) -> Iterator[list[str]]:
    words = list(dropwhile(_BEFORE.fullmatch, command))
    if words and words[0].rpartition("/")[2] == "helm-cleaner":
        yield words[1:]
    elif words[:2] == ["helm", "cleaner"]:
        yield words[2:]
    elif handed := [after for word, after in pairwise(words) if word == "--post-renderer-args"]:
        yield handed


def parse(args: list[str]) -> None:
    """Puts arguments to the parser of the command that they name; UsageError where it does not take them."""
    if args[:1] in (["--help"], ["--version"]):
        return
    name, rest = (DEFAULT, args) if not args or args[0].startswith("-") else (args[0], args[1:])
    assert name in COMMANDS, f"helm-cleaner has no command {name}"
    import_module(f"helm_cleaner.cli.commands.{name.replace('-', '_')}").parser().parse_args(rest)
