"""k3s: https://docs.k3s.io/add-ons/helm; what is `--set` and what `--set-string` is told by its helm-controller."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, warnings

CHART = """\
apiVersion: helm.cattle.io/v1
kind: HelmChart
metadata: {name: plx, namespace: kube-system}
spec:
  chart: polyaxon
"""
CONFIG = CHART.replace("HelmChart", "HelmChartConfig").replace("  chart: polyaxon\n", "")
REQUEST = "  valuesContent: |-\n    cleaner: {resources: {requests: {cpu: 3}}}\n"
LIMIT = REQUEST.replace("requests", "limits").replace("3", "4")

CASES: dict[str, tuple[dict[str, str], list[Found]]] = {
    "valuesContent": ({"a.yaml": CHART + REQUEST}, [("request-over-limit", "a.yaml", 7)]),
    "an archive": (
        {"a.yaml": CHART.replace("polyaxon", "https://x.io/polyaxon-v2.15.1.tgz") + REQUEST},
        [("request-over-limit", "a.yaml", 7)],
    ),
    "an archive of another chart": ({"a.yaml": CHART.replace("polyaxon", "https://x.io/kafka-2.tgz") + REQUEST}, []),
    "a config over its chart": ({"a.yaml": CHART + REQUEST, "b.yaml": CONFIG + LIMIT}, []),
    "a config for a chart without a section": (
        {"a.yaml": CHART, "b.yaml": CONFIG + REQUEST}, [("request-over-limit", "b.yaml", 6)],
    ),
    "a config for another chart": ({"a.yaml": CHART.replace("polyaxon", "kafka"), "b.yaml": CONFIG + REQUEST}, []),
    "a config by itself": ({"b.yaml": CONFIG + REQUEST}, [("request-over-limit", "b.yaml", 6)]),
    "a config for a chart of another name": (
        {"a.yaml": CHART.replace("plx", "x").replace("polyaxon", "kafka"), "b.yaml": CONFIG + REQUEST},
        [("request-over-limit", "b.yaml", 6)],
    ),
    "values over valuesContent": (
        {"a.yaml": CHART + REQUEST + "  values: {cleaner: {resources: {limits: {cpu: 4}}}}\n"}, [],
    ),
    "set: numbers are numbers, and text is text": (
        {"a.yaml": CHART + "  set:\n    cleaner.imageTag: 210\n    cleaner.image: '210'\n"}, [("type", "a.yaml", 7)],
    ),
    "set: words are words": (
        {"a.yaml": CHART + "  set:\n    cleaner.imageTag: 'true'\n    cleaner.labels: x\n"},
        [("type", "a.yaml", 7), ("unknown-field", "a.yaml", 8)],
    ),
    "set over both": ({"a.yaml": CHART + REQUEST + "  set: {cleaner.resources.limits.cpu: 4}\n"}, []),
    "Flux has a kind of this name": (
        {"a.yaml": "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmChart\nspec: {chart: cleaner}\n"}, [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected


def test_values_in_secrets_are_not_looked_at() -> None:
    files = {"a.yaml": CHART + "  valuesSecrets: [{name: x}]\n" + REQUEST}
    assert (errors(files), warnings(files)) == ([], [("not-checked", "a.yaml", 6)])
