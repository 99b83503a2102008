"""Polyaxon: what its charts render for the cleaner, and the Job that it runs."""

from __future__ import annotations

from helm_cleaner.polyaxon.configmap import (
    ARTIFACTS_STORE,
    HINTS,
    PULL_SECRETS,
    RUNS_ACCOUNT,
    SCHEDULING,
    Agent,
    Name,
    agents,
    annotations_of,
    name_of,
    objects,
    section_operation,
    too_large,
)
from helm_cleaner.polyaxon.rollout import (
    CHECKSUM,
    Consumer,
    Target,
    checksum,
    checksum_operations,
    consumers,
    is_only_the_operators,
    matters,
)

__all__ = [
    "ARTIFACTS_STORE",
    "CHECKSUM",
    "HINTS",
    "PULL_SECRETS",
    "RUNS_ACCOUNT",
    "SCHEDULING",
    "Agent",
    "Consumer",
    "Name",
    "Target",
    "agents",
    "annotations_of",
    "checksum",
    "checksum_operations",
    "consumers",
    "is_only_the_operators",
    "matters",
    "name_of",
    "objects",
    "section_operation",
    "too_large",
]
