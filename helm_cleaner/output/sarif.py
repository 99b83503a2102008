"""Findings as SARIF 2.1.0 (OASIS)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from helm_cleaner.codes import BY_NAME, AnyCode, ClusterCode, OtherCode
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.output.json_report import dump, numbers
from helm_cleaner.output.rule_page import rule_page
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.version import __version__

if TYPE_CHECKING:
    from typing import Any


def format_sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """A SARIF 2.1.0 log with one run (OASIS, sarif-v2.1.0)."""
    driver = {
        "name": "helm-cleaner",
        "version": __version__,
        "rules": [_rule(code) for code in sorted({d.code for d in diagnostics})],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [_result(d) for d in diagnostics]}
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
        guide = "preflight" if isinstance(code, ClusterCode) else "section"
        return f"{repository}/blob/v{__version__}/docs/{guide}.md#{code.code}"
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


def _result(d: Diagnostic) -> dict[str, Any]:
    from urllib.parse import quote

    line, column = numbers(d.location)
    place: dict[str, Any] = {}
    if line is None:  # a rendered ConfigMap, stdin or a flag: not a file that a viewer could open
        place["logicalLocations"] = [{"fullyQualifiedName": f"{d.location.file}/{d.path}"}]
    else:
        region: dict[str, Any] = {"startLine": line}
        if column is not None:
            region |= {"startColumn": column, "endColumn": column + d.location.length}
        file = d.location.file.replace("\\", "/")
        uri = quote(file.removeprefix("./").encode("utf-8", "surrogateescape"))  # a file name may contain any bytes
        place["physicalLocation"] = {"artifactLocation": {"uri": uri}, "region": region}
        if d.path:
            place["logicalLocations"] = [{"fullyQualifiedName": d.path}]
    message = (f"{d.path}: " if d.path else "") + d.message + (f" ({d.hint})" if d.hint else "")
    return {"ruleId": d.code, "level": d.severity, "message": {"text": message}, "locations": [place]}
