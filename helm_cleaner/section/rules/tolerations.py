"""Tolerations: the rules between key, operator, value, effect and seconds."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.kubernetes_names import KEY_HINT, VALUE_HINT, key_problem, value_problem
from helm_cleaner.section.rules.field import Field
from helm_cleaner.values import Map

# Their taints come when a node is lost, not when the job starts; the API server itself tolerates them for 300 seconds.
_OF_LOST_NODES = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_FIELDS = frozenset(("key", "operator", "value", "effect", "tolerationSeconds"))


def check(tolerations: Field) -> Iterator[Diagnostic]:
    """The section's tolerations."""
    for toleration in tolerations.items():
        if isinstance(toleration.value, Map):
            yield from _check(toleration)


def _check(toleration: Field) -> Iterator[Diagnostic]:
    key, operator = toleration.text("key"), toleration.text("operator")
    value, effect = toleration.text("value"), toleration.text("effect")
    if key and (problem := key_problem(key)) and (field := toleration.get("key")):
        yield field.error("label-key", f"invalid taint key: {problem}", KEY_HINT)
    if key == "" and operator in ("", "Equal") and _FIELDS.issuperset(toleration.value):
        message = "is missing; without a key, the operator must be Exists"
        hint = "add key: with the taint's key or, to tolerate every taint, write operator: Exists and no value"
        yield toleration.missing_error("toleration-key", "key", message, hint)
    if value and (field := toleration.get("value")):
        if operator == "Exists":
            message = f"must be empty, found {field.shown}: the operator Exists matches any value"
            yield field.error("toleration-value", message, "remove value, or write operator: Equal", field.remove())
        elif operator is not None and (problem := value_problem(value)):
            yield field.error("label-value", f"invalid taint value: {problem}", VALUE_HINT)
    seconds = toleration.get("tolerationSeconds")
    if seconds is not None and seconds.fine and effect not in (None, "NoExecute"):
        given = f"is {effect}" if effect else "is missing"
        message = f"is allowed only with the effect NoExecute; the effect {given}"
        hint = "write effect: NoExecute, or remove tolerationSeconds"
        yield seconds.key_error("toleration-seconds", message, hint, toleration.set("effect", "NoExecute"))
    elif seconds is not None and seconds.fine and effect == "NoExecute" and key not in (None, *_OF_LOST_NODES):
        evicted = f"evicted {max(0, seconds.value.value)} seconds after it starts on a node with this taint"
        message = f"the job is {evicted}, finished or not, and is tried only once more"
        yield seconds.warning(
            "short-toleration", message, "remove tolerationSeconds: then the job may finish", seconds.remove()
        )
