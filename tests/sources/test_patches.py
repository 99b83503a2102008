"""Patches of kustomize and of Flux, on objects that pass values to charts."""

from __future__ import annotations

import pytest

from tests.support.folders import Found, errors, warnings

RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: plx, namespace: ml}
spec:
  chart:
    spec: {chart: agent, sourceRef: {kind: HelmRepository, name: polyaxon}}
  values:
    cleaner: {imageTag: dev}
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: plx, namespace: argocd}
spec:
  source: {repoURL: "https://charts.polyaxon.com", chart: polyaxon}
"""
OTHER = RELEASE.replace("chart: agent", "chart: redis").replace("{imageTag: dev}", "{enabled: true}")
FLUX = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\nspec:\n"


def patch(*lines: str, target: str = "{kind: HelmRelease, name: plx}", key: str = "patches") -> str:
    """A kustomization with an inline patch, whose first line is line 4."""
    return f"{key}:\n- target: {target}\n  patch: |-\n" + "".join(f"    {line}\n" for line in lines)


def flux_patch(*lines: str) -> str:
    """One of Flux, whose first line is line 8."""
    return FLUX + "".join(f"  {line}\n" for line in patch(*lines).splitlines())


STRATEGIC = ("apiVersion: helm.toolkit.fluxcd.io/v2", "kind: HelmRelease", "metadata: {name: plx, namespace: ml}",
             "spec:", "  values:", "    cleaner:", "      imagePullPolicy: always")  # fmt: skip
ADD = ("- op: add", "  path: /spec/values/cleaner", "  value:", "    imagePullPolicy: always")
TO_APP = "{kind: Application, name: plx}"
K = "kustomization.yaml"

WRONG: dict[str, tuple[dict[str, str], list[Found]]] = {
    "strategic": ({K: patch(*STRATEGIC)}, [("pull-policy", K, 10)]),
    "strategic, of two documents": (
        {K: patch(*STRATEGIC[:5], "    cleaner: {}", "---", *STRATEGIC)},
        [("pull-policy", K, 17)],
    ),
    "JSON": ({K: patch(*ADD)}, [("pull-policy", K, 7)]),
    "JSON, of Flux": ({"apps.yaml": flux_patch(*ADD)}, [("pull-policy", "apps.yaml", 11)]),
    "JSON, as objects": (
        {"apps.yaml": FLUX + "  patchesJson6902:\n  - target: {kind: HelmRelease, name: plx}\n    patch:\n"
                             "    - {op: replace, path: /spec/values/cleaner/imageTag, value: 'a:b'}\n"},
        [("image-tag", "apps.yaml", 8)],
    ),
    "strategic, as an object": (
        {"apps.yaml": FLUX + "  patchesStrategicMerge:\n  - apiVersion: helm.toolkit.fluxcd.io/v2\n"
                             "    kind: HelmRelease\n    metadata: {name: plx}\n    spec:\n      values:\n"
                             "        cleaner: {imageTag: 'a:b'}\n"},
        [("image-tag", "apps.yaml", 11)],
    ),
    "patchesStrategicMerge": (
        {K: "patchesStrategicMerge:\n- |-\n" + "".join(f"  {line}\n" for line in STRATEGIC)},
        [("pull-policy", K, 9)],
    ),
    "patchesJson6902": ({K: patch(*ADD, key="patchesJson6902")}, [("pull-policy", K, 7)]),
    "a field": (
        {K: patch("- op: replace", "  path: /spec/values/cleaner/resources/limits/memory", "  value: 4000Mb")},
        [("quantity", K, 6)],
    ),
    "a field that is unknown": (
        {K: patch("- op: add", "  path: /spec/values/cleaner/priorityClassName", "  value: high")},
        [("unknown-field", K, 5)],
    ),
    "a key with a slash": (
        {K: patch("- op: add", "  path: /spec/values/cleaner/nodeSelector/example.com~1gpu", "  value: true")},
        [("type", K, 6)],
    ),
    "items of a list, each by itself": (
        {K: patch("- {op: add, path: /spec/values/cleaner/tolerations/-, value: {operator: exists}}",
                  "- {op: add, path: /spec/values/cleaner/tolerations/-, value: {operator: Exists, effect: never}}",
                  "- {op: add, path: /spec/values/cleaner/tolerations/2, value: {operator: Exists}}")},
        [("toleration-operator", K, 4), ("toleration-effect", K, 5)],
    ),
    "what operations set together": (
        {K: patch("- {op: add, path: /spec/values/cleaner/resources/limits, value: {cpu: 1}}",
                  "- {op: add, path: /spec/values/cleaner/resources/requests, value: {cpu: 2}}")},
        [("request-over-limit", K, 5)],
    ),
    "all values": (
        {K: patch("- op: add", "  path: /spec/values", "  value: {cleaner: {imageTag: 'a:b'}}")},
        [("image-tag", K, 6)],
    ),
    "valuesObject": (
        {K: patch("- op: add", "  path: /spec/source/helm/valuesObject/cleaner", "  value: {imageTag: 'a:b'}",
                  target=TO_APP)},
        [("image-tag", K, 6)],
    ),
    "one of several sources, without a kind": (
        {K: patch("- op: add", "  path: /spec/sources/1/helm/valuesObject/cleaner/imageTag", "  value: a:b",
                  target="{name: plx}")},
        [("image-tag", K, 6)],
    ),
    "values in a text": (
        {K: patch("- op: replace", "  path: /spec/source/helm/values", "  value: |", "    cleaner:",
                  "      imageTag: a:b", target=TO_APP)},
        [("image-tag", K, 8)],
    ),
    "a parameter": (
        {K: patch("- op: add", "  path: /spec/source/helm/parameters/-",
                  "  value: {name: cleaner.imagePullPolicy, value: always}", target=TO_APP)},
        [("pull-policy", K, 6)],
    ),
    "an Application, strategic": (
        {K: patch("apiVersion: argoproj.io/v1alpha1", "kind: Application", "metadata: {name: plx}", "spec:",
                  "  source:", "    helm:", "      valuesObject:",
                  "        cleaner: {imageTag: 'a:b', resources: {requests: {cpu: 9}}}")},
        [("image-tag", K, 11)],
    ),
    "a file with a JSON patch": (
        {K: "patches:\n- {path: p.yaml, target: {kind: HelmRelease, name: plx}}\n", "p.yaml": "\n".join(ADD)},
        [("pull-policy", "p.yaml", 4)],
    ),
    "a target without a name": (
        {K: patch(*ADD, target="{kind: HelmRelease}"), "o.yaml": OTHER.replace("name: plx", "name: redis")},
        [("pull-policy", K, 7)],
    ),
    "a target with a pattern": ({K: patch(*ADD, target="{kind: HelmRelease, name: 'p.*'}")}, [("pull-policy", K, 7)]),
    "the rendered ConfigMap": (
        {K: patch("- op: replace", "  path: /data/POLYAXON_AGENT_CLEANER",
                  "  value: '{\"imagePullPolicy\": \"always\"}'", target="{kind: ConfigMap, name: p-agent-config}")},
        [("pull-policy", K, 6)],
    ),
    "the rendered ConfigMap, strategic": (
        {K: patch("apiVersion: v1", "kind: ConfigMap", "metadata: {name: p-agent-config}", "data:",
                  "  POLYAXON_AGENT_CLEANER: |", "    {\"imagePullPolicy\": \"always\"}")},
        [("pull-policy", K, 9)],
    ),
    "a post-renderer of Flux": (
        {"r.yaml": RELEASE.replace("name: plx", "name: x") + "  postRenderers:\n  - kustomize:\n      patches:\n"
                   "      - patch: '[{op: add, path: /data/POLYAXON_AGENT_CLEANER, value: ''{\"image\": 5}''}]'\n"},
        [("type", "r.yaml", 12)],
    ),
    "a file in JSON": (
        {K: "patches:\n- {path: p.json, target: {kind: HelmRelease, name: plx}}\n",
         "p.json": '[{"op": "add", "path": "/spec/values/cleaner",\n "value": {"imageTag": "a:b"}}]'},
        [("image-tag", "p.json", 2)],
    ),
    "of an umbrella chart": (
        {"apps/release.yaml": RELEASE[: RELEASE.index("  values")].replace("chart: agent", "chart: ./charts/ml")
                                                                  .replace("HelmRepository", "GitRepository"),
         "charts/ml/Chart.yaml": "name: ml\ndependencies:\n- {name: polyaxon, alias: plx}\n",
         K: patch("- op: add", "  path: /spec/values/plx/cleaner/imageTag", "  value: a:b")},
        [("image-tag", K, 6)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    base = {} if "apps/release.yaml" in files else {"release.yaml": RELEASE, "app.yaml": APPLICATION}
    assert errors(files | base) == expected
    assert not warnings(files | base)


RIGHT: dict[str, dict[str, str]] = {
    "over another chart": {K: patch(*STRATEGIC), "release.yaml": OTHER},
    "a JSON patch over another chart": {K: patch(*ADD), "release.yaml": OTHER},
    "a file over another chart": {
        K: "patches:\n- {path: p.yaml, target: {kind: HelmRelease, name: plx}}\n",
        "p.yaml": "\n".join(ADD), "release.yaml": OTHER,
    },
    "a request over a default limit, which another layer may raise": {
        K: patch("- {op: add, path: /spec/values/cleaner/resources/requests, value: {cpu: 9}}"), "r.yaml": RELEASE,
    },
    "what is removed": {K: patch("- {op: remove, path: /spec/values/cleaner/imageTag}"), "r.yaml": RELEASE},
    "a copy of something else": {K: patch("- {op: copy, from: /spec/a, path: /spec/releaseName}"), "r.yaml": RELEASE},
    "another object": {K: patch("- {op: add, path: /spec/replicas, value: 2}", target="{kind: Deployment}")},
    "no patch": {"v.yaml": "patches:\n- a\ncleaner: {imageTag: dev}\n"},
}  # fmt: skip


@pytest.mark.parametrize("files", RIGHT.values(), ids=RIGHT)
def test_what_is_right(files: dict[str, str]) -> None:
    assert errors(files) + warnings(files) == []


@pytest.mark.parametrize(
    ("files", "line"),
    [
        (
            {
                K: "replacements:\n- targets:\n  - select: {kind: HelmRelease, name: plx}\n"
                "    fieldPaths: [spec.values.cleaner.imageTag]\n"
            },
            4,
        ),
        ({K: patch("- {op: move, from: /spec/values/other, path: /spec/values/cleaner}")}, 4),
        ({K: patch("- {op: copy, from: /spec/values/a, path: /spec/values/cleaner/imageTag}")}, 4),
    ],
)
def test_what_is_not_followed_is_said(files: dict[str, str], line: int) -> None:
    assert warnings(files | {"release.yaml": RELEASE}) == [("not-checked", K, line)]
    assert not warnings(files | {"release.yaml": OTHER})


def test_that_the_base_is_not_there_is_said() -> None:
    assert warnings({K: patch(*ADD)}) == [("not-checked", K, 4)]
    files = {"p.yaml": "\n".join(ADD)}  # which no kustomization names
    assert (errors(files), warnings(files)) == ([("pull-policy", "p.yaml", 4)], [("not-checked", "p.yaml", 1)])


def test_a_pattern_that_is_none_fits_no_object() -> None:
    files = {K: patch(*ADD, target="{kind: HelmRelease, name: '*plx'}"), "release.yaml": RELEASE}
    assert (errors(files), warnings(files)) == ([("pull-policy", K, 7)], [("not-checked", K, 4)])


def test_a_patch_that_is_not_yaml_hides_no_other() -> None:
    files = {K: patch("a: [") + patch(*ADD).removeprefix("patches:\n"), "release.yaml": RELEASE}
    assert errors(files) == [("yaml", K, 5), ("pull-policy", K, 10)]
