"""A verdict as text and as JSON."""

from __future__ import annotations

from helm_cleaner.actions.preflight import NO_NODE, Verdict
from helm_cleaner.cluster.types import DOES_NOT_START, IS_NOT_PULLED, OUTCOMES, REFUSED, STAYS_PENDING
from helm_cleaner.cluster.warnings import list_names
from helm_cleaner.output.json_report import dump, to_fields
from helm_cleaner.output.terminal import paint
from helm_cleaner.output.text import format_text
from helm_cleaner.text import join_words, make_printable, pluralize
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_MOST_WORDS = 3  # in the verdict's line; all are listed below it
_SUBJECTS = {STAYS_PENDING: "pod", DOES_NOT_START: "container", IS_NOT_PULLED: "image"}
_STYLES = {"fits": "good", "maybe": "warning", NO_NODE: "error", "refused": "error"}


def format_json(verdicts: Sequence[Verdict]) -> str:
    """One JSON object, or an array if there are several Jobs."""
    found = [_fields(verdict) for verdict in verdicts]
    return dump(found[0] if len(found) == 1 else found)


def _fields(verdict: Verdict) -> dict[str, Any]:
    return {
        "namespace": verdict.namespace,
        "verdict": verdict.verdict,
        "nodes": [
            {
                "name": each.name,
                "fits": not each.reasons,
                "reasons": [{"code": reason.plugin, "message": reason.message} for reason in each.reasons],
            }
            for each in verdict.nodes
        ],
        "admission": [{"kind": each.kind, "name": each.name, "message": each.message} for each in verdict.admission],
        "findings": [to_fields(d) for d in verdict.findings],
        "not_checked": [{"what": each.what, "why": each.why} for each in verdict.not_checked],
    }


def format_report(verdicts: Sequence[Verdict], *, color: bool = False, strict: bool = False) -> str:
    """The findings of each Job, the groups of nodes below the one about nodes, and a summary line.

    strict: whether what was not checked counts as an error.
    """
    titled = len(verdicts) > 1
    return "\n".join(_block(verdict, color=color, titled=titled, strict=strict) for verdict in verdicts)


def _block(verdict: Verdict, *, color: bool, titled: bool, strict: bool) -> str:
    lines = []
    groups = [
        _group(len(group.nodes), group.cause, group.detail, asked, color=color) for group, asked in verdict.groups
    ]
    for finding in verdict.findings:
        lines.append(format_text([finding._replace(hint="")], color=color))
        if finding.code == NO_NODE:
            lines += groups
        if finding.hint:
            lines.append(f"    {paint('hint', 'hint:', color=color)} {make_printable(finding.hint)}\n")
    lines.append(_summary(verdict, color=color, titled=titled))
    if verdict.groups and not any(finding.code == NO_NODE for finding in verdict.findings):
        lines.append("  the other nodes:\n")
        lines += groups
    if verdict.not_checked:
        lines.append(f"  not checked{' (an error with --strict)' if strict else ''}:\n")
        lines += [paint("aside", f"    {make_printable(each.why)}", color=color) + "\n" for each in verdict.not_checked]
    return "".join(lines)


def _group(count: int, cause: str, detail: str, asked: str, *, color: bool) -> str:
    where = paint("aside", f"  [{make_printable(asked)}]", color=color) if asked else ""
    why = f" ({make_printable(detail)})" if detail else ""
    return f"    {count:>5}  {make_printable(cause)}{why}{where}\n"


def _summary(verdict: Verdict, *, color: bool, titled: bool) -> str:
    fitting = [each.node for each in verdict.nodes if not each.reasons]
    title = f"{make_printable(verdict.title)}: " if titled else ""
    parts = [f"namespace {make_printable(verdict.namespace)}"]
    if verdict.nodes:
        some = f" ({make_printable(list_names(fitting))})" if fitting else ""
        fits = "fits" if len(fitting) == 1 else "fit"
        parts.append(f"{len(fitting)} of {pluralize(len(verdict.nodes), 'node')} {fits}{some}")
    kinds = _kinds(verdict, REFUSED)
    parts.append(f"admission: {f'refused ({kinds})' if kinds else 'nothing refuses it'}")
    for outcome, subject in _SUBJECTS.items():
        if kinds := _kinds(verdict, outcome):
            parts.append(f"the {subject} {outcome} ({kinds})")
    word = paint(_STYLES[verdict.verdict], _word(verdict), color=color)
    return f"preflight: {title}{word}{_doubt(verdict)} · {' · '.join(parts)}\n"


def _first(words: list[str]) -> str:
    more = len(words) - _MOST_WORDS
    return join_words(words) if more <= 1 else f"{', '.join(words[:_MOST_WORDS])} and {more} more"


def _kinds(verdict: Verdict, outcome: str) -> str:
    return ", ".join(dict.fromkeys(each.kind for each in verdict.admission if each.outcome == outcome))


def _word(verdict: Verdict) -> str:
    """The verdict, or what becomes of a pod that the API server does not refuse."""
    outcomes = [each.outcome for each in verdict.admission]
    if verdict.verdict != "refused" or not outcomes or REFUSED in outcomes:
        return verdict.verdict
    outcome = min(outcomes, key=OUTCOMES.index)
    return f"{_SUBJECTS[outcome]} {outcome}" if outcome == IS_NOT_PULLED else outcome


def _doubt(verdict: Verdict) -> str:
    """What keeps a good verdict from being certain; "" for a bad one."""
    if verdict.verdict not in ("fits", "maybe") or not verdict.not_checked:
        return ""
    absent = [each.what for each in verdict.not_checked if each.is_absent]
    others = [each.what for each in verdict.not_checked if not each.is_absent]
    parts = [f"{_first(absent)} were not in the input"] if absent else []
    parts += [f"{_first(others)} {'was' if len(others) == 1 else 'were'} not checked"] if others else []
    return f", as far as was checked ({'; '.join(parts)})"
