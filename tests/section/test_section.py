"""The section: defaults, normalized, checked, written."""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any

import pytest

from helm_cleaner import post_render, section, values
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.section.structure import schema
from helm_cleaner.values import Map, Value, plain
from tools import ROOT, STREAMS, reference

REFERENCE = STREAMS.parent / "polyaxon-cleaner-reference.txt"


def read(text: str) -> Value:
    """The section of a values file `v.yaml`."""
    return values.read(textwrap.dedent(text).encode(), "v.yaml").values["cleaner"]


def found(diagnostics: list[Diagnostic]) -> list[tuple[str, int | None, int | None, str]]:
    return [(d.path, d.location.line, d.location.column, d.message) for d in diagnostics]


def test_defaults_take_the_releases_version() -> None:
    assert plain(section.defaults("2.15.1"))["imageTag"] == "2.15.1"
    assert "imageTag" not in section.defaults(None)


def test_defaults_are_fresh_each_time() -> None:
    section.defaults(None).clear()
    assert section.defaults(None)


NORMALISED: dict[str, tuple[str, Any, list[str]]] = {
    "flat resources": (
        "{resources: {memory: 64Mi, cpu: 50m}}",
        {"resources": {"requests": {"memory": "64Mi", "cpu": "50m"}}},
        ["cleaner.resources.memory"],
    ),
    "flat beside limits": (
        "{resources: {limits: {cpu: 1}, cpu: 50m}}",
        {"resources": {"limits": {"cpu": 1}, "requests": {"cpu": "50m"}}},
        ["cleaner.resources.cpu"],
    ),
    "flat beside other requests": (
        "{resources: {requests: {cpu: 1}, memory: 64Mi}}",
        {"resources": {"requests": {"cpu": 1, "memory": "64Mi"}}},
        ["cleaner.resources.memory"],
    ),
    "flat beside null requests": (
        "{resources: {requests: null, memory: 64Mi}}",
        {"resources": {"requests": {"memory": "64Mi"}}},
        ["cleaner.resources.memory"],
    ),
    "flat and the same": (
        "{resources: {requests: {cpu: 1}, cpu: 1}}",
        {"resources": {"requests": {"cpu": 1}}},
        ["cleaner.resources.cpu"],
    ),
    "other resources": (
        "{resources: {ephemeral-storage: 1Gi, hugepages-2Mi: 4Mi, nvidia.com/gpu: 1}}",
        {"resources": {"requests": {"ephemeral-storage": "1Gi", "hugepages-2Mi": "4Mi", "nvidia.com/gpu": 1}}},
        [
            "cleaner.resources.ephemeral-storage",
        ],
    ),
    "no resource": ("{resources: {limit: {cpu: 1}}}", {"resources": {"limit": {"cpu": 1}}}, []),
    "secret references": (
        "{imagePullSecrets: [{name: a}, b, {name: c}]}",
        {"imagePullSecrets": ["a", "b", "c"]},
        ["cleaner.imagePullSecrets[0]", "cleaner.imagePullSecrets[2]"],
    ),
    "no secret reference": (
        "{imagePullSecrets: [{name: 1}, {name: a, x: b}, {}]}",
        {"imagePullSecrets": [{"name": 1}, {"name": "a", "x": "b"}, {}]},
        [],
    ),
    "regular": ("{resources: {requests: {cpu: 1}}}", {"resources": {"requests": {"cpu": 1}}}, []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "paths"), NORMALISED.values(), ids=NORMALISED)
def test_normalise(text: str, expected: Any, paths: list[str]) -> None:
    value = read(f"cleaner: {text}")
    said = section.normalise(value)
    assert plain(value) == expected
    assert [(d.severity, d.path) for d in said] == [("warning", path) for path in paths]
    assert section.normalise(value) == [], "once is enough"


def test_flat_resources_that_collide_are_an_error() -> None:
    said = section.normalise(read("cleaner:\n  resources:\n    requests: {cpu: 1}\n    cpu: 50m\n"))
    assert found(said) == [
        ("cleaner.resources.cpu", 4, 5, '"50m" collides with resources.requests.cpu, which is 1')
    ]  # fmt: skip
    assert said[0].severity == "error"


def test_a_default_that_a_chart_merged_gives_way_to_flat_resources() -> None:
    rendered = section.parse('{"resources":{"cpu":"50m","requests":{"cpu":"100m","memory":"100Mi"}}}', "cm")
    assert rendered is not None
    assert [d.severity for d in section.resolve(rendered).findings] == ["warning"]
    assert plain(rendered) == {"resources": {"requests": {"cpu": "50m", "memory": "100Mi"}}}


def test_what_a_user_asked_for_does_not_give_way() -> None:
    rendered = section.parse('{"resources":{"cpu":"50m","requests":{"cpu":"200m"}}}', "cm")
    assert rendered is not None
    assert [d.severity for d in section.resolve(rendered).findings] == ["error"]


