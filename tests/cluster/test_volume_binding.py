"""Volumes and nodes: what the scheduler's four plugins for volumes say."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import scheduling, snapshot
from tests.cluster.test_claims import BOUND, LOCAL, MOUNTED, WAITING, claim, volume
from tests.support.clusters import admit, named, node, running

ZONE, OLD_ZONE = "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"
NODES = [node("a", {ZONE: "a"}), node("b", {ZONE: "b"}), node("none")]
LISTED = ("pods", "persistentvolumes", "csistoragecapacities")
LATER = claim(storageClassName="later")
CSI: Any = {"csi": {"driver": "csi.example", "volumeHandle": "1"}}
ALONE = BOUND | {"spec": {**BOUND["spec"], "accessModes": ["ReadWriteOncePod"]}}
DRIVER = named("CSIDriver", "csi.example", None, "storage.k8s.io/v1", spec={"storageCapacity": True})


def on(*zones: str) -> Any:
    """The node affinity of a volume."""
    expression = {"key": ZONE, "operator": "In", "values": list(zones)}
    return {"nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [expression]}]}}}


def limited(name: str, count: int | None) -> Any:
    driver = {"name": "csi.example", "nodeID": name} | ({"allocatable": {"count": count}} if count is not None else {})
    return named("CSINode", name, None, "storage.k8s.io/v1", spec={"drivers": [driver]})


def other(claim_name: str = "store", on: str | None = "a", namespace: str = "polyaxon") -> Any:
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": claim_name}}]
    return running("other", on, namespace, volumes=volumes)


def topology(*zones: str) -> Any:
    return {"allowedTopologies": [{"matchLabelExpressions": [{"key": ZONE, "values": list(zones)}]}]}


def room(size: str, zone: str) -> Any:
    return named("CSIStorageCapacity", f"in-{zone}", "kube-system", "storage.k8s.io/v1", storageClassName="later",
                 capacity=size, nodeTopology={"matchLabels": {ZONE: zone}})  # fmt: skip


def attached(on: str, volume_name: str) -> Any:
    spec = {"attacher": "csi.example", "nodeName": on, "source": {"persistentVolumeName": volume_name}}
    return named("VolumeAttachment", f"{on}-{volume_name}", None, "storage.k8s.io/v1", spec=spec)


def everywhere(plugin: str) -> dict[str, list[str]]:
    return {name: [plugin] for name in ("a", "b", "none")}


SECOND = [claim("second", "Bound", volumeName="pv-2"),
          volume("pv-2", csi={"driver": "csi.example", "volumeHandle": "2"})]  # fmt: skip
# The objects, and for each node, by name, the plugins that refuse the pod there.
CASES: dict[str, tuple[list[Any], dict[str, list[str]]]] = {
    "reached by all": ([BOUND, volume()], {}),
    "reached by one": ([BOUND, volume(**on("a"))], {"b": ["VolumeBinding"], "none": ["VolumeBinding"]}),
    "a zone by label": ([BOUND, volume(labels={ZONE: "a"})], {"b": ["VolumeZone"]}),
    "an old label of a zone": ([BOUND, volume(labels={OLD_ZONE: "a"})], {"b": ["VolumeZone"]}),
    "two zones": ([BOUND, volume(labels={ZONE: "a__b"})], {}),
    "a region, which nodes with zones lack": ([BOUND, volume(labels={"topology.kubernetes.io/region": "r"})],
                                              {"a": ["VolumeZone"], "b": ["VolumeZone"]}),
    "made where the pod goes": ([LATER, WAITING], {}),
    "made in one zone": ([LATER, WAITING | topology("b")], {"a": ["VolumeBinding"], "none": ["VolumeBinding"]}),
    "made for no node": ([LATER, WAITING | {"allowedTopologies": [{}]}],
                         everywhere("VolumeBinding")),
    "chosen before": ([claim(annotations={"volume.kubernetes.io/selected-node": "b"}, storageClassName="later"),
                       WAITING], {"a": ["VolumeBinding"], "none": ["VolumeBinding"]}),
    "room in one zone": ([LATER, WAITING, DRIVER, room("20Gi", "a"), room("1Gi", "b")],
                         {"b": ["VolumeBinding"], "none": ["VolumeBinding"]}),
    "a driver that does not say": ([LATER, WAITING, DRIVER | {"spec": {}}], {}),
    "a local volume": ([claim(storageClassName="local"), LOCAL, volume(storageClassName="local", **on("a"))],
                       {"b": ["VolumeBinding"], "none": ["VolumeBinding"]}),
    "no local volume": ([claim(storageClassName="local"), LOCAL],
                        everywhere("VolumeBinding")),
    "reserved, and on another node": ([claim(storageClassName="local"), LOCAL,
                                       volume(storageClassName="local", **on("a")),
                                       volume("pv-2", storageClassName="local", **on("b"),
                                              claimRef={"namespace": "polyaxon", "name": "store"})],
                                      {"a": ["VolumeBinding"], "none": ["VolumeBinding"]}),
    "used by nobody": ([ALONE, volume(), other(namespace="default")], {}),
    "used by a pod": ([ALONE, volume(), other()], everywhere("VolumeRestrictions")),
    "used by a pod that is not scheduled": ([ALONE, volume(), other(on=None)], {}),
    "shared with a pod": ([BOUND, volume(), other()], {}),
    "no more volumes": ([BOUND, volume(**CSI), limited("a", 0), limited("b", 1)], {"a": ["NodeVolumeLimits"]}),
    "without a limit": ([BOUND, volume(**CSI), limited("a", None)], {}),
    "the volume is there already": ([BOUND, volume(**CSI), limited("a", 1), other()], {}),
    "another is there": ([BOUND, volume(**CSI), limited("a", 1), other("second"), *SECOND],
                         {"a": ["NodeVolumeLimits"]}),
    "another is attached": ([BOUND, volume(**CSI), limited("a", 1), attached("a", "pv-2"), attached("b", "pv-2"),
                             *SECOND], {"a": ["NodeVolumeLimits"]}),
    "attached and used counts once": ([BOUND, volume(**CSI), limited("a", 2), attached("a", "pv-2"), other("second"),
                                       *SECOND], {}),
    "one that will be made": ([LATER, WAITING, limited("a", 0)], {"a": ["NodeVolumeLimits"]}),
}  # fmt: skip


@pytest.mark.parametrize(("objects", "refusing"), CASES.values(), ids=CASES)
def test_volumes_and_nodes(objects: list[Any], refusing: dict[str, list[str]]) -> None:
    known = snapshot.collect([*NODES, *objects], "c", LISTED)
    found = scheduling.schedule(admit(**MOUNTED), known)
    assert {each.name: [reason.plugin for reason in each.reasons] for each in found if each.reasons} == refusing
    assert all(reason.path == ("volumes", 0) for each in found for reason in each.reasons)
