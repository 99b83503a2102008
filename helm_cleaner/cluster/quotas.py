"""What is left of a namespace's quotas, and why they reject a pod.

Follows `CheckRequest` in k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go and
pkg/quota/v1/evaluator/core/pods.go: a quota applies if all its scopes match. A quota of cpu or memory requires each
container to set them. The quota's status says what is in use. Quotas of object counts
(k8s.io/apiserver/pkg/quota/v1/generic/evaluator.go) reject the jobs that come before the pod; those with scopes do not.
"""

from __future__ import annotations

from helm_cleaner.cluster import totals
from helm_cleaner.cluster.amounts import NANO, format_amount, parse_amount, parse_amounts
from helm_cleaner.cluster.pod import containers
from helm_cleaner.cluster.types import Refusal
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from helm_cleaner.cluster.types import Amounts, Object
    from helm_cleaner.paths import Path

KIND = "ResourceQuota"
CODE = "quota"
_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_COUNTED = {
    "count/pods",
    "pods",
    *_COMPUTE,
    *(f"{kind}.{name}" for kind in ("requests", "limits") for name in _COMPUTE),
}
_JOBS = {"count/jobs.polyaxon.com": "Polyaxon's job", "count/jobs.batch": "the job that runs the pod"}
_MUST_BE_SET = ("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def check(pod: Object, quota: Object) -> list[Refusal]:
    """Why a ResourceQuota rejects a pod that the other plugins admitted."""
    name, status = quota["metadata"]["name"], quota.get("status") or {}
    hard, used = status.get("hard") or {}, status.get("used") or {}
    watched = [each for each in hard if _is_watched(each)]
    if not watched or not all(_in_scope(pod, *scope) for scope in _scopes(quota)):
        return []
    missing = _missing(pod, watched)
    if missing:
        hint = f"set cleaner.resources: {', '.join(missing)}, or add a LimitRange with defaults"
        message = f"the quota requires each container to set {', '.join(missing)}"
        return [Refusal(KIND, name, message, CODE, hint, ("containers", 0, "resources"))]
    unknown = [each for each in watched if each not in used]
    if unknown:
        message = f"the usage of {', '.join(unknown)} is not known yet; until then, no pod is admitted"
        return [Refusal(KIND, name, message, CODE, "wait for the quota's status")]
    found = []
    for each, needed in charge(pod).items():
        if needed == 0 or each not in hard:
            continue
        most, there = parse_amount(hard[each]), parse_amount(used.get(each, 0))
        if there + needed > most:
            texts = [format_amount(each, value) for value in (needed, there, most, most - there)]
            message = f"{each}: {texts[0]} requested, {texts[1]} of {texts[2]} in use"
            hint = f"lower it to {texts[3]}" if most > there else f"raise the quota {name} or free some"
            found.append(Refusal(KIND, name, message, CODE, hint, _path(pod, each)))
    return found


def check_counts(quota: Object) -> list[Refusal]:
    """Why a ResourceQuota rejects a job of Polyaxon's, or the one that its operator makes of it."""
    name, status = quota["metadata"]["name"], quota.get("status") or {}
    hard, used = status.get("hard") or {}, status.get("used") or {}
    if any(True for _ in _scopes(quota)):
        return []
    found = []
    for each, what in _JOBS.items():
        if each not in hard:
            continue
        if each not in used:
            message = f"the usage of {each} is not known yet; until then, {what} is not admitted"
            found.append(Refusal(KIND, name, message, CODE, "wait for the quota's status"))
        elif parse_amount(used[each]) + NANO > parse_amount(hard[each]):
            texts = [format_amount(each, parse_amount(value)) for value in (used[each], hard[each])]
            message = f"{each}: {texts[0]} of {texts[1]} in use, so {what} is refused"
            found.append(Refusal(KIND, name, message, CODE, f"raise the quota {name}, or delete jobs that have ended"))
    return found


def depends_on_priority(quota: Object) -> bool:
    """Whether a quota applies to pods of some priority classes."""
    return any(scope == "PriorityClass" for scope, _, _ in _scopes(quota))


def charge(pod: Object) -> Amounts:
    """What a running pod is charged."""
    return {"count/pods": NANO, **_charged(totals.sum_requests(pod["spec"]), totals.sum_limits(pod["spec"]))}


def _charged(requests: Amounts, limits: Amounts) -> Amounts:
    """Like `podComputeUsageHelper`."""
    result = {"pods": NANO}
    for name in _COMPUTE:
        if name in requests:
            result[name] = result[f"requests.{name}"] = requests[name]
        if name in limits:
            result[f"limits.{name}"] = limits[name]
    for name, value in requests.items():
        if name.startswith("hugepages-"):
            result[name] = result[f"requests.{name}"] = value
        elif _is_extended(name) or name.startswith("deviceclass.resource.kubernetes.io/"):
            result[f"requests.{name}"] = value
    return result


def _is_extended(name: str) -> bool:
    return "/" in name and "kubernetes.io/" not in name and not name.startswith("requests.")


def _is_watched(name: str) -> bool:
    """Whether a quota's resource is one that pods use."""
    if name in _COUNTED or name.startswith(("hugepages-", "requests.hugepages-")):
        return True
    if name.startswith("requests.deviceclass.resource.kubernetes.io/"):
        return True
    return name.startswith("requests.") and "/" in name and "kubernetes.io/" not in name


def _missing(pod: Object, watched: list[str]) -> list[str]:
    """What a container does not set although a quota of cpu or memory requires it."""
    if _sets_own(pod["spec"].get("resources") or {}):
        return []
    missing = set()
    for container in containers(pod):
        resources = container.get("resources") or {}
        has = _charged(parse_amounts(resources.get("requests")), parse_amounts(resources.get("limits")))
        missing |= {name for name in watched if name in _MUST_BE_SET and name not in has}
    return sorted(missing)


def _sets_own(resources: Object) -> bool:
    """Like `IsPodLevelResourcesSet`."""
    names = [*(resources.get("requests") or ()), *(resources.get("limits") or ())]
    return any(name in ("cpu", "memory") or name.startswith("hugepages-") for name in names)


def _scopes(quota: Object) -> Iterator[tuple[str, str, list[Any]]]:
    """A quota's scopes: name, operator and values."""
    spec = quota.get("spec") or {}
    for name in spec.get("scopes") or ():
        yield name, "Exists", []
    for each in (spec.get("scopeSelector") or {}).get("matchExpressions") or ():
        yield each.get("scopeName", ""), each.get("operator", ""), each.get("values") or []


def _in_scope(pod: Object, scope: str, operator: str, values: list[Any]) -> bool:
    """Like `podMatchesScopeFunc`: only priority classes use the operator."""
    spec = pod["spec"]
    if scope in ("Terminating", "NotTerminating"):
        return (spec.get("activeDeadlineSeconds") is not None) is (scope == "Terminating")
    if scope in ("BestEffort", "NotBestEffort"):
        return is_best_effort(pod) is (scope == "BestEffort")
    if scope == "PriorityClass":
        name = spec.get("priorityClassName") or ""
        return {"Exists": bool(name), "DoesNotExist": not name, "In": name != "" and name in values,
                "NotIn": name not in values}.get(operator, False)  # fmt: skip
    if scope == "CrossNamespacePodAffinity":
        return _crosses_namespaces(spec.get("affinity") or {})
    return False


def is_best_effort(pod: Object) -> bool:
    """Like `ComputePodQOS`: no container requests or limits cpu or memory."""
    own = pod["spec"].get("resources")
    each = [own] if own and _sets_own(own) else [container.get("resources") or {} for container in containers(pod)]
    return not any(
        parse_amount((resources.get(kind) or {}).get(name, 0))
        for resources in each
        for kind in ("requests", "limits")
        for name in ("cpu", "memory")
    )


def _crosses_namespaces(affinity: Object) -> bool:
    """Whether a required or preferred term names namespaces."""
    for kind in ("podAffinity", "podAntiAffinity"):
        of_kind = affinity.get(kind) or {}
        terms = [*(of_kind.get(_REQUIRED) or ())]
        terms += [each.get("podAffinityTerm") or {} for each in of_kind.get(_PREFERRED) or ()]
        if any(term.get("namespaces") or term.get("namespaceSelector") is not None for term in terms):
            return True
    return False


def _path(pod: Object, name: str) -> Path:
    """The path at which a pod with one container requests what a quota counts."""
    kind, _, resource = name.rpartition(".") if name.startswith("limits.") else ("requests", "", name)
    resource = resource.removeprefix("requests.")
    resources = pod["spec"]["containers"][0].get("resources") or {}
    return ("containers", 0, "resources", kind, resource) if resource in (resources.get(kind) or {}) else ()
