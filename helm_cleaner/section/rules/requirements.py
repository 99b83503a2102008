"""What a pod requires of the labels of a node, all of it together: whether any node could meet it.

A node must meet nodeSelector and one of the required node affinity's terms. Operators mean what they mean in
Kubernetes' labels.Requirement: NotIn and DoesNotExist hold for a node without the label, the others do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.kubernetes_names import label_number
from helm_cleaner.section.rules.field import Field
from helm_cleaner.text import join_words
from helm_cleaner.typed import NamedTuple

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_HOLD_WITHOUT = ("NotIn", "DoesNotExist")
_NAME = "metadata.name"
_FIELD = f"the field {_NAME}"  # which no label has for its key


class _Requirement(NamedTuple):
    """One requirement of a label, or of the node's name. field: where it is written; shown: as messages show it."""

    key: str
    operator: str
    values: list[str]
    field: Field
    shown: str


def check(top: Field) -> Iterator[Diagnostic]:
    """Contradictions in a nodeSelector and a required node affinity. top: what has both fields, a section or a pod.

    They are reported if they leave no term: a node has to meet only one.
    """
    affinity = top.get("affinity")
    node = affinity and affinity.get("nodeAffinity")
    required = node and node.get(_REQUIRED)
    terms = required and required.get("nodeSelectorTerms")
    if not terms or not terms.fine:
        return
    selected = _selected(top)
    wrong = []
    for term in terms.items():
        found = _contradiction([*selected, *_required(term)])
        if found is None and (term.get("matchExpressions") or term.get("matchFields")):
            return
        wrong += [found] if found else []
    several = f"none of the {len(terms.value)} terms matches" if len(terms.value) > 1 else "the job stays pending"
    for found in wrong:
        *others, last = found
        with_what = join_words(each.shown for each in others)
        message = f"{last.shown} contradicts {with_what}: no node can meet both, and {several}"
        yield last.field.warning("never-matches", message, "remove one of the two, or correct its value")


def _selected(top: Field) -> list[_Requirement]:
    selector = top.get("nodeSelector")
    entries = selector.entries() if selector else ()
    return [_Requirement(key, "In", [each.string], each, f"nodeSelector {key}: {each.string}") for key, each in entries]


def _required(term: Field) -> Iterator[_Requirement]:
    for name in ("matchExpressions", "matchFields"):
        expressions = term.get(name)
        for expression in expressions.items() if expressions else ():
            key, operator, values = expression.text("key"), expression.text("operator"), expression.texts("values")
            if key and operator and values is not None and (name == "matchExpressions" or key == _NAME):
                texts = [each.string for each in values]
                shown = " ".join((key, operator, *([f"[{', '.join(texts)}]"] if texts else [])))
                yield _Requirement(key if name == "matchExpressions" else _FIELD, operator, texts, expression, shown)


def _contradiction(requirements: list[_Requirement]) -> list[_Requirement] | None:
    """The fewest requirements that no label meets together, in their order; None if there are none."""
    by_key: dict[str, list[_Requirement]] = {}
    for each in requirements:
        by_key.setdefault(each.key, []).append(each)
    for same in by_key.values():
        if not _can_hold(same):
            pairs = (list(pair) for pair in combinations(same, 2))
            return next((pair for pair in pairs if not _can_hold(pair)), same)
    return None


def _can_hold(requirements: list[_Requirement]) -> bool:
    """Whether a node could meet all of these, which are of one label. One that is invalid by itself counts as met."""
    if len(requirements) < 2 or all(each.operator in _HOLD_WITHOUT for each in requirements):
        return True
    if any(each.operator == "DoesNotExist" for each in requirements):
        return False
    closed = next((each for each in requirements if each.operator == "In" and each.values), None)
    if closed:
        return any(all(_holds(each, value) for each in requirements) for value in closed.values)
    lower = max((bound for each in requirements if (bound := _bound(each, "Gt")) is not None), default=None)
    upper = min((bound for each in requirements if (bound := _bound(each, "Lt")) is not None), default=None)
    if lower is None or upper is None:
        return True
    excluded = {value for each in requirements if each.operator == "NotIn" for value in each.values}
    return any(str(number) not in excluded for number in range(lower + 1, min(upper, lower + 2 + len(excluded))))


def _holds(requirement: _Requirement, value: str) -> bool:
    """Whether a label with this value meets it."""
    operator, values = requirement.operator, requirement.values
    if operator in ("In", "NotIn"):
        return (value in values) == (operator == "In") or not values
    bound = _bound(requirement, operator)
    if operator not in ("Gt", "Lt") or bound is None:
        return True
    number = label_number(value)
    return number is not None and (number > bound if operator == "Gt" else number < bound)


def _bound(requirement: _Requirement, operator: str) -> int | None:
    is_bound = requirement.operator == operator and len(requirement.values) == 1
    return label_number(requirement.values[0]) if is_bound else None
