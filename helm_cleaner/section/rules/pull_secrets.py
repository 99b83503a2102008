"""Pull secrets: valid names of Secrets."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.kubernetes_names import DNS_HINT, subdomain_problem
from helm_cleaner.section.rules.field import Field


def check(secrets: Field) -> Iterator[Diagnostic]:
    """The section's pull secrets."""
    for secret in secrets.items():
        if secret.fine and (problem := subdomain_problem(secret.string)):
            yield secret.error("pull-secret", f"invalid Secret name: {problem}", DNS_HINT)
