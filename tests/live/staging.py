"""A small cluster in which a Job is created step by step, and what the real components say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from tests.live.cases import MAYBE, Case
from tests.live.clusters import HOME, THEN, Manifest, namespace
from tests.live.verdicts import Outcome, bound, outcome, pod_of, refusing_plugins
from tests.support.extender import Extender
from tests.support.objects import Objects, Refused, named, wait


class Live(NamedTuple):
    """What the cluster does with a Job.

    refused: the kinds of objects because of which the API server refuses the pod, less those that are untold, since
    another kind refuses it before. plugins: for each node, the scheduler's plugins that refuse the pod; None if it does
    not get that far. facts: the output of kubectl before. later: what becomes of a pod that waits until others have
    been evicted.
    """

    refused: set[str]
    untold: set[str]
    plugins: dict[str, set[str]] | None
    facts: bytes
    became: Outcome
    later: Outcome | None = None


def staged(
    objects: Objects, extender: Extender, case: Case, job: Manifest, suffix: str, facts: Callable[[], bytes]
) -> Live:
    """Makes the case's cluster, puts the Job into it, and takes all away again.

    suffix: for the names of nodes and volumes, so that what is left of another case does not matter. A kind refuses the
    pod if it is refused once objects of this kind are made, so that no message needs to be read. Quotas come after the
    pods that are made for the verdicts of the scheduler's plugins, which they would count.
    """
    manifests = _renamed(case.objects, suffix)
    ranges, quotas = ([each for each in manifests if each["kind"] == kind] for kind in ("LimitRange", "ResourceQuota"))
    first = [each for each in manifests if each not in ranges and each not in quotas]
    pod, plugins = pod_of(job), None
    refusing: set[str] = set()

    def look(kind: str) -> None:
        """Whether objects of this kind refuse the pod. The server names but the first of several."""
        if not refusing & {"ServiceAccount", "LimitRange"} and objects.would_refuse(pod):
            refusing.add(kind)

    with ExitStack() as stack:
        stack.enter_context(_made(objects, first))
        look("ServiceAccount")
        with _labelled(objects, case.labels or {}):
            look("PodSecurity")
        stack.enter_context(_made(objects, ranges))
        look("LimitRange")
        if not refusing & {"ServiceAccount", "LimitRange"}:
            plugins = refusing_plugins(objects, extender, pod)
        stack.enter_context(_made(objects, quotas))
        look("ResourceQuota")
        stack.enter_context(_labelled(objects, case.labels or {}))
        untold = {"ResourceQuota"} if quotas and "LimitRange" in refusing else set()
        printed = facts()
        try:
            created = {**job, **objects.create(job)}
        except Refused as reason:  # a quota that counts jobs
            refusing.add("ResourceQuota")
            return Live(refusing, untold, plugins, printed, Outcome("refused", reason.message))
        stack.callback(objects.delete, created)
        became = outcome(objects, created)
        later = wait("room", lambda: bound(objects, created)) if case.means == MAYBE else None
        return Live(refusing, untold, plugins, printed, became, later)


def _renamed(manifests: list[Manifest], suffix: str) -> list[Manifest]:
    """Nodes, volumes and what names them get names of their own; the names of other objects may be met again."""
    copies: list[Manifest] = json.loads(json.dumps(manifests))
    for each in copies:
        kind, spec = each["kind"], each.get("spec", {})
        if kind in ("Node", "CSINode", "PersistentVolume", "VolumeAttachment"):
            each["metadata"]["name"] += suffix
        if kind == "Node":
            each["metadata"]["labels"]["kubernetes.io/hostname"] += suffix
        elif kind == "VolumeAttachment":
            spec["source"]["persistentVolumeName"] += suffix
        for field in ("nodeName", "volumeName"):
            if field in spec:
                spec[field] += suffix
        if "nominatedNodeName" in each.get("status", {}):
            each["status"]["nominatedNodeName"] += suffix
    return copies


def create_nodes(objects: Objects, *nodes: Manifest) -> None:
    """Makes nodes, and waits until they have the taints that they say: a new one is not ready at first."""
    for each in nodes:
        objects.create(each)
    for each in nodes:
        wait(f"the node {each['metadata']['name']}", lambda each=each: _is_settled(objects, each))  # type: ignore[misc]


@contextmanager
def _made(objects: Objects, manifests: list[Manifest]) -> Iterator[None]:
    """The objects, until the block ends: with nodes ready or not, and pods running or finished."""
    try:
        for each in manifests:
            sent = {key: value for key, value in each.items() if key != THEN}
            objects.create(sent if each["kind"] == "Node" else {**sent, "status": {}})
        for each in manifests:
            name = f"{each['kind']} {each['metadata']['name']}"
            wait(name, lambda each=each: _is_settled(objects, each))  # type: ignore[misc]
        yield
    finally:
        for each in reversed(manifests):
            objects.delete(each)
        for each in manifests:  # their controllers let go of them when nobody uses them any more
            if each["kind"] in ("PersistentVolumeClaim", "PersistentVolume"):
                wait(f"the end of {each['metadata']['name']}", lambda each=each: objects.get(each) is None)  # type: ignore[misc]


@contextmanager
def _labelled(objects: Objects, labels: dict[str, str]) -> Iterator[None]:
    """The Job's namespace with these labels too, until the block ends."""
    objects.patch(namespace(HOME), {"metadata": {"labels": labels}})
    yield
    objects.patch(namespace(HOME), {"metadata": {"labels": dict.fromkeys(labels)}})


def _is_settled(objects: Objects, manifest: Manifest) -> bool:
    """Whether an object has reached the state that the case requires; ends a pod that has run."""
    there = objects.get(manifest)
    assert there is not None
    if manifest["kind"] == "Node":
        return _taints(there) == _taints(manifest)
    if manifest["kind"] == "ResourceQuota":
        return "used" in there.get("status", {})
    if manifest["kind"] == "PersistentVolumeClaim":
        return _is_claim_settled(objects, manifest, there)
    if manifest["kind"] == "PersistentVolume":
        return there.get("status", {}).get("phase") not in (None, "Pending")
    if manifest["kind"] == "Pod" and (node := manifest.get("status", {}).get("nominatedNodeName")):
        if there["status"].get("nominatedNodeName") != node:
            objects.patch(manifest, {"status": {"nominatedNodeName": node}}, "status")
        return bool(there["status"].get("nominatedNodeName") == node)
    if manifest["kind"] == "Pod":
        phase, wanted = there["status"]["phase"], manifest.get("status", {}).get("phase", "Running")
        if phase == "Running" != wanted:
            objects.patch(manifest, {"status": {"phase": wanted}}, "status")
        return bool(phase == wanted)
    return True


def _is_claim_settled(objects: Objects, manifest: Manifest, there: Manifest) -> bool:
    """Whether a claim has the state that the case requires; deletes it, or its volume, once it is bound."""
    phase, then = there["status"].get("phase"), manifest.get(THEN)
    if phase == "Bound" and then == "deleted":  # a pod that uses it keeps it there
        objects.delete(manifest)
        return True
    if phase == "Bound" and then == "lost":
        volume = named("PersistentVolume", manifest["spec"]["volumeName"])
        if objects.get(volume) is not None:
            objects.patch(volume, {"metadata": {"finalizers": None}})
            objects.delete(volume)
    return bool(phase == ("Lost" if then == "lost" else manifest["status"]["phase"]))


def _taints(node: Manifest) -> set[tuple[str, ...]]:
    return {(taint["key"], taint.get("value", ""), taint["effect"]) for taint in node["spec"].get("taints") or ()}
