"""What the modules of this wing hand each other."""

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

    phrase: the scheduler's own words, which it counts nodes by; cause: what is the same for all nodes of a group;
    message: the cause, with this node's figures; path: what in the pod's spec asks for it, such as ("nodeSelector",
    "pool"), () where nothing does.
    label: the node's label that it is about; amounts: what is requested, in use and allocatable, in billionths.
    """

    plugin: str
    phrase: str
    cause: str
    message: str
    path: Path = ()
    label: str = ""
    amounts: tuple[int, int, int] | None = None


class NodeVerdict(NamedTuple):
    """What the scheduler says of a node: every reason, in the order of its plugins; none where the pod fits."""

    node: Object
    reasons: list[Reason]

    @property
    def name(self) -> str:
        name: str = self.node["metadata"]["name"]
        return name


class Refusal(NamedTuple):
    """Why the pod is not created, or never starts. kind and name: the object that refuses it, or that is missing.

    code: of the finding; path: as in Reason.
    """

    kind: str
    name: str
    message: str
    code: str
    hint: str = ""
    path: Path = ()


class NotChecked(NamedTuple):
    """A fact that the input does not hold. what: the kind, as kubectl calls it; why: what cannot be said without it."""

    what: str
    why: str


class Warned(NamedTuple):
    """What changes no verdict and should be known all the same."""

    code: str
    message: str
    hint: str = ""
    path: Path = ()


if TYPE_CHECKING:
    Filter = Callable[[Object], list[Reason]]  # a plugin, prepared for a pod: a node's reasons
