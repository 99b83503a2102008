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
    """The verdict on a node: every reason, in the order of the plugins; none if the pod fits."""

    node: Object
    reasons: list[Reason]

    @property
    def name(self) -> str:
        name: str = self.node["metadata"]["name"]
        return name


class Refusal(NamedTuple):
    """Why the pod is not created, or never starts. kind and name: the object that rejects it, or that is missing.

    code: that of the finding; path: as in Reason.
    """

    kind: str
    name: str
    message: str
    code: str
    hint: str = ""
    path: Path = ()


class NotChecked(NamedTuple):
    """A fact that is not in the input. what: kubectl's name of the kind; why: what cannot be checked without it."""

    what: str
    why: str


class ClusterWarning(NamedTuple):
    """A warning, which does not change the verdict."""

    code: str
    message: str
    hint: str = ""
    path: Path = ()


if TYPE_CHECKING:
    Filter = Callable[[Object], list[Reason]]  # a plugin, prepared for a pod: a node's reasons
