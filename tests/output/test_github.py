"""Findings as workflow commands of GitHub Actions."""

from __future__ import annotations

from helm_cleaner.diagnostics import Location
from helm_cleaner.output import format_findings
from tests.support.findings import ERROR, NO_LINE


def test_github_escapes_what_would_end_the_command() -> None:
    odd = ERROR._replace(message="50%\r\n::error::", location=Location("a,b:c.yaml", 1, 2, "xx"))
    assert format_findings([odd, NO_LINE], "github") == (
        "::error file=a%2Cb%3Ac.yaml,title=helm-cleaner type,line=1,col=2,endColumn=3::"
        "cleaner.a: 50%25\\r\\n::error::%0Ahint: do it right\n"
        "::warning file=cm,title=helm-cleaner type::is wrong\n"
    )


def test_github_shows_paths_of_the_repository() -> None:
    assert "file=a/v.yaml," in format_findings([ERROR._replace(location=Location("./a/v.yaml", 1, 2, "xx"))], "github")
