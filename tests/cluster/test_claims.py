"""What becomes of the claims that a pod mounts."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import claims, existence, snapshot
from helm_cleaner.cluster.types import STAYS_PENDING
from tests.support.clusters import admit, named

MOUNTED: Any = {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "store"}}]}
LISTED = ("persistentvolumeclaims", "persistentvolumes", "storageclasses")
IMMEDIATE = named("StorageClass", "now", None, "storage.k8s.io/v1", provisioner="csi.example",
                  volumeBindingMode="Immediate")  # fmt: skip
WAITING = named("StorageClass", "later", None, "storage.k8s.io/v1", provisioner="csi.example",
                volumeBindingMode="WaitForFirstConsumer")  # fmt: skip
LOCAL = WAITING | {"metadata": {"name": "local"}, "provisioner": "kubernetes.io/no-provisioner"}


def claim(name: str = "store", phase: str = "Pending", annotations: Any = None, **spec: Any) -> Any:
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "10Gi"}}, **spec}
    metadata = {"annotations": annotations or {}}
    return named("PersistentVolumeClaim", name, metadata=metadata, spec=spec, status={"phase": phase})


def volume(name: str = "pv-1", phase: str = "Available", labels: Any = None, **spec: Any) -> Any:
    spec = {"accessModes": ["ReadWriteMany"], "capacity": {"storage": "10Gi"}, **spec}
    return named("PersistentVolume", name, None, metadata={"labels": labels or {}}, spec=spec, status={"phase": phase})


BOUND = claim(phase="Bound", annotations={"pv.kubernetes.io/bind-completed": "yes"}, volumeName="pv-1")
OURS = {"namespace": "polyaxon", "name": "store"}
# What the input contains, a part of why the pod stays pending, and a part of the warning where it does not.
CASES: dict[str, tuple[list[Any], str, str]] = {
    "bound": ([BOUND, volume()], "", ""),
    "bound, as its phase alone tells": ([claim(phase="Bound", volumeName="pv-1"), volume()], "", ""),
    "bound to a volume that is gone": ([BOUND, volume("pv-2")], "the volume pv-1 of the claim store does not", ""),
    "absent": ([claim("stor")], "does not exist in polyaxon", ""),
    "the only one there is, and absent": ([], "does not exist in polyaxon", ""),
    "lost": ([claim(phase="Lost", volumeName="pv-1")], "has lost its volume", ""),
    "being deleted": ([BOUND | {"metadata": {"name": "store", "namespace": "polyaxon", "deletionTimestamp": "x"}}],
                      "is being deleted", ""),
    "waits for its pod": ([claim(storageClassName="later"), WAITING], "", "csi.example makes one when the pod is"),
    "waits for its pod, by annotation": ([claim(annotations={"volume.beta.kubernetes.io/storage-class": "later"}),
                                          WAITING], "", "csi.example makes one"),
    "waits for its pod, local": ([claim(storageClassName="local"), LOCAL, volume(storageClassName="local")], "",
                                 "is bound to one when the pod is"),
    "waits for its pod, without a volume": ([claim(storageClassName="local"), LOCAL], "", "none of the volumes match"),
    "at once, and nothing made": ([claim(storageClassName="now"), IMMEDIATE], "has made no volume for it yet", ""),
    "at once, and a volume there": ([claim(storageClassName="now"), IMMEDIATE, volume(storageClassName="now")],
                                    "", "one that matches is there"),
    "a class that does not exist": ([claim(storageClassName="latr"), WAITING], "its StorageClass latr does not", ""),
    "a class that does not exist, and a volume": ([claim(storageClassName="x"), volume(storageClassName="x")],
                                                  "", "one that matches"),
    "without a class": ([claim()], "it has no StorageClass, and no volume matches", ""),
    "without a class, and a volume": ([claim(), volume()], "", "one that matches is there"),
    "reserved for the claim": ([claim(), volume(phase="Pending", claimRef=OURS)], "", "one that matches is there"),
    "too small": ([claim(), volume(capacity={"storage": "1Gi"})], "pv-1: it is too small: 1Gi of 10Gi", ""),
    "taken": ([claim(), volume(claimRef={**OURS, "name": "other"})], "it belongs to the claim polyaxon/other", ""),
    "taken by one of that name before": ([claim(), volume(claimRef={**OURS, "uid": "1"})], "it belongs to", ""),
    "released": ([claim(), volume(phase="Released")], "it is Released", ""),
    "deleted": ([claim(), volume() | {"metadata": {"name": "pv-1", "deletionTimestamp": "x"}}], "it is being del", ""),
    "another access": ([claim(), volume(accessModes=["ReadWriteOnce"])], "its access modes are ReadWriteOnce", ""),
    "another mode": ([claim(), volume(volumeMode="Block")], "its volumeMode is Block", ""),
    "other labels": ([claim(selector={"matchLabels": {"a": "b"}}), volume()], "its labels do not match a=b", ""),
    "the labels": ([claim(selector={"matchLabels": {"a": "b"}}), volume(labels={"a": "b"})], "", "one that matches"),
    "a volume by name": ([claim(volumeName="pv-1"), volume()], "", "one that matches is there"),
    "a volume by name, absent": ([claim(volumeName="pv-1"), volume("pv-2")], "it does not exist", ""),
    "a volume by name, too small": ([claim(volumeName="pv-1"), volume(capacity={"storage": "1"})], "too small", ""),
    "a volume by name, of another class": ([claim(volumeName="pv-1"), volume(storageClassName="x")],
                                           "its StorageClass is x", ""),
}  # fmt: skip


@pytest.mark.parametrize(("objects", "problem", "warning"), CASES.values(), ids=CASES)
def test_a_claim(objects: list[Any], problem: str, warning: str) -> None:
    known = snapshot.collect(objects, "c", LISTED)
    refusals = claims.check(admit(**MOUNTED), known)
    assert [problem in each.message for each in refusals] == ([True] if problem else [])
    assert all(each.message.endswith(": the pod stays pending") and each.hint for each in refusals)
    assert all((each.outcome, each.code) == (STAYS_PENDING, "missing-claim") for each in refusals)
    warned = list(claims.find_warnings(admit(**MOUNTED), known))
    assert [warning in each.message for each in warned] == ([True] if warning else [])


def test_no_verdict_on_what_is_not_there() -> None:
    """No claim is missing where claims were not listed, and none is without a volume where volumes were not."""
    assert claims.check(admit(**MOUNTED), snapshot.collect([], "c")) == []
    known = snapshot.collect([claim(storageClassName="now")], "c")
    assert claims.check(admit(**MOUNTED), known) == []
    (warned,) = claims.find_warnings(admit(**MOUNTED), known)
    assert "whether it gets one is not checked" in warned.message


def test_claims_are_among_what_is_missing() -> None:
    (refusal,) = existence.check(admit(**MOUNTED), snapshot.collect([], "c", LISTED))
    assert (refusal.kind, refusal.name, refusal.path) == ("PersistentVolumeClaim", "store", ("volumes", 0))


def test_the_smallest_volume_that_is_large_enough() -> None:
    sizes = {"small": "9Gi", "large": "12Gi", "right": "10Gi"}
    there = [volume(name, capacity={"storage": size}) for name, size in sizes.items()]
    found = claims.find_matching(claim(), there)
    assert found is not None
    assert found["metadata"]["name"] == "right"
    assert claims.find_matching(claim(), there, ["large", "right"]) is None
