"""Requirements that contradict each other: Kubernetes accepts them, and no node can meet them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.section import (
    node_affinity,
    term,
    warned,
)

IMPOSSIBLE: dict[str, tuple[dict[str, Any], str]] = {
    "selector and In": (
        {"nodeSelector": {"pool": "a"}, **node_affinity(term("pool In b c"))},
        "pool In [b, c] contradicts nodeSelector pool: a",
    ),
    "selector and NotIn": (
        {"nodeSelector": {"pool": "a"}, **node_affinity(term("pool NotIn a"))},
        "pool NotIn [a] contradicts nodeSelector pool: a",
    ),
    "selector and DoesNotExist": (
        {"nodeSelector": {"pool": "a"}, **node_affinity(term("pool DoesNotExist"))},
        "pool DoesNotExist contradicts nodeSelector",
    ),
    "In and In": (node_affinity(term("pool In a", "pool In b")), "pool In [b] contradicts pool In [a]"),
    "In and NotIn": (
        node_affinity(term("pool In a b", "pool NotIn b a c")), "pool NotIn [b, a, c] contradicts pool In [a, b]",
    ),
    "three together": (
        node_affinity(term("pool In a b", "pool NotIn a", "pool NotIn b")),
        "contradicts pool In [a, b] and pool NotIn [a]",
    ),
    "Exists and not": (
        node_affinity(term("pool Exists", "pool DoesNotExist")), "pool DoesNotExist contradicts pool Exists",
    ),
    "Gt and Lt": (node_affinity(term("cores Gt 4", "cores Lt 5")), "cores Lt [5] contradicts cores Gt [4]"),
    "Gt and Lt, one excluded": (
        node_affinity(term("cores Gt 4", "cores Lt 6", "cores NotIn 5")), "cores NotIn [5] contradicts",
    ),
    "In and Gt": (node_affinity(term("cores In 1 2 x", "cores Gt 2")), "cores Gt [2] contradicts cores In [1, 2, x]"),
    "Gt and DoesNotExist": (node_affinity(term("cores Gt 1", "cores DoesNotExist")), "cores DoesNotExist contradicts"),
    "every term": (
        {"nodeSelector": {"pool": "a"}, **node_affinity(term("pool In b"), term("disk Exists", "disk DoesNotExist"))},
        "no node can meet both, and none of the 2 terms matches",
    ),
    "names of nodes": (
        node_affinity(term(fields=("metadata.name In a", "metadata.name NotIn a"))),
        "metadata.name NotIn [a] contradicts",
    ),
}  # fmt: skip


POSSIBLE: dict[str, dict[str, Any]] = {
    "the selector's own": {"nodeSelector": {"pool": "a"}, **node_affinity(term("pool In a b", "pool Exists"))},
    "another label": {"nodeSelector": {"pool": "a"}, **node_affinity(term("disk NotIn a", "disk NotIn b"))},
    "not there, and not these": node_affinity(term("pool DoesNotExist", "pool NotIn a")),
    "a number between": node_affinity(term("cores Gt 4", "cores Lt 6")),
    "numbers left": node_affinity(term("cores Gt 4", "cores Lt 9", "cores NotIn 5 6 7")),
    "no upper bound": node_affinity(term("cores Gt 4", "cores Gt 99", "cores NotIn 100")),
    "numbers in a list": node_affinity(term("cores In 1 8", "cores Gt 2")),
    "one term of two": {"nodeSelector": {"pool": "a"}, **node_affinity(term("pool In b"), term("disk Exists"))},
    "a label of a field's name": node_affinity(term("metadata.name In a", fields=("metadata.name In b",))),
    "a preference": {
        "nodeSelector": {"pool": "a"},
        "affinity": {
            "nodeAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "preference": term("pool In b")}]
            }
        },
    },
    "broken beside it": {"nodeSelector": {"pool": 5}, **node_affinity(term("pool In b"))},
    "no affinity": {"nodeSelector": {"pool": "a"}},
}


@pytest.mark.parametrize(("data", "message"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_what_no_node_can_meet(data: dict[str, Any], message: str) -> None:
    found = warned(data, "never-matches")
    assert message in found[0][1]
    assert len(found) == len(
        data["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    )


@pytest.mark.parametrize("data", POSSIBLE.values(), ids=POSSIBLE)
def test_what_a_node_can_meet(data: dict[str, Any]) -> None:
    assert warned(data, "never-matches") == []
