"""Values as Helm reads and merges them, each with its origin."""

from __future__ import annotations

from helm_cleaner.values.merging import coalesce, drop_replaced_nulls, merge_into
from helm_cleaner.values.reading import (
    Notice,
    ParsedValues,
    find_only_document,
    no_values,
    read,
    read_document,
    read_node,
)
from helm_cleaner.values.tree import (
    MAX_LEVELS,
    Map,
    Origin,
    Placeholder,
    Scalar,
    Seq,
    Value,
    copy_map,
    describe,
    from_data,
    is_known,
    is_null,
    make_null,
    to_data,
)

__all__ = [
    "MAX_LEVELS",
    "Map",
    "Notice",
    "Origin",
    "ParsedValues",
    "Placeholder",
    "Scalar",
    "Seq",
    "Value",
    "coalesce",
    "copy_map",
    "describe",
    "drop_replaced_nulls",
    "find_only_document",
    "from_data",
    "is_known",
    "is_null",
    "make_null",
    "merge_into",
    "no_values",
    "read",
    "read_document",
    "read_node",
    "to_data",
]
