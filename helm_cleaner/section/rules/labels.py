"""Labels and label selectors."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.kubernetes_names import KEY_HINT, VALUE_HINT, key_problem, value_problem
from helm_cleaner.section.rules.field import Field


def check(labels: Field) -> Iterator[Diagnostic]:
    """Labels with their values, as in nodeSelector and matchLabels."""
    for key, value in labels.all_entries():
        if problem := key_problem(key):
            yield value.key_error("label-key", f"invalid label key: {problem}", KEY_HINT)
        if value.fine:
            yield from check_value(value)


def check_selector(selector: Field | None) -> Iterator[Diagnostic]:
    """A label selector for pods or namespaces."""
    if selector is None:
        return
    if (labels := selector.get("matchLabels")) is not None:
        yield from check(labels)
    if (expressions := selector.get("matchExpressions")) is not None:
        for expression in expressions.items():
            yield from check_key(expression)
            yield from check_count(expression)
            for value in expression.fine_texts("values"):
                yield from check_value(value)


def check_key(expression: Field) -> Iterator[Diagnostic]:
    """The key of an expression."""
    key = expression.get("key")
    if key is not None and key.fine and (problem := key_problem(key.string)):
        yield key.error("label-key", f"invalid label key: {problem}", KEY_HINT)


def check_value(value: Field) -> Iterator[Diagnostic]:
    """A label's value."""
    if problem := value_problem(value.string):
        yield value.error("label-value", f"invalid label value: {problem}", VALUE_HINT)


def check_count(expression: Field) -> Iterator[Diagnostic]:
    """The number of values that the operator allows."""
    operator, values = expression.text("operator"), expression.texts("values")
    if values is None:
        return
    if operator in ("In", "NotIn") and not values:
        message = f"must not be empty with the operator {operator}"
        yield expression.missing_error("selector-values", "values", message, "for example values: [ssd]")
    elif operator in ("Exists", "DoesNotExist") and values:
        field = expression.get("values")
        assert field is not None
        instead = "In" if operator == "Exists" else "NotIn"
        message = f"must be empty with the operator {operator}, which only checks the key"
        yield field.error("selector-values", message, f"remove values, or write operator: {instead}", field.remove())
    elif operator in ("Gt", "Lt") and len(values) != 1:
        message = f"must contain exactly one integer with the operator {operator}, found {len(values)}"
        yield expression.missing_error("selector-values", "values", message, 'for example values: ["4"]')
