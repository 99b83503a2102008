"""--live: runs kubectl with the user's kubeconfig, which reads, and changes nothing."""

from __future__ import annotations

import re
import subprocess

from helm_cleaner.cli.console import print_notes
from helm_cleaner.cli.errors import UsageError
from helm_cleaner.cluster import objects, queries
from helm_cleaner.cluster.types import NotChecked
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.text import make_printable, shorten
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from helm_cleaner.cli.options import Parser
    from helm_cleaner.cluster.queries import Query
    from helm_cleaner.cluster.types import Object

_SECONDS = 60
_INSTEAD = "or give it files: --cluster FILE, which needs no connection"
# What kubectl says if one kind cannot be read, and the others may be.
_ONE_KIND = re.compile(r"\((?:Forbidden|NotFound|MethodNotAllowed)\)|doesn't have a resource type")
_TOO_OLD = re.compile(r"unknown (?:flag|shorthand flag|command)")
_PROMPT = re.compile(r"Please enter|[Pp]assword|[Uu]sername:|stdin is unavailable|interactive")


class Answer(NamedTuple):
    """What was read: objects, the kinds that were read, and those that were not, each with kubectl's reason."""

    objects: list[Object]
    kinds: set[str]
    not_read: list[NotChecked]


def add_cluster_option(parser: Parser) -> None:
    """Adds --cluster, the other way to say what is in the cluster."""
    parser.add_argument("--cluster", metavar="[KIND=]FILE|-", action="append", default=[],
                        help="what kubectl printed, or a folder of such files; repeatable, - is stdin")  # fmt: skip


def add_live_options(parser: Parser, command: str) -> None:
    """Adds --live and its options. command: whose queries it runs."""
    group = parser.add_argument_group("reading the cluster")
    group.add_argument("--live", action="store_true",
                       help="run the kubectl commands below, with your kubeconfig; they only read")  # fmt: skip
    group.add_argument("--context", metavar="NAME", help="with --live, the context of the kubeconfig")
    group.add_argument("--timeout", metavar="SECONDS", type=int, default=_SECONDS,
                       help=f"with --live, for each command (default: {_SECONDS})")  # fmt: skip
    if any(query.asked for query in queries.queries_of(command, asked=True)):
        group.add_argument("--secrets", action="store_true", help="with --live, read names and types of secrets too")


def check_live(args: argparse.Namespace, prog: str, files: Sequence[str]) -> None:
    """UsageError where the options contradict each other, or there is neither --live nor a file."""
    if args.live and files:
        raise UsageError("--live reads the cluster itself", f"leave {files[0]} out, or --live", prog)
    if not args.live and (args.context is not None or getattr(args, "secrets", False)):
        option = "--context" if args.context is not None else "--secrets"
        raise UsageError(f"{option} goes with --live", f"{prog} --live {option}", prog)
    if args.timeout < 1:
        raise UsageError("--timeout must be at least 1", f"--timeout {_SECONDS}", prog)


class Kubectl:
    """kubectl in one context, with a time-out for each command. What is run is said on stderr."""

    def __init__(self, context: str | None, seconds: int) -> None:
        self._context = context
        self._seconds = seconds

    def namespace(self) -> str:
        """The namespace of the context, "default" if it names none."""
        return self._run(queries.namespace_arguments(self._context)).decode().strip() or "default"

    def read(self, wanted: Sequence[Query], namespace: str) -> Answer:
        """Runs the queries one by one. InputError if the cluster cannot be read at all."""
        answer = Answer([], set(), [])
        for query in wanted:
            words = queries.arguments(query, namespace, self._context)
            try:
                content = self._run(words)
            except _NotReadError as e:
                answer.not_read.append(NotChecked(query.kind, f"{e} ({queries.shown(words)})"))
                continue
            found = objects.parse(objects.decode(content, queries.shown(words)), queries.shown(words))
            answer.objects.extend(found)
            answer.kinds.add(query.kind)
        return answer

    def log(self, of: str, namespace: str) -> str | NotChecked:
        """A log of the last day, or why it cannot be read. of: such as deployment/plx-polyaxon-agent."""
        words = queries.log_arguments(of, namespace, self._context)
        try:
            return self._run(words, optional=True).decode("utf-8", "replace")
        except _NotReadError as e:
            return NotChecked(of, f"{e} ({queries.shown(words)})")

    def _run(self, words: list[str], *, optional: bool = False) -> bytes:
        """What a command prints. _NotReadError if only this one failed; InputError if all would."""
        command = queries.shown(words)
        print_notes([command])
        try:
            done = subprocess.run(  # no shell, and the words are ours
                ["kubectl", *words],  # the user's own kubectl
                stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=self._seconds,
                start_new_session=True,  # without a terminal, so that nothing can ask for a password there
            )  # fmt: skip
        except FileNotFoundError:
            raise _error("kubectl is not on the PATH", f"install it, {_INSTEAD}") from None
        except OSError as e:
            raise _error(f"kubectl cannot be run: {e.strerror or e}", f"see what `kubectl` is, {_INSTEAD}") from None
        except subprocess.TimeoutExpired:
            hint = f"try the command yourself: {command}; --timeout gives it more than {self._seconds} seconds"
            raise _error(f"kubectl did not answer within {self._seconds} seconds: {command}", hint) from None
        if done.returncode == 0:
            return done.stdout
        said = _last_line(done.stderr)
        if optional or _ONE_KIND.search(said):
            raise _NotReadError(said)
        if _TOO_OLD.search(said):
            raise _error(f"this kubectl is too old: {said}", f"kubectl version --client; 1.24 is enough, {_INSTEAD}")
        if _PROMPT.search(done.stderr.decode("utf-8", "replace")):
            hint = f"log in first, so that this works by itself: {command}"
            raise _error(f"kubectl asks for a login: {said}", hint)
        raise _error(f"kubectl failed: {said}", f"try the command yourself: {command}; {_INSTEAD}")


class _NotReadError(Exception):
    """One command failed, and others may not."""


def _error(message: str, hint: str) -> InputError:
    return InputError.of("cluster", shorten(message), Location("--live"), hint)


def _last_line(output: bytes) -> str:
    """The last line of what kubectl said, which has the reason."""
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return make_printable(lines[-1].strip()) if lines else "it said nothing"
