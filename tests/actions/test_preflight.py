"""The verdict on a Job: what takes precedence, where findings point, and what else is reported."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.actions import preflight
from helm_cleaner.cluster import snapshot
from helm_cleaner.codes import CLUSTER_CODES, CODES
from helm_cleaner.diagnostics import InputError
from helm_cleaner.output import preflight as preflight_report
from helm_cleaner.polyaxon.job import Job, job
from helm_cleaner.polyaxon.scheduling import scheduling_in
from helm_cleaner.section.layers import merge_over
from helm_cleaner.values import Map, read
from tests.support.clusters import NAMESPACE, limit_range, named, node, quota, running, snapshot_of

VALUES = """\
cleaner:
  nodeSelector: {pool: plx}
  imagePullSecrets: [registry]
  resources:
    requests: {cpu: 1, memory: 1Gi}
"""
TEMPLATE = {"metadata": {"labels": {"pool": "plx"}}, "spec": {}}
POOL = named(
    "NodePool",
    "main",
    None,
    "karpenter.sh/v1",
    spec={"template": TEMPLATE},
)
GOOD = node("good", {"pool": "plx"})
BAD = node("bad", {"pool": "plxx"})
RANGE = limit_range({"type": "Container", "max": {"cpu": "500m"}})


def made(values: str) -> Job:
    given = read(values.encode(), "values.yaml")
    cleaner, _ = merge_over(None, given)
    assert isinstance(cleaner, Map)
    return job(cleaner, scheduling_in(given.values))


def judged(*objects: Any, values: str = VALUES, autoscaler: bool = True) -> preflight.Verdict:
    return preflight.check("here", made(values), snapshot_of(*objects), NAMESPACE, autoscaler=autoscaler)


def codes(verdict: preflight.Verdict) -> list[tuple[str, str]]:
    return [(d.severity, d.code) for d in verdict.findings]


@pytest.mark.parametrize(
    ("objects", "autoscaler", "verdict", "found"),
    [
        ([GOOD, BAD], True, "fits", []),
        ([BAD], True, "no-node", [("error", "no-node")]),
        ([BAD, POOL], True, "maybe", [("warning", "no-node")]),
        ([BAD, POOL], False, "no-node", [("error", "no-node")]),
        ([GOOD, POOL], True, "fits", []),
        ([GOOD, RANGE], True, "refused", [("error", "limit-range")]),
        ([BAD, RANGE], True, "refused", [("error", "limit-range"), ("error", "no-node")]),
        ([BAD, RANGE, POOL], True, "refused", [("error", "limit-range"), ("error", "no-node")]),
        ([RANGE], True, "refused", [("error", "limit-range")]),  # without nodes
        ([GOOD, quota({"pods": "1"}, {"pods": "1"})], True, "refused", [("error", "quota")]),
        ([GOOD, named("Secret", "x", type="Opaque")], True, "refused", [("error", "missing-secret")]),
        ([GOOD, named("Namespace", "other", None)], True, "refused", [("error", "missing-namespace")]),
        (
            [GOOD, named("Job", "plx-cleaner-agent", api="polyaxon.com/v1")],
            True,
            "fits",
            [("warning", "unfinished-job")],
        ),
    ],
)
def test_verdicts(objects: list[Any], autoscaler: bool, verdict: str, found: list[tuple[str, str]]) -> None:
    result = judged(*objects, autoscaler=autoscaler)
    assert (result.verdict, codes(result)) == (verdict, found)
    assert result.exit_code == (0 if verdict in ("fits", "maybe") else 1)


EVICTABLE = {**(full := running("full", "good", containers=[{"name": "c", "resources": {"requests": {"cpu": "4"}}}])),
             "spec": {**full["spec"], "priority": -1}}  # fmt: skip


def test_pods_that_give_way_make_room() -> None:
    result = judged(GOOD, EVICTABLE)
    assert (result.verdict, result.exit_code, codes(result)) == ("maybe", 0, [("warning", "no-node")])
    assert "evicting pods of lower priority (default/full) could make room on good" in result.findings[0].message
    result = judged(GOOD, EVICTABLE, POOL)
    assert "could make room on good; the NodePool main could add one" in result.findings[0].message


@pytest.mark.parametrize(
    ("annotations", "nodes", "why"),
    [
        ({"openshift.io/node-selector": "zone=a"}, [GOOD, node("in-a", {"pool": "plx", "zone": "a"})],
         "1 node is left (in-a)"),
        ({"scheduler.alpha.kubernetes.io/node-selector": "zone=b"}, [GOOD], "no node is left"),
        ({"openshift.io/node-selector": "pool=other"}, [GOOD], "contradicts it, and the pod is refused"),
        ({"openshift.io/node-selector": "zone"}, [GOOD], "it cannot be parsed"),
        ({"openshift.io/node-selector": ""}, [GOOD], None),
        ({"openshift.io/description": "a=b"}, [GOOD], None),
    ],
)  # fmt: skip
def test_a_node_selector_of_the_namespace_is_not_checked(annotations: Any, nodes: list[Any], why: str | None) -> None:
    space = named("Namespace", NAMESPACE, None, metadata={"annotations": annotations})
    result = judged(*nodes, space)
    assert result.verdict == "fits"
    found = [each.why for each in result.not_checked if each.what == "node-selector of the namespace"]
    assert [(why or "") in each for each in found] == ([True] if why else [])
    assert ("node-selector of the namespace" in preflight_report.format_report([result])) is bool(why)


MISSING = {
    "refused": ([GOOD, RANGE], "preflight: refused ·", "admission: refused (LimitRange)"),
    "refused and pending": ([GOOD, RANGE, named("Secret", "x")], "preflight: refused ·",
                            "refused (LimitRange) · the image is not pulled (Secret)"),
    "an image": ([GOOD, named("Secret", "x")], "preflight: image is not pulled ·",
                 "nothing refuses it · the image is not pulled (Secret)"),
}  # fmt: skip


@pytest.mark.parametrize(("objects", "start", "end"), MISSING.values(), ids=MISSING)
def test_what_becomes_of_a_pod_that_is_not_refused(objects: list[Any], start: str, end: str) -> None:
    result = judged(*objects)
    assert (result.verdict, result.exit_code) == ("refused", 1)  # for programs
    line = next(
        each for each in preflight_report.format_report([result]).splitlines() if each.startswith("preflight: ")
    )
    assert line.startswith(start)
    assert line.endswith(end)


def test_a_cluster_without_pods_is_warned_of() -> None:
    known = snapshot.collect([GOOD], "c", ["pods"])
    found = preflight.check("here", made(VALUES), known, NAMESPACE).findings
    assert [each.code for each in found] == ["no-pods"]
    finished = running("x") | {"status": {"phase": "Succeeded"}}
    known = snapshot.collect([GOOD, finished], "c", ["pods"])
    assert preflight.check("here", made(VALUES), known, NAMESPACE).findings == []


def test_limit_ranges_and_quotas_of_other_namespaces_do_not_matter() -> None:
    theirs = [RANGE, quota({"pods": "0"}, {"pods": "0"})]
    theirs = [each | {"metadata": each["metadata"] | {"namespace": "other"}} for each in theirs]
    assert judged(GOOD, *theirs).verdict == "fits"


@pytest.mark.parametrize(
    ("objects", "place", "path"),
    [
        ([BAD], ("values.yaml", 2, 24), "cleaner.nodeSelector.pool"),
        ([node("x", {"pool": "plx"}, cpu="500m")], ("values.yaml", 5, 21), "cleaner.resources.requests.cpu"),
        ([GOOD, limit_range({"type": "Container", "max": {"memory": "1Mi"}})], ("values.yaml", 5, 32),
         "cleaner.resources.requests.memory"),
        ([GOOD, named("Secret", "x", type="Opaque")], ("values.yaml", 3, 22), "cleaner.imagePullSecrets[0]"),
    ],
)  # fmt: skip
def test_findings_point_to_what_asks_for_it(objects: list[Any], place: tuple[str, int, int], path: str) -> None:
    found = judged(*objects).findings[-1]
    assert (found.location.file, found.location.line, found.location.column) == place
    assert found.path == path


def test_the_default_scheduling_is_named_and_so_is_polyaxons_own_default() -> None:
    result = judged(BAD, values="cleaner: {imageTag: dev}\nnodeSelector:\n  pool: plx\n")
    (found,) = result.findings
    assert (found.location.line, found.path) == (3, "nodeSelector.pool")
    assert result.groups[0][1] == "default scheduling (values.yaml:3)"
    for values, path in (
        ("agent:\n  nodeSelector: {pool: plx}\ncleaner: {}\n", "agent.nodeSelector.pool"),
        ("agent:\n  nodeSelector: {pool: plx}\ncleaner:\n  nodeSelector: {pool: plx}\n", "cleaner.nodeSelector.pool"),
    ):
        (found,) = judged(BAD, values=values).findings
        assert (found.location.line, found.path) == (2 if path.startswith("agent") else 4, path)
    result = judged(node(cpu="10m"), values="cleaner: {imageTag: dev}\n")
    (found,) = result.findings
    assert (found.location.file, found.path) == ("", "cleaner.resources.requests.cpu")
    assert result.groups[0][1] == "Polyaxon's own default"


def test_what_nothing_in_the_section_asks_for_has_no_place() -> None:
    tainted = node(taints=[{"key": "a", "effect": "NoSchedule"}])
    (found,) = judged(tainted, values="cleaner: {imageTag: dev}\n").findings
    assert (found.location.file, found.path) == ("", "cleaner.tolerations")


def test_the_labels_of_the_pod_matter() -> None:
    selector = {"matchLabels": {"app.kubernetes.io/component": "polyaxon-cleaners"}}
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": selector, "namespaceSelector": {}}
    required = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    result = judged(GOOD, running("other", "good", affinity=required))
    assert [reason.plugin for reason in result.nodes[0].reasons] == ["InterPodAffinity"]


def test_without_nodes_nothing_can_be_said() -> None:
    with pytest.raises(InputError, match="contains no nodes"):
        judged(named("Namespace", NAMESPACE, None))


TERM = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [3]}}
POOLS = ("NodePool", "main", None, "karpenter.sh/v1")
BROKEN: dict[str, tuple[Any, str]] = {
    "allocatable": (node(cpu="four"), "Node node-1: 'four' is not a quantity"),
    "a pod's requests": (
        running("p", "good", containers=[{"name": "c", "resources": {"requests": {"cpu": "x"}}}]),
        "Pod default/p: 'x' is not a quantity",
    ),
    "containers": (running("p", "good", containers=[3]), "Pod default/p: not what kubectl prints"),
    "taints": (node() | {"spec": {"taints": [3]}}, "Node node-1: not what kubectl prints"),
    "a limit range": (
        limit_range({"type": "Container", "max": {"cpu": "x"}}),
        "LimitRange polyaxon/limits: 'x' is not",
    ),
    "limits": (
        named("LimitRange", "limits", spec={"limits": [3]}),
        "LimitRange polyaxon/limits: not what kubectl prints",
    ),
    "a quota": (quota({"cpu": "x"}, {"cpu": "0"}), "ResourceQuota polyaxon/quota: 'x' is not a quantity"),
    "an account": (named("ServiceAccount", "default", imagePullSecrets=[3]), "not what kubectl prints"),
}


@pytest.mark.parametrize(("broken", "message"), BROKEN.values(), ids=BROKEN)
def test_objects_that_cannot_be_judged_by_are_named(broken: Any, message: str) -> None:
    values = VALUES.replace("  imagePullSecrets: [registry]\n", "")
    nodes = [BAD] if broken["kind"] == "NodePool" else [GOOD]
    with pytest.raises(InputError, match=message.replace("(", "\\(")):
        judged(*nodes, broken, values=values)


def test_every_code_is_in_the_registry() -> None:
    known = {code.code for code in CLUSTER_CODES}
    assert len(known) == len(CLUSTER_CODES)
    assert not known & {code.code for code in CODES}
    assert all(code.reason.endswith(".") and code.fix and code.source for code in CLUSTER_CODES)


# ---- as text and as JSON --------------------------------------------------------------------------------------------


def test_text() -> None:
    ml = {"key": "dedicated", "value": "ml", "effect": "NoSchedule"}
    full = running("x", "full", containers=[{"name": "c", "resources": {"requests": {"cpu": "3100m"}}}])
    nodes = [*(node(f"v2-{n}", {"pool": "plx-v2"}) for n in range(6)), node("ml-0", {"pool": "plx-v2"}, [ml]),
             node("full", {"pool": "plx-v2"}, cpu="3920m")]  # fmt: skip
    text = preflight_report.format_report([judged(*nodes, full)])
    head, rest = text.partition("  not checked:\n")[::2]
    assert (
        head
        == """\
