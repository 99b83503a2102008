"""Reading what kubectl prints."""

from __future__ import annotations

import codecs
import json
from typing import Any

import pytest

from helm_cleaner.cluster import objects, snapshot
from helm_cleaner.diagnostics import InputError
from tests.support.clusters import named, node

NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a"}}
POD: Any = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "x"}}
LIST = {"apiVersion": "v1", "kind": "List", "items": [NODE, POD]}
YAML = "apiVersion: v1\nkind: Node\nmetadata:\n  name: a\n"
TABLE = "NAMESPACE   NAME     TYPE\nml          reg      kubernetes.io/dockerconfigjson\n"
SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "reg", "namespace": "ml"},
    "type": "kubernetes.io/dockerconfigjson",
}
TEXTS: dict[str, tuple[str, list[Any]]] = {
    "an object": (json.dumps(NODE), [NODE]),
    "a List": (json.dumps(LIST), [NODE, POD]),
    "with line breaks": (f"\n{json.dumps(LIST, indent=4)}\n\n", [NODE, POD]),
    "an empty List": (json.dumps({**LIST, "items": []}), []),
    "a List without items": (json.dumps({**LIST, "items": None}), []),
    "a List in a List": (json.dumps({**LIST, "items": [LIST, NODE]}), [NODE, POD, NODE]),
    "one output behind another": (json.dumps(NODE) + "\n" + json.dumps(LIST), [NODE, NODE, POD]),
    "with a line between": (json.dumps(NODE) + "\n---\n" + json.dumps(POD), [NODE, POD]),
    "an array": (json.dumps([NODE, POD]), [NODE, POD]),
    "a NodeList of the API server": (
        json.dumps({"apiVersion": "v1", "kind": "NodeList", "items": [{"metadata": {"name": "a"}}]}),
        [NODE],
    ),
    "YAML": (YAML, [NODE]),
    "documents": (f"---\n{YAML}---\n---\n{YAML}", [NODE, NODE]),
    "YAML behind JSON": (json.dumps(POD) + "\n---\n" + YAML, [POD, NODE]),
    "nothing": ("", []),
    "only blanks": (" \n\n", []),
    "a table": (TABLE, [SECRET]),
    "a table behind JSON": (json.dumps(NODE) + "\n" + TABLE, [NODE, SECRET]),
    "a table behind YAML": (YAML + TABLE, [NODE, SECRET]),
    "a table with more columns": (
        "NAME   TYPE   DATA   AGE\nreg    kubernetes.io/dockerconfigjson   1   2d\n",
        [SECRET | {"metadata": {"name": "reg", "namespace": None}}],
    ),
    "a table without rows": ("NAMESPACE NAME TYPE\n", []),
    "two tables": (TABLE + "\n" + TABLE, [SECRET, SECRET]),
}


@pytest.mark.parametrize(("text", "found"), TEXTS.values(), ids=TEXTS)
def test_what_is_in_a_file(text: str, found: list[Any]) -> None:
    assert objects.parse(text, "cluster.json") == found


def test_yaml_has_no_dates_and_json_no_comments() -> None:
    (each,) = objects.parse(YAML + "  creationTimestamp: 2026-01-01T00:00:00Z\n", "c.yaml")
    assert each["metadata"]["creationTimestamp"] == "2026-01-01T00:00:00Z"


BAD = {
    "cut off": ('{"kind": "List", "items": [{"kind"', 1, "the JSON ends too early; was the output cut off?"),
    "broken": ('{"kind": "List",\n "items": [,]}', 2, "is not JSON"),
    "text": ("hello\n", None, "contains text that is not a Kubernetes object"),
    "another table": ("NAME STATUS ROLES\na Ready x\n", None, "contains text that is not a Kubernetes object"),
    "a number": ("3\n", None, "contains data that is not a Kubernetes object"),
    "no kind": ('{"items": []}', None, "contains data that is not a Kubernetes object"),
    "a kind that is a number": ('{"kind": 3}', None, "contains data that is not a Kubernetes object"),
    "items that are none": ('{"kind": "List", "items": {}}', None, "the items of a List must be a list of objects"),
    "an item that is none": ('{"kind": "List", "items": [3]}', None, "the items of a List must be a list of objects"),
    "an item without a kind": (
        '{"kind": "List", "items": [{}]}',
        None,
        "contains data that is not a Kubernetes object",
    ),
    "YAML that is none": ("a: [\n", 2, "is neither JSON nor YAML"),
    "a tag": ("!!python/object:os.system {}\n", 1, "is neither JSON nor YAML"),
}


@pytest.mark.parametrize(("text", "line", "message"), BAD.values(), ids=BAD)
def test_what_is_not(text: str, line: int | None, message: str) -> None:
    with pytest.raises(InputError) as caught:
        objects.parse(text, "cluster.json")
    (found,) = caught.value.diagnostics
    assert found.message.startswith(message)
    assert (found.location.file, found.location.line) == ("cluster.json", line)
    assert "kubectl" in found.hint


