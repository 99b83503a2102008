"""Node affinity: terms, and expressions on labels and on the node's name."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.kubernetes_names import DNS_HINT, VALUE_HINT, label_number, subdomain_problem, value_problem
from helm_cleaner.section.rules.field import Field
from helm_cleaner.section.rules.labels import check_count, check_key, check_value

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def check(affinity: Field) -> Iterator[Diagnostic]:
    """The section's node affinity."""
    node = affinity.get("nodeAffinity")
    required = node and node.get(_REQUIRED)
    terms = required and required.get("nodeSelectorTerms")
    for term in terms.items() if terms else ():
        yield from _check_term(term, strict=True)
    if (
        terms
        and terms.fine
        and not any(map(_is_open, terms.items()))
        and terms.value
        and not any(_content(term) for term in terms.items())
    ):
        message = "an empty term matches no node: the job will never be scheduled"
        yield terms.warning("never-matches", message, "add matchExpressions to it, or remove nodeAffinity")
    preferred = node and node.get(_PREFERRED)
    for item in preferred.items() if preferred else ():
        if (preference := item.get("preference")) is not None:
            yield from _check_term(preference, strict=False)


def _is_open(term: Field) -> bool:
    return term.lacks("matchExpressions") or term.lacks("matchFields")


def _content(term: Field) -> bool:
    return any(field is not None and bool(field.value) for field in map(term.get, ("matchExpressions", "matchFields")))


def _check_term(term: Field, *, strict: bool) -> Iterator[Diagnostic]:
    """A term. strict: whether the API server validates label values, which it does not in a preference."""
    expressions, fields = term.get("matchExpressions"), term.get("matchFields")
    for expression in expressions.items() if expressions else ():
        yield from check_key(expression)
        yield from check_count(expression)
        yield from _check_values(expression, strict=strict)
    for field in fields.items() if fields else ():
        yield from _check_field(field)


def _check_values(expression: Field, *, strict: bool) -> Iterator[Diagnostic]:
    operator, values = expression.text("operator"), expression.fine_texts("values")
    # In a preference the API server accepts these, and the scheduler fails on them.
    effect = "the term matches no node" if strict else "the job is scheduled only where a single node fits"
    for value in values:
        problem = value_problem(value.string)
        if problem and strict:
            yield from check_value(value)
        elif operator in ("Gt", "Lt") and len(values) == 1 and label_number(value.string) is None:
            message = f"{value.shown} is not an integer, which the operator {operator} requires: {effect}"
            yield value.warning("never-matches", message, 'for example values: ["4"]: an integer in quotes')
        elif problem:
            yield value.warning("never-matches", f"invalid label value: {problem}: {effect}", VALUE_HINT)


def _check_field(field: Field) -> Iterator[Diagnostic]:
    values = field.texts("values")
    if values is not None and len(values) != 1:
        message = f"must contain exactly one node name, found {len(values)}"
        hint = "for example values: [node-1], and one term for each node"
        yield field.missing_error("match-fields", "values", message, hint)
    for value in field.fine_texts("values"):
        if problem := subdomain_problem(value.string):
            yield value.error("match-fields", f"invalid node name: {problem}", DNS_HINT)
