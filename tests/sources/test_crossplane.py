"""Crossplane's provider-helm: https://github.com/crossplane-contrib/provider-helm, composeValuesFromSpec in release."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, warnings

RELEASE = """\
apiVersion: helm.crossplane.io/v1beta1
kind: Release
spec:
  forProvider:
    chart: {name: polyaxon}
"""
REQUEST = "    values: {cleaner: {resources: {requests: {cpu: 3}}}}\n"
LIMIT = "cleaner: {resources: {limits: {cpu: 4}}}"
OVER: Found = ("request-over-limit", "r.yaml", 6)

CASES: dict[str, tuple[dict[str, str], list[Found]]] = {
    "values": ({"r.yaml": RELEASE + REQUEST}, [OVER]),
    "over a ConfigMap": (
        {
            "r.yaml": RELEASE + REQUEST + "    valuesFrom: [{configMapKeyRef: {name: x, namespace: n}}]\n",
            "x.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x, namespace: n}}\n"
                      f"data: {{values.yaml: '{LIMIT}'}}\n",
        },
        [],
    ),
    "set over both": (
        {"r.yaml": RELEASE + REQUEST + "    set: [{name: cleaner.resources.limits.cpu, value: '4'}]\n"}, [],
    ),
    "set, with its value in the cluster": (
        {"r.yaml": RELEASE + "    set:\n    - name: cleaner.imageTag\n"
                   "      valueFrom: {secretKeyRef: {name: x, key: y}}\n    - {name: cleaner.image, value: '5'}\n"},
        [("type", "r.yaml", 9)],
    ),
    "an archive": (
        {"r.yaml": RELEASE.replace("name: polyaxon", "url: 'https://x/agent-2.15.1.tgz'") + REQUEST}, [OVER],
    ),
    "another chart": ({"r.yaml": RELEASE.replace("polyaxon", "kafka") + REQUEST}, []),
    "a Composition": (
        {"r.yaml": "apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nspec:\n  pipeline:\n  - input:\n"
                   "      resources:\n      - base:\n          " + (RELEASE + REQUEST).replace("\n", "\n          ")},
        [("request-over-limit", "r.yaml", 13)],
    ),
    "a Release of something else": ({"r.yaml": "apiVersion: x\nkind: Release\nspec: {name: cleaner}\n"}, []),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected


def test_what_is_not_among_the_files() -> None:
    release = RELEASE + REQUEST + "    valuesFrom: [{secretKeyRef: {name: x}}]\n"
    assert (errors({"r.yaml": release}), warnings({"r.yaml": release})) == ([], [("not-checked", "r.yaml", 7)])
