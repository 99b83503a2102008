"""Values files, umbrella charts', templates of them, and other people's cleaners."""

from __future__ import annotations

import pytest

from helm_cleaner import sources
from helm_cleaner.sources import File
from tests.support.folders import Found, errors, report, warnings

UMBRELLA = "apiVersion: v2\nname: platform\ndependencies:\n- {name: redis}\n- {name: polyaxon}\n"

CASES: dict[str, tuple[dict[str, str], list[Found]]] = {
    "an umbrella chart": (
        {"Chart.yaml": UMBRELLA, "values.yaml": "polyaxon:\n  cleaner: {image: 5}\nredis: {cleaner: {image: 5}}\n"},
        [("type", "values.yaml", 2)],
    ),
    "with an alias": (
        {
            "c/Chart.yaml": UMBRELLA.replace("polyaxon}", "polyaxon, alias: p}"),
            "c/prod.yaml": "p: {cleaner: {image: 5}}\npolyaxon: {cleaner: {image: 5}}\n",
        },
        [("type", "c/prod.yaml", 1)],
    ),
    "with several of ours": (
        {
            "Chart.yaml": UMBRELLA + "- {name: agent, alias: a}\n- {name: agent, alias: b}\n",
            "values.yaml": "a: {cleaner: {image: 5}}\nb: {cleaner: {image: 5}}\npolyaxon: {cleaner: {image: 5}}\n",
        },
        [("type", "values.yaml", 1), ("type", "values.yaml", 2), ("type", "values.yaml", 3)],
    ),
    "with its dependencies in a file of their own": (
        {
            "Chart.yaml": "apiVersion: v1\nname: platform\n",
            "requirements.yaml": "dependencies: [{name: polyaxon}]\n",
            "values.yaml": "polyaxon: {cleaner: {image: 5}}\n",
        },
        [("type", "values.yaml", 1)],
    ),
    "an umbrella chart in its folder of charts": (
        {
            "Chart.yaml": "name: company\ndependencies: [{name: platform, alias: p}, {name: polyaxon}]\n",
            "charts/platform/Chart.yaml": UMBRELLA,
            "charts/platform/values.yaml": "polyaxon: {cleaner: {image: 5}}\n",
            "values.yaml": "p:\n  polyaxon: {cleaner: {image: 5}}\nplatform: {polyaxon: {cleaner: {image: 5}}}\n"
                           "polyaxon: {cleaner: {image: 5}}\n",
        },
        [("type", "charts/platform/values.yaml", 1), ("type", "values.yaml", 2), ("type", "values.yaml", 4)],
    ),
    "an umbrella chart in a folder beside it": (
        {
            "company/Chart.yaml": "name: c\ndependencies: [{name: platform, repository: 'file://../platform'}]\n",
            "company/values.yaml": "platform: {polyaxon: {cleaner: {image: 5, resources: {requests: {cpu: 9}}}}}\n",
            "platform/Chart.yaml": UMBRELLA,
            "platform/values.yaml": "polyaxon: {cleaner: {resources: {limits: {cpu: 9}}}}\n",
        },
        [("type", "company/values.yaml", 1)],
    ),
    "an umbrella chart's own values below": (
        {
            "u/Chart.yaml": UMBRELLA,
            "u/values.yaml": "polyaxon: {cleaner: {resources: {limits: {cpu: 4}}}}\n",
            "u/prod.yaml": "polyaxon: {cleaner: {resources: {requests: {cpu: 2}}}}\n",
            "u/test.yaml": "polyaxon: {cleaner: {resources: {requests: {cpu: 5}}}}\n",
        },
        [("request-over-limit", "u/test.yaml", 1)],
    ),
    "a mistake in an umbrella chart's own values is told once": (
        {
            "u/Chart.yaml": UMBRELLA,
            "u/values.yaml": "polyaxon: {cleaner: {imageTag: 2.10}}\n",
            "u/prod.yaml": "polyaxon: {cleaner: {resources: {requests: {cpu: 50m}}}}\n",
        },
        [("type", "u/values.yaml", 1)],
    ),
    "an umbrella chart's own values that cannot be read": (
        {
            "u/Chart.yaml": UMBRELLA,
            "u/values.yaml": "polyaxon: {cleaner: {resources: [}\n",
            "u/prod.yaml": "polyaxon: {cleaner: {image: 5, resources: {requests: {cpu: 2}}}}\n",
        },
        [("type", "u/prod.yaml", 1), ("yaml", "u/values.yaml", 1)],
    ),
    "an umbrella chart's own values without the chart's": (
        {
            "u/Chart.yaml": UMBRELLA,
            "u/values.yaml": "polyaxon: 5\n",
            "u/prod.yaml": "polyaxon: {cleaner: {resources: {requests: {cpu: 2}}}}\n",
        },
        [("values", "u/values.yaml", 1)],
    ),
    "a default that an umbrella chart's own values delete": (
        {
            "u/Chart.yaml": UMBRELLA,
            "u/values.yaml": "polyaxon: {cleaner: {resources: {limits: null}}}\n",
            "u/prod.yaml": "polyaxon: {cleaner: {resources: {requests: {cpu: 2}}}}\n",
        },
        [],
    ),
    "an umbrella chart that depends on itself": (
        {
            "Chart.yaml": "name: c\ndependencies: [{name: c, repository: 'file://.'}, {name: polyaxon}]\n",
            "values.yaml": "polyaxon: {cleaner: {image: 5}}\n",
        },
        [("type", "values.yaml", 1)],
    ),
    "a file that SOPS encrypted": (
        {"v.yaml": "cleaner:\n  imagePullSecrets: ENC[AES256_GCM,data:x]\n  image: 5\nsops: {mac: x}\n"},
        [("type", "v.yaml", 3)],
    ),
    "a text that looks encrypted": (
        {"v.yaml": "cleaner: {imagePullPolicy: 'ENC[x]'}\n"}, [("pull-policy", "v.yaml", 1)],
    ),
    "the folder of Polyaxon's own chart": (
        {"Chart.yaml": "name: polyaxon\ndependencies: [{name: agent}]\n", "values.yaml": "cleaner: {image: 5}\n"},
        [("type", "values.yaml", 1)],
    ),
    "a folder above is not beside": (
        {"Chart.yaml": UMBRELLA, "env/values.yaml": "cleaner: {image: 5}\n"}, [("type", "env/values.yaml", 1)],
    ),
    "a template": (
        {"v.gotmpl": "{{ $x := 1 }}\ncleaner:\n  image: {{ .image }}\n  imageTag: 5\n"}, [("type", "v.gotmpl", 4)],
    ),
    "in both branches": (
        {"v.gotmpl": "{{ if .x }}\ncleaner: {image: 5}\n{{ else if .y }}\ncleaner: {image: 6}\n{{ end }}\n"},
        [("type", "v.gotmpl", 2), ("type", "v.gotmpl", 4)],
    ),
    "with a list that is filled in": (
        {"v.gotmpl": "cleaner:\n  imagePullSecrets:\n  - B\n  {{- range .x }}\n  - {{ . }}\n  {{- end }}\n"
                     "  tolerations:\n  - {{ . }}\n  {{ toYaml .y | indent 2 }}\n  - {operator: Exists, value: x}\n"},
        [("pull-secret", "v.gotmpl", 3), ("toleration-value", "v.gotmpl", 10)],
    ),
    "with actions on several lines": (
        {"v.gotmpl": "{{/* a\n  b: [\n*/}}\ncleaner:\n  imageTag: {{ .a\n    | quote }}\n  image: 5\n"},
        [("type", "v.gotmpl", 7)],
    ),
    "no template, though it looks like one": (
        {"v.yaml": "cleaner: {imageTag: '{{ x }}', image: '${X'}\n"},
        [("image-tag", "v.yaml", 1), ("image", "v.yaml", 1)],
    ),
    "several documents without a section": ({"v.yaml": "a: the cleaner\n---\nb: 1\n"}, []),
    "several documents with one": ({"v.yaml": "a: 1\n---\ncleaner: {}\n"}, [("values", "v.yaml", 2)]),
    "one that cannot be read beside one that can": (
        {"v.yaml": "cleaner: [\n---\ncleaner: {image: 5}\n"},
        [("values", "v.yaml", 2), ("yaml", "v.yaml", 2), ("type", "v.yaml", 3)],
    ),
    "broken, and without a section": ({"v.yaml": "a: [\n"}, []),
    "a job of GitLab CI": (
        {".gitlab-ci.yml": "cleaner:\n  image: a:3\n  tags: [a]\n", "ci/x.yml": "cleaner: {image: 5, script: [a]}\n"},
        [],
    ),
    "another chart's": ({"v.yaml": "cleaner:\n  enabled: true\n  schedule: '@daily'\n  keep: 3\n"}, []),
    "one with a misspelled field": (
        {"v.yaml": "cleaner: {nodeSelctor: {a: b}, enabled: true}\n"},
        [("unknown-field", "v.yaml", 1), ("unknown-field", "v.yaml", 1)],
    ),
    "one with what the chart's comments offer": (
        {"v.yaml": "cleaner: {priorityClassName: high}\n"}, [("unknown-field", "v.yaml", 1)],
    ),
    "one with a field": (
        {"v.yaml": "cleaner: {enabled: true, image: x}\n"}, [("unknown-field", "v.yaml", 1)],
    ),
    "a list": ({"v.yaml": "cleaner: [image]\n"}, [("type", "v.yaml", 1)]),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_what_is_wrong(files: dict[str, str], expected: list[Found]) -> None:
    assert sorted(errors(files), key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("image", ["", "  image: {repository: a/b, tag: 2}\n  resources: {limits: {cpu: 9}}\n"])
def test_another_charts_section_is_one_warning(image: str) -> None:
    files = {"v.yaml": f"x: 1\ncleaner:\n  enabled: true\n  schedule: '@daily'\n{image}"}
    assert not errors(files)
    assert warnings(files) == [("foreign-section", "v.yaml", 2)]
    assert report(files).checked == 0


def test_a_section_at_the_top_of_an_umbrella_is_a_warning() -> None:
    files = {"Chart.yaml": UMBRELLA, "values.yaml": "a: 1\ncleaner: {image: 5}\n"}
    assert (errors(files), warnings(files)) == ([], [("no-section", "values.yaml", 2)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("polyaxon: {cleaner: {image: 5}}\n", 1),
        ("p: {Cleaner: {image: 5}}\n", 1),
        ("p: {}\nredis: {cleaner: {schedule: x}}\n", None),
        ("p: {cleaner: {image: a}}\nredis: {cleaner: {image: a}}\n", None),
    ],
)
def test_a_section_of_an_umbrella_that_reaches_no_chart_is_a_warning(text: str, expected: int | None) -> None:
    files = {"Chart.yaml": UMBRELLA.replace("polyaxon}", "polyaxon, alias: p}"), "values.yaml": text}
    found = [each for each in warnings(files) if each[0] == "no-section"]
    assert found == ([("no-section", "values.yaml", expected)] if expected else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("apps:\n  plx:\n    values:\n      cleaner: {image: 5}\n", 4),
        ("a: {cleaner: {}}\n", 1),
        ("a: {cleaner: {enabled: true}}\n", None),
        ("a: {cleaner: [image]}\n", None),
        ("a: {cleaner: {enabled: true}}\nb: {c: {cleaner: {imageTags: x}}}\n", 2),
    ],
)
def test_a_section_further_down_is_a_warning(text: str, expected: int | None) -> None:
    assert warnings({"v.yaml": text}) == ([("no-section", "v.yaml", expected)] if expected else [])


def test_an_umbrella_charts_values_elsewhere_are_checked_where_an_object_names_them() -> None:
    files = {
        "platform/Chart.yaml": UMBRELLA,
        "envs/prod.yaml": "polyaxon:\n  cleaner: {imageTag: a:b}\n",
        "app.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    path: platform\n"
        "    helm: {valueFiles: [../envs/prod.yaml]}\n",
    }
    assert (errors(files), warnings(files)) == ([("image-tag", "envs/prod.yaml", 2)], [])


def test_the_hint_for_an_umbrella_charts_own_values_is_what_was_written() -> None:
    files = {"Chart.yaml": UMBRELLA, "values.yaml": "polyaxon: {cleaner: {imageTag: 2.10}}\n"}
    files["prod.yaml"] = "polyaxon: {cleaner: {imagePullPolicy: Always}}\n"
    found = report(files, named=["prod.yaml"]).findings
    assert {d.hint for d in found} == {'write it in quotes: imageTag: "2.10"; Helm reads 2.10 without quotes as 2.1'}


def test_a_path_that_is_given_is_the_path() -> None:
    files = {"Chart.yaml": UMBRELLA, "values.yaml": "x: {cleaner: {image: 5}}\ncleaner: {image: 5}\n"}
    expected = [("type", "values.yaml", 1), ("type", "values.yaml", 2)]
    assert errors(files, [("x", "cleaner"), ("cleaner",)]) == expected


def test_what_is_named_is_always_read() -> None:
    assert report({"v.yaml": "a: [\n"}, named=["v.yaml"]).is_unusable
    assert not report({"v.yaml": "a: [\n"}).is_unusable
    assert report({"v.yaml": "cleaner: [\n"}).is_unusable


def test_a_template_that_cannot_be_read_is_not_checked() -> None:
    assert warnings({"v.gotmpl": "cleaner:\n  {{ if x\n"}) == [("not-checked", "v.gotmpl", 2)]
    assert not report({"v.gotmpl": "cleaner:\n  {{ if x\n"}).is_unusable


LIMIT = "cleaner: {resources: {limits: {cpu: 4}}}\n"
REQUEST = "cleaner: {resources: {requests: {cpu: 3}}}\n"
HELMFILE = "releases:\n- chart: polyaxon/polyaxon\n  values: [FILES]\n"
ARGO = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  SOURCE\n    helm: {valueFiles: [FILES]}\n"
OURS = ARGO.replace("SOURCE", "sources:\n  - chart: polyaxon")
IN_GIT = ARGO.replace("SOURCE", "source:\n    path: charts/plx")
OVER = "request-over-limit"

LAYERED: dict[str, tuple[dict[str, str], list[Found]]] = {
    "over one that allows it": (
        {"helmfile.yaml": HELMFILE.replace("FILES", "a.yaml, b/c.yaml"), "a.yaml": LIMIT, "b/c.yaml": REQUEST}, []
    ),
    "over one that does not": (
        {"helmfile.yaml": HELMFILE.replace("FILES", "a.yaml, b.yaml"), "a.yaml": LIMIT.replace("4", "2"),
         "b.yaml": REQUEST},
        [(OVER, "b.yaml", 1)],
    ),
    "over one without a section": (
        {"helmfile.yaml": HELMFILE.replace("FILES", "a.yaml, b.yaml"), "a.yaml": "x: 1\n", "b.yaml": REQUEST},
        [(OVER, "b.yaml", 1)],
    ),
    "with a templated name": (
        {"helmfile.yaml": HELMFILE.replace("FILES", "a.yaml, 'env/{{ .Environment.Name }}.yaml'"), "a.yaml": LIMIT,
         "env/b.yaml": REQUEST, "other/b.yaml": REQUEST},
        [(OVER, "other/b.yaml", 1)],
    ),
    "in another repository": (
        {"apps/a.yaml": OURS.replace("FILES", "$v/env/a.yaml, $v/env/b.yaml"), "env/a.yaml": LIMIT,
         "env/b.yaml": REQUEST},
        [],
    ),
    "in another repository, and which one is not clear": (
        {"apps/a.yaml": OURS.replace("FILES", "$v/env/a.yaml, $v/env/b.yaml"), "x/env/a.yaml": LIMIT,
         "y/env/a.yaml": LIMIT, "env/b.yaml": REQUEST},
        [(OVER, "env/b.yaml", 1)],
    ),
    "in a chart's folder": (
        {"apps/a.yaml": IN_GIT.replace("FILES", "a.yaml, ../../env/b.yaml, /env/c.yaml"), "charts/plx/a.yaml": LIMIT,
         "env/b.yaml": REQUEST, "env/c.yaml": "cleaner: {image: 5}\n", "apps/a.yml": "x: 1\n"},
        [("type", "env/c.yaml", 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), LAYERED.values(), ids=LAYERED)
def test_files_that_are_layered(files: dict[str, str], expected: list[Found]) -> None:
    assert errors(files) == expected


IN_CHART = ARGO.replace("SOURCE", "source:\n    path: charts/ml")
RELEASE = (
    "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n"
    "  chart: {spec: {chart: ./charts/ml, sourceRef: {kind: GitRepository, name: g}}}\n"
)


def test_an_umbrella_chart_in_a_repository() -> None:
    files = {
        "apps/plx.yaml": IN_CHART.replace("FILES", "values.yaml, prod.yaml"),
        "charts/ml/Chart.yaml": UMBRELLA,
        "charts/ml/values.yaml": "polyaxon:\n  " + LIMIT,
        "charts/ml/prod.yaml": "polyaxon:\n  " + REQUEST,
    }
    assert (errors(files), warnings(files)) == ([], [])
    values = {"charts/ml/values.yaml": "polyaxon: {cleaner: {image: 5}}\n"}
    assert errors(files | values) == [("type", "charts/ml/values.yaml", 1), (OVER, "charts/ml/prod.yaml", 2)]
    release = RELEASE + "  values: {polyaxon: {cleaner: {image: 5}}}\n"
    assert errors({"r.yaml": release, "x/charts/ml/Chart.yaml": UMBRELLA}) == [("type", "r.yaml", 5)]
    assert warnings({"r.yaml": release}) == [("no-section", "r.yaml", 5)]
    top = RELEASE + "  values: {cleaner: {image: 5}}\n"
    assert warnings({"r.yaml": top, "charts/ml/Chart.yaml": UMBRELLA}) == [("no-section", "r.yaml", 5)]


@pytest.mark.parametrize(
    "text", ["- name: run the cleaner\n  shell: x\n", "the cleaner\n", "- cleaner\n", "--- cleaner\n"]
)
def test_what_is_no_mapping_is_no_values_file_in_a_folder(text: str) -> None:
    assert report({"v.yaml": text}).findings == []
    assert report({"v.yaml": text}, named=["v.yaml"]).is_unusable
    tasks = "- helm:\n    values:\n      cleaner: {image: 5}\n"
    assert warnings({"tasks/main.yml": tasks}) == [("not-checked", "tasks/main.yml", 3)]


def test_the_values_files_of_another_chart_are_left_alone() -> None:
    text = "cleaner: {enabled: true, imageTag: x}\n"
    helmfile = HELMFILE.replace("polyaxon/polyaxon", "x/harbor").replace("FILES", "a.yaml, b.yaml")
    files = {"helmfile.yaml": helmfile, "a.yaml": text, "b.yaml": "cleaner: {schedule: x}\n", "c.yaml": text}
    found = report(files)
    assert {d.location.file for d in found.findings} == found.holding == {"c.yaml"}
    assert found.checked == 1
    files["argo.yaml"] = OURS.replace("FILES", "a.yaml")
    assert {file for _, file, _ in errors(files)} == {"a.yaml", "c.yaml"}


GIVEN = "polyaxon: {cleaner: {resources: {requests: {cpu: CPU}}}}"
CHART = {"u/Chart.yaml": UMBRELLA, "u/values.yaml": "polyaxon: {cleaner: {resources: {limits: {cpu: 4}}}}\n"}
FLUX = "{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, spec: {chart: {spec: {SPEC}}, values: {GIVEN}}}\n"
IN_GIT = FLUX.replace("SPEC", "chart: ./u, sourceRef: {kind: GitRepository}")
FILES = ", valuesFiles: [NAMES]"
OVER_A_CHART = {
    "Argo CD": "{apiVersion: a/v1, kind: Application, spec: {source: {path: u, helm: {valuesObject: {GIVEN}}}}}\n",
    "Helmfile": "releases:\n- {chart: ./u, values: [{GIVEN}]}\n",
    "Fleet": "defaultNamespace: p\nhelm: {chart: ./u, values: {GIVEN}}\n",
    "Flux": IN_GIT,
    "Flux with valuesFiles": IN_GIT.replace(
        "Repository}", "Repository}" + FILES.replace("NAMES", "u/values.yaml, u/a.yaml")
    ),
}


@pytest.mark.parametrize("text", OVER_A_CHART.values(), ids=OVER_A_CHART)
def test_an_umbrella_charts_own_values_are_below_what_an_object_passes_to_it(text: str) -> None:
    def over(cpu: int) -> dict[str, str]:
        given = text.replace("{GIVEN}", "{" + GIVEN.replace("CPU", str(cpu)) + "}")
        return CHART | {
            "u/a.yaml": "polyaxon: {cleaner: {image: a}}\n",
            "fleet.yaml" if "Namespace" in text else "f.yaml": given,
        }

    assert errors(over(3)) == []
    [(code, file, _)] = errors(over(5))
    assert (code, file in ("f.yaml", "fleet.yaml")) == ("request-over-limit", True)


def test_values_files_replace_a_charts_own_values() -> None:
    text = IN_GIT.replace("Repository}", "Repository}" + FILES.replace("NAMES", "u/a.yaml"))
    files = CHART | {"u/a.yaml": "a: 1\n", "f.yaml": text.replace("{GIVEN}", "{" + GIVEN.replace("CPU", "3") + "}")}
    assert errors(files) == [("request-over-limit", "f.yaml", 1)]
    del files["u/a.yaml"]
    assert errors(files) == []
    assert warnings(files) == [("not-checked", "f.yaml", 1)]


def test_values_files_in_a_packaged_chart_are_not_among_the_files() -> None:
    files = {"values.yaml": "cleaner: {resources: {limits: {cpu: 9}}}\n"}
    for name, codes in (("values.yaml", ["request-over-limit"]), ("prod.yaml", ["not-checked"])):
        spec = "chart: polyaxon, sourceRef: {kind: HelmRepository}" + FILES.replace("NAMES", name)
        text = FLUX.replace("SPEC", spec).replace("GIVEN", "cleaner: {resources: {requests: {cpu: 3}}}")
        assert [code for code, *_ in errors(files | {"f.yaml": text}) + warnings(files | {"f.yaml": text})] == codes


@pytest.mark.parametrize(("dependency", "expected"), [("polyaxon", True), ("redis", False)])
def test_only_an_umbrella_charts_own_values_are_read_from_disk(dependency: str, expected: bool) -> None:
    asked: list[str] = []

    def beside(name: str) -> bytes | None:
        asked.append(name)
        return b"name: x\ndependencies: [{name: %b}]\n" % dependency.encode() if name == "u/Chart.yaml" else None

    text = "releases:\n- {chart: ./u, values: [u/a.yaml, {polyaxon: {cleaner: {image: 5}}}]}\n"
    sources.find_sections([File("f.yaml", text.encode())], (), beside)
    assert ("u/values.yaml" in asked, "u/a.yaml" in asked) == (expected, False)
