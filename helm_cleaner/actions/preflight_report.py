"""A verdict as text and as JSON."""

from __future__ import annotations

from helm_cleaner.actions.preflight import NO_NODE, Verdict
from helm_cleaner.cluster.warnings import list_names
from helm_cleaner.output.json_report import dump, fields
from helm_cleaner.output.text import format_text
from helm_cleaner.text import make_printable, pluralize
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_GREEN, _RED, _YELLOW, _DIM, _CYAN, _RESET = "\x1b[1;32m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[2m", "\x1b[36m", "\x1b[0m"
_COLORS = {"fits": _GREEN, "maybe": _YELLOW, NO_NODE: _RED, "refused": _RED}


def as_json(verdicts: Sequence[Verdict]) -> str:
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
        "findings": [fields(d) for d in verdict.findings],
        "not_checked": [each._asdict() for each in verdict.not_checked],
    }


def as_text(verdicts: Sequence[Verdict], *, color: bool = False) -> str:
    """The findings of each Job, the groups of nodes below the one about nodes, and a summary line."""
    return "\n".join(_block(verdict, color=color, titled=len(verdicts) > 1) for verdict in verdicts)


def _block(verdict: Verdict, *, color: bool, titled: bool) -> str:
    def paint(code: str, words: str) -> str:
        return f"{code}{words}{_RESET}" if color and words else words

    lines = []
    groups = [_group(len(group.nodes), group.cause, group.detail, asked, paint) for group, asked in verdict.groups]
    for finding in verdict.findings:
        lines.append(format_text([finding._replace(hint="")], color=color))
        if finding.code == NO_NODE:
            lines += groups
        if finding.hint:
            lines.append(f"    {paint(_CYAN, 'hint:')} {make_printable(finding.hint)}\n")
    lines.append(_summary(verdict, paint, titled=titled))
    if verdict.groups and not any(finding.code == NO_NODE for finding in verdict.findings):
        lines.append("  the other nodes:\n")
        lines += groups
    if verdict.not_checked:
        lines.append("  not checked:\n")
        lines += [paint(_DIM, f"    {make_printable(each.why)}") + "\n" for each in verdict.not_checked]
    return "".join(lines)


def _group(count: int, cause: str, detail: str, asked: str, paint: Any) -> str:
    where = f"  [{asked}]" if asked else ""
    told = f" ({make_printable(detail)})" if detail else ""
    return f"    {count:>5}  {make_printable(cause)}{told}{paint(_DIM, where)}\n"


def _summary(verdict: Verdict, paint: Any, *, titled: bool) -> str:
    fitting = [each.node for each in verdict.nodes if not each.reasons]
    title = f"{make_printable(verdict.title)}: " if titled else ""
    parts = [f"namespace {make_printable(verdict.namespace)}"]
    if verdict.nodes:
        some = f" ({make_printable(list_names(fitting))})" if fitting else ""
        fits = "fits" if len(fitting) == 1 else "fit"
        parts.append(f"{len(fitting)} of {pluralize(len(verdict.nodes), 'node')} {fits}{some}")
    kinds = ", ".join(dict.fromkeys(each.kind for each in verdict.admission))
    parts.append(f"admission: {f'refused ({kinds})' if kinds else 'nothing refuses it'}")
    return f"preflight: {title}{paint(_COLORS[verdict.verdict], verdict.verdict)} · {' · '.join(parts)}\n"
