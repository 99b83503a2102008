"""Clusters with a section each, and the expected fate of its Job."""

from __future__ import annotations

from typing import NamedTuple

from tests.live.clusters import ACCOUNT, HOME, OTHER, Manifest

from tests.live.clusters import also, finished, limits, near, node, pod, quota, requiring  # isort: skip

LEVEL = "pod-security.kubernetes.io/enforce"
FITS, MAYBE, PENDING = "fits", "maybe", "no-node"


class Case(NamedTuple):
    """A section, the cluster that its Job comes to, and what it shows.

    means: FITS, PENDING, or the kind that refuses the pod; None where only the cluster knows. labels: of the Job's
    namespace. scheduling: the default one. account: what the Job's pod runs as. claim: that of the artifacts store.
    """

    name: str
    means: str | None
    section: Manifest
    objects: list[Manifest]
    labels: dict[str, str] | None = None
    scheduling: Manifest | None = None
    account: str = ACCOUNT
    claim: str = ""


CLEANER = {"app.kubernetes.io/component": "polyaxon-cleaners"}
DB = {"app": "db"}
GPU = "nvidia.com/gpu"
POOLS = [node("a", {"pool": "polyaxon"}), node("b", {"pool": "gpu"}, [f"{GPU}=yes:NoSchedule"]), node("c")]


def asking(**resources: str) -> Manifest:
    return {"resources": {"requests": resources, "limits": resources}}


def tolerating(**toleration: str) -> Manifest:
    return {"tolerations": [toleration]}


def on_gpu(**toleration: str) -> Manifest:
    return {"nodeSelector": {"pool": "gpu"}, **tolerating(**toleration)}


CASES = [
    Case("a plain cluster", FITS, {}, POOLS),
    Case("a pool by its label", FITS, {"nodeSelector": {"pool": "polyaxon"}}, POOLS),
    Case("a pool that does not exist", PENDING, {"nodeSelector": {"pool": "polyaxn"}}, POOLS),
    Case("a pool whose taint is not tolerated", PENDING, {"nodeSelector": {"pool": "gpu"}}, POOLS),
    Case("a taint that is tolerated", FITS, on_gpu(key=GPU, value="yes", effect="NoSchedule"), POOLS),
    Case("a toleration of another value", PENDING, on_gpu(key=GPU, value="no"), POOLS),
    Case("a toleration of another effect", PENDING, on_gpu(key=GPU, operator="Exists", effect="NoExecute"), POOLS),
    Case("a toleration of everything", FITS, tolerating(operator="Exists"), [node("a", taints=["x=y:NoExecute"])]),
    Case("a taint that is a preference only", FITS, {}, [node("a", taints=["x=y:PreferNoSchedule"])]),
    Case("nodes that are cordoned, not ready, and ready", FITS, {},
         [node("a", cordoned=True), node("b", ready=False), node("c")]),
    Case("a cordoned node, all taints tolerated", FITS, tolerating(operator="Exists"), [node("a", cordoned=True)]),
    Case("the default scheduling", PENDING, {}, POOLS, scheduling={"nodeSelector": {"pool": "none"}}),
    Case("the default scheduling, field by field", FITS, {"nodeSelector": {"pool": "gpu"}}, POOLS,
         scheduling={"nodeSelector": {"pool": "none"}, "tolerations": [{"operator": "Exists"}]}),
    Case("more CPUs than any node has", PENDING, asking(cpu="500"), POOLS),
    Case("room on one node of three", FITS, asking(cpu="3"),
         [node("a"), node("b"), node("c"), pod("p", "a", cpu="2"), pod("q", "b", cpu="1500m")]),
    Case("room that finished pods have left", FITS, asking(cpu="3"), [node("a"), finished(pod("p", "a", cpu="2"))]),
    Case("a sidecar adds to what its pod needs", PENDING, asking(cpu="2"),
         [node("a"), pod("p", "a", cpu="1500m", initContainers=[also("s", "1", restartPolicy="Always")])]),
    Case("an init container does not", FITS, asking(cpu="2"),
         [node("a"), pod("p", "a", cpu="1500m", initContainers=[also("s", "1")])]),
    Case("a node that is full of pods", PENDING, {}, [node("a", room={"pods": "1"}), pod("p", "a")]),
    Case("a resource that one node has", FITS, asking(**{GPU: "1", "cpu": "1"}),
         [node("a"), node("b", room={GPU: "2"})]),
    Case("scratch space that no node has", PENDING, asking(**{"ephemeral-storage": "20Gi", "cpu": "1"}), POOLS),
    Case("node affinity by number", FITS, {"affinity": requiring(("cores", "Gt", ["8"]))},
         [node("a", {"cores": "16"}), node("b", {"cores": "8"}), node("c")]),
    Case("node affinity by absence", FITS,
         {"affinity": requiring(("pool", "NotIn", ["gpu"]), ("spot", "DoesNotExist", []))}, POOLS),
    Case("next to pods of its own namespace, which are elsewhere", PENDING,
         {"affinity": near("podAffinity", DB)}, [*POOLS, pod("p", "a", OTHER, DB)]),
    Case("next to pods of a namespace by name", FITS,
         {"affinity": near("podAffinity", DB, namespaces=[OTHER])}, [*POOLS, pod("p", "a", OTHER, DB)]),
    Case("next to pods of a namespace by its labels", FITS,
         {"affinity": near("podAffinity", DB, namespaceSelector={"matchLabels": {"team": "other"}})},
         [*POOLS, pod("p", "c", OTHER, DB)]),
    Case("away from pods, by zone", FITS, {"affinity": near("podAntiAffinity", DB, "zone")},
         [node("a", {"zone": "1"}), node("b", {"zone": "1"}), node("c", {"zone": "2"}), pod("p", "a", HOME, DB)]),
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
    Case("a LimitRange of another namespace", FITS, asking(cpu="2"),
         [*POOLS, limits(namespace=OTHER, max={"cpu": "1"})]),
    Case("a quota that others have used up", "ResourceQuota", asking(cpu="1"),
         [*POOLS, pod("p", "a", HOME, cpu="1"), quota({"requests.cpu": "1500m"})]),
    Case("a quota with room", FITS, asking(cpu="1"),
         [*POOLS, pod("p", "a", HOME, cpu="1"), quota({"requests.cpu": "2", "pods": "2"})]),
    Case("a quota that wants limits", "ResourceQuota", {"resources": {"requests": {"cpu": "1"}}},
         [*POOLS, quota({"limits.memory": "1Gi"})]),
    Case("a quota for pods without requests", FITS, asking(cpu="1"),
         [*POOLS, quota({"pods": "0"}, scopes=["BestEffort"])]),
    Case("a quota for pods with requests", "ResourceQuota", asking(cpu="1"),
         [*POOLS, quota({"pods": "0"}, scopes=["NotBestEffort"])]),
    Case("a restricted namespace", "PodSecurity", {}, POOLS, {LEVEL: "restricted"}),
    Case("a baseline namespace", FITS, {}, POOLS, {LEVEL: "baseline"}),
    Case("an account that does not exist", "ServiceAccount", {}, POOLS, account="nobody"),
]  # fmt: skip
