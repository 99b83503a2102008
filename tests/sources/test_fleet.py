"""Fleet: https://fleet.rancher.io/ref-fleet-yaml."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, warnings

TOP = "defaultNamespace: ml\nhelm:\n  chart: polyaxon\n"
REQUEST = "  values: {cleaner: {resources: {requests: {cpu: 3}}}}\n"
LIMIT = "cleaner: {resources: {limits: {cpu: 4}}}"
OVER: Found = ("request-over-limit", "fleet.yaml", 4)

CASES: dict[str, tuple[dict[str, str], list[Found]]] = {
    "values": ({"fleet.yaml": TOP + REQUEST}, [OVER]),
    "a target's over them": (
        {"fleet.yaml": f"{TOP}{REQUEST}targetCustomizations:\n- name: a\n  helm: {{values: {{{LIMIT}}}}}\n"}, [OVER],
    ),
    "wrong for a target alone": (
        {"fleet.yaml": f"{TOP}  values: {{{LIMIT}}}\ntargetCustomizations:\n- helm:\n  {REQUEST}- helm:\n"
                       "    values: {cleaner: {resources: {requests: {cpu: 5}}}}\n"},
        [("request-over-limit", "fleet.yaml", 9)],
    ),
    "over value files": (
        {"a/fleet.yaml": TOP + REQUEST + "  valuesFiles: [../x.yaml]\n", "x.yaml": LIMIT}, [],
    ),
    "below a ConfigMap": (
        {
            "fleet.yaml": f"{TOP}{REQUEST}  valuesFrom: [{{configMapKeyRef: {{name: x, key: y}}}}]\n",
            "x.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata: {{y: '{LIMIT}'}}\n",
        },
        [],
    ),
    "placeholders": (
        {"fleet.yaml": f"{TOP}  values:\n    cleaner:\n      image: ${{ .ClusterLabels.x }}\n"
                       "      imageTag: 'v${ .Values.y }'\n      imagePullPolicy: always\n"},
        [("pull-policy", "fleet.yaml", 8)],
    ),
    "and none where they are switched off": (
        {"fleet.yaml": f"{TOP}  disablePreProcess: true\n  values: {{cleaner: {{imageTag: '${{ x }}'}}}}\n"},
        [("image-tag", "fleet.yaml", 5)],
    ),
    "a Bundle": (
        {"b.yaml": "apiVersion: fleet.cattle.io/v1alpha1\nkind: Bundle\nspec:\n  helm:\n"
                   "    chart: agent\n  " + REQUEST},
        [("request-over-limit", "b.yaml", 6)],
    ),
    "another chart": ({"fleet.yaml": TOP.replace("polyaxon", "oci://x.io/charts/kafka:1.0") + REQUEST}, []),
    "the chart of an OCI registry": (
        {"fleet.yaml": TOP.replace("polyaxon", "oci://x.io/charts/agent:1.0") + REQUEST}, [OVER],
    ),
    "a chart in its folder": (
        {"fleet.yaml": TOP.replace("polyaxon", "./x") + REQUEST, "x/Chart.yaml": "name: agent\n"}, [OVER],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected


def test_what_is_not_looked_at() -> None:
    files = {"fleet.yaml": TOP + REQUEST + "  templateValues: {cleaner: '${ x }'}\n  valuesFiles: [x.yaml]\n"}
    assert warnings(files) == [("not-checked", "fleet.yaml", 5), ("not-checked", "fleet.yaml", 6)]
