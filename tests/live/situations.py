"""Random situations, in which several things stand in the way at once: nodes of several shapes, pods, quotas, limits,
claims, priorities and Pod Security levels. A seed always makes the same one.
"""

from __future__ import annotations

import random
from typing import Any

from tests.live.cases import CLEANER, LEVEL, Case, asking, tolerating
from tests.live.clusters import HOME, OTHER, STORE, ZONE, Manifest, claim, csi_node, finished, limits, mounting, near

from tests.live.clusters import node, nominated, pod, priority_class, quota, requiring, volume  # isort: skip

NODES = "abcdef"


def draw(seed: int) -> Case:
    """The situation of a seed."""
    rng = random.Random(seed)  # noqa: S311  no secret
    stored = rng.random() < 0.4
    objects = [*_nodes(rng), *_priorities(rng), *(_store(rng) if stored else ()), *_pods(rng)]
    if stored and rng.random() < 0.3:
        objects.append(mounting("user", rng.choice(NODES)))
    labels = rng.choice([{}, {}, {}, {LEVEL: "baseline"}, {LEVEL: "restricted"}])
    return Case(f"seed {seed}", None, _section(rng), [*objects, *_bounds(rng)], labels, claim=STORE if stored else "")


def _nodes(rng: random.Random) -> list[Manifest]:
    pick = rng.choice
    return [
        node(
            name,
            {"pool": pick(["polyaxon", "gpu", "spot"]), ZONE: pick("123"), "cores": pick(["4", "8", "x"])},
            pick([[], [], ["dedicated=ml:NoSchedule"], ["dedicated=db:NoSchedule"], ["spot:NoExecute"]]),
            ready=rng.random() > 0.1,
            cordoned=rng.random() < 0.1,
            room={"cpu": pick(["1", "2", "4"]), "memory": pick(["1Gi", "4Gi"]), "pods": pick(["2", "110"])},
        )
        for name in NODES
    ]


def _priorities(rng: random.Random) -> list[Manifest]:
    default = rng.choice([[], [], [priority_class("default", rng.choice([0, 500]), globalDefault=True,
                                                  preemptionPolicy="Never")]])  # fmt: skip
    return [priority_class("low", -10), priority_class("high", 1000), *default]


def _store(rng: random.Random) -> list[Manifest]:
    """The artifacts store's claim and its volume, and nodes that can have a few volumes, or none."""
    pick = rng.choice
    modes: Any = pick([{}, {}, {"accessModes": ["ReadWriteOncePod"]}])
    where: Any = pick([{}, {"zone": pick("123")}, {"labels": {ZONE: pick(["1", "2", "1__3"])}}])
    limited = [csi_node(name, pick([0, 1, 5])) for name in rng.sample(NODES, 2)]
    return [volume(**where, **modes), claim(volume="pv", **modes), *limited]


def _pods(rng: random.Random) -> list[Manifest]:
    pods = [_pod(f"p{index}", rng) for index in range(6)]
    if rng.random() < 0.3:
        pods.append(nominated("waiting", rng.choice(NODES), rng.choice(["500m", "2"]), rng.choice(["", "low", "high"])))
    return pods


def _pod(name: str, rng: random.Random) -> Manifest:
    pick = rng.choice
    apart = near("podAntiAffinity", CLEANER, pick([ZONE, "kubernetes.io/hostname"]), namespaces=[HOME])
    more: dict[str, Any] = pick([{}, {}, {"affinity": apart}, {"priorityClassName": "high"}])
    labels = {"app": pick(["db", "web"])}
    made = pod(
        name, pick(NODES), pick([HOME, OTHER]), labels, cpu=pick(["100m", "1"]), memory=pick(["64Mi", "1Gi"]), **more
    )
    return finished(made) if rng.random() < 0.2 else made


def _section(rng: random.Random) -> Manifest:
    pick = rng.choice
    section = asking(cpu=pick(["100m", "1", "3"]), memory=pick(["64Mi", "2Gi"]))
    section |= pick([{}, {"nodeSelector": {"pool": pick(["polyaxon", "gpu", "spot"])}}])
    section |= pick([{}, tolerating(key="dedicated", operator="Exists")])
    whose: dict[str, Any] = {"namespaceSelector": pick([{}, {"matchLabels": {"team": "other"}}])}
    whom = {"app": pick(["db", "web"])}
    affinity = pick([{}, {}, requiring(("cores", pick(["Gt", "Lt"]), ["6"]))])
    affinity |= pick([{}, near(pick(["podAffinity", "podAntiAffinity"]), whom, ZONE, **whose)])
    return {**section, "affinity": affinity} if affinity else section


def _bounds(rng: random.Random) -> list[Manifest]:
    """A LimitRange and a quota, or neither."""
    pick = rng.choice
    ranges = pick([[], [], [], [limits(max={"cpu": pick(["1", "4"])}, default={"cpu": "1"})]])
    scoped: Any = {"scopeSelector": {"matchExpressions": [
        {"scopeName": "PriorityClass", "operator": "In", "values": ["default"]}]}}  # fmt: skip
    quotas = pick([[], [], [], [quota({"requests.cpu": pick(["2", "8"])})], [quota({"count/jobs.batch": pick("05")})],
                   [quota({"pods": "0"}, **scoped)]])  # fmt: skip
    return [*ranges, *quotas]
