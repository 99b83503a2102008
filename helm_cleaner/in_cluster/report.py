"""The report that the survey writes into its log, read back."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime, timezone

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.in_cluster.rules import RUN
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

HINT = "give the survey's whole log, as `kubectl logs` prints it"
# kubectl may put the time or the pod's name before each line.
_LINE = re.compile(r"leftovers-(report|folder|end) .*")
_FOLDER = re.compile(r"leftovers-folder (\S+) (\d{1,18}) (\d{1,12}) (\S+)")
_END = re.compile(r"leftovers-end (\d+) ([0-9a-f]{64})")
_COUNTS = ("known", "archived", "deleted-today", "too-young", "not-a-run", "leftover", "not-listed")


class Leftover(NamedTuple):
    """A folder whose run the API does not know. newest: when its newest file was written, in seconds."""

    name: str
    size: int
    files: int
    newest: float


class Report(NamedTuple):
    """What a survey found. time: in seconds; witnesses: known runs with a folder in the store."""

    release: str
    namespace: str
    node: str
    time: float
    api: str
    store: dict[str, str]
    counts_only: bool
    counts: dict[str, int]
    witnesses: list[str]
    folders: list[Leftover]

    @property
    def known(self) -> int:
        """The folders whose run the API knows."""
        return sum(self.counts[name] for name in ("known", "archived", "deleted-today"))

    @property
    def unknown(self) -> int:
        """The folders whose run it does not know, however young."""
        return sum(self.counts[name] for name in ("leftover", "not-listed", "too-young"))


def parse(text: str, file: str) -> Report | Diagnostic:
    """The one whole report in a log; otherwise what is wrong with it."""
    lines = [match[0].rstrip("\r") for match in map(_LINE.search, text.split("\n")) if match]
    kinds = [line.split(" ", 1)[0].removeprefix("leftovers-") for line in lines]
    if not lines:
        reason = re.search(r"no report: .*", text)
        said = f"; the survey says: {reason[0]}" if reason else ""
        return _wrong("report", f"holds no report of a survey{said}", file)
    if kinds.count("report") > 1:
        return _wrong("report", f"holds {kinds.count('report')} reports", file, "give the log of one survey")
    end = _END.fullmatch(lines[-1])
    if kinds[0] != "report" or not end or kinds.count("end") > 1:
        return _wrong("report-incomplete", "the report is cut: its first or its last line is missing", file)
    digest = hashlib.sha256("".join(f"{line}\n" for line in lines[:-1]).encode()).hexdigest()
    if int(end[1]) != len(lines) - 2 or digest != end[2]:
        message = f"the report does not match its own count and checksum: {len(lines) - 2:,} of {int(end[1]):,} folders"
        return _wrong("report-incomplete", message, file)
    try:
        folders = [_leftover(line) for line in lines[1:-1]]
        return _report(json.loads(lines[0].partition(" ")[2]), folders)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as e:
        return _wrong("report", f"the report is not one that this helm-cleaner reads: {e}", file, "make a new survey")


def _report(head: dict[str, Any], folders: list[Leftover]) -> Report:
    if head["version"] != 1:
        raise ValueError(f"its version is {head['version']}")
    counts = {name: int(head["counts"][name]) for name in _COUNTS}
    if not head["counts_only"] and counts["leftover"] != len(folders):
        raise ValueError(f"it counts {counts['leftover']} leftovers and lists {len(folders)}")
    if sorted({folder.name for folder in folders}) != [folder.name for folder in folders]:
        raise ValueError("its folders are not in order")
    if set(head["witnesses"]) & {folder.name for folder in folders}:
        raise ValueError("it lists a known run")
    return Report(
        str(head["release"]), str(head["namespace"]), str(head["node"]), _seconds(head["time"]), str(head["api"]),
        {name: str(value) for name, value in head["store"].items()}, bool(head["counts_only"]), counts,
        [str(run) for run in head["witnesses"]], folders,
    )  # fmt: skip


def _leftover(line: str) -> Leftover:
    match = _FOLDER.fullmatch(line)
    if not match or not RUN.fullmatch(match[1]):
        raise ValueError(f"{line[:80]!r} names no run's folder")
    return Leftover(match[1], int(match[2]), int(match[3]), _seconds(match[4]))


def _seconds(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()


def _wrong(code: str, message: str, file: str, hint: str = HINT) -> Diagnostic:
    return Diagnostic("error", code, "", message, hint, Location(file))
