"""Properties of every cluster and pod: nodes are independent, tolerations only help, order does not matter."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_cleaner.actions import preflight
from helm_cleaner.cluster import claims, not_checked, objects, pod, preemption, scheduling, snapshot
from helm_cleaner.diagnostics import InputError
from helm_cleaner.output import preflight as preflight_report
from helm_cleaner.polyaxon.job import job
from helm_cleaner.polyaxon.scheduling import scheduling_in
from helm_cleaner.section.rendered import empty_section
from helm_cleaner.values import read
from tests.support.clusters import NAMESPACE, admit, named, node, running, snapshot_of

KEYS = ["pool", "zone", "kubernetes.io/hostname"]
VALUES = ["a", "b", "3"]
labels = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=3)
effects = st.sampled_from(["NoSchedule", "NoExecute", "PreferNoSchedule"])
taint = {"key": st.sampled_from(KEYS), "effect": effects}
taints = st.lists(st.fixed_dictionaries(taint, optional={"value": st.sampled_from(VALUES)}), max_size=2)
cpu = st.sampled_from(["0", "500m", "1", "2", "1500m"])
tolerations = st.lists(
    st.fixed_dictionaries(
        {"operator": st.sampled_from(["Exists", "Equal"])},
        optional={"key": st.sampled_from(KEYS), "value": st.sampled_from(VALUES), "effect": effects},
    ),
    max_size=2,
)
selectors = st.one_of(
    st.none(),
    st.fixed_dictionaries({"matchLabels": labels}),
    st.fixed_dictionaries({"matchExpressions": st.lists(st.fixed_dictionaries(
        {"key": st.sampled_from(KEYS), "operator": st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"]),
         "values": st.lists(st.sampled_from(VALUES), min_size=1, max_size=2)}), max_size=2)}),
)  # fmt: skip
terms = st.lists(
    st.fixed_dictionaries(
        {"topologyKey": st.sampled_from(KEYS), "labelSelector": selectors},
        optional={"namespaces": st.just(["default"]), "namespaceSelector": selectors},
    ),
    max_size=2,
)
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
affinities = st.fixed_dictionaries(
    {},
    optional={
        "podAffinity": st.fixed_dictionaries({REQUIRED: terms}),
        "podAntiAffinity": st.fixed_dictionaries({REQUIRED: terms}),
    },
)
specs = st.fixed_dictionaries(
    {"labels": labels, "resources": st.fixed_dictionaries({"requests": st.fixed_dictionaries({"cpu": cpu})})},
    optional={"nodeSelector": labels, "tolerations": tolerations, "affinity": affinities},
)


@st.composite
def clusters(draw: st.DrawFn) -> list[Any]:
    nodes = [
        node(f"n{index}", draw(labels), draw(taints), cpu=draw(cpu), pods=draw(st.sampled_from(["0", "1", "9"])))
        for index in range(draw(st.integers(1, 4)))
    ]
    pods = [
        running(
            f"p{index}", draw(st.sampled_from(["n0", "n1", "gone", None])),
            draw(st.sampled_from(["default", NAMESPACE])), draw(labels), affinity=draw(affinities),
            containers=[{"name": "c", "resources": {"requests": {"cpu": draw(cpu)}}}],
        )
        for index in range(draw(st.integers(0, 4)))
    ]  # fmt: skip
    return [*nodes, *pods, named("Namespace", NAMESPACE, None, metadata={"labels": {"pool": "a"}})]


def reasons(spec: Any, cluster: list[Any]) -> dict[str, set[str]]:
    verdicts = scheduling.schedule(admit(**copy.deepcopy(spec)), snapshot_of(*cluster))
    return {each.name: {reason.cause for reason in each.reasons} for each in verdicts}


@given(specs, clusters())
def test_an_empty_node_changes_no_other_nodes_verdict(spec: Any, cluster: list[Any]) -> None:
    before = reasons(spec, cluster)
    after = reasons(spec, [*cluster, node("new", {"pool": "a"})])
    assert {name: after[name] for name in before} == before


@given(specs, clusters(), st.fixed_dictionaries({"operator": st.just("Exists")}, optional={"effect": effects}))
def test_a_toleration_removes_no_fit(spec: Any, cluster: list[Any], more: Any) -> None:
    before = reasons(spec, cluster)
    after = reasons({**spec, "tolerations": [*spec.get("tolerations", []), more]}, cluster)
    if more.get("effect") not in (None, "NoExecute"):  # such a one takes the place of those that are added
        assert all(after[name] <= before[name] for name in before)
    assert all(not after[name] for name in before if not before[name])


@given(specs, clusters(), st.randoms(use_true_random=False))
def test_order_does_not_matter(spec: Any, cluster: list[Any], order: Any) -> None:
    shuffled = [*cluster]
    order.shuffle(shuffled)
    assert reasons(spec, shuffled) == reasons(spec, cluster)


@given(specs, clusters())
def test_every_verdict_names_a_cause(spec: Any, cluster: list[Any]) -> None:
    verdicts = scheduling.schedule(admit(**copy.deepcopy(spec)), snapshot_of(*cluster))
    assert all(reason.message and reason.cause and reason.plugin for each in verdicts for reason in each.reasons)
    assert scheduling.format_message(verdicts).startswith(
        f"{sum(not each.reasons for each in verdicts)}/{len(verdicts)} nodes"
    )


@given(specs, clusters())
def test_a_smaller_request_removes_no_fit(spec: Any, cluster: list[Any]) -> None:
    before = reasons(spec, cluster)
    after = reasons({**spec, "resources": {"requests": {"cpu": "0"}}}, cluster)
    assert all(not after[name] for name in before if not before[name])


FIELDS = [
    "name", "labels", "allocatable", "cpu", "taints", "key", "effect", "limits", "type", "max", "hard", "used",
    "scopes", "containers", "resources", "requests", "nodeName", "affinity", "podAntiAffinity", "podAffinity", "data",
    "conditions", "template", "requirements", "operator", "values", "metadata", "spec", "imagePullSecrets",
    "containerStatuses", "allocatedResources", "requiredDuringSchedulingIgnoredDuringExecution", "topologyKey",
    "labelSelector", "overhead", "initContainers", "restartPolicy", "unschedulable", "status", "phase",
    "creationTimestamp", "deletionTimestamp",
]  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "a", "1", "x y"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(
        st.sampled_from(FIELDS), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip
KINDS = [
    ("v1", "Node"), ("v1", "Pod"), ("v1", "Namespace"), ("v1", "LimitRange"), ("v1", "ResourceQuota"), ("v1", "Secret"),
    ("v1", "ServiceAccount"), ("v1", "PersistentVolumeClaim"), ("v1", "PersistentVolume"), ("v1", "ConfigMap"),
    ("batch/v1", "Job"), ("polyaxon.com/v1", "Job"), ("karpenter.sh/v1", "NodePool"),
]  # fmt: skip
GIVEN = read(b"cleaner: {imagePullSecrets: [a]}", "values.yaml")


@given(st.sampled_from(KINDS), ANYTHING, ANYTHING, ANYTHING)
def test_objects_of_any_shape_are_judged_or_refused(
    kind: tuple[str, str], metadata: Any, spec: Any, status: Any
) -> None:
    odd = {"apiVersion": kind[0], "kind": kind[1], "metadata": metadata, "spec": spec, "status": status}
    if isinstance(metadata, dict):
        odd["metadata"] = {"name": "plx-cleaner-odd", "namespace": NAMESPACE, **metadata}
    if isinstance(spec, dict) and kind[1] == "Pod":
        odd["spec"] = {"nodeName": "node-1", "containers": [], **spec}
    made = job(empty_section("cleaner"), scheduling_in(GIVEN.values))
    try:
        verdict = preflight.check("", made, snapshot_of(node(cpu="0"), odd), NAMESPACE)
    except InputError:  # says what is wrong with it
        return
    assert preflight_report.format_report([verdict])


STORAGE = "storage.k8s.io/v1"
OF_STORAGE = [
    ("v1", "PersistentVolumeClaim"), ("v1", "PersistentVolume"), (STORAGE, "StorageClass"), (STORAGE, "CSINode"),
    (STORAGE, "CSIDriver"), (STORAGE, "CSIStorageCapacity"), (STORAGE, "VolumeAttachment"),
    ("scheduling.k8s.io/v1", "PriorityClass"), ("v1", "Pod"),
]  # fmt: skip
STORAGE_FIELDS = [
    "annotations", "labels", "volumeName", "storageClassName", "accessModes", "resources", "requests", "storage",
    "capacity", "claimRef", "name", "namespace", "csi", "driver", "volumeHandle", "nodeAffinity", "required",
    "nodeSelectorTerms", "matchExpressions", "selector", "matchLabels", "provisioner", "volumeBindingMode",
    "allowedTopologies", "matchLabelExpressions", "key", "values", "drivers", "allocatable", "count", "nodeTopology",
    "attacher", "nodeName", "source", "persistentVolumeName", "phase", "volumeMode", "priority", "nominatedNodeName",
    "volumes", "persistentVolumeClaim", "claimName", "storageCapacity", "value", "globalDefault",
    "volume.kubernetes.io/selected-node", "pv.kubernetes.io/bind-completed", "deletionTimestamp",
]  # fmt: skip
ODDITIES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "odd", "node-1", "1Gi", "Bound", "x y"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(STORAGE_FIELDS), inner, max_size=3),
    max_leaves=12,
)


@given(st.sampled_from(OF_STORAGE), ODDITIES, ODDITIES, ODDITIES, ODDITIES, st.booleans())
def test_objects_of_storage_of_any_shape_are_judged_or_refused(
    kind: tuple[str, str], metadata: Any, spec: Any, status: Any, more: Any, is_bound: bool
) -> None:
    """Each takes the place of a good one of its kind, which the pod's claim depends on."""
    bound = {"volumeName": "odd", "storageClassName": "odd"} if is_bound else {"storageClassName": "odd"}
    good = [
        named("PersistentVolumeClaim", "odd", spec=bound, status={"phase": "Bound" if is_bound else "Pending"}),
        named("PersistentVolume", "odd", None, spec={"csi": {"driver": "odd", "volumeHandle": "1"}}),
        named("StorageClass", "odd", None, STORAGE, provisioner="odd", volumeBindingMode="WaitForFirstConsumer"),
        named("CSINode", "node-1", None, STORAGE, spec={"drivers": [{"name": "odd", "allocatable": {"count": 1}}]}),
        named("CSIDriver", "odd", None, STORAGE, spec={"storageCapacity": True}),
    ]
    odd = {"apiVersion": kind[0], "kind": kind[1], "metadata": metadata, "spec": spec, "status": status}
    odd |= more if isinstance(more, dict) and kind[1] not in ("PersistentVolume", "PersistentVolumeClaim") else {}
    if isinstance(metadata, dict):
        odd["metadata"] = {"name": "node-1" if kind[1] == "CSINode" else "odd", "namespace": NAMESPACE, **metadata}
    if isinstance(spec, dict) and kind[1] == "Pod":
        odd["spec"] = {"nodeName": "node-1", "containers": [], **spec}
    made = admit(volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "odd"}}])
    try:
        known = snapshot.collect([node(), *good, odd], "c", ("persistentvolumes", "csistoragecapacities"))
        claims.check(made, known)
        list(claims.find_warnings(made, known))
        verdicts = scheduling.schedule(made, known)
        not_checked.find_not_checked(made, known)
        preemption.find_preemptions(made, known, verdicts)
    except InputError:  # says what is wrong with it
        return


@pytest.mark.parametrize("start", ["", "{", "[", "---\n", "NAME TYPE\n"])
@given(st.text(alphabet=' \n\t{}[]":,-abcNAMETYP&*!|>', max_size=40))
def test_any_text_is_read_or_refused(start: str, text: str) -> None:
    try:
        output = objects.parse_output(start + text, "c", "limitranges")
        found = snapshot.collect(output.objects, "c", output.kinds)
    except InputError:
        return
    assert found.file == "c"


def test_the_pod_of_a_job_is_a_copy() -> None:
    given_job = {"spec": {"template": {"spec": {"containers": [{"name": "a"}]}}}}
    assert pod.make_pod(given_job, "x") is not given_job["spec"]["template"]
