"""Helmfile: https://helmfile.readthedocs.io/en/latest/ tells how a release's values are layered, and its templates."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, report, warnings

TOP = "releases:\n- name: plx\n  chart: polyaxon/polyaxon\n"
LIMIT = "  - cleaner: {resources: {limits: {cpu: 4}}}\n"
REQUEST = "  - cleaner: {resources: {requests: {cpu: 3}}}\n"

CASES: dict[str, tuple[dict[str, str], list[Found]]] = {
    "valuesTemplate": (
        {"helmfile.yaml": TOP + "  valuesTemplate:\n  - host: '{{ .Release.Name }}'\n    cleaner: {imageTag: 'a:b'}\n"},
        [("image-tag", "helmfile.yaml", 6)],
    ),
    "setTemplate": (
        {"helmfile.yaml": TOP + "  setTemplate:\n  - {name: cleaner.image, value: '{{ .Release.Name }}'}\n"
                                "  - {name: cleaner.imagePullPolicy, value: always}\n"},
        [("pull-policy", "helmfile.yaml", 6)],
    ),
    "setStringTemplate": (
        {"helmfile.yaml": TOP + "  setStringTemplate:\n  - {name: cleaner.imageTag, value: 2.10}\n"
                                "  - {name: cleaner.tag, value: '1'}\n"},
        [("unknown-field", "helmfile.yaml", 6)],
    ),
    "values in JSON": (
        {"helmfile.yaml": TOP + "  values: [v.json]\n", "v.json": '{\n  "cleaner": {"imageTag": "a:b"}\n}\n'},
        [("image-tag", "v.json", 2)],
    ),
    "several documents": (
        {"helmfile.yaml": f"environments:\n  prod: {{}}\n---\n{TOP}  values:\n  - cleaner: {{image: 5}}\n"},
        [("type", "helmfile.yaml", 8)],
    ),
    "later values over earlier ones": ({"helmfile.yaml": f"{TOP}  values:\n{LIMIT}{REQUEST}"}, []),
    "each release by itself": (
        {"helmfile.yaml": f"{TOP}  values:\n{LIMIT}- name: b\n  chart: x/agent\n  values:\n{REQUEST}"},
        [("request-over-limit", "helmfile.yaml", 9)],
    ),
    "a template in one of the bases": (
        {
            "helmfile.yaml": f"bases: [bases/a.yaml]\n---\n{TOP}  inherit: [{{template: big}}]\n  values:\n{REQUEST}",
            "bases/a.yaml": "bases: [b.yaml, a.yaml]\n",
            "bases/b.yaml": "bases: [a.yaml]\ntemplates:\n  big:\n    values:\n" + LIMIT.replace("  -", "    -"),
        },
        [],
    ),
    "a template in one of the bases that does not allow it": (
        {
            "helmfile.yaml": f"bases: [a.yaml]\n{TOP}  inherit: [{{template: small}}]\n  values:\n{REQUEST}",
            "a.yaml": "templates: {small: {values: [{cleaner: {resources: {limits: {cpu: 2}}}}]}}\n",
        },
        [("request-over-limit", "helmfile.yaml", 7)],
    ),
    "a template that is not there": (
        {"helmfile.yaml": f"bases: [a.yaml]\n{TOP}  inherit: [{{template: big}}]\n  values:\n{REQUEST}"}, []
    ),
    "a values file below": (
        {
            "helmfile.yaml": f"{TOP}  values:\n  - env/a.yaml\n{REQUEST}",
            "env/a.yaml": "cleaner: {resources: {limits: {cpu: 4}}}",
        },
        [],
    ),
    "which does not allow it": (
        {
            "helmfile.yaml": f"{TOP}  values:\n  - a.yaml\n{REQUEST}",
            "a.yaml": "cleaner: {resources: {limits: {cpu: 2}}}",
        },
        [("request-over-limit", "helmfile.yaml", 6)],
    ),
    "a template of a values file below": (
        {
            "helmfile.yaml": f"{TOP}  values:\n  - a.gotmpl\n{REQUEST}",
            "a.gotmpl": "cleaner: {resources: {limits: {cpu: {{ .Values.cpu }}}}}\n",
        },
        [],
    ),
    "a values file that is not there": ({"helmfile.yaml": f"{TOP}  values:\n  - env/a.yaml\n{REQUEST}"}, []),
    "set over values": (
        {"helmfile.yaml": f"{TOP}  values:\n{REQUEST}  set:\n  - {{name: cleaner.resources.limits.cpu, value: 4}}\n"},
        [],
    ),
    "set reads numbers, setString does not": (
        {"helmfile.yaml": f"{TOP}  set:\n  - {{name: cleaner.imageTag, value: '210'}}\n  setString:\n"
                          "  - {name: cleaner.image, value: '210'}\n"},
        [("type", "helmfile.yaml", 5)],
    ),
    "a list": (
        {"helmfile.yaml": f"{TOP}  set:\n  - name: cleaner.imagePullSecrets\n    values: [a, B]\n"},
        [("pull-secret", "helmfile.yaml", 6)],
    ),
    "the file of a value": (
        {"helmfile.yaml": f"{TOP}  set:\n  - {{name: cleaner.image, file: image}}\n", "image": "no image"},
        [("image", "helmfile.yaml", 5)],
    ),
    "what a release inherits": (
        {"helmfile.yaml": f"templates:\n  default:\n    values:\n  {LIMIT}---\n{TOP}"
                          f"  inherit: [{{template: default}}]\n  values:\n{REQUEST}"},
        [],
    ),
    "what is merged into it": (
        {"helmfile.yaml": "x: &x\n  chart: polyaxon/agent\n  values: [{cleaner: {image: 5}}]\nreleases:\n- <<: *x\n"
                          "  name: a\n"},
        [("type", "helmfile.yaml", 3)],
    ),
    "a template": (
        {"helmfile.yaml": f"{{{{ $x := 1 }}}}\n{TOP}  values:\n  - cleaner:\n      imageTag: {{{{ .Values.tag }}}}\n"
                          "      image: 5\n"},
        [("type", "helmfile.yaml", 8)],
    ),
    "with conditions": (
        {"helmfile.yaml.gotmpl": f"{TOP}  values:\n  {{{{ if .x }}}}\n  - cleaner: {{image: 5}}\n  {{{{ else }}}}\n"
                                 "  - cleaner: {imageTag: 5}\n  {{ end }}\n"},
        [("type", "helmfile.yaml.gotmpl", 6), ("type", "helmfile.yaml.gotmpl", 8)],
    ),
    "another chart": (
        {"helmfile.yaml": TOP.replace("/polyaxon", "/kafka") + "  values: [{cleaner: {image: 5}}]\n"}, [],
    ),
    "another chart in a folder": (
        {"helmfile.yaml": TOP.replace("polyaxon/polyaxon", "./x/kafka") + "  values: [{cleaner: {image: 5}}]\n"}, [],
    ),
    "an umbrella chart in a folder": (
        {
            "helmfile.yaml": TOP.replace("polyaxon/polyaxon", "./x") + "  values: [{plx: {cleaner: {image: 5}}}]\n",
            "x/Chart.yaml": "name: x\ndependencies: [{name: polyaxon, alias: plx}]\n",
        },
        [("type", "helmfile.yaml", 4)],
    ),
    "values of an environment are for templates": (
        {"helmfile.yaml": f"environments: {{prod: {{values: [{{cleaner: {{image: 5}}}}]}}}}\n---\n{TOP}"}, [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected


def test_what_is_not_looked_at() -> None:
    text = f"{TOP}  values:\n  - a.yaml\n  - '{{{{ .x }}}}.yaml'\n{REQUEST}  secrets: [b.yaml]\n"
    assert warnings({"helmfile.yaml": text}) == [("not-checked", "helmfile.yaml", n) for n in (5, 6, 8)]
    other = text.replace("/polyaxon", "/kafka")
    assert warnings({"helmfile.yaml": other}) == [("not-checked", "helmfile.yaml", 7)]
    assert warnings({"helmfile.yaml": other.replace("cleaner: {", "cleaner: {enabled: true, ")}) == []


def test_a_message_shows_no_marks() -> None:
    text = f"{{{{ $x := 1 }}}}\n{TOP}  values:\n  - v/{{{{ .x }}}}.yaml\n{REQUEST}"
    [message] = [d.message for d in report({"helmfile.yaml": text}).findings if d.code == "not-checked"]
    assert message == "the values file v/{{ … }}.yaml contains placeholders: it is not checked here"


def test_a_file_of_a_parameter_that_is_not_there_is_said() -> None:
    text = TOP + "  set:\n  - {name: cleaner.imageTag, file: tag.txt}\n  - {name: ui.logo, file: logo.txt}\n"
    assert warnings({"helmfile.yaml": text}) == [("not-checked", "helmfile.yaml", 5)]
