"""The pod as the scheduler sees it: the Job's template, and what the API server fills in.

Follows, in the API server's order: `SetDefaults_Pod` in pkg/apis/core/v1/defaults.go (missing requests are the
limits), plugin/pkg/admission/limitranger (defaults), plugin/pkg/admission/priority,
plugin/pkg/admission/defaulttolerationseconds, and
`mutatePodAffinity` in pkg/registry/core/pod/strategy.go (matchLabelKeys).
"""

from __future__ import annotations

import copy

from helm_cleaner.cluster import limit_ranges, priorities
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from helm_cleaner.cluster.types import Labels, Object

_NOT_READY = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def make_pod(job: Object, namespace: str) -> Object:
    """The pod that a batch/v1 Job's controller creates, with limits as requests if it has only limits."""
    template = copy.deepcopy(job["spec"]["template"])
    metadata = template.setdefault("metadata", {})
    metadata["namespace"] = namespace
    name = (job.get("metadata") or {}).get("name")
    if name:
        metadata["labels"] = {**(metadata.get("labels") or {}), "batch.kubernetes.io/job-name": name, "job-name": name}
    for container in containers(template):
        resources = container.get("resources") or {}
        if resources.get("limits"):
            resources["requests"] = {**resources["limits"], **(resources.get("requests") or {})}
    pod: Object = template
    return pod


def admit(pod: Object, ranges: Sequence[Object], classes: Sequence[Object] = ()) -> Object:
    """The pod as it is stored. ranges: the LimitRanges of its namespace; classes: the cluster's PriorityClasses."""
    pod = copy.deepcopy(pod)
    priorities.fill(pod, classes)
    for limit_range in ranges:
        limit_ranges.fill(pod, limit_range)
    spec = pod["spec"]
    spec["tolerations"] = [*(spec.get("tolerations") or ()), *_added(spec.get("tolerations") or ())]
    for term in _terms(spec.get("affinity") or {}):
        _merge_label_keys(term, pod["metadata"].get("labels") or {})
    return pod


def containers(pod: Object) -> list[Object]:
    """The containers, then the init containers."""
    return [*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or ())]


def _added(tolerations: Sequence[Object]) -> list[Object]:
    """The default tolerations for failing nodes, unless the pod has its own for these taints, whatever they match."""
    return [
        {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}
        for key in _NOT_READY
        if not any(
            each.get("key") in (None, "", key) and each.get("effect") in (None, "", "NoExecute") for each in tolerations
        )
    ]


def _terms(affinity: Object) -> Iterator[Object]:
    """All terms that select pods."""
    for kind in ("podAffinity", "podAntiAffinity"):
        of_kind = affinity.get(kind) or {}
        yield from of_kind.get(_REQUIRED) or ()
        yield from (each.get("podAffinityTerm") or {} for each in of_kind.get(_PREFERRED) or ())


def _merge_label_keys(term: Object, labels: Labels) -> None:
    """Adds matchLabelKeys to the selector. Without a selector, they have no effect."""
    selector = term.get("labelSelector")
    if selector is None:
        return
    for field, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")):
        for key in term.get(field) or ():
            if key in labels:
                expression = {"key": key, "operator": operator, "values": [labels[key]]}
                selector["matchExpressions"] = [*(selector.get("matchExpressions") or ()), expression]
