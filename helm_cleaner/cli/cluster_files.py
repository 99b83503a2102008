"""The input of --cluster: files and folders of what kubectl printed."""

from __future__ import annotations

from pathlib import Path

from helm_cleaner.cli.files import read_file
from helm_cleaner.cluster import objects, snapshot
from helm_cleaner.cluster.kinds import BY_OBJECT, NAMES, Kind, find_kind
from helm_cleaner.cluster.nearest import did_you_mean
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.names import STDIN
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from helm_cleaner.cluster.snapshot import ClusterSnapshot
    from helm_cleaner.cluster.types import Object
    from helm_cleaner.diagnostics import Diagnostic

_SUFFIXES = (".json", ".yaml", ".yml")
_SECRETS = "secrets.txt"  # what a folder may contain as a table


class ClusterFile(NamedTuple):
    """A file of --cluster. kind: the only one that it may contain, if that was given; "-" is stdin."""

    name: str
    kind: Kind | None

    @property
    def is_stdin(self) -> bool:
        """Whether it is stdin."""
        return self.name.strip() == "-"

    @property
    def listed_kind(self) -> Kind | None:
        """The kind that it lists, as given, or as the file is called: pods.json."""
        return self.kind or find_kind(Path(self.name).name.rpartition(".")[0])


def find_files(arguments: Iterable[str]) -> list[ClusterFile]:
    """The files that arguments such as nodes.json, pods=- or a folder name. InputError for an unknown kind."""
    return [file for argument in arguments for file in _files(argument)]


def _files(argument: str) -> Iterator[ClusterFile]:
    name, equals, rest = argument.partition("=")
    kind = find_kind(name) if equals else None
    if kind is not None and rest:
        yield ClusterFile(rest, kind)
    elif Path(argument).is_dir():
        there = sorted(each for each in Path(argument).iterdir() if each.is_file())
        found = [each for each in there if each.suffix in _SUFFIXES or each.name == _SECRETS]
        if not found:
            hint = "write what kubectl prints there, one file for each kind; preflight --help has the commands"
            raise InputError.of(
                objects.CODE, f"contains no .json or .yaml file, and no {_SECRETS}", Location(argument), hint
            )
        yield from (ClusterFile(str(each), None) for each in found)
    elif equals and not Path(argument).exists():
        hint = did_you_mean(name, NAMES) or f"one of {', '.join(NAMES)}"
        message = f"--cluster {argument}: {name or 'an empty name'} is not a kind that is read"
        raise InputError.of(objects.CODE, message, Location(""), hint)
    else:
        yield ClusterFile(argument, None)


def read_snapshot(files: list[ClusterFile]) -> ClusterSnapshot | InputError:
    """What the files contain; if one cannot be used, the error, so that the caller can report others first."""
    try:
        output = read_output(files)
        return snapshot.collect(output.objects, names_of(files), output.kinds)
    except InputError as e:
        return e


def read_output(files: list[ClusterFile]) -> objects.KubectlOutput:
    """The objects in the files, and the kinds that they list. InputError with every file that cannot be used."""
    found: list[Object] = []
    listed: set[str] = set()
    wrong: list[Diagnostic] = []
    for file in files:
        try:
            output = _read(file)
        except InputError as e:
            wrong += e.diagnostics
            continue
        found += output.objects
        listed |= output.kinds
    if wrong:
        raise InputError(wrong)
    return objects.KubectlOutput(found, frozenset(listed))


def names_of(files: list[ClusterFile]) -> str:
    """The files, for messages."""
    return ", ".join(STDIN if each.is_stdin else each.name for each in files)


def _read(file: ClusterFile) -> objects.KubectlOutput:
    label = STDIN if file.is_stdin else file.name
    text = objects.decode(read_file(file.name, stdin_is_free=True), label)
    output = objects.parse_output(text, label, file.listed_kind.name if file.listed_kind else "")
    for each in output.objects if file.kind else ():
        if BY_OBJECT.get((snapshot.group_of(each), each["kind"])) != file.kind:
            assert file.kind is not None
            raise snapshot.object_error(each, label, f"--cluster {file.kind.name}=… may contain {file.kind.name} only")
    return output
