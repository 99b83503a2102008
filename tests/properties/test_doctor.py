"""doctor's diagnosis depends on neither the order of the objects nor other workloads and their trouble."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_cleaner.diagnostics import InputError
from helm_cleaner.output import doctor as output
from tests.support.traces import read_traces

TRACES = read_traces()
_NAMES = st.sampled_from((
    "train-1", "nightly-cleaner-2", "plx-operation-3", "plx-cleaner-rehearsal-abcde", "plx-cleaner-agent2",
    "my-plx-cleaner-agent", "plx-cleaner-agent-aaaaa-b", "cleaner",
))  # fmt: skip
_MESSAGES = st.sampled_from((
    "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.", 'secret "other" not found', "Back-off pulling image",
    "exceeded quota: q", 'exec: "/bin/bash": no such file or directory', "Job has reached the specified backoff limit",
))  # fmt: skip
_REASONS = st.sampled_from((
    "FailedScheduling", "Failed", "BackoffLimitExceeded", "DeadlineExceeded", "FailedCreate", "Completed",
))  # fmt: skip


@st.composite
def _workloads(draw: st.DrawFn, namespace: str) -> list[dict[str, Any]]:
    """Objects of other workloads: beside the release under other names, or elsewhere under the cleaner's."""
    found = []
    for _ in range(draw(st.integers(1, 6))):
        here = draw(st.booleans())
        name, where = (draw(_NAMES), namespace) if here else ("plx-cleaner-agent", "elsewhere")
        message, reason = draw(_MESSAGES), draw(_REASONS)
        metadata = {"name": name, "namespace": where, "uid": name, "creationTimestamp": "2026-01-01T00:00:00Z"}
        kind = draw(st.sampled_from(("Pod", "Job", "polyaxon", "Event", "Deployment")))
        if kind == "Event":
            about = {"kind": draw(st.sampled_from(("Pod", "Job"))), "name": name, "namespace": where, "uid": name}
            found.append({
                "apiVersion": "v1", "kind": "Event", "metadata": {**metadata, "name": f"{name}.1"}, "reason": reason,
                "message": message, "involvedObject": about, "lastTimestamp": "2026-01-01T00:00:00Z",
            })  # fmt: skip
        elif kind == "Pod":
            waiting = {"waiting": {"reason": "ErrImagePull", "message": message}}
            unscheduled = {"type": "PodScheduled", "status": "False", "message": message}
            status = {"phase": "Pending", "conditions": [unscheduled], "containerStatuses": [{"state": waiting}]}
            found.append({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [{}]},
                          "status": status})  # fmt: skip
        elif kind == "Deployment":
            found.append({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "status": {}})
        else:
            failed = [{"type": "Failed", "status": "True", "reason": reason, "message": message}]
            version = "polyaxon.com/v1" if kind == "polyaxon" else "batch/v1"
            found.append({"apiVersion": version, "kind": "Job", "metadata": metadata, "status": {"conditions": failed}})
    return found


@pytest.mark.parametrize("index", range(0, len(TRACES), 5))
@given(data=st.data())
def test_other_workloads_and_the_order_change_nothing(index: int, data: st.DataObject) -> None:
    trace = TRACES[index]
    others = data.draw(_workloads(trace.namespace))
    objects = data.draw(st.permutations([*trace.objects, *others]))
    before, after = trace.diagnose(), trace.diagnose(copy.deepcopy(objects))
    assert [(each.code, each.object) for each in after.findings] == [
        (each.code, each.object) for each in before.findings
    ]
    assert after.follows == before.follows


_JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.sampled_from(("", "x", "True", "2026-01-01T00:00:00Z", "Job")),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(("name", "type", "state")), inner, max_size=2)
    ),
    max_leaves=4,
)


def _spoil(draw: Any, value: Any) -> Any:
    """The value with something in it replaced by what kubectl never prints there."""
    if isinstance(value, dict) and value and draw(st.integers(0, 5)):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: _spoil(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 5)):
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], _spoil(draw, value[index]), *value[index + 1 :]]
    return draw(_JUNK)


@pytest.mark.parametrize("index", range(0, len(TRACES), 5))
@given(data=st.data())
def test_whatever_is_in_an_object_ends_in_a_diagnosis_or_a_message(index: int, data: st.DataObject) -> None:
    trace = TRACES[index]
    mine = [n for n, each in enumerate(trace.objects) if "plx-" in str(each)]
    objects = list(trace.objects)
    for n in data.draw(st.lists(st.sampled_from(mine), min_size=1, max_size=3, unique=True)):
        spoiled = _spoil(data.draw, objects[n])
        if isinstance(spoiled, dict) and isinstance(spoiled.get("kind"), str):
            objects[n] = spoiled
    with suppress(InputError):
        found = trace.diagnose(objects)
        output.format_report([found])
        output.format_json([found])
