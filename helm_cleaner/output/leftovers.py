"""The leftovers in a report, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.in_cluster.report import Leftover, Report
from helm_cleaner.output.json_report import dump, to_fields
from helm_cleaner.text import make_printable, pluralize

_LARGEST = 10
_DAY = 86_400
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
# Why a folder, or whatever else is in the store, is not deleted.
_LEFT = (
    ("known", "the API knows the run"),
    ("archived", "the API knows the run, which is archived"),
    ("deleted-today", "the run was deleted less than a day ago, and Polyaxon may still clean up after it"),
    ("too-young", "written to within two days, or of an unknown age"),
    ("not-a-run", "not a folder that is named like a run's"),
    ("not-listed", "more than fit into one report: they come with the next survey"),
)


def as_text(report: Report, folders: Sequence[Leftover], days: int, parts: int) -> str:
    """How many, how much and how old; the largest; what was left alone and why. days: --older-than."""
    size = sum(folder.size for folder in folders)
    path, where = report.store["path"], report.store["where"]
    where = make_printable(f"{path if path == where else f'{path} ({where})'} of {report.release}")
    files = pluralize(sum(folder.files for folder in folders), "file")
    node = f" on the node {make_printable(report.node)}" if report.store["kind"] == "host_path" else ""
    lines = [
        f"{pluralize(len(folders), 'leftover')} in {where}: {_size(size)} in {files}; {_jobs(parts)}",
        f"surveyed {_utc(report.time)} in the namespace {make_printable(report.namespace)}{node}",
    ]
    if folders:
        ages = sorted(report.time - folder.newest for folder in folders)
        lines += [
            f"last written {_age(ages[0])} to {_age(ages[-1])} before that",
            "",
            _row("SIZE", "FILES", "AGE", "FOLDER"),
        ]
        largest = sorted(folders, key=lambda folder: (-folder.size, folder.name))
        for each in largest[:_LARGEST]:
            lines.append(_row(_size(each.size), f"{each.files:,}", _age(report.time - each.newest), each.name))
        if len(folders) > _LARGEST:
            lines.append(f"and {len(folders) - _LARGEST:,} more; -o json lists them all")
    lines += ["", "left alone:"]
    younger = len(report.folders) - len(folders)
    if younger:
        lines.append(f"{younger:>10,}  {'younger':13}  written to within {pluralize(days, 'day')} (--older-than)")
    for name, reason in _LEFT:
        if report.counts[name]:
            lines.append(f"{report.counts[name]:>10,}  {name:13}  {reason}")
    if report.counts_only:
        lines.append(f"{report.counts['leftover']:>10,}  {'leftover':13}  of Polyaxon EE: counted only")
    return "\n".join(lines) + "\n"


def as_json(
    report: Report, folders: Sequence[Leftover], parts: int, refusals: Sequence[Diagnostic], needs: Sequence[Diagnostic]
) -> str:
    """The list. needs: what must be confirmed before there is a Job."""
    data = report._asdict()
    del data["folders"]
    return dump(
        {
            **data,
            "time": _utc(report.time),
            "total": len(folders),
            "bytes": sum(folder.size for folder in folders),
            "parts": parts,
            "folders": [{**folder._asdict(), "newest": _utc(folder.newest)} for folder in folders],
            "refusals": [to_fields(d) for d in refusals],
            "confirmations": [to_fields(d) for d in needs],
        }
    )


def _row(size: str, files: str, age: str, name: str) -> str:
    return f"{size:>10}  {files:>9}  {age:>9}  {name}"


def _jobs(parts: int) -> str:
    return "one Job deletes them" if parts == 1 else f"{parts} Jobs delete them, one after the other"


def _size(size: float) -> str:
    unit = 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{size:.0f} B"


def _age(seconds: float) -> str:
    return pluralize(max(int(seconds // _DAY), 0), "day")


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
