"""Diagnostics as text, JSON, GitHub annotations and SARIF."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from helm_cleaner import __version__
from helm_cleaner.diagnostics import Diagnostic, Location, shortened
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

FORMATS = ("text", "json", "github", "sarif")

_RED, _YELLOW, _CYAN, _BOLD, _RESET = "\x1b[1;31m", "\x1b[1;33m", "\x1b[36m", "\x1b[1m", "\x1b[0m"
_WIDTH = 120
_INDENT = "    "


def text(diagnostics: Iterable[Diagnostic], colour: bool = False) -> str:
    """A block for each diagnostic: `FILE:LINE:COL: error: path: message [code]`, the source line with a caret, a hint.

    Parts that a place lacks are left out. Ends with a line's end; empty where there is nothing to say.
    """
    return "".join(_block(d, colour) for d in diagnostics)


def _block(d: Diagnostic, colour: bool) -> str:
    def paint(code: str, s: str) -> str:
        return f"{code}{s}{_RESET}" if colour else s

    level = paint(_RED if d.severity == "error" else _YELLOW, f"{d.severity}:")
    place = f"{paint(_BOLD, position(d.location))}: " if d.location.file else ""
    path = f"{shortened(d.path)}: " if d.path else ""
    lines = [f"{place}{level} {printable(path + d.message)} [{d.code}]"]
    if d.location.source is not None and d.location.column is not None:
        source, caret = _excerpt(d.location, d.location.source, d.location.column)
        lines += [_INDENT + source, _INDENT + paint(_RED if d.severity == "error" else _YELLOW, caret)]
    if d.hint:
        lines.append(f"{_INDENT}{paint(_CYAN, 'hint:')} {printable(d.hint)}")
    return "\n".join(lines) + "\n"


def position(location: Location) -> str:
    """`FILE:LINE:COL`, with as much of it as there is."""
    parts = [printable(location.file)]
    if location.line is not None:
        parts.append(str(location.line))
        if location.column is not None:
            parts.append(str(location.column))
    return ":".join(parts)


def printable(s: str) -> str:
    """The text with everything escaped that would move a terminal's cursor, or worse."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in s)


def _excerpt(location: Location, source: str, column: int) -> tuple[str, str]:
    """The source line, cut around the caret where it is long, and the line with the caret."""
    start = 0
    if len(source) > _WIDTH and column > _WIDTH // 2:
        start = min(column - _WIDTH // 2, len(source) - _WIDTH)
    shown = source[start : start + _WIDTH]
    before = "…" if start else ""
    after = "…" if start + _WIDTH < len(source) else ""
    head = before + printable(shown[: column - 1 - start].replace("\t", " "))
    marked = printable(shown[column - 1 - start : column - 1 - start + location.length].replace("\t", " "))
    rest = printable(shown[column - 1 - start + location.length :].replace("\t", " "))
    return head + marked + rest + after, " " * len(head) + "^" * max(len(marked), 1)


def formatted(diagnostics: Sequence[Diagnostic], form: str) -> str:
    """Diagnostics in one of FORMATS; what is empty there is empty here."""
    return {"text": text, "json": as_json, "github": github, "sarif": sarif}[form](diagnostics)


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """One array of `{"file","line","column","path","severity","code","message","hint"}`.

    line and column are 1-based, or null where the place has none.
    """
    return _dump([_fields(d) for d in diagnostics])


def _dump(data: Any) -> str:
    import json

    return json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "replace").decode() + "\n"


def _fields(d: Diagnostic) -> dict[str, Any]:
    line, column = _numbers(d.location)
    return {
        "file": d.location.file,
        "line": line,
        "column": column,
        "path": d.path,
        "severity": d.severity,
        "code": d.code,
        "message": d.message,
        "hint": d.hint,
    }


def _numbers(location: Location) -> tuple[int | None, int | None]:
    return location.line, location.column if location.line is not None else None


def github(diagnostics: Iterable[Diagnostic]) -> str:
    """A workflow command per diagnostic, which GitHub Actions shows beside the line.

    Escaped as its toolkit does it (packages/core/src/command.ts).
    """
    return "".join(map(_annotation, diagnostics))


def _annotation(d: Diagnostic) -> str:
    line, column = _numbers(d.location)
    properties = {"file": d.location.file, "title": f"helm-cleaner {d.code}"}
    if line is not None:
        properties["line"] = str(line)
    if column is not None:
        properties |= {"col": str(column), "endColumn": str(column + d.location.length)}

    def escaped(value: str) -> str:
        return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    told = ",".join(f"{k}={escaped(v).replace(':', '%3A').replace(',', '%2C')}" for k, v in properties.items())
    message = (f"{d.path}: " if d.path else "") + d.message + (f"\nhint: {d.hint}" if d.hint else "")
    return f"::{d.severity} {told}::{escaped(message)}\n"


def sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """A SARIF 2.1.0 log with one run (OASIS, sarif-v2.1.0)."""
    driver = {
        "name": "helm-cleaner",
        "version": __version__,
        "rules": [{"id": code} for code in sorted({d.code for d in diagnostics})],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [_result(d) for d in diagnostics]}
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return _dump({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _result(d: Diagnostic) -> dict[str, Any]:
    from urllib.parse import quote

    line, column = _numbers(d.location)
    place: dict[str, Any] = {}
    if line is None:  # a rendered ConfigMap, stdin, a flag: no file that a viewer could open
        place["logicalLocations"] = [{"fullyQualifiedName": f"{d.location.file}/{d.path}"}]
    else:
        region: dict[str, Any] = {"startLine": line}
        if column is not None:
            region |= {"startColumn": column, "endColumn": column + d.location.length}
        file = d.location.file.replace("\\", "/")
        uri = quote(file.encode("utf-8", "surrogateescape"))  # a name may be of any bytes
        place["physicalLocation"] = {"artifactLocation": {"uri": uri}, "region": region}
        if d.path:
            place["logicalLocations"] = [{"fullyQualifiedName": d.path}]
    message = (f"{d.path}: " if d.path else "") + d.message + (f" ({d.hint})" if d.hint else "")
    return {"ruleId": d.code, "level": d.severity, "message": {"text": message}, "locations": [place]}
