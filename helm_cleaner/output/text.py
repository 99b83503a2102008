"""Findings as text: the place, the message, the source line with a caret, and a hint."""

from __future__ import annotations

from collections.abc import Iterable

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.output.terminal import paint
from helm_cleaner.text import make_printable, shorten

_WIDTH = 120
_INDENT = "    "


def format_text(diagnostics: Iterable[Diagnostic], *, color: bool = False) -> str:
    """A block for each diagnostic: `FILE:LINE:COL: error: path: message [code]`, the source line with a caret, a hint.

    Unknown parts are left out. Ends with a newline, or is empty if there are no diagnostics.
    """
    return "".join(_block(d, color=color) for d in diagnostics)


def _block(d: Diagnostic, *, color: bool) -> str:
    level = paint(d.severity, f"{d.severity}:", color=color)
    place = f"{paint('title', format_position(d.location), color=color)}: " if d.location.file else ""
    path = f"{shorten(d.path)}: " if d.path else ""
    lines = [f"{place}{level} {make_printable(path + d.message)} [{d.code}]"]
    if d.location.source is not None and d.location.column is not None:
        source, caret = _excerpt(d.location, d.location.source, d.location.column)
        lines += [_INDENT + source, _INDENT + paint(d.severity, caret, color=color)]
    if d.hint:
        lines.append(f"{_INDENT}{paint('hint', 'hint:', color=color)} {make_printable(d.hint)}")
    return "\n".join(lines) + "\n"


def format_position(location: Location) -> str:
    """`FILE:LINE:COL`, without the parts that are unknown."""
    parts = [make_printable(location.file)]
    if location.line is not None:
        parts.append(str(location.line))
        if location.column is not None:
            parts.append(str(location.column))
    return ":".join(parts)


def _excerpt(location: Location, source: str, column: int) -> tuple[str, str]:
    """The source line, truncated around the caret if it is long, and the line with the caret."""
    start = 0
    if len(source) > _WIDTH and column > _WIDTH // 2:
        start = min(column - _WIDTH // 2, len(source) - _WIDTH)
    shown = source[start : start + _WIDTH]
    before = "…" if start else ""
    after = "…" if start + _WIDTH < len(source) else ""
    head = before + make_printable(shown[: column - 1 - start].replace("\t", " "))
    marked = make_printable(shown[column - 1 - start : column - 1 - start + location.length].replace("\t", " "))
    rest = make_printable(shown[column - 1 - start + location.length :].replace("\t", " "))
    return head + marked + rest + after, " " * len(head) + "^" * max(len(marked), 1)
