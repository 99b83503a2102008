"""Taints and tolerations.

Follows pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go and `Toleration.ToleratesTaint` in
k8s.io/api/core/v1/toleration.go. `Lt` and `Gt` tolerate nothing: TaintTolerationComparisonOperators is off by default.
"""

from __future__ import annotations

from helm_cleaner.cluster.types import Reason
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from helm_cleaner.cluster.types import Filter, Object

PLUGIN = "TaintToleration"
_PHRASE = "node(s) had untolerated taint(s)"
_REPELLING = ("NoSchedule", "NoExecute")


def make_filter(pod: Object) -> Filter:
    """The plugin for a pod: a reason for each taint that it does not tolerate."""
    tolerations = pod["spec"].get("tolerations") or ()

    def refuse(node: Object) -> list[Reason]:
        return [
            Reason(PLUGIN, _PHRASE, cause := f"taint {format_taint(taint)} is not tolerated", cause, ("tolerations",))
            for taint in (node.get("spec") or {}).get("taints") or ()
            if taint.get("effect") in _REPELLING and not is_tolerated(tolerations, taint)
        ]

    return refuse


def is_tolerated(tolerations: Sequence[Object], taint: Object) -> bool:
    """Whether any of the tolerations tolerates the taint."""
    return any(tolerates(toleration, taint) for toleration in tolerations)


def tolerates(toleration: Object, taint: Object) -> bool:
    """Whether a toleration tolerates a taint. An empty effect or key matches any."""
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    if toleration.get("key") and toleration["key"] != taint.get("key"):
        return False
    operator = toleration.get("operator") or "Equal"
    if operator == "Equal":
        return (toleration.get("value") or "") == (taint.get("value") or "")
    return bool(operator == "Exists")


def format_taint(taint: Object) -> str:
    """A taint in kubectl's syntax: key=value:effect."""
    value = f"={taint['value']}" if taint.get("value") else ""
    return f"{taint.get('key')}{value}:{taint.get('effect')}"
