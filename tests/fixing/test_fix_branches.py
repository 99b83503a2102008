"""Sections in templates with `else`: both branches are rewritten, and neither at the other's expense."""

from __future__ import annotations

import pytest

from helm_cleaner.sources import File
from tests.support.fixing import Fixed, find_fixable, fix_files
from tests.support.written import APPLICATION_SET, lines

TOP = "releases:\n- name: p\n  chart: polyaxon/polyaxon\n  values:\n  - cleaner:\n"
SET = APPLICATION_SET + "          values: |\n            cleaner:\n"
FORMS = {"Helmfile": ("helmfile.yaml.gotmpl", TOP, 6), "an ApplicationSet": ("a.yaml", SET, 14)}

# The section's fields before and after.
REWRITTEN: dict[str, tuple[str, str]] = {
    "only the second branch": (
        "{{ if .x }}\nimagePullPolicy: Always\n{{ else }}\nimagePullPolicy: never\n{{ end }}\n",
        "{{ if .x }}\nimagePullPolicy: Always\n{{ else }}\nimagePullPolicy: Never\n{{ end }}\n",
    ),
    "both branches": (
        "{{ if .x }}\nimageTag: 2.10\n{{ else }}\nimageTags: 3.10\n{{ end }}\n",
        '{{ if .x }}\nimageTag: "2.10"\n{{ else }}\nimageTag: "3.10"\n{{ end }}\n',
    ),
    "both branches, and what they share": (
        "imagePullSecrets: a\n{{ if .x }}\nimageTag: 1\n{{ else }}\nimageTag: 2\n{{ end }}\nnodeSelector: {a: 1}\n",
        (
            'imagePullSecrets: [a]\n{{ if .x }}\nimageTag: "1"\n{{ else }}\nimageTag: "2"\n{{ end }}\n'
            'nodeSelector: {a: "1"}\n'
        ),
    ),
    "shapes in both branches": (
        "{{ if .x }}\nresources:\n  cpu: 1\n{{ else }}\nresources:\n  memory: 1Gi\nimage: a:b\n{{ end }}\n",
        (
            "{{ if .x }}\nresources:\n  requests:\n    cpu: 1\n{{ else }}\nresources:\n  requests:\n    memory: 1Gi\n"
            'image: a\nimageTag: "b"\n{{ end }}\n'
        ),
    ),
}


def fixed(form: str, fields: str) -> tuple[Fixed, str, str]:
    name, around, spaces = FORMS[form]
    text = around + lines(fields, spaces)
    return fix_files([File(name, text.encode())]), name, text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("before", "after"), REWRITTEN.values(), ids=REWRITTEN)
def test_what_is_rewritten(before: str, after: str, form: str) -> None:
    report, name, text = fixed(form, before)
    _, around, spaces = FORMS[form]
    assert report.contents[name].decode() == around + lines(after, spaces)
    assert not report.is_unusable
    assert [d for d in report.findings if d.severity == "error"] == []
    assert find_fixable([File(name, text.encode())])[0] == len(report.fixes)
    rows = text.splitlines()
    assert all(f.location.source == rows[(f.location.line or 0) - 1] for f in report.fixes)
    assert len({(f.location.line, f.location.column) for f in report.fixes}) == len(report.fixes)
    assert fixed(form, after)[0].fixes == []


# What is shared cannot be rewritten for one branch without a loss for the other.
LEFT: dict[str, str] = {
    "requests in one branch": (
        "resources:\n  cpu: 1\n  {{ if .x }}\n  requests: {memory: 1Gi}\n  {{ else }}\n  memory: 2Gi\n  {{ end }}\n"
    ),
    "a field in one branch": (
        "nodeSelctor: {a: b}\n{{ if .x }}\nimageTag: a\n{{ else }}\nnodeSelector: {c: d}\n{{ end }}\n"
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fields", LEFT.values(), ids=LEFT)
def test_what_is_left(fields: str, form: str) -> None:
    report, name, text = fixed(form, fields)
    assert (report.contents[name].decode(), report.fixes) == (text, [])
    messages = [d.message for d in report.findings if d.code == "yaml-shape"]
    assert any(message.startswith("cannot be rewritten: ") for message in messages)


def test_two_releases_of_which_each_has_a_mistake_in_one_branch() -> None:
    form = "{{ if .x }}\nimageTag: FIRST\n{{ else }}\nimageTag: SECOND\n{{ end }}\n"
    one, other = (
        lines(form.replace("FIRST", first).replace("SECOND", second), 6)
        for first, second in (("2.10", "a"), ("a", "3.10"))
    )
    text = TOP + one + TOP.removeprefix("releases:\n") + other
    report = fix_files([File("helmfile.yaml.gotmpl", text.encode())])
    expected = text.replace("2.10", '"2.10"').replace("3.10", '"3.10"')
    assert (report.contents["helmfile.yaml.gotmpl"].decode()) == (expected)
