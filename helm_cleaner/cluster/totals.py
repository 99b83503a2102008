"""The total requests and limits of a pod.

Follows `PodRequests` and `PodLimits` in k8s.io/component-helpers/resource/helpers.go: containers add up, and a sidecar
(an init container with `restartPolicy: Always`) adds to that sum. Any other init container runs beside the sidecars
before it, and the pod needs the larger of the two. Resources of the pod itself replace the sum. Overhead is added.
"""

from __future__ import annotations

from helm_cleaner.cluster.amounts import parse_amounts
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from helm_cleaner.cluster.types import Amounts, Object

    Of = Callable[[Object], dict[str, Any] | None]


def sum_requests(spec: Object, *, overhead: bool = True) -> Amounts:
    """What a pod with this spec requests. NotQuantity if a quantity is invalid."""
    total = sum_containers(spec, _requests)
    own = spec.get("resources")
    if own:
        replace(total, own.get("requests"))
    if overhead and spec.get("overhead"):
        add(total, parse_amounts(spec["overhead"]))
    return total


def sum_limits(spec: Object, *, overhead: bool = True) -> Amounts:
    """The limits of a pod with this spec. NotQuantity if a quantity is invalid."""
    total = sum_containers(spec, lambda container: (container.get("resources") or {}).get("limits"))
    own = spec.get("resources")
    if own:
        replace(total, own.get("limits"))
    for name, more in parse_amounts(spec.get("overhead")).items() if overhead else ():
        if total.get(name):  # overhead adds to existing limits only
            total[name] += more
    return total


def _requests(container: Object) -> dict[str, Any] | None:
    return (container.get("resources") or {}).get("requests")


def sum_containers(spec: Object, of: Of) -> Amounts:
    """The sum over a pod's containers. of: the amounts of a container."""
    total: Amounts = {}
    for container in spec["containers"]:
        add(total, parse_amounts(of(container)))
    if not spec.get("initContainers"):
        return total
    sidecars: Amounts = {}
    most: Amounts = {}
    for container in spec["initContainers"]:
        needed = parse_amounts(of(container))
        if container.get("restartPolicy") == "Always":
            add(total, needed)
            add(sidecars, needed)
            raise_to(most, sidecars)
        else:
            add(needed, sidecars)
            raise_to(most, needed)
    raise_to(total, most)
    return total


def add(total: Amounts, more: Amounts) -> None:
    """Adds to a total."""
    for name, value in more.items():
        total[name] = total.get(name, 0) + value


def raise_to(total: Amounts, least: Amounts) -> None:
    """Raises each amount to a minimum."""
    for name, value in least.items():
        if name not in total or total[name] < value:
            total[name] = value


def replace(total: Amounts, of_the_pod: dict[str, Any] | None) -> None:
    """Replaces the containers' sum by the pod's own resources: cpu, memory and huge pages."""
    for name, value in parse_amounts(of_the_pod).items():
        if name in ("cpu", "memory") or name.startswith("hugepages-"):
            total[name] = value
