"""LimitRanges: what they fill in, and what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import limit_ranges, pod
from tests.support.clusters import NAMESPACE, admit, job, limit_range, requirements

FILLED = {
    "limits alone are requests": ([], requirements(None, {"cpu": "1"}), requirements({"cpu": "1"}, {"cpu": "1"})),
    "requests stay": ([], requirements({"cpu": "1"}, {"cpu": "2"}), requirements({"cpu": "1"}, {"cpu": "2"})),
    "default": ([{"default": {"cpu": "1"}}], {}, requirements({"cpu": "1"}, {"cpu": "1"})),
    "max is the default": ([{"max": {"cpu": "1"}}], {}, requirements({"cpu": "1"}, {"cpu": "1"})),
    "but for a default": (
        [{"max": {"cpu": "2"}, "default": {"cpu": "1"}}],
        {},
        requirements({"cpu": "1"}, {"cpu": "1"}),
    ),
    "defaultRequest": (
        [{"default": {"cpu": "2"}, "defaultRequest": {"cpu": "1"}}],
        {},
        requirements({"cpu": "1"}, {"cpu": "2"}),
    ),
    "min is the default request": ([{"min": {"cpu": "1"}}], {}, requirements({"cpu": "1"})),
    "but for a default limit": (
        [{"min": {"cpu": "1"}, "default": {"cpu": "2"}}],
        {},
        requirements({"cpu": "2"}, {"cpu": "2"}),
    ),
    "what is there stays": (
        [{"default": {"cpu": "2"}}],
        requirements(None, {"cpu": "1"}),
        requirements({"cpu": "1"}, {"cpu": "1"}),
    ),
    "a request stays beside a default limit": (
        [{"default": {"cpu": "2"}}],
        requirements({"cpu": "1"}),
        requirements({"cpu": "1"}, {"cpu": "2"}),
    ),
    "of pods there are none": ([{"type": "Pod", "max": {"cpu": "1"}}], {}, {}),
    "the first range comes first": (
        [{"default": {"cpu": "1"}}, {"default": {"cpu": "2"}}],
        {},
        requirements({"cpu": "1"}, {"cpu": "1"}),
    ),
}


@pytest.mark.parametrize(("limits", "given", "filled"), FILLED.values(), ids=FILLED)
def test_what_the_pod_gets(limits: list[Any], given: Any, filled: Any) -> None:
    ranges = [limit_range({"type": "Container", **each}) for each in limits]
    assert admit(given, ranges)["spec"]["containers"][0]["resources"] == filled


def test_items_of_one_range_take_the_last_default() -> None:
    items = [{"type": "Container", "default": {"cpu": "1"}}, {"type": "Container", "default": {"cpu": "2"}}]
    given = admit({}, [limit_range(*items)])["spec"]["containers"][0]["resources"]
    assert given == requirements({"cpu": "2"}, {"cpu": "2"})


def test_nothing_of_the_job_is_changed() -> None:
    given = job(requirements(None, {"cpu": "1"}))
    pod.admit(pod.make_pod(given, NAMESPACE), [limit_range({"type": "Container", "default": {"memory": "1Gi"}})])
    assert given == job(requirements(None, {"cpu": "1"}))


BROKEN: dict[str, tuple[Any, Any, list[str]]] = {
    "over max": (
        {"max": {"cpu": "1"}},
        requirements({"cpu": "1"}, {"cpu": "2"}),
        ["the cpu limit 2 exceeds the maximum of 1 per container"],
    ),
    "a request over max": (
        {"max": {"cpu": "1"}, "default": {"cpu": "1"}},
        requirements({"cpu": "2"}),
        ["the cpu request 2 exceeds the maximum of 1 per container"],
    ),
    "as much as max": ({"max": {"cpu": "1"}}, requirements(None, {"cpu": "1000m"}), []),
    "below min": (
        {"min": {"memory": "64Mi"}},
        requirements({"memory": "1Mi"}, {"memory": "1Gi"}),
        ["the memory request 1Mi is below the minimum of 64Mi per container"],
    ),
    "a limit below min": (
        {"min": {"memory": "64Mi"}},
        requirements({"memory": "64Mi"}, {"memory": "1Mi"}),
        ["the memory limit 1Mi is below the minimum of 64Mi per container"],
    ),
    "min without a request": (
        {"type": "Pod", "min": {"cpu": "1"}},
        {},
        ["no cpu request is set; the minimum of 1 per pod applies"],
    ),
    "max without a limit": (
        {"type": "Pod", "max": {"cpu": "1"}},
        requirements({"cpu": "1"}),
        ["no cpu limit is set; the maximum of 1 per pod applies"],
    ),
    "a ratio": (
        {"maxLimitRequestRatio": {"cpu": "2"}},
        requirements({"cpu": "1"}, {"cpu": "3"}),
        ["the cpu limit may be at most 2 times the request per container, but it is 3 times"],
    ),
    "a ratio that is kept": ({"maxLimitRequestRatio": {"cpu": "3"}}, requirements({"cpu": "1"}, {"cpu": "3"}), []),
    "a ratio without a request": (
        {"maxLimitRequestRatio": {"cpu": "3"}},
        {},
        ["the cpu limit may be at most 3 times the request per container, but no request is set, or it is 0"],
    ),
    "a ratio without a limit": (
        {"maxLimitRequestRatio": {"cpu": "3"}},
        requirements({"cpu": "1"}),
        ["the cpu limit may be at most 3 times the request per container, but no limit is set, or it is 0"],
    ),
    "all that is wrong": (
        {"max": {"cpu": "1", "memory": "1Gi"}},
        requirements(None, {"cpu": "2", "memory": "2Gi"}),
        [
            "the cpu limit 2 exceeds the maximum of 1 per container",
            "the memory limit 2Gi exceeds the maximum of 1Gi per container",
        ],
    ),
    "claims are none of ours": ({"type": "PersistentVolumeClaim", "max": {"storage": "1Gi"}}, {}, []),
    "too large for thousandths": ({"max": {"memory": "8Ei"}}, requirements(None, {"memory": "1Gi"}), []),
}


@pytest.mark.parametrize(("limits", "given", "said"), BROKEN.values(), ids=BROKEN)
def test_what_a_limit_range_refuses(limits: Any, given: Any, said: list[str]) -> None:
    ranged = limit_range({"type": "Container", **limits})
    assert [each.message for each in limit_ranges.check(admit(given, [ranged]), ranged)] == said


def test_a_range_of_pods_counts_all_containers() -> None:
    whole = admit(requirements(None, {"cpu": "1"}))
    whole["spec"]["containers"].append({"name": "other", "resources": requirements({"cpu": "1"}, {"cpu": "1"})})
    (refusal,) = limit_ranges.check(whole, limit_range({"type": "Pod", "max": {"cpu": "1500m"}}))
    assert refusal.message == "the cpu limit 2 exceeds the maximum of 1500m per pod"
    assert limit_ranges.check(whole, limit_range({"type": "Container", "max": {"cpu": "1"}})) == []
    (refusal,) = limit_ranges.check(whole, limit_range({"type": "Container", "min": {"cpu": "2"}}))[:1]
    assert refusal.message.endswith("(container polyaxon-main)")


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        (requirements({"cpu": "2"}), True),  # over the limit of 1 that it gets
        (requirements({"cpu": "1"}), False),
        (requirements({"cpu": "1"}, {"cpu": "2"}), False),
    ],
)
def test_a_default_limit_below_the_request(given: Any, refused: bool) -> None:
    bare = pod.make_pod(job(given), NAMESPACE)
    whole = pod.admit(bare, [limit_range({"type": "Container", "default": {"cpu": "1"}})])
    found = limit_ranges.check_requests(bare, whole, [])
    assert [(each.kind, each.path) for each in found] == (
        [("Pod", ("containers", 0, "resources", "requests", "cpu"))] if refused else []
    )


def test_what_a_limit_range_refuses_is_not_refused_twice() -> None:
    bare = pod.make_pod(job(requirements({"cpu": "2"})), NAMESPACE)
    ranged = limit_range({"type": "Container", "max": {"cpu": "1"}})
    whole = pod.admit(bare, [ranged])
    refused = limit_ranges.check(whole, ranged)
    assert [each.kind for each in refused] == ["LimitRange"]
    assert limit_ranges.check_requests(bare, whole, refused) == []
