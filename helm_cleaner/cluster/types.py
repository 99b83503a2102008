"""The types that this package's modules share."""

from __future__ import annotations

from helm_cleaner.typed import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from helm_cleaner.paths import Path

    Object = dict[str, Any]
    Labels = dict[str, str]
    Amounts = dict[str, int]  # billionths, by the resource's name


class Reason(NamedTuple):
    """Why a plugin of the scheduler refuses a pod on one node.

    phrase: the scheduler's own words, by which it counts nodes; cause: what is the same for all nodes of a group;
    message: the cause, with this node's figures; path: the field of the pod's spec that requires it, such as
    ("nodeSelector", "pool"), or ().
    label: the label of the node that matters; amounts: requested, in use and allocatable, in billionths.
    """

    plugin: str
    phrase: str
    cause: str
    message: str
    path: Path = ()
    label: str = ""
    amounts: tuple[int, int, int] | None = None


class NodeVerdict(NamedTuple):
    """The verdict on a node: every reason, in the order of the plugins; none if the pod fits.

    skipped: what the scheduler says of a node that it leaves out before it asks any plugin about it; "" for others.
    """

    node: Object
    reasons: list[Reason]
    skipped: str = ""

    @property
    def name(self) -> str:
        name: str = self.node["metadata"]["name"]
        return name


# What becomes of a pod, the worst first. Only the first keeps it from being created.
REFUSED, STAYS_PENDING, DOES_NOT_START, IS_NOT_PULLED = OUTCOMES = (
    "refused", "stays pending", "does not start", "is not pulled",
)  # fmt: skip


class Refusal(NamedTuple):
    """Why the pod is not created, or never starts. kind and name: the object that rejects it, or that is missing.

    code: that of the finding; path: as in Reason; outcome: one of OUTCOMES.
    """

    kind: str
    name: str
    message: str
    code: str
    hint: str = ""
    path: Path = ()
    outcome: str = REFUSED


class NotChecked(NamedTuple):
    """What is not checked. what: kubectl's name of a kind, or another subject; why: what that leaves open.

    is_absent: whether the reason is that the input does not contain the kind.
    """

    what: str
    why: str
    is_absent: bool = False


class ClusterWarning(NamedTuple):
    """A warning, which does not change the verdict."""

    code: str
    message: str
    hint: str = ""
    path: Path = ()


if TYPE_CHECKING:
    Filter = Callable[[Object], list[Reason]]  # a plugin, prepared for a pod: a node's reasons
