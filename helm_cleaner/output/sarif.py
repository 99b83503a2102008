"""Findings as SARIF 2.1.0 (OASIS)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helm_cleaner.codes import BY_NAME, GUIDES, AnyCode, OtherCode
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.output.json_report import dump, line_and_column
from helm_cleaner.output.rule_page import rule_page
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from helm_cleaner.fixes import FixEdits, TextEdit


def format_sarif(diagnostics: Sequence[Diagnostic], edits: Mapping[Diagnostic, Sequence[FixEdits]]) -> str:
    """A SARIF 2.1.0 log with one run (OASIS, sarif-v2.1.0)."""
    driver = {
        "name": "helm-cleaner",
        "version": __version__,
        "rules": [_rule(code) for code in sorted({d.code for d in diagnostics})],
    }
    results = [_result(d) | _fixes(edits.get(d, ())) for d in diagnostics]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return dump({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _rule(name: str) -> dict[str, Any]:
    """A reportingDescriptor: what GitHub and editors show beside a finding."""
    code = BY_NAME[name]
    rule: dict[str, Any] = {"id": name, "shortDescription": {"text": code.reason}, "help": {"text": rule_page(code)}}
    if uri := find_documentation(code):
        rule["helpUri"] = uri
    return rule


def find_documentation(code: AnyCode) -> str:
    """The address of the code's row in this project's guides or, if these have no address, of the rule's source."""
    if repository := _repository():
        return f"{repository}/blob/v{__version__}/docs/{GUIDES[code.code]}.md#{code.code}"
    found = None if isinstance(code, OtherCode) else re.search(r"https://[^\s;]+", code.source)
    return found[0] if found else ""


def _repository() -> str:
    """The address that pyproject.toml gives for this project's repository, without a slash at its end, or empty."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = metadata("helm-cleaner").get_all("Project-URL") or []
    except PackageNotFoundError:  # run from a checkout or an archive
        urls = []
    return next((url.strip().rstrip("/") for label, _, url in (each.partition(",") for each in urls)
                 if label == "Repository"), "")  # fmt: skip


def _fixes(found: Sequence[FixEdits]) -> dict[str, Any]:
    if not found:
        return {}
    return {
        "fixes": [
            {
                "description": {"text": fix.message},
                "artifactChanges": [
                    {
                        "artifactLocation": {"uri": _uri(fix.as_one.file)},
                        "replacements": [_replacement(edit) for edit in fix.edits],
                    }
                ],
            }
            for fix in found
        ]
    }


def _replacement(edit: TextEdit) -> dict[str, Any]:
    region = {
        "startLine": edit.start_line,
        "startColumn": edit.start_column,
        "endLine": edit.end_line,
        "endColumn": edit.end_column,
    }
    return {"deletedRegion": region, "insertedContent": {"text": edit.text}}


def _uri(file: str) -> str:
    from urllib.parse import quote

    name = file.replace("\\", "/").removeprefix("./")
    return quote(name.encode("utf-8", "surrogateescape"))  # a file name may contain any bytes


def _result(d: Diagnostic) -> dict[str, Any]:
    line, column = line_and_column(d.location)
    place: dict[str, Any] = {}
    if line is None:  # a rendered ConfigMap, stdin or a flag: not a file that a viewer could open
        place["logicalLocations"] = [{"fullyQualifiedName": f"{d.location.file}/{d.path}"}]
    else:
        region: dict[str, Any] = {"startLine": line}
        if column is not None:
            region |= {"startColumn": column, "endColumn": column + d.location.length}
        place["physicalLocation"] = {"artifactLocation": {"uri": _uri(d.location.file)}, "region": region}
        if d.path:
            place["logicalLocations"] = [{"fullyQualifiedName": d.path}]
    message = (f"{d.path}: " if d.path else "") + d.message + (f" ({d.hint})" if d.hint else "")
    return {"ruleId": d.code, "level": d.severity, "message": {"text": message}, "locations": [place]}
