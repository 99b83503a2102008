"""The rules: what passes works in the cluster, what is refused would have failed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from helm_cleaner import section, values
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.values import Value
from tests.support import cases
from tests.support.section import read

DIGEST = "sha256:" + "a" * 64


def check(data: Any) -> list[Diagnostic]:
    """What is said of a section, given as plain data."""
    value = section.parse(json.dumps(data), "cm")
    assert value is not None
    return section.check(value)


def errors(data: Any) -> list[tuple[str, str]]:
    return [(d.path.removeprefix("cleaner."), d.code) for d in check(data) if d.severity == "error"]


def test_the_verdicts_of_kubernetes_the_kubelet_and_polyaxon() -> None:
    wrong = []
    for line in cases.lines("sections.jsonl"):
        case = json.loads(line)
        said = errors(case["section"])
        if case["accepted"] == bool([code for _, code in said if code != "pull-secret"]):
            wrong.append((case, said))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("resources: {requests: {cpu: 500mi}}", "is not a valid quantity", "did you mean 500m?"),
        ("resources: {requests: {nvidia.com/gpu: 1}}", "nvidia.com/gpu needs a limit equal to its request",
         "add nvidia.com/gpu: 1 under limits"),
        ('image: {repository: r/x, tag: "1"}', "must be a string, found a mapping",
         'write image: r/x and imageTag: "1"'),
        ("image: {registry: h.io, repository: r/x}", "must be a string, found a mapping", "write image: h.io/r/x"),
        ("tolerations: [{operator: Exists, effect: NoExecute, tolerationSeconds: 1e30}]", "must be from ",
         "write tolerationSeconds: 300, or remove tolerationSeconds"),
        ("image: x@sha256:abc", "a sha256 digest has 64 digits (0-9, a-f), found 3 characters",
         "copy the whole digest from the registry"),
        ("imageTag: 1.0@sha256:abc", "a sha256 digest has 64 digits (0-9, a-f), found 3 characters",
         "copy the whole digest from the registry"),
        ("resources: {memory: 64Mi, cpu: 50m}", "memory and cpu are read as resources.requests",
         "write resources: {requests: {memory: 64Mi, cpu: 50m}}"),
    ],
)  # fmt: skip
def test_hints_lead_to_what_is_valid(text: str, message: str, hint: str) -> None:
    [finding] = section.resolve(over=values.read(f"cleaner: {{{text}}}".encode(), "v.yaml")).findings
    assert message in finding.message
    assert finding.hint == hint


L, R = "resources.limits", "resources.requests"


GPU = '["example.com/gpu"]'
RESOURCES: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = {
    "request at its limit": ({"cpu": "1"}, {"cpu": "1000m"}, []),
    "units differ": ({"memory": "1Gi"}, {"memory": "1073741824"}, []),
    "request just over": ({"cpu": "1.001"}, {"cpu": 1}, [(f"{R}.cpu", "request-over-limit")]),
    "no limit": ({"cpu": 100}, {"memory": "1Gi"}, []),
    "null is 0": ({"cpu": 1}, {"cpu": None}, [(f"{R}.cpu", "request-over-limit")]),
    "null beside 0": ({"cpu": 0}, {"cpu": None}, []),
    "negative": ({"cpu": -1}, {}, [(f"{R}.cpu", "quantity")]),
    "unreadable": ({}, {"memory": "1Gb"}, [(f"{L}.memory", "quantity")]),
    "both sides": ({"cpu": "x"}, {"cpu": "y"}, [(f"{R}.cpu", "quantity"), (f"{L}.cpu", "quantity")]),
    "odd suffix on cpu": ({"cpu": "123Ki"}, {}, []),
    "unknown": ({}, {"gpu": 1}, [(f"{L}.gpu", "resource-name")]),
    "upper case": ({"CPU": 1}, {}, [(f"{R}.CPU", "resource-name")]),
    "of a quota": ({"requests.cpu": 1}, {}, [(f'{R}["requests.cpu"]', "resource-name")]),
    "of a quota's domain": ({}, {"requests.a.b/c": 1}, [(f'{L}["requests.a.b/c"]', "resource-name")]),
    "a blank": ({}, {"a b": 1}, [(f"{L}.a b", "resource-name")]),
    "longest domain": ({}, {"a" * 240 + ".c/x": 1}, []),
    "too long for a quota": ({}, {"a" * 250 + ".c/x": 1}, [(f'{L}["{"a" * 250}.c/x"]', "resource-name")]),
    "native with a domain": ({"x.kubernetes.io/y": "1.5"}, {}, []),
    "extended": ({"example.com/gpu": 1}, {"example.com/gpu": "1"}, []),
    "extended limit alone": ({}, {"example.com/gpu": 2}, []),
    "extended request alone": ({"example.com/gpu": 1}, {}, [(f"{R}{GPU}", "extended-resource")]),
    "extended and lower": ({"example.com/gpu": 1}, {"example.com/gpu": 2}, [(f"{R}{GPU}", "extended-resource")]),
    "extended fraction": ({}, {"example.com/gpu": "500m"}, [(f"{L}{GPU}", "extended-resource")]),
    "extended, whole after rounding": ({}, {"example.com/gpu": "0.9999"}, []),
    "extended, 1k": ({}, {"example.com/gpu": "1k"}, []),
    "pages": ({}, {"hugepages-2Mi": "4Mi", "memory": "1Gi"}, []),
    "pages beside a request": ({"cpu": 1}, {"hugepages-2Mi": "4Mi"}, []),
    "pages alone": ({}, {"hugepages-2Mi": "4Mi"}, [(f"{L}.hugepages-2Mi", "hugepages")]),
    "pages without a limit": ({"hugepages-2Mi": "4Mi", "cpu": 1}, {}, [(f"{R}.hugepages-2Mi", "hugepages")]),
    "pages that differ": (
        {"hugepages-2Mi": "2Mi", "cpu": 1}, {"hugepages-2Mi": "4Mi"}, [(f"{R}.hugepages-2Mi", "hugepages")]
    ),
    "half a page": ({"cpu": 1}, {"hugepages-2Mi": "3Mi"}, [(f"{L}.hugepages-2Mi", "hugepages")]),
    "pages of no size": ({"cpu": 1}, {"hugepages-big": "4Mi"}, [(f"{L}.hugepages-big", "hugepages")]),
}  # fmt: skip


@pytest.mark.parametrize(("requests", "limits", "expected"), RESOURCES.values(), ids=RESOURCES)
def test_resources(requests: dict[str, Any], limits: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert errors({"resources": {"requests": requests, "limits": limits}}) == expected


@pytest.mark.parametrize(
    ("name", "quantity", "said"),
    [
        ("memory", "1000m", ["1000m is 1 byte"]),
        ("memory", 512, ["512 is 512 bytes"]),
        ("memory", "1Mi", []),
        ("memory", 0, []),
        ("cpu", "500M", ["500M is 500000000 CPUs"]),
        ("cpu", 64, []),
        ("cpu", "m", ["m has no digits; Kubernetes reads it as 0"]),
    ],
)
def test_quantities_that_nobody_means(name: str, quantity: Any, said: list[str]) -> None:
    found = check({"resources": {"requests": {name: quantity}}})
    assert [d.message for d in found] == said
    assert {d.severity for d in found} <= {"warning"}


def merged(*texts: str) -> list[tuple[str, int | None, str, str]]:
    """What is said of values files a.yaml, b.yaml laid over the defaults and each other."""
    result: Value | None = section.defaults(None)
    for name, text in zip(("a.yaml", "b.yaml"), texts, strict=False):
        result, _ = section.lay_over(result, values.read(f"cleaner:\n  resources: {text}\n".encode(), name))
    assert result is not None
    return [(d.location.file, d.location.column, d.message, d.hint) for d in section.check(result)]


ORIGINS: dict[str, tuple[list[str], list[tuple[str, int | None, str, str]]]] = {
    "a default limit": (
        ["{requests: {memory: 4Gi}}"],
        [("a.yaml", 34, "requests.memory 4Gi exceeds limits.memory 2000Mi, which is the default",
          "write 2000Mi or less, or raise limits.memory to 4Gi")],
    ),
    "a default request": (
        ["{limits: {memory: 50Mi}}"],
        [("a.yaml", 32, "limits.memory 50Mi is below requests.memory 100Mi, which is the default",
          "write 100Mi or more, or lower requests.memory as well")],
    ),
    "one file": (
        ["{requests: {cpu: 2}, limits: {cpu: 1}}"],
        [("a.yaml", 31, "requests.cpu 2 exceeds limits.cpu 1", "write 1 or less, or raise limits.cpu to 2")],
    ),
    "two lines": (
        ["\n    requests: {cpu: 2}\n    limits: {cpu: 1}"],
        [("a.yaml", 21, "requests.cpu 2 exceeds limits.cpu 1, in line 4", "write 1 or less, or raise limits.cpu to 2")],
    ),
    "two files": (
        ["{limits: {cpu: 2}}", "{requests: {cpu: 3}}"],
        [("b.yaml", 31, "requests.cpu 3 exceeds limits.cpu 2, from a.yaml:2",
          "write 2 or less, or raise limits.cpu to 3")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "expected"), ORIGINS.values(), ids=ORIGINS)
def test_who_is_at_fault(texts: list[str], expected: list[tuple[str, int | None, str, str]]) -> None:
    assert merged(*texts) == expected


KEYS: dict[str, bool] = {
    "a": True, "A_b.c": True, "1": True, "a..b": True, "example.com/gpu": True, "0.example.org/Z": True, "x" * 63: True,
    "a" * 253 + "/x": True, "": False, "-a": False, "a-": False, ".a": False, "_": False, "a b": False, "é": False,
    "x" * 64: False, "/x": False, "x/": False, "a/b/c": False, "Example.com/x": False, "a_b.com/x": False,
    "a..b/c": False, "a.-b/c": False, "a" * 254 + "/x": False, "a\n": False, "a/-b": False,
}  # fmt: skip


@pytest.mark.parametrize(("key", "fine"), KEYS.items(), ids=lambda v: repr(v)[:30])
def test_label_keys(key: str, fine: bool) -> None:
    assert [code for _, code in errors({"nodeSelector": {key: "a"}})] == ["label-key"] * (not fine)
    assert [code for _, code in errors({"tolerations": [{"key": key, "operator": "Exists"}]})] == (
        ["label-key"] * (not fine and bool(key))
    )


VALUES: dict[str, bool] = {
    "": True, "a": True, "A.b_c-d": True, "5": True, "x" * 63: True, "x" * 64: False, "-5": False, "a.": False,
    "a b": False, "é": False, "a/b": False, "a\n": False,
}  # fmt: skip


@pytest.mark.parametrize(("value", "fine"), VALUES.items(), ids=lambda v: repr(v)[:30])
def test_label_values(value: str, fine: bool) -> None:
    expected = ["label-value"] * (not fine)
    assert [code for _, code in errors({"nodeSelector": {"a": value}})] == expected
    assert [code for _, code in errors({"tolerations": [{"key": "a", "value": value}]})] == expected
    assert [code for _, code in errors(pods(labelSelector={"matchLabels": {"a": value}}))] == expected


TOLERATIONS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "everything": ("{operator: Exists}", []),
    "equal by default": ("{key: a, value: b}", []),
    "an empty operator": ("{key: a, operator: ''}", []),
    "no value": ("{key: a, operator: Equal}", []),
    "every effect": ("{key: a, effect: ''}", []),
    "nulls": ("{key: a, operator: null, value: null, effect: null, tolerationSeconds: null}", []),
    "negative seconds": ("{key: a, effect: NoExecute, tolerationSeconds: -1}", []),
    "nothing": ("{}", [("key", "toleration-key")]),
    "an empty key": ("{key: '', operator: Equal}", [("key", "toleration-key")]),
    "a misspelled key": ("{kye: a}", [("kye", "unknown-field")]),
    "Exists and a value": ("{key: a, operator: Exists, value: b}", [("value", "toleration-value")]),
    "Exists and an empty value": ("{key: a, operator: Exists, value: ''}", []),
    "a comparison": ("{key: a, operator: Gt, value: '5'}", [("operator", "toleration-operator")]),
    "a wrong effect": ("{key: a, effect: Evict}", [("effect", "toleration-effect")]),
    "seconds": ("{key: a, tolerationSeconds: 5}", [("tolerationSeconds", "toleration-seconds")]),
    "seconds out of range": (
        "{key: a, effect: NoExecute, tolerationSeconds: 1e19}", [("tolerationSeconds", "toleration-seconds")]
    ),
    "all at once": (
        "{key: a b, operator: exists, effect: noexecute, value: c d}",
        [("operator", "toleration-operator"), ("effect", "toleration-effect"), ("key", "label-key")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TOLERATIONS.values(), ids=TOLERATIONS)
def test_tolerations(text: str, expected: list[tuple[str, str]]) -> None:
    said = [
        (d.path, d.code) for d in section.check(read(f"cleaner: {{tolerations: [{text}]}}")) if d.severity == "error"
    ]
    assert said == [(f"cleaner.tolerations[0].{field}", code) for field, code in expected]


REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def required(*terms: Any) -> dict[str, Any]:
    return {"affinity": {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": list(terms)}}}}


def preferred(term: Any) -> dict[str, Any]:
    return {"affinity": {"nodeAffinity": {PREFERRED: [{"weight": 1, "preference": term}]}}}


def pods(**term: Any) -> dict[str, Any]:
    return {"affinity": {"podAntiAffinity": {REQUIRED: [{"topologyKey": "a", **term}]}}}


def expression(operator: str, *given: str, key: str = "a") -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, "values": list(given)}]}


def field(operator: str, *given: str, key: str = "metadata.name") -> dict[str, Any]:
    return {"matchFields": [{"key": key, "operator": operator, "values": list(given)}]}


E, W = "error", "warning"


AFFINITY: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "In": (required(expression("In", "b", "c")), []),
    "In without": (required(expression("In")), [(E, "selector-values")]),
    "Exists with": (required(expression("Exists", "b")), [(E, "selector-values")]),
    "Gt": (required(expression("Gt", "5")), [(W, "python-literal")]),
    "Gt with two": (required(expression("Gt", "5", "6")), [(E, "selector-values"), *[(W, "python-literal")] * 2]),
    "Gt with none": (required(expression("Lt")), [(E, "selector-values")]),
    "Gt with a word": (required(expression("Gt", "abc")), [(W, "never-matches")]),
    "Gt, negative": (required(expression("Gt", "-5")), [(E, "label-value"), (W, "python-literal")]),
    "no key": (required(expression("Exists", key="")), [(E, "label-key")]),
    "operator of others": (required(expression("Equal", "a")), [(E, "selector-operator")]),
    "a bad value": (required(expression("In", "a b")), [(E, "label-value")]),
    "no term": (required(), [(E, "node-terms")]),
    "null terms": ({"affinity": {"nodeAffinity": {REQUIRED: {}}}}, [(E, "missing-field")]),
    "an empty term": (required({}), [(W, "never-matches")]),
    "an empty term among others": (required({}, expression("Exists")), []),
    "a node": (required(field("In", "node-1")), []),
    "two nodes": (required(field("In", "a", "b")), [(E, "match-fields")]),
    "no node": (required(field("NotIn")), [(E, "match-fields")]),
    "a bad node": (required(field("In", "Node")), [(E, "match-fields")]),
    "another field": (required(field("In", "a", key="metadata.namespace")), [(E, "match-fields")]),
    "a field's operator": (required(field("Exists", "a")), [(E, "match-fields")]),
    "preferred": (preferred(expression("In", "b")), []),
    "preferred, a bad value": (preferred(expression("In", "a b")), [(W, "never-matches")]),
    "preferred, negative": (preferred(expression("Gt", "-5")), [(W, "never-matches"), (W, "python-literal")]),
    "preferred, a word": (preferred(expression("Lt", "x")), [(W, "never-matches")]),
    "preferred, a bad key": (preferred(expression("Exists", key="a b")), [(E, "label-key")]),
    "preferred, nothing": ({"affinity": {"nodeAffinity": {PREFERRED: [{"weight": 1}]}}}, []),
    "no weight": ({"affinity": {"nodeAffinity": {PREFERRED: [{"preference": {}}]}}}, [(E, "missing-field")]),
    "pods": (pods(labelSelector={}, namespaces=["a"], namespaceSelector={}), []),
    "pods, no topology": (pods(topologyKey=""), [(E, "topology-key")]),
    "pods, a topology's slashes": (pods(topologyKey="x/y/z"), [(E, "topology-key")]),
    "pods, a namespace's dot": (pods(namespaces=["a.b"]), [(E, "namespace")]),
    "pods, an empty namespace": (pods(namespaces=[""]), [(E, "namespace")]),
    "pods, a long namespace": (pods(namespaces=["x" * 63, "x" * 64]), [(E, "namespace")]),
    "pods, Gt": (pods(labelSelector=expression("Gt", "1")), [(E, "selector-operator")]),
    "pods, namespaces by labels": (pods(namespaceSelector=expression("In")), [(E, "selector-values")]),
    "keys": (pods(labelSelector={}, matchLabelKeys=["a"], mismatchLabelKeys=["b"]), []),
    "keys without a selector": (pods(matchLabelKeys=["a"]), [(E, "match-label-keys")]),
    "other keys without a selector": (pods(mismatchLabelKeys=["a"], labelSelector=None), [(E, "match-label-keys")]),
    "no keys without a selector": (pods(matchLabelKeys=[]), []),
    "keys that are none": (pods(labelSelector={}, matchLabelKeys=["a b"]), [(E, "match-label-keys")]),
    "keys in both": (pods(labelSelector={}, matchLabelKeys=["a"], mismatchLabelKeys=["a"]), [(E, "match-label-keys")]),
    "keys selected": (pods(labelSelector={"matchLabels": {"a": "b"}}, matchLabelKeys=["a"]), [(W, "match-label-keys")]),
    "keys selected twice": (
        pods(labelSelector={"matchLabels": {"a": "b"}, **expression("Exists")}, matchLabelKeys=["a"]),
        [(E, "match-label-keys")],
    ),
    "other keys selected": (pods(labelSelector={"matchLabels": {"a": "b"}}, mismatchLabelKeys=["a"]), []),
}  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), AFFINITY.values(), ids=AFFINITY)
def test_affinity(data: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(d.severity, d.code) for d in check(data)] == expected


IMAGES: dict[str, tuple[str | None, str | None, list[tuple[str, str]]]] = {
    "plain": ("polyaxon/polyaxon-init", "2.15.1", []),
    "a tag alone": (None, "dev", []),
    "an image alone": ("a", None, []),
    "a registry's port": ("localhost:5000/x", "dev", []),
    "an address": ("[::1]:5000/a", "1", []),
    "a registry in upper case": ("Foo/b", "1", []),
    "separators": ("a--b/c__d/e.f", "1", []),
    "a tag and its digest": ("a", f"1@{DIGEST}", []),
    "the longest tag": ("a", "x" * 128, []),
    "a digest's algorithm in image": ("a@sha256", "a" * 64, []),
    "a tag in image": ("a:1", None, [("image", "image-with-tag")]),
    "a tag in image and another": ("a:1", "2", [("image", "image-with-tag")]),
    "a digest in image": (f"a@{DIGEST}", "1", [("image", "image-with-tag")]),
    "both in image": (f"localhost:5000/a:1@{DIGEST}", None, [("image", "image-with-tag")]),
    "a registry alone": ("localhost:5000", "1", [("image", "image")]),
    "upper case": ("a/B", "1", [("image", "image")]),
    "a blank": (" ", None, [("image", "image")]),
    "a scheme": ("https://x.y/a", "1", [("image", "image")]),
    "an end": ("a/", None, [("image", "image")]),
    "a colon": ("a:", None, [("image", "image")]),
    "three underscores": ("a___b", "1", [("image", "image")]),
    "no letter": ("é/b", "1", [("image", "image")]),
    "the longest name": ("x.io/" + "x" * 255, "1", []),
    "too long a name": ("x.io/" + "x" * 256, "1", [("image", "image")]),
    "too long with library/": ("x" * 248, "1", [("image", "image")]),
    "a tag's slash": ("a", "a/b", [("imageTag", "image-tag")]),
    "a tag's plus": (None, "1.0+build", [("imageTag", "image-tag")]),
    "a tag's dash": ("a", "-x", [("imageTag", "image-tag")]),
    "too long a tag": ("a", "x" * 129, [("imageTag", "image-tag")]),
    "a digest for a tag": ("a", DIGEST, [("imageTag", "image-tag")]),
    "a short digest": ("a", "1@sha256:abc", [("imageTag", "image-tag")]),
    "an unknown digest": ("a", "1@md5:" + "a" * 32, [("imageTag", "image-tag")]),
    "a line's end": ("a", "1\n", [("imageTag", "image-tag")]),
    "both": ("a b", "c d", [("image", "image"), ("imageTag", "image-tag")]),
}  # fmt: skip


@pytest.mark.parametrize(("image", "tag", "expected"), IMAGES.values(), ids=IMAGES)
def test_images(image: str | None, tag: str | None, expected: list[tuple[str, str]]) -> None:
    assert errors({"image": image, "imageTag": tag}) == expected


@pytest.mark.parametrize(
    ("image", "tag", "hint"),
    [
        ("a:1", "2", 'write image: a and imageTag: "1"'),
        (f"a@{DIGEST}", "2", f'write image: a and imageTag: "2@{DIGEST}"'),
        (f"a@{DIGEST}", None, f'write image: a and imageTag: "TAG@{DIGEST}", with the image\'s tag in place of TAG'),
        (f"x:5/a:1@{DIGEST}", None, f'write image: x:5/a and imageTag: "1@{DIGEST}"'),
        ("https://docker.io/a", None, "write image: docker.io/a"),
        ("x.io:5000", None, "write image: x.io:5000/polyaxon-init"),
        ("x.io/Team/A", None, "write image: x.io/team/a"),
        (None, ":dev", 'write imageTag: "dev"'),
        (None, DIGEST, f'write imageTag: "TAG@{DIGEST}", with the image\'s tag'),
    ],
)
def test_hints_for_images_work(image: str | None, tag: str | None, hint: str) -> None:
    assert [d.hint for d in check({"image": image, "imageTag": tag})] == [hint]


@pytest.mark.parametrize(
    ("name", "fine"),
    [("regcred", True), ("a.b-c.d", True), ("0x", True), ("x" * 253, True), ("x" * 254, False), ("A", False),
     ("a_b", False), ("", False), ("-a", False), ("a..b", False), ("a ", False)],
)  # fmt: skip
def test_pull_secrets(name: str, fine: bool) -> None:
    assert errors({"imagePullSecrets": [name]}) == [("imagePullSecrets[0]", "pull-secret")] * (not fine)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"image_tag": "dev"}, [("warning", "cleaner.image_tag")]),
        ({"image_tag": "a b"}, [("warning", "cleaner.image_tag"), ("error", "cleaner.imageTag")]),
        ({"image_tag": "dev", "imageTag": None}, [("error", "cleaner.image_tag")]),
        ({"image_pull_secrets": ["a"], "node_selector": {}}, [("warning", "cleaner.image_pull_secrets"),
                                                              ("warning", "cleaner.node_selector")]),
        ({"image__tag": "dev"}, [("error", "cleaner.image__tag")]),
    ],
)  # fmt: skip
def test_fields_as_python_spells_them(data: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert [(d.severity, d.path) for d in check(data)] == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"image": "index.docker.io/polyaxon-init"}, None),
        ({"image": "polyaxon "}, "it has leading or trailing whitespace"),
        ({"imageTag": "@sha256:" + "0" * 64}, "a digest must come after a tag"),
    ],
)
def test_what_is_wrong_with_an_image(data: Any, message: str | None) -> None:
    found = [d.message for d in check(data)]
    assert found == [] if message is None else message in found[0]


def affinity(kind: str, term: Any) -> Any:
    required = {"nodeSelectorTerms": [term]} if kind == "nodeAffinity" else [{"topologyKey": "zone", **term}]
    return {"affinity": {kind: {"requiredDuringSchedulingIgnoredDuringExecution": required}}}


@pytest.mark.parametrize(
    "data",
    [
        affinity("nodeAffinity", {"matchExpressions": [{"key": "a", "operator": "In", "values": [5]}]}),
        affinity("nodeAffinity", {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [5]}]}),
        affinity("podAffinity", {"labelSelector": {"matchExpressions": [{"operator": "Exists", "key": 5}]}}),
    ],
    ids=["values", "matchFields", "a key"],
)
def test_what_is_broken_in_structure_is_said_once(data: Any) -> None:
    assert [d.message.partition(",")[0] for d in check(data)] == ["must be a string"]
