"""Pod affinity and anti-affinity: the pod's own, and that of existing pods.

Follows pkg/scheduler/framework/plugins/interpodaffinity/filtering.go and `newAffinityTerm` in
k8s.io/kube-scheduler/framework/types.go: one pod must match all terms of the affinity. A pod that matches its own
affinity may be the first. A term without namespaces and namespaceSelector means the namespace of its pod; otherwise the
two add up. InterPodAffinityHostnameFastPath is off by default.
"""

from __future__ import annotations

from helm_cleaner.cluster import selectors
from helm_cleaner.cluster.types import Reason
from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from helm_cleaner.cluster.types import Filter, Labels, Object
    from helm_cleaner.cluster.usage import Usage
    from helm_cleaner.paths import Path

    Pairs = dict[tuple[str, str], str]  # a node's label, key and value, to a pod on such a node

PLUGIN = "InterPodAffinity"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_AFFINITY = "node(s) didn't match pod affinity rules"
_ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules"
_EXISTING = "node(s) didn't satisfy existing pods anti-affinity rules"


class Term(NamedTuple):
    """A term. namespaces: by name; in_namespace: selects others by their labels; labels: selects the pods."""

    topology: str
    namespaces: frozenset[str]
    in_namespace: selectors.Selector
    labels: selectors.Selector
    written: str
    path: Path

    def matches(self, namespace: str, namespace_labels: Labels | None, labels: Labels) -> bool:
        """Whether the term selects a pod. namespace_labels: None if the namespace is not known."""
        if namespace in self.namespaces or self.in_namespace is selectors.everything:
            return self.labels(labels)
        return namespace_labels is not None and self.in_namespace(namespace_labels) and self.labels(labels)


def parse_terms(affinity: Any, kind: str, namespace: str) -> list[Term]:
    """The required terms of an affinity. kind: podAffinity or podAntiAffinity; namespace: that of its pod."""
    required = ((affinity or {}).get(kind) or {}).get(REQUIRED) or ()
    found = []
    for index, term in enumerate(required):
        names, selector = term.get("namespaces") or (), term.get("namespaceSelector")
        own = not names and selector is None
        found.append(
            Term(
                term.get("topologyKey", ""),
                frozenset([namespace] if own else names),
                selectors.parse_selector(selector),
                selectors.parse_selector(term.get("labelSelector")),
                selectors.format_selector(term.get("labelSelector")),
                ("affinity", kind, REQUIRED, index),
            )
        )
    return found


class Malformed(ValueError):
    """A pod with terms that kubectl would not print."""

    def __init__(self, pod: Object) -> None:
        super().__init__("not what kubectl prints")
        self.pod = pod


class Spread(NamedTuple):
    """What a pod's terms, and those of other pods, mean in a cluster: the labels of nodes, each with a pod there.

    near, far: the pod's own terms; near_pairs, far_pairs: where the pods are that they select; repelling: where other
    pods' anti-affinity excludes this pod; may_be_first: only this pod itself matches its affinity.
    """

    near: list[Term]
    far: list[Term]
    near_pairs: Pairs
    far_pairs: Pairs
    repelling: Pairs
    may_be_first: bool


def find_spread(
    pod: Object, nodes: Sequence[Object], used: Mapping[str, Usage], namespaces: Mapping[str, Labels]
) -> Spread:
    """What existing pods mean for the pod. used: the pods on each node, by node name.

    namespaces: the labels of each, by name. Malformed if an existing pod cannot be used.
    """
    namespace, labels = pod["metadata"]["namespace"], pod["metadata"].get("labels") or {}
    affinity = pod["spec"].get("affinity")
    near = parse_terms(affinity, "podAffinity", namespace)
    far = parse_terms(affinity, "podAntiAffinity", namespace)
    repelling = _repelling(namespace, labels, nodes, used, namespaces)
    near_pairs, far_pairs = _pairs(near, far, nodes, used, namespaces) if near or far else ({}, {})
    may_be_first = not near_pairs and all(term.matches(namespace, namespaces.get(namespace), labels) for term in near)
    return Spread(near, far, near_pairs, far_pairs, repelling, may_be_first)


