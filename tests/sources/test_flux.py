"""Flux HelmReleases: how values are composed is told in https://fluxcd.io/flux/components/helm/helmreleases/#values."""

from __future__ import annotations

import base64

import pytest

from helm_cleaner.sources import File
from tests.support.fixing import fix_files
from tests.support.folders import Found, errors, warnings

RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: plx, namespace: ml}
spec:
  chart: {spec: {chart: polyaxon, sourceRef: {kind: HelmRepository, name: p}}}
"""
FROM = RELEASE + "  valuesFrom:\n  - {kind: ConfigMap, name: plx-values}\n"
FROM_HIDDEN = FROM.replace("ConfigMap", "Secret")
MAP = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: plx-values, namespace: ml}
data:
  values.yaml: |
    cleaner:
      imageTag: 2.10
"""
HIDDEN = "apiVersion: v1\nkind: Secret\nmetadata: {name: plx-values}\n"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


REFERRING = (
    RELEASE.replace(
        "chart: {spec: {chart: polyaxon, sourceRef: {kind: HelmRepository, name: p}}}",
        "chartRef: {kind: KIND, name: c}",
    )
    + "  values: {cleaner: {image: {repository: x}}}\n"
)
REPOSITORY = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: c}\nspec: {url: URL}\n"
CHART = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmChart\nmetadata: {name: c}\nspec: {chart: NAME}\n"

