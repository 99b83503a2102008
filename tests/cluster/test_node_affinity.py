"""NodeAffinity, and label selectors."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner.cluster import node_affinity, node_name, scheduling, selectors
from tests.support.clusters import admit, node, snapshot_of

NODE = node("node-1", {"pool": "gpu", "cores": "08", "empty": ""})
IN = ("pool", "In", ["gpu"])
EXPRESSIONS = {
    "in": (*IN, True),
    "in, with others": ("pool", "In", ["cpu", "gpu"], True),
    "not among them": ("pool", "In", ["cpu"], False),
    "in, no label": ("zone", "In", ["a"], False),
    "not in": ("pool", "NotIn", ["cpu"], True),
    "not in, but it is": ("pool", "NotIn", ["gpu"], False),
    "not in, no label": ("zone", "NotIn", ["a"], True),
    "exists": ("empty", "Exists", [], True),
    "exists, no label": ("zone", "Exists", [], False),
    "does not exist": ("zone", "DoesNotExist", [], True),
    "does not exist, but it does": ("pool", "DoesNotExist", [], False),
    "more": ("cores", "Gt", ["7"], True),
    "as many": ("cores", "Gt", ["8"], False),
    "less": ("cores", "Lt", ["9"], True),
    "more than a label that is not a number": ("pool", "Gt", ["7"], False),
    "more than nothing": ("zone", "Gt", ["7"], False),
    "a bound that is not a number": ("cores", "Gt", ["many"], False),
    "a bound that no label can have": ("cores", "Gt", ["-1"], False),
    "a bound that is too large": ("cores", "Lt", ["9223372036854775808"], False),
    "two bounds": ("cores", "Gt", ["1", "2"], False),
    "an operator that there is not": ("pool", "Is", ["gpu"], False),
    "a value that no label can have": ("pool", "NotIn", ["a b"], False),
}  # fmt: skip


def required(*terms: Any) -> Any:
    return {"nodeAffinity": {node_affinity.REQUIRED: {"nodeSelectorTerms": list(terms)}}}


def term(*expressions: tuple[str, str, list[str]]) -> Any:
    return {"matchExpressions": [{"key": k, "operator": o, "values": v} for k, o, v in expressions]}


def named(operator: str, *names: str) -> Any:
    return {"matchFields": [{"key": "metadata.name", "operator": operator, "values": list(names)}]}


@pytest.mark.parametrize(("key", "operator", "values", "fits"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_expressions(key: str, operator: str, values: list[str], fits: bool) -> None:
    pod = admit(affinity=required(term((key, operator, values))))
    assert (not node_affinity.make_filter(pod)(NODE)) is fits


AFFINITIES = {
    "none": (None, True),
    "empty": ({}, True),
    "preferred": ({"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
        {"weight": 1, "preference": term(("pool", "In", ["cpu"]))}]}}, True),
    "all expressions of a term": (required(term(IN, ("zone", "Exists", []))), False),
    "any term": (required(term(("zone", "Exists", [])), term(IN)), True),
    "an empty term matches nothing": (required({}), False),
    "beside one that matches": (required({}, term(IN)), True),
    "no terms": (required(), False),
    "a name": (required(named("In", "node-1")), True),
    "another name": (required(named("In", "node-2")), False),
    "not a name": (required(named("NotIn", "node-1")), False),
    "not another": (required(named("NotIn", "node-2")), True),
    "two names at once": (required(named("In", "node-1", "node-2")), False),
    "a name and a label": (required(named("In", "node-1") | term(("pool", "In", ["cpu"]))), False),
    "another field is empty": (
        required({"matchFields": [{"key": "spec.x", "operator": "In", "values": ["y"]}]}), False),
}  # fmt: skip


@pytest.mark.parametrize(("affinity", "fits"), AFFINITIES.values(), ids=AFFINITIES)
def test_affinities(affinity: Any, fits: bool) -> None:
    assert (not node_affinity.make_filter(admit(affinity=affinity))(NODE)) is fits


def test_the_selector_and_the_affinity_must_match() -> None:
    pod = admit(nodeSelector={"pool": "cpu", "cores": "08"}, affinity=required(term(("zone", "Exists", []))))
    reasons = node_affinity.make_filter(pod)(NODE)
    assert [reason.message for reason in reasons] == [
        "label pool=cpu is missing (the node has pool=gpu)",
        "the required node affinity zone does not match (the node has no zone)",
    ]
    assert [reason.path for reason in reasons] == [
        ("nodeSelector", "pool"),
        ("affinity", "nodeAffinity", node_affinity.REQUIRED, "nodeSelectorTerms", 0, "matchExpressions", 0),
    ]


def test_several_terms_are_one_reason() -> None:
    pod = admit(
        affinity=required(term(("zone", "In", ["a", "b"])), term(("pool", "In", ["cpu"]), ("x", "DoesNotExist", [])))
    )
    (reason,) = node_affinity.make_filter(pod)(NODE)
    assert reason.cause == "the required node affinity (zone in (a,b)) or (pool=cpu, !x) does not match"


def test_a_node_by_name() -> None:
    refuse = node_name.make_filter(admit(nodeName="node-2"))
    assert refuse(NODE)
    assert not refuse(node("node-2"))
    assert not node_name.make_filter(admit())(NODE)


@pytest.mark.parametrize(
    ("selector", "labels", "matches"),
    [
        (None, {}, False),
        ({}, {}, True),
        ({"matchLabels": {"a": "b"}}, {"a": "b"}, True),
        ({"matchLabels": {"a": "b"}}, {"a": "c"}, False),
        ({"matchLabels": {"a": ""}}, {}, False),
        ({"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "c", "operator": "Exists"}]}, {"a": "b"}, False),
        ({"matchExpressions": [{"key": "c", "operator": "x"}]}, {}, False),
    ],
)  # fmt: skip
def test_label_selectors(selector: Any, labels: dict[str, str], matches: bool) -> None:
    assert selectors.parse_selector(selector)(labels) is matches


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (None, "nothing"),
        ({}, "everything"),
        ({"matchLabels": {"a": "b"}}, "a=b"),
        ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["b", "c"]}]}, "a in (b,c)"),
        ({"matchExpressions": [{"key": "a", "operator": "NotIn", "values": ["b"]}]}, "a not in (b)"),
        ({"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1"]}]}, "a > 1"),
        ({"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, "!a"),
    ],
)
def test_selectors_as_people_read_them(selector: Any, text: str) -> None:
    assert selectors.format_selector(selector) == text


def by_name(*names: str, operator: str = "In") -> Any:
    """A term for each name."""
    fields = [{"key": "metadata.name", "operator": operator, "values": [name]} for name in names]
    return [{"matchFields": [field], "matchExpressions": LABELLED} for field in fields]


LABELLED = [{"key": "pool", "operator": "Exists"}]
MISMATCH, SKIPPED = (
    "node(s) didn't match Pod's node affinity/selector",
    "node(s) didn't satisfy plugin(s) [NodeAffinity]",
)
NAMES: dict[str, tuple[list[Any], str]] = {
    "one of two": (by_name("a"), f"1 {MISMATCH}, 1 {SKIPPED}"),
    "both": (by_name("a", "b"), f"2 {MISMATCH}"),
    "none that is there": (by_name("x"), f"2 {SKIPPED}"),
    "any but one": (by_name("a", operator="NotIn"), f"2 {MISMATCH}"),
    "one of two, or a label": ([*by_name("a"), {"matchExpressions": LABELLED}],
                               f"2 {MISMATCH}"),
    "two at once": ([{"matchFields": [*by_name("a")[0]["matchFields"], *by_name("b")[0]["matchFields"]]}],
                    "pod affinity terms conflict"),
}  # fmt: skip


@pytest.mark.parametrize(("terms", "message"), NAMES.values(), ids=NAMES)
def test_nodes_by_name_have_a_line_of_their_own(terms: list[Any], message: str) -> None:
    """As the scheduler says it, which leaves out the nodes that no term names."""
    affinity = {"nodeAffinity": {node_affinity.REQUIRED: {"nodeSelectorTerms": terms}}}
    found = scheduling.schedule(admit(affinity=affinity), snapshot_of(node("a"), node("b")))
    assert [[reason.plugin for reason in each.reasons] for each in found] != [[], []]
    assert scheduling.format_message(found) == f"0/2 nodes are available: {message}"
