"""What is not in the input: said only where it matters to the pod."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import not_checked, snapshot
from tests.support.clusters import NAMESPACE, admit, named, node, running

ACCOUNT = named("ServiceAccount", "default")
BASE = [node(), running("p"), named("Namespace", NAMESPACE, None), ACCOUNT, named("Job", "x", api="batch/v1")]
NONE_OF = ("limitranges", "resourcequotas")
CLAIMED: Any = {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "store"}}]}
PULL: Any = {"imagePullSecrets": [{"name": "registry"}]}
CLASS = named("StorageClass", "fast", None, "storage.k8s.io/v1", provisioner="csi.example",
              volumeBindingMode="WaitForFirstConsumer")  # fmt: skip
DRIVER = named("CSIDriver", "csi.example", None, "storage.k8s.io/v1", spec={"storageCapacity": True})
CSI_NODE = named("CSINode", "node-1", None, "storage.k8s.io/v1", spec={"drivers": [{"name": "csi.example"}]})
VOLUME = named("PersistentVolume", "pv-1", None, spec={"csi": {"driver": "csi.example", "volumeHandle": "1"}})
NFS = named("PersistentVolume", "pv-1", None, spec={"nfs": {"server": "s", "path": "/"}})
SCOPED = named("ResourceQuota", "q", spec={"scopes": ["PriorityClass"]})


def claim(**spec: Any) -> Any:
    return named("PersistentVolumeClaim", "store", spec=spec, status={"phase": "Bound" if spec else "Pending"})


def what(spec: Any, *objects: Any, listed: Any = NONE_OF) -> list[str]:
    found = not_checked.find_not_checked(admit(**spec), snapshot.collect(objects, "c", listed))
    assert all(each.why.endswith(f"no {each.what} in the input") for each in found)
    return [each.what for each in found]


def test_nothing_where_everything_is_there() -> None:
    assert what({}, *BASE) == []


@pytest.mark.parametrize("kind", ["nodes", "pods", "namespaces", "serviceaccounts"])
def test_a_kind_without_objects(kind: str) -> None:
    found = snapshot.collect(BASE, "c", NONE_OF).without(kind)
    expected = [kind, "secrets"] if kind == "serviceaccounts" else [kind]  # the account may have pull secrets
    assert [each.what for each in not_checked.find_not_checked(admit(), found)] == expected


def test_kinds_that_may_be_empty() -> None:
    assert what({}, *BASE, listed=()) == list(NONE_OF)
    assert what({}, *BASE[:-1]) == ["jobs.polyaxon.com"]
    assert what({}, *BASE[:-1], listed=(*NONE_OF, "jobs.polyaxon.com")) == []


CASES: dict[str, tuple[Any, list[Any], list[str]]] = {
    "a pull secret": (PULL, [], ["secrets"]),
    "a pull secret, and secrets": (PULL, [named("Secret", "x", type="Opaque")], []),
    "the account's pull secret": ({}, [{**ACCOUNT, "imagePullSecrets": [{"name": "x"}]}], ["secrets"]),
    "the store's secret": ({"volumes": [{"name": "v", "secret": {"secretName": "s"}}]}, [], ["secrets"]),
    "the store's ConfigMap": ({"volumes": [{"name": "v", "configMap": {"name": "c"}}]}, [], ["configmaps"]),
    "a claim": (CLAIMED, [], ["persistentvolumeclaims", "persistentvolumes", "csinodes"]),
    "a bound claim": (CLAIMED, [claim(volumeName="pv-1")], ["persistentvolumes", "csinodes"]),
    "a volume of a driver": (CLAIMED, [claim(volumeName="pv-1"), VOLUME], ["csinodes"]),
    "a volume of a driver, and its node": (CLAIMED, [claim(volumeName="pv-1"), VOLUME, CSI_NODE],
                                           ["volumeattachments"]),
    "a volume without a driver": (CLAIMED, [claim(volumeName="pv-1"), NFS], []),
    "a claim that is not bound": (CLAIMED, [claim(storageClassName="fast"), VOLUME, CSI_NODE],
                                  ["storageclasses", "volumeattachments"]),
    "a claim that waits": (CLAIMED, [claim(storageClassName="fast"), VOLUME, CLASS, CSI_NODE],
                           ["csidrivers", "volumeattachments"]),
    "a driver with a capacity": (CLAIMED, [claim(storageClassName="fast"), VOLUME, CLASS, CSI_NODE, DRIVER],
                                 ["csistoragecapacities", "volumeattachments"]),
    "a quota for a priority": ({}, [SCOPED], ["priorityclasses"]),
    "a nominated pod": ({}, [{**running("n", None), "status": {"nominatedNodeName": "node-1"}}], ["priorityclasses"]),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "objects", "expected"), CASES.values(), ids=CASES)
def test_what_matters_to_the_pod(spec: Any, objects: list[Any], expected: list[str]) -> None:
    assert what(spec, *BASE, *objects) == expected
