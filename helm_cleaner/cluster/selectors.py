"""Label selectors as functions.

Follows `Requirement.Matches` and `NewRequirement` in k8s.io/apimachinery/pkg/labels/selector.go, and
`LabelSelectorAsSelector` in k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go: a missing selector matches nothing, an
empty one everything.
"""

from __future__ import annotations

from helm_cleaner.kubernetes_names import label_number, value_problem
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from helm_cleaner.cluster.types import Labels

    Selector = Callable[[Labels], bool]


class Unparsable(ValueError):
    """A requirement that Kubernetes cannot parse. What that means depends on the field."""


def nothing(_labels: Labels) -> bool:
    """The selector that matches nothing."""
    return False


def everything(_labels: Labels) -> bool:
    """The selector that matches everything."""
    return True


def parse_requirement(key: str, operator: str, values: list[Any] | None) -> Selector:
    """The selector of one expression. Unparsable if Kubernetes rejects it, such as for an invalid label value."""
    values = values or []
    if any(not isinstance(value, str) or value_problem(value) for value in values):
        raise Unparsable(f"{values} are not all label values")
    if operator == "In":
        return lambda labels: labels.get(key) in values
    if operator == "NotIn":
        return lambda labels: key not in labels or labels[key] not in values
    if operator == "Exists":
        return lambda labels: key in labels
    if operator == "DoesNotExist":
        return lambda labels: key not in labels
    bound = label_number(values[0]) if len(values) == 1 else None
    if operator not in ("Gt", "Lt") or bound is None:
        raise Unparsable(f"{operator} {values}")
    if operator == "Gt":
        return lambda labels: (value := label_number(labels.get(key, ""))) is not None and value > bound
    return lambda labels: (value := label_number(labels.get(key, ""))) is not None and value < bound


def parse_selector(selector: Any) -> Selector:
    """The selector of a `labelSelector` or `namespaceSelector`."""
    if selector is None:
        return nothing
    wanted = selector.get("matchLabels") or {}
    try:
        parts = [parse_requirement(key, "In", [value]) for key, value in wanted.items()]
        parts += [
            parse_requirement(each["key"], each["operator"], each.get("values"))
            for each in selector.get("matchExpressions") or ()
        ]
    except Unparsable:  # the API server rejects such a pod
        return nothing
    if not parts:
        return everything
    return parts[0] if len(parts) == 1 else lambda labels: all(part(labels) for part in parts)


def format_selector(selector: Any) -> str:
    """A label selector in kubectl's syntax: app=db,tier in (a,b)."""
    if selector is None:
        return "nothing"
    parts = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    parts += [
        format_expression(each["key"], each["operator"], each.get("values"))
        for each in selector.get("matchExpressions") or ()
    ]
    return ",".join(parts) or "everything"


def format_expression(key: str, operator: str, values: list[Any] | None) -> str:
    """One expression, for people."""
    if operator == "Exists":
        return key
    if operator == "DoesNotExist":
        return f"!{key}"
    if operator in ("Gt", "Lt"):
        return f"{key} {'>' if operator == 'Gt' else '<'} {(values or [''])[0]}"
    words = "in" if operator == "In" else "not in"
    if operator == "In" and len(values or []) == 1:
        return f"{key}={(values or [''])[0]}"
    return f"{key} {words} ({','.join(map(str, values or []))})"
