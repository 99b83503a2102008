"""The command line: selects the command, and is the one place where errors become messages and exit codes."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

from helm_cleaner.cli.errors import UsageError, did_you_mean
from helm_cleaner.cli.streams import forget_stdout, write_stdout
from helm_cleaner.diagnostics import CleanerError
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.version import __version__

if TYPE_CHECKING:
    from typing import NoReturn

# Each command has a module, imported when called, because Helm waits for every import. The order is that of the help.
COMMANDS = {
    "validate": "check the section in values files, Flux, Argo CD, helmfiles and manifests",
    "fix": "rewrite what has exactly one meaning, in place, wherever it is written",
    "post-render": "patch the section into what Helm rendered: stdin to stdout (the default)",
    "diff": "show what post-render would change, and which workloads restart",
    "explain": "print the Job that Polyaxon will run, and where its values come from",
    "preflight": "check whether that Job can run in a cluster, from what kubectl prints",
    "doctor": "say why artifacts were not cleaned, from what kubectl prints",
    "leftovers": "find the artifacts of runs that no longer exist, and print Jobs that delete them",
    "merge": "print the section that values files and --set flags result in",
    "patch": "print the change as a kustomization, for Flux, or as RFC 6902",
    "rule": "explain what a finding's code means, with a bad and a good example",
    "schema": "print the JSON Schema of the section, or of a values file that holds it",
    "lsp": "run a language server, for editors",
    "plugin": "install, remove or locate the Helm plugins",
    "completion": "print a completion script for bash, zsh or fish",
}
DEFAULT = "post-render"
_FOR_HELM = ("preprocess",)  # behind -f cleaner://values.yaml
_FIRST = {  # the commands that the help shows with examples
    "validate": ["helm-cleaner validate values.yaml"],
    "fix": ["helm-cleaner fix values.yaml"],
    DEFAULT: [
        "helm upgrade --install plx polyaxon/polyaxon -f values.yaml --post-renderer helm-cleaner",
        "(with Helm 4, run `helm-cleaner plugin install` once before that)",
    ],
}

_HELP = """\
usage: helm-cleaner [COMMAND] [OPTION]…

Checks and completes the `cleaner:` section of Polyaxon's Helm charts before anything is applied.

common commands:
{first}
more commands:
{then}

`helm-cleaner COMMAND --help` lists a command's options, with examples. Exit codes: 0 no errors,
1 an error was found, 2 usage error or unusable input, 3 a bug in helm-cleaner, 130 interrupted.
"""


def program() -> NoReturn:
    """Runs the command line as a program, and exits at once.

    Python's regular exit frees every module and object, and Helm would wait for that too. All output is flushed by
    then, or its error reported. Nor does Python search for cycles of objects that nothing refers to: what is read is
    kept until the end or has no cycles, and with many findings the search takes half of the time.
    """
    gc.disable()
    os._exit(main())


def main(argv: list[str] | None = None) -> int:
    """Runs a command; argv as in sys.argv[1:]. Returns the exit code; no exception leaves it."""
    args = sys.argv[1:] if argv is None else argv
    try:
        return _run(args)
    except BrokenPipeError:  # the reader of our output has exited
        forget_stdout()
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception:
        return _bug()


def _run(args: list[str]) -> int:
    try:
        if args[:1] == ["help"] and args[1:2] and args[1] in COMMANDS:
            args = [args[1], "--help"]
        if args[:1] in (["-h"], ["--help"], ["help"]) or (not args and sys.stdin is not None and sys.stdin.isatty()):
            write_stdout([_help().encode()])
            return 0
        if args[:1] in (["-V"], ["--version"]):
            write_stdout([f"helm-cleaner {__version__}\n".encode()])
            return 0
        name, rest = (DEFAULT, args) if not args or args[0].startswith("-") else (args[0], args[1:])
        if name not in COMMANDS and name not in _FOR_HELM:
            raise _no_command(name)
        code: int = import_module("helm_cleaner.cli.commands." + name.replace("-", "_")).run(rest)
        return code
    except CleanerError as e:
        from helm_cleaner.cli.console import print_diagnostics

        print_diagnostics(e.diagnostics, failed=True)
        return e.exit_code
    except UsageError as e:
        from helm_cleaner.cli.console import print_usage_error

        print_usage_error(e)
        return 2
    except (MemoryError, RecursionError) as e:
        from helm_cleaner.cli.console import print_text

        what = "is nested too deeply" if isinstance(e, RecursionError) else "does not fit in memory"
        print_text(f"helm-cleaner: error: the input {what}; nothing was written [input]\n", failed=True)
        return 2
    except SystemExit:  # argparse has printed its help
        return 0


def _help() -> str:
    first = "".join(_line(name) + "".join(f"{'':6}{line}\n" for line in _FIRST[name]) for name in _FIRST)
    return _HELP.format(first=first, then="".join(_line(name) for name in COMMANDS if name not in _FIRST).rstrip("\n"))


def _line(name: str) -> str:
    return f"  {name:13}{COMMANDS[name]}\n"


def _no_command(name: str) -> UsageError:
    if os.path.exists(name):
        return UsageError(f"unknown command {name!r}", f"helm-cleaner validate {name}")
    hint = did_you_mean(name, COMMANDS, f"available commands: {', '.join(COMMANDS)}")
    return UsageError(f"unknown command {name!r}", hint)


def _bug() -> int:
    import traceback

    from helm_cleaner.cli.console import print_text
    from helm_cleaner.text import make_printable

    head = f"helm-cleaner {__version__}: error: a bug in helm-cleaner; nothing was written [internal]\n"
    hint = "    hint: please report it with the lines below, and the input if you can\n\n"
    lines = map(make_printable, traceback.format_exc().splitlines())
    print_text(head + hint + "".join(f"{line}\n" for line in lines), failed=True)
    return 3
