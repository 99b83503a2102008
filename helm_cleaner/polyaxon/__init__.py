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
    annotations_of,
    check_size,
    find_agents,
    iter_objects,
    name_of,
    section_operation,
)
from helm_cleaner.polyaxon.rollout import (
    CHECKSUM,
    ChecksumTarget,
    Consumer,
    checksum,
    checksum_operations,
    find_consumers,
    is_only_the_operators,
    is_relevant,
)

__all__ = [
    "ARTIFACTS_STORE",
    "CHECKSUM",
    "HINTS",
    "PULL_SECRETS",
    "RUNS_ACCOUNT",
    "SCHEDULING",
    "Agent",
    "ChecksumTarget",
    "Consumer",
    "Name",
    "annotations_of",
    "check_size",
    "checksum",
    "checksum_operations",
    "find_agents",
    "find_consumers",
    "is_only_the_operators",
    "is_relevant",
    "iter_objects",
    "name_of",
    "section_operation",
]
