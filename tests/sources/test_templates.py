"""What a Go template may come out as, and that every branch of it is judged once."""

from __future__ import annotations

import pytest

from helm_cleaner.sources.templates import MOST_VARIANTS, mask, variants
from tests.support.folders import Found, errors, warnings

BRANCHES = {
    "an if without an else": ("{{ if .a }}A{{ end }}", ["A", ""]),
    "else if": ("{{ if .a }}A{{ else if .b }}B{{ else if .c }}C{{ else }}D{{ end }}", ["A", "B", "C", "D"]),
    "else with": ("{{ with .a }}A{{ else with .b }}B{{ end }}", ["A", "B", ""]),
    "nested": ("{{ if .a }}{{ if .b }}B{{ else }}C{{ end }}{{ else }}D{{ end }}", ["C", "B", "D"]),
    "one after another": ("{{ if .a }}A{{ end }}{{ if .b }}B{{ end }}", ["A", "B", ""]),
    "the same condition twice": ("{{- if .a -}}A{{ end }}{{ if  .a }}B{{ end }}", ["AB", ""]),
    "a range": ("{{ range .a }}A{{ end }}", ["A", ""]),
    "a definition": ('{{ define "x" }}A{{ end }}', ["A"]),
    "without an end": ("{{ if .a }}A", ["A", "A"]),
    "no condition": ("A", ["A"]),
}


@pytest.mark.parametrize(("text", "expected"), BRANCHES.values(), ids=BRANCHES)
def test_variants(text: str, expected: list[str]) -> None:
    found = [mask(text, conditions) or "" for conditions in variants(text)]
    assert ["".join(c for c in each if c.isascii()).strip() for each in found] == expected


def test_variants_are_limited() -> None:
    text = "".join(f"{{{{ if .a{n} }}}}x{{{{ end }}}}" for n in range(500))
    assert len(variants(text)) == MOST_VARIANTS
    assert warnings({"v.yaml.gotmpl": f"cleaner: {{imageTag: dev}}\n# {text}\n"}) == [
        ("not-checked", "v.yaml.gotmpl", 1)
    ]


def test_a_branch_that_is_not_yaml_by_itself_is_said() -> None:
    lines = ("{{- if .a }}", "image: {", "{{- else }}", "imagePullPolicy: always", "{{- end }}")
    files = gotmpl(*lines)
    assert errors(files) == [("pull-policy", "values.yaml.gotmpl", 5)]
    assert [code for code, _, _ in warnings(files)] == ["not-checked"]


def gotmpl(*lines: str) -> dict[str, str]:
    return {"values.yaml.gotmpl": "cleaner:\n" + "".join(f"  {line}\n" for line in lines)}


APP = """\
{{- range .Values.environments }}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: {{ . }}}
spec:
  source:
    repoURL: {{ $.Values.repository | quote }}
    chart: CHART
    helm:
      values: |
        hostName: {{ . }}.example.com
        cleaner:
          {{- if eq . "prod" }}
          imageTag: a:b
          {{- end }}
          nodeSelector: {{- toYaml $.Values.pool | nindent 12 }}
          imagePullPolicy: always
{{- end }}
"""
CHART = {"apps/Chart.yaml": "name: apps\n"}

JUDGED: dict[str, tuple[dict[str, str], list[Found]]] = {
    "each branch": (
        gotmpl("{{- if .a }}", "imagePullPolicy: always", "{{- else if .b }}", "imageTag: a:b", "{{- else }}",
               "image: https://x", "{{- end }}"),
        [("pull-policy", "values.yaml.gotmpl", 3), ("image-tag", "values.yaml.gotmpl", 5),
         ("image", "values.yaml.gotmpl", 7)],
    ),
    "one after another, with the same key": (
        gotmpl("{{- if .a }}", "imageTag: a:b", "{{- end }}", "{{- if .b }}", "imageTag: dev", "{{- end }}"),
        [("image-tag", "values.yaml.gotmpl", 3)],
    ),
    "what holds under the same condition is judged together": (
        gotmpl("resources:", "{{- if .a }}", "  limits: {memory: 8Gi}", "{{- end }}", "{{- if .a }}",
               "  requests: {memory: 3Gi}", "{{- end }}"),
        [],
    ),
    "in an app of apps": (
        CHART | {"apps/templates/ml/plx.yaml": APP.replace("CHART", "polyaxon")},
        [("image-tag", "apps/templates/ml/plx.yaml", 15), ("pull-policy", "apps/templates/ml/plx.yaml", 18)],
    ),
    "in an app of apps, of another chart": (CHART | {"apps/templates/redis.yaml": APP.replace("CHART", "redis")}, []),
    "what a chart itself renders": (
        CHART | {"apps/templates/c.yaml": "kind: ConfigMap\napiVersion: v1\ndata: {v.yaml: 'cleaner: {image: 5}'}\n",
                 "apps/templates/d.yaml": "cleaner: {{ .x }\n", "apps/templates/e.yaml": "cleaner: {image: 5}\n"},
        [],
    ),
    "within a line": (
        gotmpl('imageTag: {{ if .a }}2.10{{ else }}"2.10"{{ end }}', "image: a/{{ if .b }}b{{ else }}c{{ end }}/d"),
        [("type", "values.yaml.gotmpl", 2)],
    ),
    "in an ApplicationSet": (
        {"set.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  template:\n    spec:\n"
                     "      source:\n        chart: agent\n        helm:\n          values: |\n            cleaner:\n"
                     "              {{- if .a }}\n              imageTag: dev\n              {{- else if .b }}\n"
                     "              imagePullPolicy: always\n              {{- end }}\n"},
        [("pull-policy", "set.yaml", 14)],
    ),
    "in a values file that a helmfile names, under the helmfile's condition": (
        {"helmfile.yaml.gotmpl": "releases:\n- chart: polyaxon/agent\n  values:\n  - v.yaml.gotmpl\n  - cleaner:\n"
                                 "      resources:\n        {{- if .a }}\n        requests: {memory: 3Gi}\n"
                                 "        {{- end }}\n"
                                 "        {{- if .b }}\n        requests: {memory: 4Gi}\n        {{- end }}\n",
         "v.yaml.gotmpl": "cleaner:\n  {{- if .a }}\n  resources: {limits: {memory: 8Gi}}\n  {{- end }}\n"},
        [("request-over-limit", "helmfile.yaml.gotmpl", 11)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), JUDGED.values(), ids=JUDGED)
def test_every_branch_is_judged(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected
