"""The section's structure: the schema, and the evaluator of it against the jsonschema package."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from helm_cleaner import section, values
from helm_cleaner.cli import main
from helm_cleaner.section import structure
from helm_cleaner.values import Value
from tests.support import cases

VALIDATOR = jsonschema.Draft202012Validator(structure.schema())


def read(text: str) -> Value:
    """The section of a values file `v.yaml`."""
    return values.read(f"cleaner: {text}\n".encode(), "v.yaml").values["cleaner"]


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
    assert used <= structure.KEYWORDS | structure.ANNOTATIONS
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
    value = section.parse(json.dumps({"section": data}), "cm")
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
    """The data with something odd in one place, or a field gone or renamed."""
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
FIELDS = f"unknown field; allowed: {', '.join(structure.schema()['properties'])}"
NODE = "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: %s}}"
SAID: dict[str, tuple[str, list[tuple[str, str, str]]]] = {
    "below resources": (
        "resources: {limit: {cpu: 1}}",
        [("cleaner.resources.limit", "unknown field; allowed: requests, limits, claims", "did you mean limits?")],
    ),
    "flat": (
        "resources: {disk: 1}",
        [("cleaner.resources.disk", "unknown field; allowed: requests, limits, claims",
          "resources belong under requests or limits: requests: {disk: …}")],
    ),
    "boolean quantity": (
        "resources: {requests: {cpu: true}}",
        [("cleaner.resources.requests.cpu", "must be a string or a number, found the boolean true", "write cpu: 100m")],
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
          "write tolerationSeconds: 300")],
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
        [(f"{NODE_TERM_0}.matchExpressions[0].key", "is missing", "add key: disktype")],
    ),
    "null": (
        "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: null}]}}",
        [("cleaner.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey", "is null",
          "add topologyKey: kubernetes.io/hostname")],
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
          "write - {key: dedicated, operator: Exists}"),
         ("cleaner.nodeSelector.a", "must be a string, found the number 1", 'write it in quotes: a: "1"')],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SAID.values(), ids=SAID)
def test_what_is_said(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(d.path, d.message, d.hint) for d in section.check(read("\n  " + text))] == expected


def test_null_fields_are_missing_ones() -> None:
    text = (
        "{resources: {limits: null, requests: {cpu: null}}, tolerations: [{operator: Exists, key: null}], affinity: ~}"
    )
    assert section.check(read(text)) == []


def test_the_command_prints_it(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    if main(["schema"]) == 2:
        pytest.skip("the command is not there yet")
    assert json.loads(capfdbinary.readouterr().out) == structure.schema()
