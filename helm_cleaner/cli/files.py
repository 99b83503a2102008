"""Reads the files that options name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence

from helm_cleaner import values
from helm_cleaner.cli.streams import check_piped, read_stdin
from helm_cleaner.diagnostics import Diagnostic, InputError, Location
from helm_cleaner.names import STDIN
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.yamltext.scalars import decode_like_go
from helm_cleaner.yamltext.stream import Stream

if TYPE_CHECKING:
    from helm_cleaner.values.set_flags import Flag

_SMALL = 65_536  # bytes
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")  # Helm reads values from some of these
# Keys of a Kubernetes object, at the start of a line or in JSON.
_OBJECT = re.compile(rb"""(?:^(?:\xef\xbb\xbf)?|[{,]\s*)["']?(?:apiVersion|kind)["']?\s*:""", re.MULTILINE)


def values_files(files: Sequence[str]) -> list[str]:
    """The names of all values files: those in HELM_CLEANER_VALUES, then those of -f."""
    return [*filter(None, os.environ.get("HELM_CLEANER_VALUES", "").split(os.pathsep)), *files]


def read_overrides(
    files: Sequence[str],
    flags: Sequence[Flag],
    *,
    stdin_is_free: bool = False,
    read_values: Callable[[bytes, str], values.ParsedValues] = values.read,
) -> values.ParsedValues | None:
    """The values that the value options result in; None without any.

    read_values: reads the content of a values file with a name. HELM_CLEANER_VALUES comes before -f. InputError with
    every error: a file that cannot be read, is not YAML or not a mapping, or an invalid flag.
    """
    named = values_files(files)
    if not named and not flags:
        return None
    from helm_cleaner.values.overrides import merge_overrides

    wrong: list[Diagnostic] = []
    contents = []
    for name in named:
        try:
            contents.append((name, read_file(name, stdin_is_free=stdin_is_free)))
        except InputError as e:
            wrong += e.diagnostics
    result = values.no_values()
    try:
        result = merge_overrides(
            contents, flags, lambda path: decode_like_go(read_file(path, stdin_is_free=stdin_is_free)), read_values
        )
    except InputError as e:
        wrong += e.diagnostics
    if wrong:
        raise InputError(wrong)
    return result


def read_manifests(path: str | None) -> Stream:
    """The content of MANIFESTS, or of stdin if it is `-` or None.

    InputError as in `read_file`; UsageError if stdin is a terminal.
    """
    if path is None or path.strip() == "-":
        check_piped()
        return Stream(read_stdin())
    return Stream(read_file(path), path)


def not_manifests(stream: Stream, from_manifests: str, from_values: str = "") -> InputError | None:
    """The error if a stream in which no agent was found is not Kubernetes manifests at all; None if it may be.

    from_manifests: the command that reads manifests, for hints; from_values: the one that reads values alone, or "".
    """
    if _OBJECT.search(stream.content):
        return None
    is_empty = not stream.content.strip()
    values = "values.yaml" if stream.name == STDIN or is_empty else stream.name  # an empty one has no values
    hint = f"helm template plx polyaxon/polyaxon -f {values} | {from_manifests}"
    if is_empty:
        what, hint = "the input is empty", f"{hint}; did the command before the pipe fail?"
    else:
        what = "these are not Kubernetes manifests"
        hint = f"for a values file: {from_values + ' -f ' + values if from_values else hint}"
    return InputError.of("no-manifests", what, Location(stream.name), hint)


def read_file(path: str, *, stdin_is_free: bool = False) -> bytes:
    """A file's bytes; `-` is stdin. InputError if it cannot be read."""
    if path.strip() == "-":
        if not stdin_is_free:
            hint = "write the values to a file and give its name"
            raise InputError.of(
                "file", "stdin holds the manifests and cannot be a values file too", Location(path), hint
            )
        return read_stdin()
    try:
        return _content(path)
    except (OSError, ValueError) as e:
        reason, hint = e.strerror if isinstance(e, OSError) and e.strerror else str(e), "check the path"
        if _URL.match(path):
            reason = "it is a URL, and helm-cleaner opens no connection"
            hint = "download the file first, for example with curl, and give its path"
        raise InputError.of("file", f"cannot be read: {reason}", Location(path), hint) from None


def _content(path: str) -> bytes:
    """A file's bytes. Small ones in half of the system calls that `open` makes: a monorepo has thousands."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        size = os.fstat(descriptor).st_size  # 0 of a pipe
        start = os.read(descriptor, size + 1) if 0 < size < _SMALL else b""
        if 0 < len(start) == size:
            return start
        with open(descriptor, "rb", buffering=0, closefd=False) as f:
            return start + f.readall()
    finally:
        os.close(descriptor)
