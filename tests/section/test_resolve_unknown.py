"""Values that another tool fills in: nothing is said of them, and everything of what stands around them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from helm_cleaner import section, values, yamltext
from tests.support import cases

Path = tuple[Any, ...]


def findings(text: str, *, defaults: bool = True) -> list[tuple[str, str]]:
    """The codes and paths of what is said of a values file in which `${…}` is filled in."""
    document = yamltext.compose(text, "v.yaml")
    assert document.root is not None
    read = values.read_node(document, document.root, unknown=lambda found: "${" in found)
    found = section.resolve(None, section.defaults_to_check_against() if defaults else None, read).findings
    return [(d.code, d.path.removeprefix("cleaner.")) for d in found]


HUGE = "hugepages-2Mi"
# The fields of a section, and what is said of it.
TABLE: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "the image": ("image: ${x}, imageTag: dev", []),
    "a part of the image": ("image: 'reg/${x}:UPPER'", []),
    "the image, and a tag that is wrong": ("image: ${x}, imageTag: 5", [("type", "imageTag")]),
    "the image, and a tag with a digest": ("image: ${x}, imageTag: 'a@b'", [("image-tag", "imageTag")]),
    "the tag": ("image: polyaxon/polyaxon-init, imageTag: ${x}", []),
    "the tag, and an image that is wrong": ("image: polyaxon/Polyaxon-init, imageTag: ${x}", [("image", "image")]),
    "the policy": ("imagePullPolicy: ${x}, imageTag: 5", [("type", "imageTag")]),
    "all secrets": ("imagePullSecrets: ${x}", []),
    "one secret": ("imagePullSecrets: ['${x}', A_B]", [("pull-secret", "imagePullSecrets[1]")]),
    "a secret's name": ("imagePullSecrets: [{name: '${x}'}]", [("secret-reference", "imagePullSecrets[0]")]),
    "a label's value": ("nodeSelector: {a: '${x}', b: 'a b'}", [("label-value", "nodeSelector.b")]),
    "a label's name": ("nodeSelector: {'${x}': 1, b: 1}", [("type", "nodeSelector.b")]),
    "all labels": ("nodeSelector: ${x}", []),
    "all resources": ("resources: ${x}", []),
    "all requests": ("resources: {requests: '${x}', limits: {cpu: 1x}}", [("quantity", "resources.limits.cpu")]),
    "a request": ("resources: {requests: {cpu: '${x}', memory: 1Gx}}", [("quantity", "resources.requests.memory")]),
    "a request, with another over its limit": (
        "resources: {requests: {cpu: '${x}', memory: 9Gi}}", [("request-over-limit", "resources.requests.memory")]
    ),
    "a limit": ("resources: {requests: {cpu: 9}, limits: {cpu: '${x}'}}", []),
    "all limits": ("resources: {requests: {cpu: 9}, limits: '${x}'}", []),
    "a limit's name": ("resources: {requests: {cpu: 9}, limits: {'${x}': 9}}", []),
    "the limit of an extended resource": ("resources: {requests: {a.com/b: 1}, limits: {a.com/b: '${x}'}}", []),
    "the limits of an extended resource": ("resources: {requests: {a.com/b: 1}, limits: '${x}'}", []),
    "the request of an extended resource": ("resources: {requests: {a.com/b: '${x}'}, limits: {a.com/b: 1}}", []),
    "the limit of huge pages": (f"resources: {{requests: {{{HUGE}: 2Mi}}, limits: {{{HUGE}: '${{x}}'}}}}", []),
    "flat resources": ("resources: {cpu: '${x}'}", [("flat-resources", "resources.cpu")]),
    "an effect": (
        "tolerations: [{key: a, effect: '${x}', operator: exists}]",
        [("toleration-operator", "tolerations[0].operator")],
    ),
    "an operator": (
        "tolerations: [{key: a, operator: '${x}', value: b, effect: nope}]",
        [("toleration-effect", "tolerations[0].effect")],
    ),
    "a toleration's key": ("tolerations: [{key: '${x}', effect: NoSchedule}]", []),
    "a toleration's seconds": ("tolerations: [{key: a, effect: '${x}', tolerationSeconds: 5}]", []),
    "a toleration": (
        "tolerations: ['${x}', {operator: Exists, effect: nope}]", [("toleration-effect", "tolerations[1].effect")]
    ),
    "a toleration's fields": (
        "tolerations: [{'${x}': a, effect: nope}]", [("toleration-effect", "tolerations[0].effect")]
    ),
    "all tolerations": ("tolerations: ${x}", []),
    "an affinity": ("affinity: {nodeAffinity: '${x}', podAffinity: 5}", [("type", "affinity.podAffinity")]),
    "a field": ("'${x}': 5, imageTag: 5", [("type", "imageTag")]),
    "an unknown field": ("nope: '${x}'", [("unknown-field", "nope")]),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "expected"), TABLE.values(), ids=TABLE)
def test_what_is_filled_in(fields: str, expected: list[tuple[str, str]]) -> None:
    fields = fields.replace(": ${x}", ": '${x}'")
    assert findings(f"cleaner: {{{fields}}}\n") == expected


@pytest.mark.parametrize(
    "text", ["cleaner: ${x}\n", "${x}\n", "'${x}': {cleaner: {image: 5}}\n", "cleaner: {'${x}': 5}\n"]
)
def test_all_of_it_is_filled_in(text: str) -> None:
    assert findings(text) == []


def paths(data: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all values below data."""
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in below:
        yield (*path, key)
        yield from paths(value, (*path, key))


def replaced(data: Any, path: Path) -> Any:
    result = copy.deepcopy(data)
    at = result
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = "${x}"
    return result


def test_whatever_is_filled_in_a_valid_section_stays_valid() -> None:
    wrong = []
    for line in cases.lines("sections.jsonl"):
        case = json.loads(line)
        if not case["accepted"] or findings(yaml.safe_dump({"cleaner": case["section"]}), defaults=False):
            continue
        for path in paths(case["section"]):
            data = replaced(case["section"], path)
            if said := findings(yaml.safe_dump({"cleaner": data}), defaults=False):
                wrong.append((data, said))
    assert wrong == []