def test_a_very_long_line_is_not_shown() -> None:
    with pytest.raises(InputError) as caught:
        objects.parse('{"a": "' + "x" * 20_000 + '", ]', "cluster.json")
    assert caught.value.diagnostics[0].location.source is None


@pytest.mark.parametrize(
    "content",
    [b"{}", codecs.BOM_UTF8 + b"{}", codecs.BOM_UTF16_LE + "{}".encode("utf-16-le"),
     codecs.BOM_UTF16_BE + "{}".encode("utf-16-be")],
)  # fmt: skip
def test_encodings(content: bytes) -> None:
    assert objects.decode(content, "c") == "{}"


@pytest.mark.parametrize("content", [b"a\n\xff", codecs.BOM_UTF16_LE + b"a"])
def test_what_is_no_text(content: bytes) -> None:
    with pytest.raises(InputError, match="UTF-8"):
        objects.decode(content, "c")


# ---- the facts ------------------------------------------------------------------------------------------------------


def test_kinds_of_other_groups_are_passed_over() -> None:
    others = [
        named("Node", "a", None, "longhorn.io/v1beta2"),
        named("Job", "j", api="example.com/v1"),
        named("StatefulSet", "d", api="apps/v1"),
    ]
    assert snapshot.collect(others, "c").kinds == frozenset()


def test_the_last_of_two_counts_once() -> None:
    known = snapshot.collect([node("a"), node("a", {"pool": "x"})], "c")
    assert [each["metadata"]["labels"].get("pool") for each in known.all("nodes")] == ["x"]


def test_secrets_are_kept_without_their_data() -> None:
    known = snapshot.collect([named("Secret", "s", data={"password": "x"}, type="Opaque")], "c")
    assert known.get("secrets", "s", "polyaxon") == {"metadata": {"name": "s"}, "type": "Opaque"}


SHAPES: dict[str, Any] = {
    "no metadata": {"apiVersion": "v1", "kind": "Node"},
    "no name": {"apiVersion": "v1", "kind": "Node", "metadata": {}},
    "a name that is none": {"apiVersion": "v1", "kind": "Node", "metadata": {"name": 3}},
    "a namespace that is none": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": []}},
    "labels that are none": {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a", "labels": ["b"]}},
    "a label that is no text": {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a", "labels": {"gpu": True}}},
    "a spec that is none": {**NODE, "spec": []},
    "a pod without a spec": POD,
    "a pod without containers": {**POD, "spec": {}},
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_objects_that_kubectl_does_not_print(shape: Any) -> None:
    with pytest.raises(InputError, match="not what kubectl prints"):
        snapshot.collect([shape], "c")


KINDS: dict[str, tuple[str, str, set[str]]] = {
    "a typed list": ('{"kind": "PodList", "apiVersion": "v1", "items": []}', "", {"pods"}),
    "a typed list of another group": ('{"kind": "JobList", "apiVersion": "polyaxon.com/v1", "items": null}', "",
                                      {"jobs.polyaxon.com"}),
    "a typed list that is not read": ('{"kind": "EndpointsList", "apiVersion": "v1", "items": []}', "", set()),
    "an empty List of nobody knows what": (json.dumps({**LIST, "items": []}), "", set()),
    "an empty List of a known kind": (json.dumps({**LIST, "items": []}), "limitranges", {"limitranges"}),
    "one in YAML": ("apiVersion: v1\nkind: List\nitems: []\n", "limitranges", {"limitranges"}),
    "a List of others": (json.dumps(LIST), "limitranges", set()),
    "nothing at all, since kubectl failed": ("", "limitranges", set()),
    "no pods": (json.dumps({**LIST, "items": []}), "pods", {"pods"}),
    "no namespaces, which no cluster is without": (json.dumps({**LIST, "items": []}), "namespaces", set()),
    "a table without rows": ("NAMESPACE NAME TYPE\n", "", {"secrets"}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "kinds"), KINDS.values(), ids=KINDS)
def test_which_kinds_a_file_lists(text: str, kind: str, kinds: set[str]) -> None:
    assert objects.parse_output(text, "c", kind).kinds == kinds


def test_kinds_with_and_without_objects() -> None:
    found = snapshot.collect([node(), POD | {"spec": {"containers": []}}], "c", ["limitranges"])
    assert found.kinds == {"nodes", "pods", "limitranges"}
    assert found.empty == {"limitranges"}
    finished = POD | {"spec": {"containers": []}, "status": {"phase": "Failed"}}
    assert "pods" in snapshot.collect([finished], "c").kinds  # there are pods, and none of them counts
    status = named("ConfigMap", "cluster-autoscaler-status", "kube-system")
    assert "configmaps" not in snapshot.collect([status], "c").kinds  # it says nothing of the others
