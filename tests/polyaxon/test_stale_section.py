"""Whether a pod is what the ConfigMap says: what differs only in writing is the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helm_cleaner.polyaxon.stale_section import differences

IMAGE = {"image": "polyaxon/polyaxon-init", "imageTag": "2.15.1"}
FALLBACK = {"limits": {"cpu": "500m", "memory": "1000Mi"}, "requests": {"cpu": "100m", "memory": "80Mi"}}
POOL, TWO, SECRETS = {"a": "b"}, {"limits": {"cpu": "2"}}, [{"name": "b"}]
NEAR: dict[str, Any] = {"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}


def pod(image: str = "polyaxon/polyaxon-init:2.15.1", policy: str = "IfNotPresent", resources: Any = FALLBACK,
        **more: Any) -> dict[str, Any]:  # fmt: skip
    container = {"image": image, "imagePullPolicy": policy, "resources": resources}
    return {"containers": [container], **more}


def fields(section: Any, pod: dict[str, Any], scheduling: Any = None) -> list[str]:
    data = {"POLYAXON_AGENT_CLEANER": section if isinstance(section, str) else json.dumps(section)}
    if scheduling is not None:
        data["POLYAXON_AGENT_DEFAULT_SCHEDULING"] = json.dumps(scheduling)
    configmap = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}
    return [each.field for each in differences(configmap, pod)]


SAME: dict[str, tuple[Any, dict[str, Any], Any]] = {
    "the SDK's own defaults": (IMAGE, pod(), None),
    "nothing at all, with any tag": ({}, pod("polyaxon/polyaxon-init:2.18.0"), None),
    "an empty tag is the SDK's version": ({"imageTag": ""}, pod("polyaxon/polyaxon-init:2.18.0"), None),
    "an image with a port, without a tag": ({"image": "r:5000/a"}, pod("r:5000/a"), None),
    "quantities in another writing": (
        {**IMAGE, "resources": {"limits": {"cpu": "1000m", "memory": "2000Mi"}}},
        pod(resources={"limits": {"cpu": "1", "memory": "2097152000"}}), None,
    ),
    "no resources": ({**IMAGE, "resources": {}}, pod(resources={}), None),
    "the default scheduling": (IMAGE, pod(affinity=NEAR, nodeSelector=POOL), {"affinity": NEAR, "nodeSelector": POOL}),
    "the section's own scheduling, the default for the rest": (
        {**IMAGE, "nodeSelector": {"c": "d"}}, pod(affinity=NEAR, nodeSelector={"c": "d"}),
        {"affinity": NEAR, "nodeSelector": POOL},
    ),
    "pull secrets": ({**IMAGE, "imagePullSecrets": ["a"]}, pod(imagePullSecrets=[{"name": "a"}]), None),
    "Python's spelling": ({"image": "a", "image_tag": "1"}, pod("a:1"), None),
}  # fmt: skip


@pytest.mark.parametrize(("section", "made", "scheduling"), SAME.values(), ids=SAME)
def test_the_same(section: Any, made: dict[str, Any], scheduling: Any) -> None:
    assert fields(section, made, scheduling) == []


DIFFERENT: dict[str, tuple[Any, dict[str, Any], Any, list[str]]] = {
    "the image": ({**IMAGE, "image": "a"}, pod(), None, ["image"]),
    "the image, without a tag": ({"image": "a"}, pod(), None, ["image"]),
    "the tag": ({**IMAGE, "imageTag": "2.16"}, pod(), None, ["image"]),
    "the policy": ({**IMAGE, "imagePullPolicy": "Always"}, pod(), None, ["imagePullPolicy"]),
    "an amount": ({**IMAGE, "resources": TWO}, pod(resources={"limits": {"cpu": "1"}}), None, ["resources"]),
    "a limit that is gone": ({**IMAGE, "resources": {}}, pod(), None, ["resources"]),
    "a node selector": ({**IMAGE, "nodeSelector": {"a": "b"}}, pod(), None, ["nodeSelector"]),
    "one that is gone": (IMAGE, pod(nodeSelector={"a": "b"}), None, ["nodeSelector"]),
    "the default scheduling": (IMAGE, pod(), {"affinity": NEAR}, ["affinity"]),
    "tolerations": ({**IMAGE, "tolerations": [{"operator": "Exists"}]}, pod(), None, ["tolerations"]),
    "pull secrets": ({**IMAGE, "imagePullSecrets": ["a"]}, pod(imagePullSecrets=SECRETS), None, ["imagePullSecrets"]),
}  # fmt: skip


@pytest.mark.parametrize(("section", "made", "scheduling", "wanted"), DIFFERENT.values(), ids=DIFFERENT)
def test_different(section: Any, made: dict[str, Any], scheduling: Any, wanted: list[str]) -> None:
    assert fields(section, made, scheduling) == wanted


@pytest.mark.parametrize("section", ["{nope", "[1]", "null", '{"resources": []}', ""])
def test_a_section_that_cannot_be_read_says_nothing_false(section: str) -> None:
    assert "image" not in fields(section, pod("polyaxon/polyaxon-init:2.18.0"))


@pytest.mark.parametrize(
    "made", [{}, {"containers": []}, {"containers": 7}, {"containers": [{}]}, {"containers": [{"image": 7}]}]
)
def test_a_pod_without_the_container_does_not_end_it(made: dict[str, Any]) -> None:
    assert "image" in fields(IMAGE, made)
