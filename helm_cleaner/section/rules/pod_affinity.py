"""Pod affinity and anti-affinity: topology keys, selectors, namespaces and label keys to match."""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.kubernetes_names import DNS_HINT, KEY_HINT, key_problem, label_problem
from helm_cleaner.section.rules.field import Field
from helm_cleaner.section.rules.labels import check_selector

_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def check(affinity: Field) -> Iterator[Diagnostic]:
    """The section's pod affinity and anti-affinity."""
    for name in ("podAffinity", "podAntiAffinity"):
        pods = affinity.get(name)
        required, preferred = pods and pods.get(_REQUIRED), pods and pods.get(_PREFERRED)
        weighted = [item.get("podAffinityTerm") for item in (preferred.items() if preferred else ())]
        for term in (*(required.items() if required else ()), *weighted):
            if term is not None:
                yield from _check_term(term)


def _check_term(term: Field) -> Iterator[Diagnostic]:
    topology = term.get("topologyKey")
    if topology is not None and topology.fine and (problem := key_problem(topology.string)):
        hint = "write a label of your nodes: kubernetes.io/hostname or topology.kubernetes.io/zone"
        yield topology.error("topology-key", f"invalid label key: {problem}", hint)
    yield from check_selector(term.get("labelSelector"))
    yield from check_selector(term.get("namespaceSelector"))
    for namespace in term.fine_texts("namespaces"):
        if problem := label_problem(namespace.string):
            yield namespace.error("namespace", f"invalid namespace name: {problem}", DNS_HINT)
    yield from _check_label_keys(term)


def _check_label_keys(term: Field) -> Iterator[Diagnostic]:
    match, mismatch = term.fine_texts("matchLabelKeys"), term.fine_texts("mismatchLabelKeys")
    for name, keys in (("matchLabelKeys", match), ("mismatchLabelKeys", mismatch)):
        field = term.get(name)
        if field is not None and keys and term.get("labelSelector") is None and not term.lacks("labelSelector"):
            message = "requires a labelSelector"
            yield field.key_error("match-label-keys", message, f"add labelSelector beside it, or remove {name}")
            continue
        for key in keys:
            if problem := key_problem(key.string):
                yield key.error("match-label-keys", f"invalid label key: {problem}", KEY_HINT)
    selected = list(_selected(term.get("labelSelector")))
    for key in match:
        if any(key.string == other.string for other in mismatch):
            message = f"{key.shown} is also in mismatchLabelKeys"
            yield key.error("match-label-keys", message, "remove it from one of the two")
        elif selected.count(key.string) > 1:
            message = f"{key.shown} is already in the labelSelector more than once"
            yield key.error("match-label-keys", message, "remove it here, or from the labelSelector")
        elif key.string in selected:
            message = f"{key.shown} is also in the labelSelector: a pod with this label is rejected"
            yield key.warning("match-label-keys", message, "remove it here, or from the labelSelector")


def _selected(selector: Field | None) -> Iterator[str]:
    """The label keys that a selector names, with duplicates."""
    labels = selector and selector.get("matchLabels")
    for name, _ in labels.entries() if labels else ():
        yield name
    expressions = selector and selector.get("matchExpressions")
    for expression in expressions.items() if expressions else ():
        if key := expression.text("key"):
            yield key
