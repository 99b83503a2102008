"""How the LimitRanges of a namespace change a pod, and why they reject it.

Follows plugin/pkg/admission/limitranger/admission.go and `SetDefaults_LimitRangeItem` in pkg/apis/core/v1/defaults.go.
"""

from __future__ import annotations

from helm_cleaner.cluster import totals
from helm_cleaner.cluster.amounts import (
    MOST_MILLI,
    format_amount,
    parse_amount,
    parse_amounts,
    round_to_thousandths,
    round_to_units,
)
from helm_cleaner.cluster.types import Refusal
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from helm_cleaner.cluster.types import Amounts, Object
    from helm_cleaner.paths import Path

KIND = "LimitRange"
CODE = "limit-range"


def fill(pod: Object, limit_range: Object) -> None:
    """Fills in the limits and requests that a container lacks."""
    limits: dict[str, Any] = {}
    requests: dict[str, Any] = {}
    for item in _items(limit_range):
        if item.get("type") == "Container":
            default, default_request = _defaults(item)
            limits |= default
            requests |= default_request
    for container in (*pod["spec"]["containers"], *(pod["spec"].get("initContainers") or ())):
        resources = container.get("resources") or {}
        filled = {
            "limits": {**limits, **(resources.get("limits") or {})},
            "requests": {**requests, **(resources.get("requests") or {})},
        }
        container["resources"] = {**resources, **{name: value for name, value in filled.items() if value}}


def check_requests(bare: Object, whole: Object, found: Sequence[Refusal]) -> list[Refusal]:
    """Requests that exceed a limit set by a LimitRange. bare: the pod before it was filled in; whole: after.

    found: what is refused already, so that it is not reported twice.

    It is not the LimitRange that refuses these, but the API server's validation after it
    (`validateContainerResourceRequirements` in pkg/apis/core/validation/validation.go).
    """
    said = {each.path for each in found}
    more = []
    for field in ("containers", "initContainers"):
        for index, container in enumerate(whole["spec"].get(field) or ()):
            own = (bare["spec"][field][index].get("resources") or {}).get("limits") or {}
            resources = container.get("resources") or {}
            requests = parse_amounts(resources.get("requests"))
            for name, limit in parse_amounts(resources.get("limits")).items():
                path = (field, index, "resources", "requests", name)
                if name not in own and requests.get(name, 0) > limit and path not in said:
                    asked = format_amount(name, requests[name])
                    message = f"{name}: the request {asked} exceeds the limit {format_amount(name, limit)}"
                    message += " that a LimitRange sets for containers without one"
                    hint = f"set limits.{name} to {asked} or more"
                    more.append(Refusal("Pod", container.get("name", ""), message, CODE, hint, path))
    return more


def _items(limit_range: Object) -> list[Object]:
    return (limit_range.get("spec") or {}).get("limits") or []


def _defaults(item: Object) -> tuple[dict[str, Any], dict[str, Any]]:
    """The default limits (else max), and the default requests (else the default limits, else min)."""
    limits = {**(item.get("max") or {}), **(item.get("default") or {})}
    return limits, {**(item.get("min") or {}), **limits, **(item.get("defaultRequest") or {})}


def check(pod: Object, limit_range: Object) -> list[Refusal]:
    """Every reason why a LimitRange refuses a pod that all LimitRanges have filled in."""
    found = []
    for item in _items(limit_range):
        for requests, limits, whose, path in _judged(pod, item.get("type", "")):
            found += [
                Refusal(
                    KIND, limit_range["metadata"]["name"], message + whose, CODE, hint, (*path, name) if path else ()
                )
                for message, hint, path, name in _broken(item, requests, limits, path)
            ]
    return found


