"""Findings to be shown."""

from __future__ import annotations

from helm_cleaner.diagnostics import Diagnostic, Location

ERROR = Diagnostic("error", "type", "cleaner.a", "is wrong", "do it right", Location("v.yaml", 2, 4, "a: bcd", 3))
NO_LINE = ERROR._replace(severity="warning", hint="", path="", location=Location("cm", None, 3, "a"))