UNKNOWN = (
    "unknown field; allowed: image, imageTag, imagePullPolicy, resources, nodeSelector, affinity, tolerations, "
    "imagePullSecrets"
)
CHECKED: dict[str, tuple[str, list[tuple[str, int | None, int | None, str]]]] = {
    "fine": ("{image: a, nodeSelector: {a: b}, tolerations: [{key: a}], imagePullSecrets: [a], affinity: {}}", []),
    "null fields": ("{image: null, resources: ~, tolerations: null}", []),
    "number": ("{imageTag: 2.10}", [("cleaner.imageTag", 1, 21, "must be a string, found the number 2.1")]),
    "boolean": ("{image: yes}", [("cleaner.image", 1, 18, "must be a string, found the boolean true")]),
    "mapping": ("{image: {a: b}}", [("cleaner.image", 1, 18, "must be a string, found a mapping")]),
    "list": ("{nodeSelector: [a]}", [("cleaner.nodeSelector", 1, 25, "must be a mapping, found a list")]),
    "string": ("{tolerations: a}", [("cleaner.tolerations", 1, 24, 'must be a list, found "a"')]),
    "resources": ("{resources: 1}", [("cleaner.resources", 1, 22, "must be a mapping, found the number 1")]),
    "affinity": ("{affinity: [x]}", [("cleaner.affinity", 1, 21, "must be a mapping, found a list")]),
    "secrets": ("{imagePullSecrets: a}", [("cleaner.imagePullSecrets", 1, 29, 'must be a list, found "a"')]),
    "secret": (
        "{imagePullSecrets: [a, 1]}",
        [("cleaner.imagePullSecrets[1]", 1, 33, "must be a string, found the number 1")],
    ),
    "toleration": (
        "{tolerations: [{key: a}, b]}",
        [("cleaner.tolerations[1]", 1, 35, 'must be a mapping, found "b"')],
    ),
    "label value": (
        "{nodeSelector: {gpu: true, a: null}}",
        [
            ("cleaner.nodeSelector.gpu", 1, 31, "must be a string, found the boolean true"),
            ("cleaner.nodeSelector.a", 1, 40, "must be a string, found null"),
        ],
    ),
    "policy": (
        "{imagePullPolicy: always}",
        [("cleaner.imagePullPolicy", 1, 28, '"always" is not one of Always, IfNotPresent, Never')],
    ),
    "unknown": (
        "{nodeselector: {}}",
        [("cleaner.nodeselector", 1, 11, UNKNOWN)],
    ),
    "offered by the chart": (
        "{labels: {}, annotations: {}, priorityClassName: x}",
        [
            (
                f"cleaner.{name}", 1, column,
                "Polyaxon's cleaner has no such field, although a comment in the chart's values.yaml suggests it",
            )
            for name, column in (("labels", 11), ("annotations", 23), ("priorityClassName", 40))
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CHECKED.values(), ids=CHECKED)
def test_check(text: str, expected: list[tuple[str, int | None, int | None, str]]) -> None:
    said = section.check(read(f"cleaner: {text}"))
    assert found(said) == expected
    assert all(d.severity == "error" and d.hint for d in said)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("imageTag: 2.10", 'write it in quotes: imageTag: "2.10"; Helm reads 2.10 without quotes as 2.1'),
        ("imageTag: 007", 'write it in quotes: imageTag: "007"; Helm reads 007 without quotes as 7'),
        ("imageTag: 15", 'write it in quotes: imageTag: "15"'),
        ("nodeSelector: {gpu: on}", 'write it in quotes: gpu: "on"; Helm reads on without quotes as true'),
        ("imagePullPolicy: ifnotpresent", "write imagePullPolicy: IfNotPresent"),
        ("imagePullPolicy: sometimes", "write one of Always, IfNotPresent, Never"),
        ("imagepullpolicy: Always", "did you mean imagePullPolicy?"),
        ("pullPolicy: Always", "did you mean imagePullPolicy?"),
        ("tag: dev", "did you mean imageTag?"),
        ("toleration: []", "did you mean tolerations?"),
        ("nodeselector: {}", "did you mean nodeSelector?"),
        ("schedulerName: x", "remove it"),
        ("resources: small", "write resources: {requests: {cpu: 100m, memory: 100Mi}}"),
        ("imagePullSecrets: regcred", "write it as a list: imagePullSecrets: [regcred]"),
    ],
)
def test_hints_say_what_to_type(text: str, hint: str) -> None:
    assert [d.hint for d in section.check(read(f"cleaner:\n  {text}\n"))] == [hint]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            '{"imageTag":2.1}',
            'write it in quotes: imageTag: "2.1", exactly as intended (Helm reads 2.10 as 2.1 and 007 as 7)',
        ),
        ('{"nodeSelector":{"gpu":true}}', 'write it in quotes: gpu: "true"'),
    ],
)  # fmt: skip
def test_hints_for_what_a_chart_rendered(text: str, hint: str) -> None:
    rendered = section.parse(text, "cm")
    assert rendered is not None
    [said] = section.check(rendered)
    assert (said.hint, said.location.file, said.location.line) == (hint, "cm", None)