def make_filter(known: Spread) -> Filter:
    """The plugin for a pod."""

    def refuse(node: Object) -> list[Reason]:
        has = node["metadata"].get("labels") or {}
        return [*_too_far(known, has), *_too_near(known, has), *_kept_away(known, has)]

    return refuse


def _too_far(known: Spread, has: Labels) -> Iterator[Reason]:
    for term in known.near:
        if term.topology not in has:
            cause = f"label {term.topology} is missing (topologyKey of the required pod affinity)"
            yield Reason(PLUGIN, _AFFINITY, cause, cause, (*term.path, "topologyKey"), term.topology)
        elif not known.may_be_first and (term.topology, has[term.topology]) not in known.near_pairs:
            cause = f"no pod matching {term.written} in the same {term.topology} (required pod affinity)"
            yield Reason(PLUGIN, _AFFINITY, cause, cause, term.path)


def _too_near(known: Spread, has: Labels) -> Iterator[Reason]:
    for term in known.far:
        other = known.far_pairs.get((term.topology, has[term.topology])) if term.topology in has else None
        if other is not None:
            cause = f"a pod matching {term.written} is in the same {term.topology} (required pod anti-affinity)"
            yield Reason(PLUGIN, _ANTI_AFFINITY, cause, f"{cause}: {other}", term.path)


def _kept_away(known: Spread, has: Labels) -> Iterator[Reason]:
    for (key, value), other in known.repelling.items():
        if has.get(key) == value:
            cause = f"the anti-affinity of an existing pod in the same {key} excludes the cleaner"
            yield Reason(PLUGIN, _EXISTING, cause, f"{cause}: {other}")
            return


def _repelling(
    namespace: str, labels: Labels, nodes: Sequence[Object], used: Mapping[str, Usage], namespaces: Mapping[str, Labels]
) -> Pairs:
    """Where the anti-affinity of existing pods excludes the pod."""
    own = namespaces.get(namespace, {})  # for the terms of other pods, an unknown namespace has no labels
    pairs: Pairs = {}
    known: dict[tuple[str, str], list[Term]] = {}  # deployments make many pods with the same terms
    for node in nodes:
        for other in used[node["metadata"]["name"]].pods:
            affinity = other["spec"].get("affinity")
            if not affinity:
                continue
            try:
                if affinity.get("podAntiAffinity"):
                    key = (other["metadata"]["namespace"], repr(affinity["podAntiAffinity"]))
                    if key not in known:
                        found = parse_terms(affinity, "podAntiAffinity", key[0])
                        known[key] = [term for term in found if term.matches(namespace, own, labels)]
                    _put(pairs, known[key], node, other)
            except (KeyError, TypeError, AttributeError):
                raise Malformed(other) from None
    return pairs


def _pairs(
    near: list[Term],
    far: list[Term],
    nodes: Sequence[Object],
    used: Mapping[str, Usage],
    namespaces: Mapping[str, Labels],
) -> tuple[Pairs, Pairs]:
    """Where the pods are that the affinity selects, and those that the anti-affinity selects."""
    near_pairs: Pairs = {}
    far_pairs: Pairs = {}
    for node in nodes:
        for other in used[node["metadata"]["name"]].pods:
            metadata = other["metadata"]
            labels = metadata.get("labels") or {}
            there = (metadata["namespace"], namespaces.get(metadata["namespace"]), labels)
            if near and all(term.matches(*there) for term in near):
                _put(near_pairs, near, node, other)
            _put(far_pairs, [term for term in far if term.matches(*there)], node, other)
    return near_pairs, far_pairs


def _put(pairs: Pairs, found: list[Term], node: Object, pod: Object) -> None:
    labels = node["metadata"].get("labels") or {}
    for term in found:
        if term.topology in labels:
            name = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
            pairs.setdefault((term.topology, labels[term.topology]), name)
