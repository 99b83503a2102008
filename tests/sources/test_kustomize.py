"""kustomize: https://kubectl.docs.kubernetes.io/references/kustomize/builtins/#_helmchartinflationgenerator_."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, warnings

TOP = "helmCharts:\n- name: polyaxon\n"
REQUEST = "  valuesInline: {cleaner: {resources: {requests: {cpu: 3}}}}\n"
LIMIT = "cleaner: {resources: {limits: {cpu: 4}}}\n"
OVER: Found = ("request-over-limit", "k.yaml", 3)

CASES: dict[str, tuple[dict[str, str], list[Found]]] = {
    "valuesInline": ({"k.yaml": TOP + REQUEST}, [OVER]),
    "over a values file": ({"k.yaml": TOP + REQUEST + "  valuesFile: a.yaml\n", "a.yaml": LIMIT}, []),
    "in place of a values file": (
        {"k.yaml": TOP + REQUEST + "  valuesFile: a.yaml\n  valuesMerge: replace\n", "a.yaml": LIMIT}, [OVER],
    ),
    "a values file that is replaced": (
        {"k.yaml": TOP + REQUEST.replace("3", "1") + "  valuesFile: a.yaml\n  valuesMerge: replace\n",
         "a.yaml": "cleaner: {imagePullPolicy: always}\n"}, [],
    ),
    "below a values file": (
        {
            "k.yaml": TOP + "  valuesInline: {cleaner: {imageTag: 5}}\n  valuesFile: a.yaml\n  valuesMerge: merge\n",
            "a.yaml": "cleaner: {imageTag: dev}\n",
        },
        [],
    ),
    "more files over both": ({"k.yaml": TOP + REQUEST + "  additionalValuesFiles: [a.yaml]\n", "a.yaml": LIMIT}, []),
    "a kind": (
        {"k.yaml": f"apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n{TOP}{REQUEST}"},
        [("request-over-limit", "k.yaml", 5)],
    ),
    "a generator": (
        {"k.yaml": f"apiVersion: builtin\nkind: HelmChartInflationGenerator\nname: agent\n{REQUEST.strip()}\n"},
        [("request-over-limit", "k.yaml", 4)],
    ),
    "another chart": ({"k.yaml": TOP.replace("polyaxon", "kafka") + REQUEST}, []),
    "one chart beside another": (
        {"k.yaml": f"{TOP.replace('polyaxon', 'kafka')}{REQUEST}- name: agent\n{REQUEST}"},
        [("request-over-limit", "k.yaml", 5)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected


def test_what_is_not_looked_at() -> None:
    assert warnings({"k.yaml": TOP + REQUEST + "  valuesFile: a.yaml\n"}) == [("not-checked", "k.yaml", 4)]
    patch = "patches:\n- patch: |\n    spec:\n      values:\n        cleaner: {image: 5}\n"
    kind = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
    assert warnings({"k.yaml": kind + patch}) == [("not-checked", "k.yaml", 4)]
