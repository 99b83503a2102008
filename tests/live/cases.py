"""Clusters with a section each, and what becomes of its Job there."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from tests.live.clusters import (
    HOME, OTHER, Manifest, also, finished, limits, near, node, pod, quota, requiring,
)  # fmt: skip

LEVEL = "pod-security.kubernetes.io/enforce"
FITS, PENDING = "fits", "no-node"


class Case(NamedTuple):
    """means: FITS, PENDING, or the kind that refuses the pod; None where only the cluster knows.

    objects: in the order in which they are made. labels: of the Job's namespace. scheduling: the default one.
    """

    name: str
    means: str | None
    section: Manifest
    objects: list[Manifest]
    labels: dict[str, str] = {}
    scheduling: Manifest = {}
    account: str = "runs"


POOLS = [node("a", {"pool": "polyaxon"}), node("b", {"pool": "gpu"}, ["nvidia.com/gpu=yes:NoSchedule"]), node("c")]
CLEANER = {"app.kubernetes.io/component": "polyaxon-cleaners"}


def asking(**requests: str) -> Manifest:
    named = {key.replace("__", ".").replace("_", "-"): value for key, value in requests.items()}
    return {"resources": {"requests": named, "limits": named}}


def tolerating(**toleration: str) -> Manifest:
    return {"tolerations": [toleration]}


TABLE = [
    Case("a plain cluster", FITS, {}, POOLS),
    Case("a pool by its label", FITS, {"nodeSelector": {"pool": "polyaxon"}}, POOLS),
    Case("a pool that does not exist", PENDING, {"nodeSelector": {"pool": "polyaxn"}}, POOLS),
    Case("a pool whose taint is not tolerated", PENDING, {"nodeSelector": {"pool": "gpu"}}, POOLS),
    Case("a taint that is tolerated by its value", FITS,
         {"nodeSelector": {"pool": "gpu"}} | tolerating(key="nvidia.com/gpu", value="yes", effect="NoSchedule"), POOLS),
    Case("a toleration of another value", PENDING,
         {"nodeSelector": {"pool": "gpu"}} | tolerating(key="nvidia.com/gpu", value="no"), POOLS),
    Case("a toleration of another effect", PENDING,
         {"nodeSelector": {"pool": "gpu"}} | tolerating(key="nvidia.com/gpu", operator="Exists", effect="NoExecute"),
         POOLS),
    Case("a toleration of everything", FITS, tolerating(operator="Exists"), [node("a", taints=["x=y:NoExecute"])]),
    Case("a taint that is a preference only", FITS, {}, [node("a", taints=["x=y:PreferNoSchedule"])]),
    Case("nodes that are cordoned, not ready, and ready", FITS, {},
         [node("a", cordoned=True), node("b", ready=False), node("c")]),
    Case("a cordoned node, though all taints are tolerated", FITS, tolerating(operator="Exists"),
         [node("a", cordoned=True)]),
    Case("the default scheduling, which the section does not override", PENDING, {}, POOLS,
         scheduling={"nodeSelector": {"pool": "none"}}),
    Case("the default scheduling, field by field", FITS, {"nodeSelector": {"pool": "gpu"}}, POOLS,
         scheduling={"nodeSelector": {"pool": "none"}, "tolerations": [{"operator": "Exists"}]}),
    Case("more CPUs than any node has", PENDING, asking(cpu="500"), POOLS),
    Case("room on one node of three", FITS, asking(cpu="3"),
         [node("a"), node("b"), node("c"), pod("p", "a", cpu="2"), pod("q", "b", cpu="1500m")]),
    Case("room that finished pods have left", FITS, asking(cpu="3"),
         [node("a"), finished(pod("p", "a", cpu="2"))]),
    Case("a sidecar adds to what its pod needs", PENDING, asking(cpu="2"),
         [node("a"), pod("p", "a", cpu="1500m", initContainers=[also("s", "1", restartPolicy="Always")])]),
    Case("an init container does not", FITS, asking(cpu="2"),
         [node("a"), pod("p", "a", cpu="1500m", initContainers=[also("s", "1")])]),
    Case("a node that is full of pods", PENDING, {}, [node("a", pods="1"), pod("p", "a")]),
    Case("a resource that one node has", FITS, asking(nvidia__com_gpu="1", cpu="1"),
         [node("a"), node("b", nvidia__com_gpu="2")]),
    Case("scratch space that no node has", PENDING, asking(ephemeral_storage="20Gi", cpu="1"), POOLS),
    Case("node affinity by number", FITS,
         {"affinity": requiring(("cores", "Gt", ["8"]))}, [node("a", {"cores": "16"}), node("b", {"cores": "8"}), node("c")]),
    Case("node affinity by absence", FITS,
         {"affinity": requiring(("pool", "NotIn", ["gpu"]), ("spot", "DoesNotExist", []))}, POOLS),
    Case("next to pods of its own namespace, which are elsewhere", PENDING,
         {"affinity": near("podAffinity", {"app": "db"})}, [*POOLS, pod("p", "a", OTHER, {"app": "db"})]),
    Case("next to pods of a namespace by name", FITS,
         {"affinity": near("podAffinity", {"app": "db"}, namespaces=[OTHER])}, [*POOLS, pod("p", "a", OTHER, {"app": "db"})]),
    Case("next to pods of a namespace by its labels", FITS,
         {"affinity": near("podAffinity", {"app": "db"}, namespaceSelector={"matchLabels": {"team": "other"}})},
         [*POOLS, pod("p", "c", OTHER, {"app": "db"})]),
    Case("away from pods, by zone", FITS, {"affinity": near("podAntiAffinity", {"app": "db"}, "zone")},
         [node("a", {"zone": "1"}), node("b", {"zone": "1"}), node("c", {"zone": "2"}), pod("p", "a", HOME, {"app": "db"})]),
    Case("a pod that wants no cleaners near it", FITS, {},
         [node("a"), node("b"), pod("p", "a", HOME, affinity=near("podAntiAffinity", CLEANER))]),
    Case("next to its own kind, of which it is the first", FITS, {"affinity": near("podAffinity", CLEANER)}, POOLS),
    Case("more than a container may have", "LimitRange", asking(cpu="2"), [*POOLS, limits(max={"cpu": "1"})]),
    Case("less than a container must have", "LimitRange", asking(cpu="10m"), [*POOLS, limits(min={"cpu": "50m"})]),
    Case("a limit too far from its request", "LimitRange",
         {"resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "100m"}}},
         [*POOLS, limits(maxLimitRequestRatio={"cpu": "4"})]),
    Case("more than a pod may have", "LimitRange", asking(cpu="2"), [*POOLS, limits("Pod", max={"cpu": "1"})]),
    Case("a default that no node has room for", PENDING, {"resources": {}}, [*POOLS, limits(default={"cpu": "6"})]),
    Case("a LimitRange of another namespace", FITS, asking(cpu="2"), [*POOLS, limits(namespace=OTHER, max={"cpu": "1"})]),
    Case("a quota that others have used up", "ResourceQuota", asking(cpu="1"),
         [*POOLS, pod("p", "a", HOME, cpu="1"), quota({"requests.cpu": "1500m"})]),
    Case("a quota with room", FITS, asking(cpu="1"),
         [*POOLS, pod("p", "a", HOME, cpu="1"), quota({"requests.cpu": "2", "pods": "2"})]),
    Case("a quota that wants limits", "ResourceQuota", {"resources": {"requests": {"cpu": "1"}}},
         [*POOLS, quota({"limits.memory": "1Gi"})]),
    Case("a quota for pods without requests", FITS, asking(cpu="1"), [*POOLS, quota({"pods": "0"}, scopes=["BestEffort"])]),
    Case("a quota for pods with requests", "ResourceQuota", asking(cpu="1"),
         [*POOLS, quota({"pods": "0"}, scopes=["NotBestEffort"])]),
    Case("a restricted namespace", "PodSecurity", {}, POOLS, {LEVEL: "restricted"}),
    Case("a baseline namespace", FITS, {}, POOLS, {LEVEL: "baseline"}),
    Case("an account that is not there", "ServiceAccount", {}, POOLS, account="nobody"),
]  # fmt: skip


def drawn(seed: int) -> Case:
    """A cluster where several things stand in the way at once; the same one for the same seed."""
    rng = random.Random(seed)  # noqa: S311  not for secrets

    def sometimes(what: Any, chance: float = 0.5) -> Any:
        return [what] if rng.random() < chance else []

    nodes = [
        node(
            name,
            {"pool": rng.choice(["polyaxon", "gpu", "spot"]), "zone": rng.choice("123"), "cores": rng.choice(["4", "8", "x"])},
            sometimes(rng.choice(["dedicated=ml:NoSchedule", "dedicated=db:NoSchedule", "spot:NoExecute"])),
            ready=rng.random() > 0.1,
            cordoned=rng.random() < 0.1,
            cpu=rng.choice(["1", "2", "4"]),
            memory=rng.choice(["1Gi", "4Gi"]),
            pods=rng.choice(["2", "110"]),
        )
        for name in "abcdef"
    ]  # fmt: skip
    pods = [
        pod(f"p{index}", rng.choice("abcdef"), rng.choice([HOME, OTHER]), {"app": rng.choice(["db", "web"])},
            cpu=rng.choice(["100m", "1"]), memory=rng.choice(["64Mi", "1Gi"]),
            **({"affinity": near("podAntiAffinity", CLEANER, rng.choice(["zone", "kubernetes.io/hostname"]),
                                 namespaces=[HOME])} if rng.random() < 0.3 else {}))
        for index in range(6)
    ]  # fmt: skip
    pods = [finished(each) if rng.random() < 0.2 else each for each in pods]
    section = asking(cpu=rng.choice(["100m", "1", "3"]), memory=rng.choice(["64Mi", "2Gi"]))
    for what in sometimes({"nodeSelector": {"pool": rng.choice(["polyaxon", "gpu", "spot"])}}):
        section |= what
    for what in sometimes(tolerating(key="dedicated", operator="Exists")):
        section |= what
    affinity: Manifest = {}
    for what in sometimes(requiring(("cores", rng.choice(["Gt", "Lt"]), ["6"])), 0.3):
        affinity |= what
    for what in sometimes(near(rng.choice(["podAffinity", "podAntiAffinity"]), {"app": rng.choice(["db", "web"])}, "zone",
                               namespaceSelector=rng.choice([{}, {"matchLabels": {"team": "other"}}]))):  # fmt: skip
        affinity |= what
    ranges = sometimes(limits(max={"cpu": rng.choice(["1", "4"])}, default={"cpu": "1"}), 0.2)
    quotas = sometimes(quota({"requests.cpu": rng.choice(["2", "8"])}), 0.2)
    return Case(
        f"drawn {seed}", None, section | ({"affinity": affinity} if affinity else {}), [*nodes, *pods, *ranges, *quotas]
    )


CASES = [*TABLE, *map(drawn, range(12))]
