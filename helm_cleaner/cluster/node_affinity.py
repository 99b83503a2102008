"""The nodes that a pod selects by label or name.

Follows pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go and
k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go: the whole nodeSelector and one of the terms
must match. An empty term, or one that cannot be parsed, matches nothing.
"""

from __future__ import annotations

from helm_cleaner.cluster import selectors
from helm_cleaner.cluster.types import Reason
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from helm_cleaner.cluster.types import Filter, Object
    from helm_cleaner.paths import Path

PLUGIN = "NodeAffinity"
SKIPPED = "node(s) didn't satisfy plugin(s) [NodeAffinity]"  # those that other terms name
CONFLICT = "pod affinity terms conflict"  # terms that name no node
_PHRASE = "node(s) didn't match Pod's node affinity/selector"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
TERMS: Path = ("affinity", "nodeAffinity", REQUIRED, "nodeSelectorTerms")


class Expression(NamedTuple):
    """One expression of a term. matches: whether a node matches it; label: the label's key, "" for a field."""

    matches: Callable[[Object], bool]
    written: str
    path: Path
    label: str


def make_filter(pod: Object) -> Filter:
    """The plugin for a pod: a reason for each entry of the nodeSelector, and for each expression of a single term."""
    selector = pod["spec"].get("nodeSelector") or {}
    entries = [
        (key, value, f"label {key}={value} is missing", ("nodeSelector", key)) for key, value in selector.items()
    ]
    terms = required_terms(pod["spec"].get("affinity"))

    def refuse(node: Object) -> list[Reason]:
        labels = node["metadata"].get("labels") or {}
        reasons = [
            Reason(PLUGIN, _PHRASE, cause, _with_label(cause, key, labels), path, key)
            for key, value, cause, path in entries
            if labels.get(key) != value
        ]
        if terms is not None and not any(_matches(term, node) for term in terms):
            reasons += _of_terms(terms, node)
        return reasons

    return refuse


def find_named(pod: Object) -> set[str] | None:
    """The nodes that the terms name, like `PreFilter`; None if one of the terms names none."""
    required = ((pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}).get(REQUIRED) or {}
    names: set[str] = set()
    for term in required.get("nodeSelectorTerms") or ():
        wanted = [
            set(each.get("values") or ())
            for each in term.get("matchFields") or ()
            if each["key"] == "metadata.name" and each["operator"] == "In"
        ]
        if not wanted:
            return None
        names |= set.intersection(*wanted)
    return names if required.get("nodeSelectorTerms") else None


def required_terms(affinity: Any) -> list[list[Expression] | None] | None:
    """The terms of a required node affinity, or None without one. A term that matches nothing is None."""
    required = ((affinity or {}).get("nodeAffinity") or {}).get(REQUIRED)
    if required is None:
        return None
    return [parse_term(term, (*TERMS, index)) for index, term in enumerate(required.get("nodeSelectorTerms") or ())]


def parse_term(term: Object, path: Path = ()) -> list[Expression] | None:
    """The expressions of a term; None if it is empty or cannot be parsed."""
    found = []
    try:
        for index, each in enumerate(term.get("matchExpressions") or ()):
            key, operator, values = each["key"], each["operator"], each.get("values")
            selector = selectors.parse_requirement(key, operator, values)
            written = selectors.format_expression(key, operator, values)
            found.append(Expression(_on_labels(selector), written, (*path, "matchExpressions", index), key))
        for index, each in enumerate(term.get("matchFields") or ()):
            found.append(_on_name(each, (*path, "matchFields", index)))
    except selectors.Unparsable:
        return None
    return found or None


def _on_labels(selector: selectors.Selector) -> Callable[[Object], bool]:
    return lambda node: selector(node["metadata"].get("labels") or {})


def _on_name(each: Object, path: Path) -> Expression:
    """The expression of a field. Kubernetes supports only metadata.name, with In or NotIn and one value."""
    values = each.get("values") or []
    if len(values) != 1 or each["operator"] not in ("In", "NotIn"):
        raise selectors.Unparsable
    wanted, is_in = values[0], each["operator"] == "In"
    known = each["key"] == "metadata.name"  # any other field is empty
    written = selectors.format_expression(each["key"], each["operator"], values)
    return Expression(lambda node: ((node["metadata"]["name"] if known else "") == wanted) is is_in, written, path, "")


def _matches(term: list[Expression] | None, node: Object) -> bool:
    return term is not None and all(each.matches(node) for each in term)


def matches(terms: list[list[Expression] | None], node: Object) -> bool:
    """Whether any of the terms matches the node."""
    return any(_matches(term, node) for term in terms)


def _of_terms(terms: list[list[Expression] | None], node: Object) -> list[Reason]:
    """Why none of the terms matches a node."""
    labels = node["metadata"].get("labels") or {}
    usable = [term for term in terms if term is not None]
    if len(terms) == 1 and usable:
        return [
            Reason(PLUGIN, _PHRASE, cause := f"the required node affinity {each.written} does not match",
                   _with_label(cause, each.label, labels), each.path, each.label)
            for each in usable[0]
            if not each.matches(node)
        ]  # fmt: skip
    if not usable:
        cause = "the required node affinity matches no node at all"
    else:
        written = " or ".join("(" + ", ".join(each.written for each in term) + ")" for term in usable)
        cause = f"the required node affinity {written} does not match"
    return [Reason(PLUGIN, _PHRASE, cause, cause, TERMS)]


def _with_label(cause: str, key: str, labels: dict[str, str]) -> str:
    """The cause, with the value that this node has."""
    if not key:
        return cause
    return f"{cause} (the node has {key}={labels[key]})" if key in labels else f"{cause} (the node has no {key})"
