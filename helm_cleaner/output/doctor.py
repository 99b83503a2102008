"""A diagnosis as text, for a person at three in the morning, and as JSON."""

from __future__ import annotations

from helm_cleaner.cluster.symptoms.history import KINDS
from helm_cleaner.cluster.symptoms.jobs import parse_time
from helm_cleaner.cluster.symptoms.remedies import remedy
from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.output.json_report import dump, to_fields
from helm_cleaner.output.terminal import paint
from helm_cleaner.text import make_printable, pluralize, shorten
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from helm_cleaner.actions.doctor import Diagnosis
    from helm_cleaner.cluster.symptoms.finding import Finding

_INDENT = "    "
_UNTOLD = (
    "The cluster cannot tell what is still in the store: a job that ends well may have deleted nothing, and an hour "
    "later the events of a lost batch are gone. helm-cleaner leftovers finds the artifacts of runs that are gone."
)


def format_json(diagnoses: Sequence[Diagnosis]) -> str:
    """One JSON object, or an array if there are several releases."""
    found = [
        {
            "namespace": each.namespace,
            "release": each.release or None,
            "verdict": "trouble" if each.errors else "healthy",
            "now": each.now or None,
            "findings": [_fields(finding, each, index) for index, finding in enumerate(each.findings)],
            "not_checked": [missing._asdict() for missing in each.not_checked],
        }
        for each in diagnoses
    ]
    return dump(found[0] if len(found) == 1 else found)


def _fields(finding: Finding, diagnosis: Diagnosis, index: int) -> dict[str, Any]:
    known = remedy(finding, diagnosis.namespace, diagnosis.release)
    plain = Diagnostic(finding.severity, finding.code, "", finding.message, known.text, Location(""))
    return {
        **to_fields(plain),
        "fix": None,
        "object": finding.object,
        "evidence": finding.evidence,
        "time": finding.time or None,
        "commands": list(known.commands),
        "follows": diagnosis.follows.get(index),
    }


def format_report(diagnoses: Sequence[Diagnosis], *, color: bool = False) -> str:
    """The verdict, the cause with its evidence and remedy, then its consequences, the rest, and what is not known."""
    return "\n".join(_block(each, color=color) for each in diagnoses)


def _block(diagnosis: Diagnosis, *, color: bool) -> str:
    lines = [_verdict(diagnosis, color=color)]
    shown: set[str] = set()
    for number, finding in enumerate(diagnosis.findings):
        lines += ["\n", *_entry(finding, diagnosis, diagnosis.follows.get(number, ""), shown, color=color)]
    if diagnosis.not_checked:
        lines.append("\nnot checked:\n")
        for each in diagnosis.not_checked:
            command = paint("aside", f"    {make_printable(each.command)}", color=color)
            lines.append(f"{_INDENT}{make_printable(f'{each.what}: {each.why}')}\n{_INDENT}{command}\n")
    lines.append(f"\n{_UNTOLD}\n")
    return "".join(lines)


def _verdict(diagnosis: Diagnosis, *, color: bool) -> str:
    roots = [
        each for n, each in enumerate(diagnosis.findings) if each.severity == "error" and n not in diagnosis.follows
    ]
    warnings = [each for each in diagnosis.findings if each.severity == "warning"]
    if roots:
        more = f" (and {pluralize(len(roots) - 1, 'more cause')})" if len(roots) > 1 else ""
        verdict, what = paint("error", "trouble", color=color), f": {roots[0].message.partition('; ')[0]}{more}"
    elif unfinished := [each for each in warnings if each.code == "unfinished-job"]:
        verdict, what = paint("warning", "unclear", color=color), f": {unfinished[0].message}"
    else:
        verdict = paint("warning" if warnings or diagnosis.unread else "good", "healthy", color=color)
        what = f", with {pluralize(len(warnings), 'warning')}" if warnings else ""
        what += ": nothing in the input says that a deletion failed"
        if diagnosis.unread:
            what += f", but {diagnosis.unread} of {len(KINDS)} kinds were not read"
    where = [f"release {diagnosis.release}"] if diagnosis.release else []
    where += [f"namespace {diagnosis.namespace}", *([f"as of {diagnosis.now}"] if diagnosis.now else [])]
    return (
        f"doctor: {verdict}{make_printable(what)}\n{paint('aside', make_printable(' · '.join(where)), color=color)}\n"
    )


def _entry(finding: Finding, diagnosis: Diagnosis, follows: str, shown: set[str], *, color: bool) -> list[str]:
    """The lines of a finding. shown: the commands above, which are not repeated."""
    known = remedy(finding, diagnosis.namespace, diagnosis.release)
    level = paint(finding.severity, f"{finding.severity}:", color=color)
    because = f" (because of {follows})" if follows else ""
    lines = [f"{level} {make_printable(finding.message)}{because} [{finding.code}]\n"]
    when = f"  {finding.time}{_ago(finding.time, diagnosis.now)}" if finding.time else ""
    lines.append(f"{_INDENT}{make_printable(finding.object)}{paint('aside', when, color=color)}\n")
    lines.append(f"{_INDENT}{paint('title', 'evidence:', color=color)} {make_printable(shorten(finding.evidence))}\n")
    lines.append(f"{_INDENT}{paint('hint', 'hint:', color=color)} {make_printable(known.text)}\n")
    commands = [command for command in known.commands if command not in shown]
    shown.update(commands)
    lines += [f"{_INDENT}{_INDENT}{make_printable(command)}\n" for command in commands]
    if len(commands) < len(known.commands):
        lines.append(
            f"{_INDENT}{_INDENT}{paint('aside', '(then as above)' if commands else '(as above)', color=color)}\n"
        )
    return lines


def _ago(time: str, now: str) -> str:
    """How long ago that was, by the newest timestamp in the input; "" if that is unknown or less than a minute."""
    try:
        minutes = int((parse_time(now) - parse_time(time)).total_seconds()) // 60
    except ValueError:
        return ""
    if minutes < 1:
        return ""
    if minutes < 120:
        return f", {pluralize(minutes, 'minute')} ago"
    hours = minutes // 60
    return f", {pluralize(hours, 'hour') if hours < 48 else pluralize(hours // 24, 'day')} ago"
