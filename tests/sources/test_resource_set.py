"""The Flux Operator's ResourceSet."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, warnings

START = "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata: {name: plx}\nspec:\n"
RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: << inputs.tenant >>}
spec:
  chart: {spec: {chart: polyaxon}}
  values:
    cleaner:
"""


def resources(*lines: str) -> dict[str, str]:
    """A ResourceSet with a HelmRelease in its resources; the section's first line is line 14."""
    release = RELEASE + "".join(f"      {line}\n" for line in lines)
    return {"set.yaml": START + "  resources:\n  -\n" + "".join(f"    {line}\n" for line in release.splitlines())}


def template(*lines: str) -> dict[str, str]:
    """One with a HelmRelease in a text, which is the second document there; the section's first line is line 15."""
    release = "---\n" + RELEASE + "".join(f"      {line}\n" for line in lines)
    text = "".join(f"    {line}\n" for line in release.splitlines())
    return {"set.yaml": START + "  resourcesTemplate: |\n    a: b\n" + text}


WRONG: dict[str, tuple[dict[str, str], list[Found]]] = {
    "in resources": (resources("imagePullPolicy: always"), [("pull-policy", "set.yaml", 14)]),
    "in a text": (template("imagePullPolicy: always"), [("pull-policy", "set.yaml", 15)]),
    "in a branch": (
        template("<<- if inputs.tuned >>", "imageTag: dev", "<<- else >>", "imageTag: a:b", "<<- end >>"),
        [("image-tag", "set.yaml", 18)],
    ),
    "beside what is filled in": (
        resources("image: reg.example.com/<< inputs.tenant >>/x", "imageTag: << inputs.tag | quote >>", "replicas: 1"),
        [("unknown-field", "set.yaml", 16)],
    ),
    "a request over a default limit": (
        resources("resources: {requests: {cpu: 7}}"), [("request-over-limit", "set.yaml", 14)],
    ),
    "another chart": (
        {"set.yaml": resources("imagePullPolicy: always", "enabled: true")["set.yaml"]
         .replace("chart: polyaxon", "chart: redis")},
        [],
    ),
    "angles in a HelmRelease are no placeholder": (
        {"r.yaml": RELEASE.replace("<< inputs.tenant >>", "plx") + "      imageTag: << inputs.tag >>\n"},
        [("image-tag", "r.yaml", 8)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected
    assert not warnings(files)
