"""Clusters where the artifacts store is a claim, or pods have priorities, and the expected fate of the Job."""

from __future__ import annotations

from typing import Any

from tests.live.cases import FITS, MAYBE, PENDING, POOLS, Case, asking
from tests.live.clusters import HOME, STORE, ZONE, Manifest

from tests.live.clusters import attachment, capacity, claim, csi_driver, csi_node, mounting, node, nominated, pod  # isort: skip
from tests.live.clusters import priority_class, quota, requiring, storage_class, volume  # isort: skip

CLAIM = "PersistentVolumeClaim"
ZONES = [node("a", {ZONE: "1"}), node("b", {ZONE: "2"}), node("c")]
ALONE: Any = {"accessModes": ["ReadWriteOncePod"]}
LOCAL = storage_class("local", "kubernetes.io/no-provisioner")
LATER, NOW = storage_class("later"), storage_class("now", waits=False)
IN_ZONE_2 = [{"matchLabelExpressions": [{"key": ZONE, "values": ["2"]}]}]
BOUND = claim(volume="pv")


def stored(name: str, means: str | None, *objects: Manifest, **more: Any) -> Case:
    return Case(name, means, more.pop("section", {}), [*objects], claim=STORE, **more)


STORES = [
    stored("a claim that is bound", FITS, *POOLS, volume(), BOUND),
    stored("a claim that does not exist, as the only one", CLAIM, *POOLS),
    stored("a claim that does not exist, beside another", CLAIM, *POOLS, volume(), claim(volume="pv", name="other")),
    stored("a volume in one zone, by its affinity", FITS, *ZONES, volume(zone="1"), BOUND),
    stored("a volume in one zone, by its label", FITS, *ZONES, volume(labels={ZONE: "2"}), BOUND),
    stored("a volume in a zone without nodes, by its label", PENDING, *ZONES[:2], volume(labels={ZONE: "3"}), BOUND),
    stored("a volume in several zones, by its label", FITS, *ZONES, volume(labels={ZONE: "1__2"}), BOUND),
    stored("a volume in one zone, and a pool in another", PENDING, *ZONES, volume(zone="1"), BOUND,
           section={"affinity": requiring((ZONE, "In", ["2"]))}),
    stored("a claim for one pod, which has it", PENDING, *POOLS, volume(**ALONE), claim(volume="pv", **ALONE),
           mounting("p", "a")),
    stored("a claim for one pod, which nobody has", FITS, *POOLS, volume(**ALONE), claim(volume="pv", **ALONE)),
    stored("a node without room for a volume", FITS, *ZONES, volume(), BOUND, csi_node("a", 0), csi_node("b", 2)),
    stored("a node with the same volume", FITS, node("a"), volume(), BOUND, csi_node("a", 1), mounting("p", "a")),
    stored("a node with another volume", PENDING, node("a"), volume(), BOUND, csi_node("a", 1), volume("pv2"),
           claim(volume="pv2", name="second"), mounting("p", "a", "second")),
    stored("a node to which another volume is attached", PENDING, node("a"), volume(), BOUND, csi_node("a", 1),
           volume("pv2"), attachment("pv2", "a")),
    stored("a local volume of one node", FITS, *ZONES, LOCAL, volume(storage_class="local", zone="2"),
           claim("local", phase="Pending")),
    stored("no local volume", PENDING, *ZONES, LOCAL, claim("local", phase="Pending")),
    stored("a local volume that is too small", PENDING, *ZONES, LOCAL,
           volume(storage_class="local", capacity={"storage": "1Gi"}), claim("local", phase="Pending")),
    stored("a local volume with other labels", PENDING, *ZONES, LOCAL, volume(storage_class="local"),
           claim("local", phase="Pending", selector={"matchLabels": {"tier": "gold"}})),
    stored("volumes for no node", PENDING, *ZONES, storage_class("far", allowedTopologies=[
        {"matchLabelExpressions": [{"key": ZONE, "values": ["3"]}]}]), claim("far", phase="Pending")),
    stored("a volume that will be made", FITS, *POOLS, LATER, claim("later", phase="Pending")),
    stored("a volume that will be made in one zone", FITS, *ZONES, storage_class("near", allowedTopologies=IN_ZONE_2),
           claim("near", phase="Pending")),
    stored("room for a new volume in one zone", FITS, *ZONES, LATER, csi_driver(), capacity("later", "1", "20Gi"),
           capacity("later", "2", "1Gi"), claim("later", phase="Pending")),
    stored("no room for a new volume", PENDING, *ZONES, LATER, csi_driver(), capacity("later", "1", "1Gi"),
           claim("later", phase="Pending")),
    stored("a claim that is being deleted", CLAIM, *POOLS, volume(), claim(volume="pv", then="deleted"),
           mounting("p", "a")),
    stored("a claim that has lost its volume", CLAIM, *POOLS, volume(), claim(volume="pv", then="lost")),
    stored("a claim that is bound at once, and nobody does it", CLAIM, *POOLS, NOW, claim("now", phase="Pending")),
    stored("a claim without a class, and without a volume", CLAIM, *POOLS, claim(phase="Pending")),
    stored("a claim without a class, and a volume that is too small", CLAIM, *POOLS,
           volume(capacity={"storage": "1Gi"}), claim(phase="Pending")),
    stored("a claim of a class that does not exist", CLAIM, *POOLS, claim("nowhere", phase="Pending")),
    stored("a claim whose volume is another's", CLAIM, *POOLS,
           volume(claimRef={"namespace": HOME, "name": "theirs"}), claim(volume="pv", phase="Pending")),
]  # fmt: skip

