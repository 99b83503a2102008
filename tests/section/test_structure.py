"""The section's structure: the schema, and its evaluator compared with the jsonschema package."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml

from helm_cleaner import section, values
from helm_cleaner.cli import main
from helm_cleaner.section import structure
from tests.support import cases
from tests.support.section import bare_schema, found, read

VALIDATOR = jsonschema.Draft202012Validator(bare_schema())


def rules(rule: Any = None) -> Iterator[dict[str, Any]]:
    """All the schemas within the schema."""
    rule = structure.schema() if rule is None else rule
    yield rule
    for key in ("properties", "$defs"):
        for below in rule.get(key, {}).values():
            yield from rules(below)
    for key in ("items", "additionalProperties"):
        if isinstance(rule.get(key), dict):
            yield from rules(rule[key])


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(structure.schema())


def test_every_keyword_is_evaluated_or_says_nothing() -> None:
    used = {keyword for rule in rules() for keyword in rule}
    assert used <= structure.KEYWORDS | structure.ANNOTATIONS | structure.OF_RULES
    assert used >= structure.KEYWORDS, "what is not used need not be evaluated"


def test_every_reference_leads_somewhere() -> None:
    assert {rule["$ref"] for rule in rules() if "$ref" in rule} == {f"#/$defs/{d}" for d in structure.schema()["$defs"]}


def test_an_editor_finds_help() -> None:
    for rule in rules():
        for name, field in rule.get("properties", {}).items():
            assert field.get("description") or "$ref" in field, name


def test_the_examples_are_right() -> None:
    for rule in rules():
        one = jsonschema.Draft202012Validator({**rule, "$defs": structure.schema()["$defs"]})
        for example in rule.get("examples", []):
            assert one.is_valid(example), example


def same_verdict(data: Any) -> bool:
    value = section.parse_rendered(json.dumps({"section": data}), "cm")
    assert isinstance(value, values.Map)
    return VALIDATOR.is_valid(data) == (not list(structure.errors(value["section"])))


def test_jsonschema_agrees_on_real_sections() -> None:
    found = [json.loads(line)["section"] for line in cases.lines("sections.jsonl")]
    assert [data for data in found if not same_verdict(data)] == []


TERM = {
    "topologyKey": "zone",
    "labelSelector": {"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]},
    "namespaces": ["a"],
    "namespaceSelector": {},
    "matchLabelKeys": ["a"],
    "mismatchLabelKeys": ["b"],
}
NODE_TERM = {
    "matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1"]}],
    "matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}],
}
PODS = {
    "requiredDuringSchedulingIgnoredDuringExecution": [TERM],
    "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": TERM}],
}
WHOLE: dict[str, Any] = {
    "image": "a",
    "imageTag": "b",
    "imagePullPolicy": "Always",
    "resources": {"requests": {"cpu": 1}, "limits": {"cpu": "1"}, "claims": []},
    "nodeSelector": {"a": "b"},
    "affinity": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [NODE_TERM]},
            "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "preference": NODE_TERM}],
        },
        "podAffinity": PODS,
        "podAntiAffinity": PODS,
    },
    "tolerations": [{"key": "a", "operator": "Equal", "value": "b", "effect": "NoExecute", "tolerationSeconds": 5}],
    "imagePullSecrets": ["a"],
}
ODD: list[Any] = [
    "",
    "a",
    "In",
    0,
    1,
    100,
    101,
    -1,
    0.5,
    1.0,
    2**63,
    True,
    False,
    None,
    [],
    {},
    ["a"],
    {"a": "b"},
    [None],
]


def mutated(data: Any, dice: random.Random) -> Any:
    """The data with something odd in one place, or with a field missing or renamed."""
    if not isinstance(data, (dict, list)) or not data or dice.random() < 0.15:
        return dice.choice(ODD)
    copy = data.copy()
    key = dice.choice(list(data) if isinstance(data, dict) else range(len(data)))
    if dice.random() < 0.1:
        below = copy.pop(key)
        if isinstance(copy, dict) and dice.random() < 0.5:
            copy[f"{key}s"] = below
    else:
        copy[key] = mutated(data[key], dice)
    return copy


def test_the_whole_section_is_fine() -> None:
    assert same_verdict(WHOLE)
    assert VALIDATOR.is_valid(WHOLE)


@pytest.mark.parametrize("seed", range(8))
def test_jsonschema_agrees_on_odd_sections(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311  # no secret hangs on it
    found = [mutated(WHOLE, dice) for _ in range(250)]
    assert [data for data in found if not same_verdict(data)] == []


PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
PODS_PREFERRED = f"affinity: {{podAffinity: {{{PREFERRED}: [%s]}}}}"
NODE_TERM_0 = "cleaner.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]"
OPERATORS = "In, NotIn, Exists, DoesNotExist, Gt, Lt"
FIELDS = f"unknown field; allowed: {', '.join(name for name in structure.schema()['properties'] if name != 'hpa')}"
NODE = "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: %s}}"
SAID: dict[str, tuple[str, list[tuple[str, str, str]]]] = {
    "below resources": (
        "resources: {limit: {cpu: 1}}",
        [("cleaner.resources.limit", "unknown field; allowed: requests, limits, claims", "did you mean limits?")],
    ),
    "flat": (
        "resources: {disk: 1}",
        [("cleaner.resources.disk", "unknown field; allowed: requests, limits, claims",
          "remove it: resources belong under requests or limits")],
    ),
    "boolean quantity": (
        "resources: {requests: {cpu: true}}",
        [("cleaner.resources.requests.cpu", "must be a string or a number, found the boolean true",
          "for example cpu: 100m")],
    ),
    "one toleration": (
        "tolerations: {key: a}",
        [("cleaner.tolerations", "must be a list, found a mapping",
          "write it as a list: tolerations: [{key: a}]")],
    ),
    "a pair for a mapping": (
        "nodeSelector: disktype=ssd",
        [("cleaner.nodeSelector", 'must be a mapping, found "disktype=ssd"', "write nodeSelector: {disktype: ssd}")],
    ),
    "seconds as text": (
        "tolerations: [{key: a, effect: NoExecute, tolerationSeconds: '60'}]",
        [("cleaner.tolerations[0].tolerationSeconds", 'must be an integer, found "60"',
          "write it without quotes: tolerationSeconds: 60")],
    ),
    "a fraction": (
        "tolerations: [{key: a, effect: NoExecute, tolerationSeconds: 1.5}]",
        [("cleaner.tolerations[0].tolerationSeconds", "must be an integer, found the number 1.5",
          "for example tolerationSeconds: 300")],
    ),
    "too far": (
        PODS_PREFERRED % "{weight: 200, podAffinityTerm: {topologyKey: a}}",
        [(f"cleaner.affinity.podAffinity.{PREFERRED}[0].weight",
          "must be from 1 to 100, found 200", "write weight: 100")],
    ),
    "deep": (
        NODE % "{nodeSelectorTerms: [{matchExpression: []}]}",
        [(f"{NODE_TERM_0}.matchExpression", "unknown field; allowed: matchExpressions, matchFields",
          "did you mean matchExpressions?"),
         (NODE_TERM_0.removesuffix("[0]"), "an empty term matches no node: the job will never be scheduled",
          "add matchExpressions to it, or remove nodeAffinity")],
    ),
    "missing": (
        NODE % "{nodeSelectorTerms: [{matchExpressions: [{operator: Exists}]}]}",
        [(f"{NODE_TERM_0}.matchExpressions[0].key", "is missing", "for example key: disktype")],
    ),
    "null": (
        "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: null}]}}",
        [("cleaner.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey", "is null",
          "for example topologyKey: kubernetes.io/hostname")],
    ),
    "in another's place": (
        "podAntiAffinity: {}",
        [("cleaner.podAntiAffinity", FIELDS, "move it under affinity")],
    ),
    "the other way round": (
        NODE % "{nodeSelectorTerms: [{matchExpressions: [{key: a, operator: NotExists}]}]}",
        [(f"{NODE_TERM_0}.matchExpressions[0].operator", '"NotExists" is not one of ' + OPERATORS,
          "write operator: DoesNotExist")],
    ),
    "a number for a word": (
        "imagePullPolicy: 1",
        [("cleaner.imagePullPolicy", "must be a string, found the number 1",
          "write one of Always, IfNotPresent, Never")],
    ),
    "all of them": (
        "tolerations: [{keys: a}, 5]\n  nodeSelector: {a: 1}",
        [("cleaner.tolerations[0].keys", "unknown field; allowed: key, operator, value, effect, tolerationSeconds",
          "did you mean key?"),
         ("cleaner.tolerations[1]", "must be a mapping, found the number 5",
          "for example - {key: dedicated, operator: Exists}"),
         ("cleaner.nodeSelector.a", "must be a string, found the number 1", 'write it in quotes: a: "1"')],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SAID.values(), ids=SAID)
def test_what_is_said(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(d.path, d.message, d.hint) for d in section.check(read("cleaner:\n  " + text))] == expected


def test_null_fields_are_missing_ones() -> None:
    text = "{resources: {limits: null, requests: null}, tolerations: [{operator: Exists, key: null}], affinity: ~}"
    assert section.check(read(f"cleaner: {text}\n")) == []


def test_the_command_prints_it(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capfdbinary.readouterr().out) == structure.schema()


UNKNOWN = (
    "unknown field; allowed: image, imageTag, imagePullPolicy, resources, nodeSelector, affinity, tolerations, "
    "imagePullSecrets"
)
CHECKED: dict[str, tuple[str, list[tuple[str, int | None, int | None, str]]]] = {
    "fine": (
        "{image: polyaxon-init, nodeSelector: {a: b}, tolerations: [{key: a}], imagePullSecrets: [a], affinity: {}}",
        [],
    ),
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
        ("resources: small", "for example resources: {requests: {cpu: 100m, memory: 100Mi}}"),
        ("imagePullSecrets: regcred", "write it as a list: imagePullSecrets: [regcred]"),
        ("image: {repository: a/x, tag: 2.10}", 'write image: a/x and imageTag: "2.10"'),
        ("image: {registry: a:5000, repository: x}", "write image: a:5000/x"),
        ("image: {repository: 'a/x:3'}", 'write image: a/x and imageTag: "3"'),
        ("image: {repository: 'a/x:3', tag: 4}", 'keep one of the tags: image: a/x and imageTag: "4" or "3"'),
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
    rendered = section.parse_rendered(text, "cm")
    assert rendered is not None
    [said] = section.check(rendered)
    assert (said.hint, said.location.file, said.location.line) == (hint, "cm", None)


VALUES: dict[str, tuple[str, bool]] = {
    "nothing": ("", True),
    "no section": ("agent: {enabled: true}\nreplicas: 3\n", True),
    "a section and whatever else": ("agent: {enabled: true, x: [1]}\ncleaner: {imageTag: dev}\nglobal: null\n", True),
    "a section of null": ("cleaner: null\n", True),
    "a section left empty": ("cleaner:\n", True),
    "amounts by reference": ("cleaner: {resources: {limits: {cpu: 1}}}\n", True),
    "a wrong amount": ("cleaner: {resources: {limits: {cpu: []}}}\n", False),
    "an unknown field": ("cleaner: {tag: dev}\n", False),
    "a wrong type": ("agent: {}\ncleaner: {imageTag: 2.10}\n", False),
    "a section that is text": ("cleaner: dev\n", False),
    "a list": ("- cleaner: {}\n", False),
}


@pytest.mark.parametrize(("text", "valid"), VALUES.values(), ids=VALUES)
def test_the_schema_of_whole_values(text: str, valid: bool, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["schema", "--values"]) == 0
    schema = json.loads(capfdbinary.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert jsonschema.Draft202012Validator(schema).is_valid(yaml.safe_load(text)) == valid


@pytest.mark.parametrize("line", cases.lines("sections.jsonl")[:40])
def test_the_schema_of_whole_values_judges_a_section_as_its_own_does(line: str) -> None:
    section = json.loads(line)["section"]
    own = jsonschema.Draft202012Validator(structure.schema()).is_valid(section)
    whole = jsonschema.Draft202012Validator(structure.values_schema())
    assert whole.is_valid({"cleaner": section, "agent": {"cleaner": 5}}) == (own or section is None)


def test_the_schema_refuses_nothing_that_is_right() -> None:
    """And of what is wrong in these sections, it lets little pass: what depends on another field."""
    own = jsonschema.Draft202012Validator(structure.schema())
    lines = cases.lines("sections.jsonl")
    passed = 0
    for line in lines:
        data = json.loads(line)["section"]
        value = section.parse_rendered(json.dumps(data), "cm")
        found = [] if value is None else section.check(value)
        if not found and value is not None:
            assert own.is_valid(data)
        passed += own.is_valid(data) and any(d.severity == "error" for d in found)
    assert passed < len(lines) / 10
