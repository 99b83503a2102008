"""Values as Helm reads and merges them, each with its origin."""

from __future__ import annotations

from helm_cleaner.values.merging import coalesce, merge, without_replaced_nulls
from helm_cleaner.values.reading import Notice, Read, nothing, only_document, read, read_document, read_node
from helm_cleaner.values.tree import (
    MOST_LEVELS,
    Map,
    Origin,
    Scalar,
    Seq,
    Unknown,
    Value,
    copied,
    from_data,
    is_known,
    is_null,
    null,
    plain,
    shown,
)

__all__ = [
    "MOST_LEVELS",
    "Map",
    "Notice",
    "Origin",
    "Read",
    "Scalar",
    "Seq",
    "Unknown",
    "Value",
    "coalesce",
    "copied",
    "from_data",
    "is_known",
    "is_null",
    "merge",
    "nothing",
    "null",
    "only_document",
    "plain",
    "read",
    "read_document",
    "read_node",
    "shown",
    "without_replaced_nulls",
]
