"""Applications in the values of the chart argocd-apps."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, warnings

APP = """\
project: default
source:
  repoURL: https://charts.polyaxon.com
  chart: polyaxon
  helm:
    valuesObject:
      cleaner: {imagePullPolicy: always}
"""
OTHER = APP.replace("chart: polyaxon", "chart: redis").replace("{imagePull", "{enabled: true, imagePull")
CHART = "name: apps\ndependencies:\n- {name: argocd-apps}\n"


def indent(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


WRONG: dict[str, tuple[dict[str, str], list[Found]]] = {
    "an umbrella chart": (
        {"Chart.yaml": CHART, "values.yaml": "argocd-apps:\n  applications:\n    plx:\n" + indent(APP, 6)},
        [("pull-policy", "values.yaml", 10)],
    ),
    "an alias": (
        {"Chart.yaml": CHART, "values.yaml": "apps:\n  applications:\n    plx:\n" + indent(APP, 6)},
        [("pull-policy", "values.yaml", 10)],
    ),
    "its own values": (
        {"apps.yaml": "applications:\n  plx:\n" + indent(APP, 4)}, [("pull-policy", "apps.yaml", 9)],
    ),
    "a list": (
        {"apps.yaml": "applications:\n- name: plx\n" + indent(APP, 2)}, [("pull-policy", "apps.yaml", 9)],
    ),
    "several sources": (
        {"apps.yaml": "applications:\n  plx:\n    sources:\n    - {ref: x}\n    - chart: agent\n"
                      "      helm: {values: 'cleaner: {imageTag: a:b}'}\n"},
        [("image-tag", "apps.yaml", 6)],
    ),
    "an ApplicationSet": (
        {"apps.yaml": "applicationsets:\n  plx:\n    template:\n      spec:\n"
                      + indent(APP.replace("always", "always, image: '{{ image }}'"), 8)},
        [("pull-policy", "apps.yaml", 11)],
    ),
    "another chart": (
        {"apps.yaml": "applications:\n  plx:\n" + indent(OTHER, 4)}, [],
    ),
    "values with a key of that name": (
        {"values.yaml": "applications: {a: {b: c}}\ncleaner: {imageTag: 'a:b'}\n"}, [("image-tag", "values.yaml", 2)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected
    assert not warnings(files)
