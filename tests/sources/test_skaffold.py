"""Skaffold's Helm releases."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, warnings

START = "apiVersion: skaffold/v4beta11\nkind: Config\n"
RELEASES = "  helm:\n    releases:\n    - name: plx\n      remoteChart: polyaxon/agent\n"  # lines 4 to 7


def skaffold(*lines: str, stage: str = "deploy") -> dict[str, str]:
    """A configuration in which the lines begin with line 8."""
    return {"skaffold.yaml": START + f"{stage}:\n" + RELEASES + "".join(f"      {line}\n" for line in lines)}


WRONG: dict[str, tuple[dict[str, str], list[Found]]] = {
    "overrides": (skaffold("overrides:", "  cleaner: {imageTag: 2.10}"), [("type", "skaffold.yaml", 9)]),
    "of the renderer": (
        skaffold("overrides:", "  cleaner: {imageTag: 2.10}", stage="manifests"), [("type", "skaffold.yaml", 9)],
    ),
    "setValues": (
        skaffold("setValues:", "  cleaner.imagePullPolicy: always"), [("pull-policy", "skaffold.yaml", 9)],
    ),
    "setValueTemplates": (
        skaffold("setValueTemplates:", "  cleaner.imageTag: '{{.TAG}}'", "  cleaner.imageTags: a"),
        [("unknown-field", "skaffold.yaml", 10)],
    ),
    "values files override overrides": (
        skaffold("overrides: {cleaner: {imageTag: 'a:b'}}", "valuesFiles: [v.yaml]")
        | {"v.yaml": "cleaner: {imageTag: dev, imagePullPolicy: always}\n"},
        [("pull-policy", "v.yaml", 1)],
    ),
    "a profile": (
        {"skaffold.yaml": START + "profiles:\n- name: prod\n  deploy:\n    helm:\n      releases:\n"
                          "      - remoteChart: oci://reg.example.com/polyaxon:2.15.1\n"
                          "        overrides: {cleaner: {imageTag: 'a:b'}}\n"},
        [("image-tag", "skaffold.yaml", 9)],
    ),
    "another chart": (
        {"skaffold.yaml": skaffold("overrides: {cleaner: {a: b}}")["skaffold.yaml"].replace("agent", "redis")}, [],
    ),
    "another tool's Config": ({"c.yaml": "apiVersion: v1\nkind: Config\nclusters: []\n"}, []),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected
    assert not warnings(files)


def test_a_file_that_is_not_there_is_said() -> None:
    files = skaffold("setFiles:", "  cleaner.imageTag: tag.txt", "  ui.logo: logo.txt")
    assert (errors(files), warnings(files)) == ([], [("not-checked", "skaffold.yaml", 9)])
