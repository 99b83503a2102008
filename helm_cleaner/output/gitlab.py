"""Findings as a Code Quality report of GitLab, which merge requests show beside the lines."""

from __future__ import annotations

from collections.abc import Iterable

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.output.json_report import dump
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_SEVERITIES = {"error": "major", "warning": "minor"}


def format_gitlab(diagnostics: Iterable[Diagnostic]) -> str:
    """An array of violations (docs.gitlab.com/ci/testing/code_quality), each with its hint in the description."""
    from hashlib import sha256

    seen: dict[str, int] = {}
    result: list[dict[str, Any]] = []
    for d in diagnostics:
        file = d.location.file.replace("\\", "/").removeprefix("./")
        # GitLab compares the fingerprints of two commits: a finding that only moves keeps its own.
        same = "\0".join((file, d.code, d.path, d.message))
        seen[same] = seen.get(same, 0) + 1
        text = f"{same}\0{seen[same]}".encode("utf-8", "surrogateescape")
        description = (f"{d.path}: " if d.path else "") + d.message + (f" (hint: {d.hint})" if d.hint else "")
        result.append(
            {
                "description": description,
                "check_name": d.code,
                "fingerprint": sha256(text).hexdigest(),
                "severity": _SEVERITIES[d.severity],
                "location": {"path": file, "lines": {"begin": d.location.line or 1}},
            }
        )
    return dump(result)
