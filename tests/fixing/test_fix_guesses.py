"""`fix` never guesses and never loses anything."""

from __future__ import annotations

import re

import pytest

from helm_cleaner.diagnostics import Diagnostic
from tests.support.fixing import fix

ACTION = re.compile(rb"\{\{.*?\}\}", re.DOTALL)


def reasons(found: list[Diagnostic]) -> set[str]:
    return {d.message for d in found if d.code == "yaml-shape"}


@pytest.mark.parametrize(
    "fields",
    [
        "resources:\n    limits:\n    cpu: 1\n    memory: 1Gi\n",
        "resources:\n    requests:\n    cpu: 1\n",
        "resources: {limits: null, cpu: 1}\n",
        "imageT: x\n",
        "image_t: x\n",
        "image-t: x\n",
        "imageV: x\n",
        "imgTag: x\n",
        "resources: {limits: {memry: 1Gi}}\n",
    ],
)
def test_what_has_two_meanings_is_left(fields: str) -> None:
    content = f"cleaner:\n  {fields}".encode()
    result = fix(content, "v.yaml")
    assert (result.content, result.fixes, reasons(result.diagnostics)) == (content, [], set())
    assert any(d.severity == "error" for d in result.diagnostics)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("resources:\n    limits:\n    memory: 1Gi\n", "resources:\n    limits:\n      memory: 1Gi\n"),
        ("resources:\n    requests:\n    memory: 1Gi\n", "resources:\n    requests:\n      memory: 1Gi\n"),
        ("resources: {limits: null, memory: 1Gi}\n", "resources: {limits: {memory: 1Gi}}\n"),
        ("imgTag: x\n", "imageTag: x\n"),
        ("resources: {limits: {memry: 1Gi}}\n", "resources: {limits: {memory: 1Gi}}\n"),
        ("labels: {a: b}\n", None),
        ("imageTag: a\n  labels: {a: b}\n", "imageTag: a\n"),
        ("podAffinity: {}\n", "affinity:\n    podAffinity: {}\n"),
        ('tolerations: ["a=b:NoSchedule"]\n',
         "tolerations: [{key: a, operator: Equal, value: b, effect: NoSchedule}]\n"),
    ],
)  # fmt: skip
def test_suggestions_are_made_if_they_are_asked_for(before: str, after: str | None) -> None:
    result = fix(f"cleaner:\n  {before}".encode(), "v.yaml", also_suggested=True)
    assert result.content.decode() == (f"cleaner:\n  {after}" if after else "cleaner: {}\n")
    assert [d for d in result.diagnostics if d.severity == "error"] == []


@pytest.mark.parametrize(
    ("image", "left"),
    [("10:5", '"10"'), ("1:30", '"1"'), ("true:1", '"true"'), ("'a:1'", "'a'"), ('"a:1"', '"a"'), ("a:1", "a")],
)
def test_what_is_left_of_a_split_is_a_text(image: str, left: str) -> None:
    tag = image.strip("'\"").partition(":")[2]
    result = fix(f"cleaner:\n  image: {image}\n".encode(), "v.yaml")
    assert result.content.decode() == f'cleaner:\n  image: {left}\n  imageTag: "{tag}"\n'


# The actions of a template stay, each between the same lines.
TEMPLATES: dict[str, str] = {
    "a condition before moved lines": "  resources:\n    {{- if .x }}\n    cpu: 1\n    memory: 1Gi\n    {{- end }}\n",
    "a condition around one": "  resources:\n    cpu: 1\n    {{- if .x }}\n    memory: 1Gi\n    {{- end }}\n",
    "a condition around the first": "  resources:\n    {{- if .x }}\n    cpu: 1\n    {{- end }}\n    memory: 1Gi\n",
    "a condition before requests": (
        "  resources:\n    cpu: 1\n    {{- if .x }}\n    requests: {memory: 1Gi}\n    {{- end }}\n"
    ),
    "an image with branches in it": (
        "  image:\n    repository: a/b\n    {{- if .x }}\n    tag: '1'\n    {{- else }}\n    tag: '2'\n    {{- end }}\n"
    ),
    "an action in a moved line": "  resources: {cpu: {{ .x }}, memory: 1Gi}\n",
    "a comment": "  resources:\n    cpu: 1\n    {{- /* why */}}\n    memory: 1Gi\n",
    "an action behind an image": "  image: a:b{{ .x }}\n",
}


@pytest.mark.parametrize("fields", TEMPLATES.values(), ids=TEMPLATES)
@pytest.mark.parametrize("also_suggested", [False, True])
def test_the_actions_of_a_template_stay(fields: str, also_suggested: bool) -> None:
    content = f"cleaner:\n{fields}".encode()
    result = fix(content, "values.yaml.gotmpl", also_suggested=also_suggested)
    assert ACTION.findall(result.content) == ACTION.findall(content)
    if result.content != content:  # what stands between two actions is changed there alone
        lines, new = (ACTION.split(text) for text in (content, result.content))
        assert [sorted(b"".join(part.split())) for part in lines] == [
            sorted(b"".join(part.replace(b"requests:", b"").split())) for part in new
        ]
    for reason in reasons(result.diagnostics):
        assert reason.startswith("cannot be rewritten: ")


def test_a_field_that_a_branch_gives_too_is_not_given_twice() -> None:
    content = b"cleaner:\n  nodeSelctor: {a: b}\n  {{ if .x }}\n  imageTag: a\n  {{ else }}\n"
    content += b"  nodeSelector: {c: d}\n  {{ end }}\n"
    result = fix(content, "values.yaml.gotmpl")
    assert (result.content, reasons(result.diagnostics)) == (
        content,
        {"cannot be rewritten: something else would be wrong then"},
    )


def test_odd_keys_in_braces_are_no_bug() -> None:
    content = b'cleaner: { resources: { "ephemeral-storage":1Gi,req>uests:,"cpu":010 } }\n'
    result = fix(content, "v.yaml")
    assert result.content == content
    assert reasons(result.diagnostics) == {"cannot be rewritten: its style is not supported"}