values.yaml:2:24: error: cleaner.nodeSelector.pool: no node fits: 0/8 nodes are available: \
1 node(s) had untolerated taint(s), 7 node(s) didn't match Pod's node affinity/selector [no-node]
      nodeSelector: {pool: plx}
                           ^^^
        8  label pool=plx is missing (pool: plx-v2 (8))  [values.yaml:2]
        1  taint dedicated=ml:NoSchedule is not tolerated (ml-0)
        1  insufficient cpu: 1 requested (full: 3.92 allocatable, 3.1 in use)  [values.yaml:5]
    hint: did you mean pool: plx-v2 (8 nodes)?
preflight: no-node · namespace polyaxon · 0 of 8 nodes fit · admission: nothing refuses it
"""
    )
    assert "    whether pull secrets exist and have the right type: no secrets in the input\n" in rest


def test_text_where_it_fits() -> None:
    text = preflight_report.format_report([judged(GOOD, BAD)])
    assert text.startswith(
        "preflight: fits, as far as was checked (pods, namespaces, limitranges and 4 more were not in the input; "
        "persistentvolumeclaims was not checked) · namespace polyaxon · 1 of 2 nodes fits (good) · "
        "admission: nothing refuses it\n"
        "  the other nodes:\n"
        "        1  label pool=plx is missing (pool: plxx (1))  [values.yaml:2]\n"
    )


def test_a_refusal_is_summed_up_and_color_is_for_terminals() -> None:
    refused = judged(GOOD, RANGE)
    assert "· admission: refused (LimitRange)\n" in preflight_report.format_report([refused])
    assert "\x1b[" not in preflight_report.format_report([refused])
    assert "\x1b[1;31mrefused\x1b[0m" in preflight_report.format_report([refused], color=True)


def test_titles_tell_several_apart() -> None:
    text = preflight_report.format_report([judged(GOOD), judged(GOOD)])
    assert text.count("preflight: here: fits") == 2


def test_what_is_shown_moves_no_cursor() -> None:
    evil = node("a\x1b[2J", {"pool": "b\nc"})
    assert not set(preflight_report.format_report([judged(evil)])) & {"\x1b", "\x07"}
    assert "b\\nc" in preflight_report.format_report([judged(evil)])
