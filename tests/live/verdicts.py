"""What the scheduler and the API server say about a pod, node by node and step by step."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any, NamedTuple

from tests.live.clusters import Manifest
from tests.support.controllers import EVERY_NODE, PLUGINS, PROFILE
from tests.support.extender import Extender
from tests.support.objects import Objects, condition, names, wait

_count = itertools.count()


class Outcome(NamedTuple):
    """The fate of a Job's first pod.

    how: bound, pending or refused. said: the name of its node, or the message of the scheduler or the API server.
    """

    how: str
    said: str


def pod_of(job: Manifest) -> Manifest:
    """The pod that the Job controller would make, less the labels that it adds."""
    template = job["spec"]["template"]
    metadata = {**(template.get("metadata") or {}), "name": f"judged-{next(_count)}"}
    metadata["namespace"] = job["metadata"]["namespace"]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


def refusing_plugins(objects: Objects, extender: Extender, pod: Manifest) -> dict[str, set[str]]:
    """For each node, the scheduler's plugins that refuse the pod. Refused if the pod is not admitted."""
    # What the scheduler knows may be older than what the API server does; of pods it hears in the order they were made.
    # A controller may still change a node meanwhile, so that both are asked each time.
    wait("the scheduler to know the nodes", lambda: _seen(objects, extender, pod) == _nodes(objects.items("Node")))
    passed = _judged(objects, extender, pod, [PROFILE + plugin for plugin in PLUGINS])
    there = names(objects.items("Node"))
    return {name: {plugin for plugin in PLUGINS if name not in names(passed[PROFILE + plugin])} for name in there}


def outcome(objects: Objects, job: Manifest) -> Outcome:
    """The outcome of a created Job."""
    namespace, name = job["metadata"]["namespace"], job["metadata"]["name"]

    def look() -> Outcome | None:
        for pod in objects.items("Pod", namespace, labelSelector=f"batch.kubernetes.io/job-name={name}"):
            if node := pod["spec"].get("nodeName"):
                return Outcome("bound", node)
            if message := _unschedulable(pod):
                return Outcome("pending", message)
        for claim in objects.items("PersistentVolumeClaim", namespace):  # the scheduler waits for a volume on this node
            if node := (claim["metadata"].get("annotations") or {}).get("volume.kubernetes.io/selected-node"):
                return Outcome("bound", node)
        selector = f"involvedObject.uid={job['metadata']['uid']},reason=FailedCreate"
        for event in objects.items("Event", namespace, fieldSelector=selector):
            return Outcome("refused", event["message"])
        return None

    return wait(f"what becomes of {name}", look)


def bound(objects: Objects, job: Manifest) -> Outcome | None:
    """Where the Job's pod runs; None before it does."""
    namespace, selector = job["metadata"]["namespace"], f"batch.kubernetes.io/job-name={job['metadata']['name']}"
    nodes = [pod["spec"].get("nodeName") for pod in objects.items("Pod", namespace, labelSelector=selector)]
    return next((Outcome("bound", node) for node in nodes if node), None)


def _seen(objects: Objects, extender: Extender, pod: Manifest) -> dict[str, Any]:
    """The nodes as the scheduler knows them."""
    return _nodes(_judged(objects, extender, pod, [EVERY_NODE])[EVERY_NODE])


def _nodes(nodes: Iterable[Manifest]) -> dict[str, Any]:
    return {node["metadata"]["name"]: _facts(node) for node in nodes}


def _judged(objects: Objects, extender: Extender, pod: Manifest, profiles: Iterable[str]) -> dict[str, list[Manifest]]:
    """The nodes that pass each of these profiles."""
    made = {}
    for profile in profiles:
        metadata = {**pod["metadata"], "name": f"judged-{next(_count)}"}
        judged = {**pod, "metadata": metadata, "spec": {**pod["spec"], "schedulerName": profile}}
        made[profile] = {**objects.create(judged), "apiVersion": "v1", "kind": "Pod"}
    try:
        for each in made.values():
            wait("a verdict of the scheduler's", lambda pod=each: _unschedulable(objects.get(pod) or {}))  # type: ignore[misc]
        return {profile: extender.offered(each) for profile, each in made.items()}
    finally:
        for each in made.values():
            objects.delete(each)


def _unschedulable(pod: Manifest) -> str:
    """The scheduler's message about the pod; "" if it has not refused it yet."""
    scheduled = condition(pod, "PodScheduled")
    return str(scheduled["message"]) if scheduled.get("reason") == "Unschedulable" else ""


def _facts(node: Manifest) -> Any:
    """The properties by which the scheduler judges a node."""
    taints = sorted(sorted(taint.items()) for taint in map(_timeless, node["spec"].get("taints") or ()))
    return node["metadata"]["labels"], taints, node["spec"].get("unschedulable"), node["status"]["allocatable"]


def _timeless(taint: Manifest) -> Manifest:
    return {key: value for key, value in taint.items() if key != "timeAdded"}
