"""The values files that an ApplicationSet names with placeholders."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, warnings


def application_set(*names: str, generators: str = "[]", chart: str = "polyaxon", values: str = "") -> dict[str, str]:
    listed = "".join(f"          - '{name}'\n" for name in names)
    return {
        "set.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: plx}\nspec:\n"
        f"  generators: {generators}\n  template:\n    spec:\n      source:\n        repoURL: https://x\n"
        f"        chart: {chart}\n        helm:\n          valueFiles:\n{listed}{values}"
    }


REQUESTS = "cleaner:\n  resources: {requests: {memory: 3Gi}}\n"
LIMITS = "cleaner:\n  resources: {limits: {memory: 8Gi}}\n"
WRONG = "cleaner: {imagePullPolicy: always}\n"
FOREIGN = "cleaner: {enabled: true, schedule: daily}\n"
BASE_AND_ENV = application_set("$values/base.yaml", "$values/env/{{.env}}.yaml")

JUDGED: dict[str, tuple[dict[str, str], list[Found]]] = {
    "a limit below, a request above": (BASE_AND_ENV | {"base.yaml": LIMITS, "env/prod.yaml": REQUESTS}, []),
    "a request below, a limit above": (BASE_AND_ENV | {"base.yaml": REQUESTS, "env/prod.yaml": LIMITS}, []),
    "a limit in one of two environments": (
        BASE_AND_ENV | {"base.yaml": REQUESTS, "env/prod.yaml": LIMITS, "env/dev.yaml": "cleaner: {imageTag: dev}\n"},
        [("request-over-limit", "base.yaml", 2)],
    ),
    "each environment": (
        BASE_AND_ENV | {"base.yaml": "cleaner: {imageTag: dev}\n", "env/prod.yaml": WRONG, "env/dev.yaml": WRONG},
        [("pull-policy", "env/prod.yaml", 1), ("pull-policy", "env/dev.yaml", 1)],
    ),
    "one environment at a time": (
        application_set("{{env}}/limits.yaml", "{{env}}/requests.yaml")
        | {"a/limits.yaml": LIMITS, "a/requests.yaml": REQUESTS, "b/requests.yaml": REQUESTS},
        [("request-over-limit", "b/requests.yaml", 2)],
    ),
    "a folder of a Git generator": (
        application_set("{{.path.path}}/plx.yaml", generators="[{git: {directories: [{path: clusters/*}]}}]")
        | {"clusters/a/plx.yaml": WRONG, "clusters/a/other.yaml": FOREIGN},
        [("pull-policy", "clusters/a/plx.yaml", 1)],
    ),
    "files of another chart that a broad name fits": (
        application_set("$values/{{.app}}/values.yaml")
        | {"plx/values.yaml": WRONG, "other/values.yaml": FOREIGN},
        [("pull-policy", "plx/values.yaml", 1)],
    ),
    "a branch of the values, with its file": (
        application_set("$values/{{.env}}.yaml",
                        values="          values: |\n            cleaner:\n              resources:\n"
                               "                {{- if eq .env \"prod\" }}\n                requests: {memory: 3Gi}\n"
                               "                {{- end }}\n")
        | {"prod.yaml": LIMITS, "dev.yaml": "cleaner: {imageTag: dev}\n"},
        [],
    ),
    "another chart's": (
        application_set("$values/{{.env}}.yaml", generators="[{list: {elements: [{env: a}]}}]", chart="redis")
        | {"a.yaml": WRONG, "b.yaml": WRONG},
        [("pull-policy", "b.yaml", 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), JUDGED.values(), ids=JUDGED)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected


def test_only_what_a_generator_lists_counts() -> None:
    generators = "[{matrix: {generators: [{clusters: {}}, {list: {elements: [{env: a}]}}]}}]"
    files = application_set("base.yaml", "{{.env}}.yaml", generators=generators) | {"base.yaml": REQUESTS}
    assert errors(files | {"a.yaml": LIMITS, "b.yaml": "cleaner: {imageTag: dev}\n"}) == []


def test_that_no_file_fits_is_said() -> None:
    files = application_set("$values/{{.env}}.yaml", values="          valuesObject: {cleaner: {imageTag: dev}}\n")
    assert warnings(files) == [("not-checked", "set.yaml", 13)]