HIGH, LOW = priority_class("high", 1000), priority_class("low", -10)
DEFAULT = priority_class("default", 500, globalDefault=True)
NEVER = priority_class("default", 500, globalDefault=True, preemptionPolicy="Never")
PRIORITIES = [
    Case("room that a nominated pod waits for", PENDING, asking(cpu="2"), [node("a"), nominated("n", "a", "3")]),
    Case("room beside a nominated pod", FITS, asking(cpu="1"), [node("a"), nominated("n", "a", "3")]),
    Case("room that a pod of higher priority waits for", PENDING, asking(cpu="2"),
         [HIGH, DEFAULT, node("a"), nominated("n", "a", "3", "high")]),
    Case("room that a pod of lower priority waits for", FITS, asking(cpu="2"),
         [LOW, node("a"), nominated("n", "a", "3", "low")]),
    Case("room that a pod of a lower priority than the default waits for", FITS, asking(cpu="2"),
         [LOW, DEFAULT, node("a"), nominated("n", "a", "3", "low")]),
    Case("a pod of lower priority that gives way", MAYBE, asking(cpu="2"),
         [LOW, node("a"), pod("p", "a", cpu="3", priorityClassName="low")]),
    Case("a pod of the same priority that does not", PENDING, asking(cpu="2"), [node("a"), pod("p", "a", cpu="3")]),
    Case("a default priority that evicts nothing", PENDING, asking(cpu="2"),
         [LOW, NEVER, node("a"), pod("p", "a", cpu="3", priorityClassName="low")]),
    Case("a quota for the default priority", "ResourceQuota", {},
         [DEFAULT, *POOLS, quota({"pods": "0"}, scopeSelector={"matchExpressions": [
             {"scopeName": "PriorityClass", "operator": "In", "values": ["default"]}]})]),
    Case("a quota for another priority", FITS, {},
         [DEFAULT, HIGH, *POOLS, quota({"pods": "0"}, scopeSelector={"matchExpressions": [
             {"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}]})]),
]  # fmt: skip


def by_name(name: str, **labels: str) -> Manifest:
    """A term for one node, which must have these labels as well."""
    field = {"key": "metadata.name", "operator": "In", "values": [name]}
    expressions = [{"key": key, "operator": "In", "values": [value]} for key, value in labels.items()]
    return {"matchFields": [field]} | ({"matchExpressions": expressions} if expressions else {})


def terms(*each: Manifest) -> Manifest:
    return {"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
        "nodeSelectorTerms": [*each]}}}}  # fmt: skip


NAMES = [
    Case("a node by its name, with a label that it lacks", PENDING, terms(by_name("nobody", pool="x")), POOLS),
    Case("a node by its name, or a label", FITS,
         terms(by_name("nobody"), {"matchExpressions": [{"key": "pool", "operator": "Exists"}]}), POOLS),
]  # fmt: skip
COUNTS = [
    Case("a count of jobs without room", "ResourceQuota", {}, [*POOLS, quota({"count/jobs.batch": "0"})]),
    Case("a count of jobs with room", FITS, {}, [*POOLS, quota({"count/jobs.batch": "5"})]),
]
CASES = [*STORES, *PRIORITIES, *NAMES, *COUNTS]