def test_an_error_makes_the_warning_on_its_field_idle() -> None:
    over = values.read(b"cleaner:\n  imageTag: 2.10\n", "v.yaml")
    assert [notice.diagnostic.code for notice in over.notices] == ["ambiguous-scalar"]
    assert [d.code for d in section.resolve(over=over).findings] == ["type"]


def test_findings_come_in_the_order_of_the_file() -> None:
    text = b"cleaner:\n  bogus: 1\n  resources: {cpu: 1}\n  image: 5\n"
    assert [d.location.line for d in section.resolve(over=values.read(text, "v.yaml")).findings] == [2, 3, 4]


FILLED: dict[str, tuple[str, str, str]] = {
    "missing": ('{"a":1,"b":{"c":2}}', "{}", '{"a":1,"b":{"c":2}}'),
    "null": ('{"a":1}', '{"a":null}', '{"a":1}'),
    "deep": ('{"a":{"b":1,"c":2}}', '{"a":{"b":5,"c":null}}', '{"a":{"b":5,"c":2}}'),
    "other kinds stay": ('{"a":{"b":1},"c":1}', '{"a":5,"c":{"d":1}}', '{"a":5,"c":{"d":1}}'),
    "a null of its own stays": ("{}", '{"a":null}', '{"a":null}'),
}


@pytest.mark.parametrize(("base", "text", "expected"), FILLED.values(), ids=FILLED)
def test_fill(base: str, text: str, expected: str) -> None:
    below, mine = section.parse(base, "base"), section.parse(text, "cm")
    assert isinstance(below, Map)
    assert mine is not None
    assert plain(section.fill(below, mine)) == json.loads(expected)


WRITTEN = [
    ('{"b": 1, "a": [true, null, 0.5]}', '{"a":[true,null,0.5],"b":1}'),
    ('{"a": "é<b>&\\u2028 \\u007f\\ufeff\\ud800"}', '{"a":"é\\u003cb\\u003e\\u0026\\u2028 \\u007f\\ufeff\\ud800"}'),
    ('{"a": 12345678901234567000, "b": 1e21}', '{"a":12345678901234567000,"b":1e+21}'),
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_json_is_written_as_go_writes_it(text: str, expected: str) -> None:
    value = section.parse(text, "cm")
    assert value is not None
    assert section.to_json(value) == expected


def test_the_schema_knows_the_fields_of_the_reference() -> None:
    fields = ["image", "imageTag", "imagePullPolicy", "resources", "nodeSelector", "affinity", "tolerations"]
    assert list(schema()["properties"]) == [*fields, "imagePullSecrets"]
    assert all(field["description"] for field in schema()["properties"].values())


def examples() -> list[str]:
    """The YAML examples of Polyaxon's own reference."""
    if not REFERENCE.exists():
        return []
    found = re.findall(r"^cleaner:\n(?:[ ].*\n?)+", REFERENCE.read_text(), re.MULTILINE)
    term = "- {weight: 1, podAffinityTerm: {topologyKey: kubernetes.io/hostname}}"
    return [example.replace("...", term) for example in found]  # the dots stand for what a reader would write


@pytest.mark.skipif(not REFERENCE.exists(), reason=f"{REFERENCE} is not here")
def test_the_reference_has_examples() -> None:
    assert len(examples()) == 9


@pytest.mark.parametrize("example", examples(), ids=lambda e: "-".join(re.findall(r"^  (\w+):", e, re.MULTILINE)))
def test_every_example_of_the_reference_takes_effect(example: str) -> None:
    """As Helm renders it, into a chart's defaults: only the flat resources mean something else than what they say."""
    given = plain(values.read(example.encode(), "v.yaml").values)["cleaner"]
    result, _ = section.lay_over(section.defaults("2.15.1"), values.read(example.encode(), "v"), regular=False)
    assert result is not None
    merged = plain(result)
    stream = json.dumps(
        {
            "kind": "ConfigMap",
            "metadata": {"name": "cm", "labels": {"app.kubernetes.io/version": "2.15.1"}},
            "data": {"POLYAXON_AGENT_CLEANER": json.dumps(merged)},
        }
    )
    out = json.loads(json.loads(post_render(stream.encode()))["data"]["POLYAXON_AGENT_CLEANER"])
    resources = given.pop("resources", {})
    assert out["resources"]["requests"] == {"cpu": "100m", "memory": "100Mi"} | resources.get("requests", resources)
    assert out["resources"]["limits"] == {"cpu": "1000m", "memory": "2000Mi"}
    assert {key: out[key] for key in given} == given


@pytest.mark.parametrize(("marker", "text"), [("fields", reference.fields()), ("codes", reference.codes())])
def test_the_guide_shows_what_is_true(marker: str, text: str) -> None:
    """Where this fails, put the text between the markers."""
    guide = (ROOT / "docs" / "section.md").read_text(encoding="utf-8")
    assert guide.partition(f"<!-- {marker} -->\n")[2].partition(f"<!-- /{marker} -->")[0] == text
