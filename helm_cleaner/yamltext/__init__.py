"""YAML text with positions: split it, compose it, find a path in it, and edit it; every other byte stays."""

from __future__ import annotations

from helm_cleaner.yamltext.composer import compose, decode, is_too_deep
from helm_cleaner.yamltext.document import (
    Document,
    construct,
    content_end,
    find_entry,
    find_frozen_nodes,
    find_merged_pair,
    key_text,
    merge_sources,
)
from helm_cleaner.yamltext.edit import ODD_BREAK, Operation, Splice, check, edit, splice, to_pointer
from helm_cleaner.yamltext.nodes import PLAIN, children, find_pair, is_alias, is_flow, is_merge

__all__ = [
    "ODD_BREAK",
    "PLAIN",
    "Document",
    "Operation",
    "Splice",
    "check",
    "children",
    "compose",
    "construct",
    "content_end",
    "decode",
    "edit",
    "find_entry",
    "find_frozen_nodes",
    "find_merged_pair",
    "find_pair",
    "is_alias",
    "is_flow",
    "is_merge",
    "is_too_deep",
    "key_text",
    "merge_sources",
    "splice",
    "to_pointer",
]
