"""Argo CD: https://argo-cd.readthedocs.io/en/stable/user-guide/helm/.

The order of what it passes to Helm, and how it escapes commas, is that of its reposerver and util/helm.
"""

from __future__ import annotations

import json

import pytest

from tests.support.folders import Found, errors, warnings
from tests.support.written import APPLICATION_SET as SET

APP = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
spec:
  source:
    chart: polyaxon
    helm:
"""


def parameter(name: str, value: str, more: str = "") -> str:
    return f"      - name: {name}\n        value: {value}\n{more}"


def in_set(*lines: str) -> str:
    """An ApplicationSet with a text of values."""
    return SET + "          values: |\n" + "".join(f"            {line}\n" for line in lines)


CASES: dict[str, tuple[str, list[int]]] = {
    "values, with a comment that looks like a template": (
        APP + "      values: |\n        # {{ x }}\n        cleaner:\n          image: 5\n", [10],
    ),
    "in quotes, on one line": (APP + '      values: "a: 1\\ncleaner:\\n  image: 5\\n"\n', [7]),
    "in quotes, on several": (APP + '      values: "cleaner:\\n\n\n        \\  image: 5"\n', [9]),
    "in single quotes": (APP + "      values: 'cleaner: {imageTag: ''dev'',\n\n        image: 5}'\n", [9]),
    "folded": (APP + "      values: >-\n        cleaner:\n          imageTag: a\n          image: 5\n", [10]),
    "with an indentation of its own": (APP + "      values: |2\n          cleaner:\n            image: 5\n", [9]),
    "valuesObject in place of values": (
        APP + "      values: 'cleaner: {image: 5}'\n      valuesObject: {cleaner: {image: 6}}\n", [8],
    ),
    "a parameter is read as --set reads it": (
        APP + "      parameters:\n" + parameter("cleaner.imageTag", "'210'"), [9],
    ),
    "forceString": (
        APP + "      parameters:\n" + parameter("cleaner.imageTag", "'210'", "        forceString: true\n"), [],
    ),
    "an unknown field is told at its name": (
        APP + "      parameters:\n" + parameter("cleaner.labels.a", "'b'"), [8],
    ),
    "a list": (
        APP + "      parameters:\n" + parameter("cleaner.imagePullSecrets", "'{a,B}'"), [9],
    ),
    "a comma outside a list": (
        APP + "      parameters:\n" + parameter("cleaner.image", "'a,b'"), [9],
    ),
    "parameters over values": (
        APP + "      values: 'cleaner: {resources: {requests: {cpu: 3}}}'\n      parameters:\n"
        + parameter("cleaner.resources.limits.cpu", "'4'"), [],
    ),
    "build variables in parameters": (
        APP + "      parameters:\n" + parameter("cleaner.imageTag", "$ARGOCD_APP_REVISION")
        + parameter("cleaner.image", "reg/${ARGOCD_APP_NAME}:1"), [],
    ),
    "and none in values": (APP + "      valuesObject: {cleaner: {imageTag: $ARGOCD_APP_REVISION}}\n", [7]),
    "a file parameter, whose file is not there": (
        (
            APP + "      fileParameters:\n      - {name: cleaner.image, path: image.txt}\n"
            "      - {name: cleaner.x, path: x}\n"
        ), [9],
    ),
    "every source": (
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  sources:\n  - {ref: values}\n"
            "  - chart: kafka\n    helm: {valuesObject: {cleaner: {image: 5}}}\n"
            "  - path: x\n    helm: {valuesObject: {cleaner: {image: 5}}}\n"
            "  - repoURL: oci://reg.io/charts/agent\n    helm: {valuesObject: {cleaner: {image: 5}}}\n"
        ), [9, 11],
    ),
    "a set's template": (SET + "          valuesObject: {cleaner: {image: '{{ .x }}', imageTag: 1}}\n", [9]),
    "a set's generator with a template": (
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  generators:\n  - matrix:\n"
            "      generators:\n      - list:\n          template:\n            spec:\n              source:\n"
            "                helm:\n                  valuesObject: {cleaner: {image: 5}}\n"
        ), [12],
    ),
    "a set's text": (in_set("cleaner:", "  imageTag: {{ .tag }}", "  image: 5"), [12]),
    "with quotes in its actions": (
        in_set("cleaner:", '  imageTag: "{{ default "x: }}" .tag }}"', "  image: 5"), [12],
    ),
    "with conditions": (
        in_set("{{- if .x }}", "a: 1", "{{- else }}", "a: 2", "{{- end }}",
               "cleaner:", '  {{- if eq .x "y" }}', "  image: 5", "  {{- end }}"), [17],
    ),
    "wrong in one branch and in the other": (
        in_set("cleaner:", "  {{ if .x }}", "  image: 5", "  {{ else }}", "  imageTag: 5", "  {{ end }}"), [12, 14],
    ),
    "with fields that are filled in": (
        in_set("cleaner:", "  {{ toYaml .y | nindent 2 }}", "  resources: {requests: {cpu: 3}}",
               "  tolerations:", "  {{- toYaml .t | nindent 2 }}", "  imagePullPolicy: always"), [12, 15],
    ),
    "all of it filled in": (in_set("cleaner: {{ toJson .x }}"), []),
    "a section that is filled in below": (in_set("cleaner:", "  {{- toYaml .x | nindent 2 }}"), []),
    "values that are filled in": (SET + "          values: '{{ .values }}'\n          valuesObject: '{{ .o }}'\n", []),
    "parameters that are filled in": (
        (
            SET + "          parameters:\n          - {name: cleaner.image, value: '{{image}}'}\n"
            "          - {name: 'cleaner.{{x}}', value: y}\n          - {name: cleaner.imageTag, value: '1'}\n"
        ), [12],
    ),
    "a chart that is filled in": (
        SET.replace("polyaxon", "'{{chart}}'") + "          valuesObject: {cleaner: {image: 5}}\n", [9],
    ),
    "no Argo CD at all": (
        "apiVersion: app.k8s.io/v1beta1\nkind: Application\nspec: {descriptor: {type: cleaner}}\n", [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "lines"), CASES.values(), ids=CASES)
def test_what_is_wrong(text: str, lines: list[int]) -> None:
    assert [line for _, _, line in errors({"a.yaml": text})] == lines


@pytest.mark.parametrize(("text", "lines"), CASES.values(), ids=CASES)
def test_with_crlf(text: str, lines: list[int]) -> None:
    if "\\n\n\n" not in text:  # of which the quoted text would hold the CRs
        assert [line for _, _, line in errors({"a.yaml": text.replace("\n", "\r\n")})] == lines


@pytest.mark.parametrize(("text", "lines"), CASES.values(), ids=CASES)
def test_in_a_list(text: str, lines: list[int]) -> None:
    listed = "apiVersion: v1\nkind: List\nitems:\n- " + text.replace("\n", "\n  ")
    assert [line for _, _, line in errors({"a.yaml": listed})] == [line + 3 for line in lines]


def test_value_files() -> None:
    app = APP + "      valueFiles: [base.yaml]\n      valuesObject: {cleaner: {resources: {requests: {cpu: 3}}}}\n"
    base: Found = ("not-checked", "a.yaml", 7)
    assert (errors({"a.yaml": app}), warnings({"a.yaml": app})) == ([], [base])
    files = {"a.yaml": app, "base.yaml": "cleaner: {resources: {limits: {cpu: 2}}}\n"}
    assert errors(files) == [("request-over-limit", "a.yaml", 8)]
    assert warnings({"a.yaml": app.replace("base.yaml", "$values/base.yaml")}) == [base]


def test_what_patches_templates_is_not_looked_at() -> None:
    app = (
        SET + "          valuesObject: {a: 1}\n  templatePatch: |\n    spec:\n      cleaner:\n        image: {{ .x }}\n"
    )
    assert warnings({"a.yaml": app}) == [("not-checked", "a.yaml", 10)]


def test_a_file_parameter() -> None:
    app = APP + "      fileParameters: [{name: cleaner.image, path: image.txt}]\n      values: 'cleaner: {}'\n"
    assert errors({"a.yaml": app, "image.txt": "not an image"}) == [("image", "a.yaml", 7)]
    assert errors({"a.yaml": app, "image.txt": "an/image"}) == []


def test_a_set_parameter_that_helm_refuses() -> None:
    app = APP + "      parameters:\n" + parameter("cleaner.tolerations[x]", "1")
    assert errors({"a.yaml": app}) == [("set", "a.yaml", 9)]


def test_columns_in_quotes() -> None:
    from tests.support.folders import report

    text = APP + "      values: " + json.dumps("# ü\ncleaner: {image: 5}") + "\n"
    [found] = report({"a.yaml": text}).findings
    assert text.splitlines()[6][(found.location.column or 0) - 1 :].startswith("5}")


PATCH = """\
  templatePatch: |
    {{- if eq .env "prod" }}
    spec:
      source:
        helm:
          valuesObject: {cleaner: {imagePullPolicy: always, image: "{{ .image }}"}}
    {{- else }}
    metadata: {labels: {a: b}}
    {{- end }}
"""


def test_a_template_patch_is_checked() -> None:
    start = SET[: SET.index("  template:")]
    text = start + PATCH + SET[len(start) :] + "          valuesObject: {cleaner: {imageTag: dev}}\n"
    line = text[: text.index("always")].count("\n") + 1
    assert (errors({"set.yaml": text}), warnings({"set.yaml": text})) == ([("pull-policy", "set.yaml", line)], [])


def test_patches_of_kustomize_in_an_application_are_checked() -> None:
    text = (
        "apiVersion: a/v1\nkind: Application\nspec:\n  source:\n    path: apps\n    kustomize:\n      patches:\n"
        "      - target: {kind: HelmRelease, name: plx}\n"
        "        patch: '[{op: add, path: /spec/values/cleaner/imageTag, value: \"a:b\"}]'\n"
    )
    assert errors({"app.yaml": text}) == [("image-tag", "app.yaml", 9)]