CASES: dict[str, tuple[dict[str, str], list[Found]]] = {
    "a chartRef to one of Polyaxon's": (
        {"r.yaml": REFERRING.replace("KIND", "OCIRepository"),
         "c.yaml": REPOSITORY.replace("URL", "oci://x.io/charts/polyaxon")},
        [("type", "r.yaml", 6)],
    ),
    "a chartRef to another repository": (
        {"r.yaml": REFERRING.replace("KIND", "OCIRepository"),
         "c.yaml": REPOSITORY.replace("URL", "oci://x.io/charts/harbor")},
        [],
    ),
    "a chartRef to a chart": (
        {"r.yaml": REFERRING.replace("KIND", "HelmChart") + "---\n" + CHART.replace("NAME", "agent")},
        [("type", "r.yaml", 6)],
    ),
    "a chartRef to another chart": (
        {"r.yaml": REFERRING.replace("KIND", "HelmChart") + "---\n" + CHART.replace("NAME", "harbor")}, []
    ),
    "a chartRef to a path in Git": (
        {"r.yaml": REFERRING.replace("KIND", "HelmChart"),
         "c.yaml": CHART.replace("NAME", "./harbor, sourceRef: {kind: GitRepository, name: g}")},
        [("type", "r.yaml", 6)],
    ),
    "a chartRef to what is not there": ({"r.yaml": REFERRING.replace("KIND", "HelmChart")}, [("type", "r.yaml", 6)]),
    "a patch, over values that may allow more": (
        {"r.yaml": RELEASE.partition("  chart:")[0] + "  values:\n    cleaner:\n      image: 5\n"
                   "      resources: {requests: {cpu: 3}}\n"},
        [("type", "r.yaml", 7)],
    ),
    "a ConfigMap in a file of its own": ({"r.yaml": FROM, "cm.yaml": MAP}, [("type", "cm.yaml", 7)]),
    "in the same file": ({"r.yaml": f"{FROM}---\n{MAP}"}, [("type", "r.yaml", 15)]),
    "in a List": (
        {"r.yaml": FROM, "l.yaml": "apiVersion: v1\nkind: List\nitems:\n- " + MAP.replace("\n", "\n  ")},
        [("type", "l.yaml", 10)],
    ),
    "of another namespace": ({"r.yaml": FROM, "cm.yaml": MAP.replace("ml}", "other}")}, []),
    "under another key": (
        {"r.yaml": FROM.replace("values}", "values, valuesKey: v}"), "cm.yaml": MAP.replace("values.yaml", "v")},
        [("type", "cm.yaml", 7)],
    ),
    "a Secret in base64": (
        {"r.yaml": FROM_HIDDEN, "s.yaml": f"{HIDDEN}data:\n  values.yaml: {encoded('cleaner: {imageTag: 2.10}')}\n"},
        [("type", "s.yaml", 5)],
    ),
    "stringData over data": (
        {
            "r.yaml": FROM_HIDDEN,
            "s.yaml": f"{HIDDEN}data:\n  values.yaml: {encoded('cleaner: {image: 1}')}\nstringData:\n"
            "  values.yaml: 'cleaner: {imageTag: 1}'\n",
        },
        [("type", "s.yaml", 7)],
    ),
    "the later over the earlier, and values over both": (
        {
            "r.yaml": FROM + "  - {kind: ConfigMap, name: more}\n"
            "  values: {cleaner: {resources: {requests: {cpu: 3}}}}\n",
            "cm.yaml": MAP.replace("imageTag: 2.10", "resources: {limits: {cpu: 2}}"),
            "more.yaml": MAP.replace("plx-values", "more").replace("imageTag: 2.10", "resources: {limits: {cpu: 4}}"),
        },
        [],
    ),
    "a request over the limit of a ConfigMap": (
        {
            "r.yaml": FROM + "  values: {cleaner: {resources: {requests: {cpu: 3}}}}\n",
            "cm.yaml": MAP.replace("imageTag: 2.10", "resources: {limits: {cpu: 2}}"),
        },
        [("request-over-limit", "r.yaml", 8)],
    ),
    "values that are not there may raise the default limit": (
        {"r.yaml": FROM + "  values: {cleaner: {resources: {requests: {cpu: 3}}}}\n"},
        [],
    ),
    "a targetPath": (
        {
            "r.yaml": FROM_HIDDEN.replace("values}", "values, valuesKey: tag, targetPath: cleaner.imageTag}"),
            "s.yaml": f"{HIDDEN}stringData: {{tag: '210', other: 'cleaner'}}\n",
        },
        [("type", "s.yaml", 4)],
    ),
    "a targetPath with a value in quotes, which is text": (
        {
            "r.yaml": FROM_HIDDEN.replace("values}", "values, valuesKey: tag, targetPath: cleaner.imageTag}"),
            "s.yaml": f"{HIDDEN}stringData: {{tag: '\"210\"', other: 'cleaner'}}\n",
        },
        [],
    ),
    "a ConfigMap that a kustomization makes of a file": (
        {
            "r.yaml": FROM,
            "kustomization.yaml": "configMapGenerator:\n- name: plx-values\n  files: [values.yaml=plx.yaml]\n",
            "plx.yaml": "cleaner:\n  imageTag: ${TAG}\n  image: 5\n",
        },
        [("type", "plx.yaml", 3)],
    ),
    "placeholders": (
        {
            "r.yaml": RELEASE + "  values:\n    cleaner:\n      image: ${IMAGE}\n      imageTag: ${TAG:=dev}\n"
            "      imagePullPolicy: pre-${X}\n      nodeSelector: {'${KEY}': x, zone: '${ZONE:-a b}'}\n"
            "      tolerations: ['${A}', {key: x, operator: exists}]\n      resources: ${RESOURCES}\n"
        },
        [("toleration-operator", "r.yaml", 12)],
    ),
    "an escaped placeholder is text": (
        {"r.yaml": RELEASE + "  values: {cleaner: {imageTag: '$${TAG}'}}\n"}, [("image-tag", "r.yaml", 6)]
    ),
    "another chart": ({"r.yaml": FROM.replace("chart: polyaxon", "chart: harbor"), "cm.yaml": MAP}, []),
    "a path in a Git repository names no chart": (
        {
            "r.yaml": RELEASE.replace("chart: polyaxon", "chart: ./charts/x").replace("HelmRepository", "GitRepository")
            + "  values: {cleaner: {image: 5}}\n"
        },
        [("type", "r.yaml", 6)],
    ),
    "nor does a chartRef": (
        {"r.yaml": FROM.replace("  chart: ", "  chartRef: {kind: OCIRepository, name: x}\n  was: "), "cm.yaml": MAP},
        [("type", "cm.yaml", 7)],
    ),
    "the old Helm Operator": (
        {"r.yaml": "apiVersion: helm.fluxcd.io/v1\nkind: HelmRelease\nspec:\n  chart: {name: kafka}\n"
                   "  values: {cleaner: {image: 5}}\n"},
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected


def test_what_is_not_among_the_files() -> None:
    assert warnings({"r.yaml": FROM}) == [("not-checked", "r.yaml", 7)]
    assert warnings({"cm.yaml": MAP}) == [("not-checked", "cm.yaml", 5)]
    assert warnings({"r.yaml": FROM.replace("chart: polyaxon", "chart: harbor")}) == []


def test_a_secret_that_is_not_base64() -> None:
    files = {"r.yaml": FROM_HIDDEN, "s.yaml": f"{HIDDEN}data:\n  values.yaml: ENC[AES256_GCM,data:cleaner]\n"}
    assert warnings(files) == [("not-checked", "r.yaml", 7)]


def test_one_that_cannot_be_read_hides_nothing_in_another() -> None:
    bad = MAP.replace("imageTag: 2.10", "[")
    files = {"r.yaml": FROM + "  values: {cleaner: {image: 5}}\n", "cm.yaml": bad, "v.yaml": "cleaner: {image: 5}\n"}
    assert errors(files) == [("type", "r.yaml", 8), ("yaml", "cm.yaml", 8), ("type", "v.yaml", 1)]


SUBSTITUTED = (
    "resources: {requests: {cpu: ${CPU}}}",
    "resources: {requests: {cpu: ${CPU:=100m}, memory: x${MEM:-${OTHER}}}}",
    "tolerations: [${ONE}, {key: a, operator: ${OP}}]",
    "nodeSelector: {${KEY}: a}",
)


@pytest.mark.parametrize("line", SUBSTITUTED)
def test_a_placeholder_in_braces_in_a_text(line: str) -> None:
    """Flux fills it in before Helm reads the text as YAML."""
    text = MAP.replace("imageTag: 2.10", f"{line}\n      imagePullPolicy: always")
    files = {"cm.yaml": text, "r.yaml": FROM}
    assert (errors(files), warnings(files)) == ([("pull-policy", "cm.yaml", 8)], [])
    fixed = fix_files([File(name, content.encode()) for name, content in files.items()])
    assert fixed.contents["cm.yaml"].decode() == text.replace("always", "Always")
    assert fixed.findings == []


def test_what_flux_fills_in_is_never_rewritten() -> None:
    text = MAP.replace("imageTag: 2.10", "resources: {cpu: ${CPU}}")
    fixed = fix_files([File("cm.yaml", text.encode()), File("r.yaml", FROM.encode())])
    assert fixed.contents["cm.yaml"].decode() in (text, text.replace("{cpu: ${CPU}}", "{requests: {cpu: ${CPU}}}"))
    assert not any("\ue000" in d.message + d.hint for d in fixed.findings)


@pytest.mark.parametrize("line", ["image: {a: $${X}}", "image: {a: ${X}", "image: [$X{}]]"])
def test_other_braces_in_a_text_are_not_yaml(line: str) -> None:
    assert [code for code, *_ in errors({"cm.yaml": MAP.replace("imageTag: 2.10", line), "r.yaml": FROM})] == ["yaml"]


def test_a_mistake_beside_a_placeholder_is_where_it_is() -> None:
    text = MAP.replace("imageTag: 2.10", "resources: {requests: {cpu: ${CPU}}}\n      image: ]")
    assert errors({"cm.yaml": text, "r.yaml": FROM}) == [("yaml", "cm.yaml", 8)]


def test_what_nothing_fills_in_is_not_yaml() -> None:
    """Flux does not see the text in base64."""
    text = "cleaner: {resources: {requests: {cpu: ${CPU}}}}\n"
    hidden = HIDDEN + f"data: {{values.yaml: {encoded(text)}}}\n"
    assert [code for code, *_ in errors({"s.yaml": hidden, "r.yaml": FROM_HIDDEN})] == ["yaml"]


def test_a_config_map_that_cannot_be_read_is_not_said_to_be_unused() -> None:
    files = {"cm.yaml": MAP.replace("imageTag: 2.10", "image: ["), "r.yaml": FROM}
    assert [code for code, *_ in errors(files)] == ["yaml"]
    assert warnings(files) == []
    assert warnings({"cm.yaml": files["cm.yaml"]}) == [("not-checked", "cm.yaml", 5)]


def test_a_config_map_of_another_chart_is_not_said_to_be_unused() -> None:
    unused = MAP.replace("plx-values", "other")
    files = {"cm.yaml": MAP + "---\n" + unused, "r.yaml": FROM.replace("chart: polyaxon", "chart: harbor")}
    assert warnings(files) == [("not-checked", "cm.yaml", 6), ("not-checked", "cm.yaml", 13)]


def test_a_section_where_none_is_expected_is_one_warning() -> None:
    values = "  values:\n    polyaxon: {cleaner: {image: 5}}\n"
    assert warnings({"r.yaml": RELEASE + values}) == [("no-section", "r.yaml", 7)]
    both = RELEASE + "  other: {cleaner: {image: 5}}\n" + values
    assert sorted(warnings({"r.yaml": both})) == [("no-section", "r.yaml", 8), ("not-checked", "r.yaml", 6)]


@pytest.mark.parametrize(
    "values", ["{cleaner: {image: 5}}", "\n        cleaner: {image: 5}", "{a: 1, 'cleaner': {image: 5}}"]
)
def test_a_patch_in_a_kustomization_is_not_checked(values: str) -> None:
    text = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  patches:\n  - patch: |\n"
    assert warnings({"k.yaml": f"{text}      spec: {values}\n"}) == [("not-checked", "k.yaml", 5)]


def test_a_file_that_another_charts_config_map_is_generated_from_is_left_alone() -> None:
    files = {
        "r.yaml": FROM,
        "kustomization.yaml": "configMapGenerator: [{name: plx-values, files: [values.yaml=v.yaml]}]\n",
        "v.yaml": "cleaner: {image: 5, enabled: true}\n",
    }
    assert [code for code, *_ in errors(files)] == ["type", "unknown-field"]
    assert errors(files | {"r.yaml": FROM.replace("chart: polyaxon", "chart: harbor")}) == []