def _judged(pod: Object, kind: str) -> Iterator[tuple[Amounts, Amounts, str, Path]]:
    """The requests and limits that a type of LimitRange item applies to, their owner, and their path."""
    spec = pod["spec"]
    if kind == "Container":
        for field in ("containers", "initContainers"):
            for index, container in enumerate(spec.get(field) or ()):
                resources = container.get("resources") or {}
                whose = (
                    "" if field == "containers" and len(spec[field]) == 1 else f" (container {container.get('name')})"
                )
                path = (field, index, "resources")
                yield parse_amounts(resources.get("requests")), parse_amounts(resources.get("limits")), whose, path
    elif kind == "Pod":
        yield (
            totals.sum_requests(spec, overhead=False),
            totals.sum_limits(spec, overhead=False),
            "",
            ("containers", 0, "resources"),
        )


def _broken(item: Object, requests: Amounts, limits: Amounts, path: Path) -> Iterator[tuple[str, str, Path, str]]:
    """How a pod or container violates an item: the message, the hint, the path, and the resource."""
    kind = item.get("type", "").lower()
    for name, written in (item.get("min") or {}).items():
        least, allowed = parse_amount(written), f"the minimum of {written} per {kind}"
        for field, value in (("requests", requests.get(name)), ("limits", limits.get(name))):
            if value is None:
                if field == "requests":
                    yield (
                        f"no {name} request is set; {allowed} applies",
                        f"set requests.{name} to {written} or more",
                        path,
                        "requests",
                    )
            elif _less(value, least, requests.get(name), limits.get(name)):
                yield (f"the {name} {field[:-1]} {format_amount(name, value)} is below {allowed}",
                       f"raise {field}.{name} to {written} or more", (*path, field), name)  # fmt: skip
                break
    for name, written in (item.get("max") or {}).items():
        most, allowed = parse_amount(written), f"the maximum of {written} per {kind}"
        for field, value in (("limits", limits.get(name)), ("requests", requests.get(name))):
            if value is None:
                if field == "limits":
                    yield (
                        f"no {name} limit is set; {allowed} applies",
                        f"set limits.{name} to {written} or less",
                        path,
                        "limits",
                    )
                    break
            elif _less(most, value, requests.get(name), limits.get(name)):
                yield (f"the {name} {field[:-1]} {format_amount(name, value)} exceeds {allowed}",
                       f"lower {field}.{name} to {written} or less", (*path, field), name)  # fmt: skip
                break
    for name, written in (item.get("maxLimitRequestRatio") or {}).items():
        said = _ratio(written, requests.get(name), limits.get(name))
        if said:
            message = f"the {name} limit may be at most {written} times the request per {kind}, but {said}"
            yield message, f"lower limits.{name} or raise requests.{name}", (*path, "limits"), name


def _less(a: int, b: int, request: int | None, limit: int | None) -> bool:
    """Whether an amount is less than another, in thousandths, or in units if a value is too large for thousandths.

    request and limit: one of them is compared; both decide about the unit (`requestLimitEnforcedValues`).
    """
    if all(round_to_units(value) <= MOST_MILLI for value in (a, b, request or 0, limit or 0)):
        return round_to_thousandths(a) < round_to_thousandths(b)
    return round_to_units(a) < round_to_units(b)


def _ratio(written: Any, request: int | None, limit: int | None) -> str:
    """What is wrong with the ratio of limit and request; "" for nothing."""
    enforced = parse_amount(written)
    fine = all(round_to_units(value) <= MOST_MILLI for value in (enforced, request or 0, limit or 0))
    count = round_to_thousandths if fine else round_to_units
    if request is None or count(request) == 0:
        return "no request is set, or it is 0"
    if limit is None or count(limit) == 0:
        return "no limit is set, or it is 0"
    observed = count(limit) / count(request)
    if round_to_units(enforced) <= MOST_MILLI:
        too_large = observed * 1000 > float(round_to_thousandths(enforced))
    else:
        too_large = observed > float(round_to_units(enforced))
    return f"it is {observed:g} times" if too_large else ""
