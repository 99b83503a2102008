"""Sections wherever they are written: what is rewritten there, byte by byte, and what cannot be."""

from __future__ import annotations

import base64
import json

import pytest

from helm_cleaner.actions.validate import validate
from helm_cleaner.sources import File
from helm_cleaner.yamltext import loaders
from tests.support.fixing import Fixed, find_fixable, fix_files
from tests.support.written import ARGO, FLUX, FROM, PLACES, lines, written

BEFORE = """\
cleaner:
  image: polyaxon/polyaxon-init:1.0 # i
  imagePullSecrets: regcred
  resources:
    # why
    cpu: 50m # c
    memory: 64Mi
  nodeSelctor: {gpu: true}
  imagePullPolicy: always
"""
AFTER = """\
cleaner:
  image: polyaxon/polyaxon-init # i
  imageTag: "1.0"
  imagePullSecrets: [regcred]
  resources:
    # why
    requests:
      cpu: 50m # c
      memory: 64Mi
  nodeSelector: {gpu: "true"}
  imagePullPolicy: Always
"""
LINES = (1, 2, 5, 7, 7, 8)  # of the section, those that are rewritten


HELMFILE = "releases:\n- name: p\n  chart: polyaxon/polyaxon\n"


def fixed(name: str, text: str) -> Fixed:
    return fix_files([File(name, text.encode())])


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("loader", ["_FastLoader", "_PureLoader"])
@pytest.mark.parametrize(("name", "around", "spaces"), PLACES.values(), ids=PLACES)
def test_every_other_byte_stays(
    name: str, around: str, spaces: int, loader: str, line_end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaders, "Loader", getattr(loaders, loader, loaders.Loader))
    before, after = (written(around, text, spaces).replace("\n", line_end) for text in (BEFORE, AFTER))
    report = fixed(name, before)
    assert report.contents[name] == after.encode()
    assert [d for d in report.findings if d.severity == "error"] == []
    assert (report.is_unusable, report.holding) == (False, {name})
    assert find_fixable([File(name, before.encode())]) == (len(LINES), {name})
    top = around[: around.index("SECTION")].count("\n") + 1
    assert [f.location.line for f in report.fixes] == [top + at for at in LINES]
    assert fixed(name, after).fixes == []


def test_layers_in_one_document() -> None:
    text = HELMFILE + "  values: [{cleaner: {imageTag: 2.10}}, {cleaner: {imagePullPolicy: always}}]\n"
    report = fixed("helmfile.yaml", text)
    expected = text.replace("2.10", '"2.10"').replace("always", "Always")
    assert (report.contents["helmfile.yaml"].decode(), len(report.fixes)) == (expected, 2)


def test_a_text_in_double_quotes() -> None:
    before, after = (ARGO + f"      values: {json.dumps(text)} # v\n" for text in (BEFORE, AFTER))
    report = fixed("f.yaml", before)
    assert report.contents["f.yaml"].decode() == after
    assert {(f.location.line, f.location.source) for f in report.fixes} == {(6, before.splitlines()[5])}


def test_a_text_in_single_quotes() -> None:
    text = ARGO + "      values: 'cleaner: {imageTags: ''x'', nodeSelector: {a: on}, resources: {cpu: 1}}'\n"
    report = fixed("f.yaml", text)
    assert report.contents["f.yaml"].decode() == ARGO + (
        "      values: 'cleaner: {imageTag: ''x'', nodeSelector: {a: \"on\"}, resources: {requests: {cpu: 1}}}'\n"
    )


LAST_LINES = [
    ("  resources:\n    requests: {memory: 1Gi}\n    cpu: 1", "  resources:\n    requests: {cpu: 1, memory: 1Gi}"),
    ("  resources:\n    cpu: 1", "  resources:\n    requests:\n      cpu: 1"),
    ("  resources:\n    requests: {}\n    # c\n    cpu: 1", "  resources:\n    requests: {cpu: 1}\n    # c"),
    ("  image: a:b", "  image: a\n  imageTag: b"),
]


@pytest.mark.parametrize("behind", ["", "\n", "\n    path: on\n", "\n\n    path: on\n"])
@pytest.mark.parametrize("style", ["|", "|-", "|+", "|2-"])
@pytest.mark.parametrize(("before", "after"), LAST_LINES)
def test_the_last_line_of_a_text(before: str, after: str, style: str, behind: str) -> None:
    first, second = (
        f"{ARGO}      values: {style}\n" + lines(f"cleaner:\n{text}", 8) + behind for text in (before, after)
    )
    assert fixed("f.yaml", first).contents["f.yaml"].decode() == second.replace("imageTag: b", 'imageTag: "b"')


@pytest.mark.parametrize(
    "text",
    [
        ARGO + "      values: &v |\n        cleaner: {imageTag: 2.10}\n    again: *v\n",
        "v: &v |\n  cleaner: {imageTag: 2.10}\n" + ARGO + "      values: *v\n",
        ARGO.replace("helm:\n", "helm: &h\n") + "      values: |\n        cleaner: {imageTag: 2.10}\n  x: *h\n",
    ],
)
def test_a_text_that_an_alias_shares(text: str) -> None:
    report = fixed("f.yaml", text)
    assert (report.contents["f.yaml"].decode(), report.is_unusable) == (text, False)
    [why] = [d.message for d in report.findings if d.code == "yaml-shape"]
    assert why == "cannot be rewritten: an alias or a merge key shares it with another place"


def test_two_sections_in_a_file() -> None:
    before, after = (
        FLUX + "spec:\n  values:\n" + lines(text, 4) + "---\n" + ARGO + "      values: |\n" + lines(text, 8)
        for text in (BEFORE, AFTER)
    )
    report = fixed("f.yaml", before)
    assert report.contents["f.yaml"].decode() == after
    assert [f.location.line for f in report.fixes] == [*(5 + at for at in LINES),
                                                      *(21 + at for at in LINES)]  # fmt: skip


def test_values_in_another_file_are_fixed_there() -> None:
    release = FROM.replace("KIND", "ConfigMap").removesuffix("---\n")
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\ndata:\n  values.yaml: |\n"
    files = [File("r.yaml", release.encode()), File("c.yaml", (config + lines(BEFORE, 4)).encode())]
    report = fix_files(files)
    assert report.contents == {"r.yaml": files[0].content, "c.yaml": (config + lines(AFTER, 4)).encode()}
    assert {f.location.file for f in report.fixes} == {"c.yaml"}
    assert find_fixable(files) == (len(LINES), {"r.yaml", "c.yaml"})


def test_values_of_an_umbrella_are_fixed_below_its_dependencies() -> None:
    chart = "dependencies:\n- {name: polyaxon, alias: p}\n- {name: agent}\n- {name: other}\n"
    before, after = (
        f"p:\n{lines(text, 2)}agent:\n{lines(text, 2)}other:\n{lines(BEFORE, 2)}" for text in (BEFORE, AFTER)
    )
    report = fix_files([File("values.yaml", before.encode())], beside={"Chart.yaml": chart.encode()}.get)
    assert report.contents["values.yaml"].decode() == after
    assert report.umbrellas == {"values.yaml": [("p", "cleaner"), ("agent", "cleaner")]}
    assert len(report.fixes) == 2 * len(LINES)


CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n"
# What cannot be edited: (the file, what is said).
BLOCKED: dict[str, tuple[str, str]] = {
    "base64": (
        FROM.replace("KIND", "Secret") + "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  values.yaml: "
        + base64.b64encode(BEFORE.encode()).decode() + "\n",
        "cannot be rewritten: it is encoded",
    ),
    "a parameter": (
        ARGO.replace("    helm:", "    chart: polyaxon\n    helm:")
        + "      parameters:\n      - {name: cleaner.image, value: 'a:b'}\n",
        "cannot be rewritten: it is set by a parameter",
    ),
    "what Helm rendered": (
        CONFIG_MAP + "data: {POLYAXON_AGENT_CLEANER: '{\"imagePullPolicy\":\"always\"}'}\n",
        "cannot be rewritten: Helm rendered it, or a flag sets it",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BLOCKED.values(), ids=BLOCKED)
def test_what_cannot_be_edited_is_said(text: str, message: str) -> None:
    report = fixed("f.yaml", text)
    assert (report.contents["f.yaml"], report.fixes, report.is_unusable) == (text.encode(), [], False)
    reasons = [d for d in report.findings if d.code == "yaml-shape"]
    assert {(why.severity, why.message) for why in reasons} == {("warning", message)}
    assert all(why.hint and why.path for why in reasons)


# What cannot be edited, and is no error as it is.
LEFT: dict[str, tuple[str, str]] = {
    "what a template fills in": (
        "values.yaml.gotmpl", "cleaner:\n  resources: {cpu: {{ .Values.cpu }}, memory: 64Mi}\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), LEFT.values(), ids=LEFT)
def test_what_is_left_and_no_error_is_a_warning(name: str, text: str) -> None:
    assert [
        d for d in validate([File(name, text.encode())], [], lambda _: None).findings if d.severity == "error"
    ] == []
    report = fixed(name, text)
    assert (report.contents[name].decode(), report.is_unusable) == (text, False)
    assert [d.severity for d in report.findings if d.code == "yaml-shape"] == ["warning"]


def test_what_a_template_fills_in_stays() -> None:
    text = "cleaner:\n  imageTag: {{ .Values.tag }}\n  nodeSelector: {a: {{ .x }}, b: on}\n"
    report = fixed("values.yaml.gotmpl", text)
    assert report.contents["values.yaml.gotmpl"].decode() == text.replace("b: on", 'b: "on"')


@pytest.mark.parametrize(
    "field",
    ["resources: {memory: 64Mi, cpu: {{cpu}}}", "imagePullSecrets: [{name: {{s}}}]", "imagePullSecrets: {{s}}",
     'resources:\n  memory: 64Mi\n  cpu: "{{ .x }}"', "image: {{r}}:dev"],
)  # fmt: skip
def test_what_holds_something_a_template_fills_in_is_not_moved(field: str) -> None:
    lines = "".join(f"            {line}\n" for line in field.splitlines())
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  template:\n    spec:\n      source:\n"
        f"        chart: polyaxon\n        helm:\n          values: |\n           cleaner:\n{lines}"
    )
    report = fixed("a.yaml", text)
    assert report.contents["a.yaml"].decode() == text
    values = f"cleaner:\n{lines}"
    assert fixed("values.yaml.gotmpl", values).contents["values.yaml.gotmpl"].decode() == values
    said = [d for d in report.findings if d.code == "yaml-shape"]
    assert all(d.path.startswith("cleaner") and d.location.line and d.hint for d in said)


def test_a_broken_document_does_not_keep_the_others_from_being_fixed() -> None:
    text = "a: [\n---\n" + FLUX + "spec:\n  values:\n    cleaner: {imageTag: 2.10}\n"
    report = fixed("f.yaml", text)
    assert report.contents["f.yaml"].decode() == text.replace("2.10", '"2.10"')
    assert report.is_unusable


def test_what_helm_would_refuse_elsewhere_in_a_helmfile_does_not_matter() -> None:
    text = "releases:\n- {? null : x}\n- values:\n  - cleaner: {imageTag: 0x1F}\n    "
    report = fixed("helmfile.yaml", text)
    assert report.contents["helmfile.yaml"].decode() == text.replace("0x1F", '"0x1F"')


# Parameters, and what becomes of them.
PARAMETERS: dict[str, tuple[str, str, str]] = {
    "Argo CD": (
        "a.yaml",
        ARGO + "      parameters:\n      - {name: cleaner.imagePullPolicy, value: always} # c\n      - name: x\n"
        "        value: always\n      - name: 'cleaner.tolerations[0].effect'\n        value: \"noschedule\"\n"
        "      - {name: 'cleaner.tolerations[0].operator', value: exists}\n",
        "always} # c: Always} # c, noschedule: NoSchedule, exists: Exists",
    ),
    "an ApplicationSet": (
        "a.yaml",
        ("apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nspec:\n  template:\n    spec:\n      source:\n"
        "        chart: polyaxon\n        helm:\n          parameters:\n"
        "          - {name: cleaner.imageTag, value: '{{ .tag }}'}\n"
        "          - {name: cleaner.imagePullPolicy, value: 'ifnotpresent'}\n"),
        "ifnotpresent: IfNotPresent",
    ),
    "Helmfile": (
        "helmfile.yaml",
        HELMFILE + "  values: [{cleaner: {imageTag: 2.10}}]\n  set: [{name: cleaner.imagePullPolicy, value: always}]\n",
        "2.10: \"2.10\", always: Always",
    ),
    "k3s": (
        "m.yaml",
        ("apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: p}\nspec:\n  chart: polyaxon\n  set:\n"
        "    cleaner.imagePullPolicy: never\n"),
        "never: Never",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "before", "changes"), PARAMETERS.values(), ids=PARAMETERS)
def test_words_in_parameters(name: str, before: str, changes: str) -> None:
    after = before
    for old, new in (change.split(": ") for change in changes.split(", ")):
        after = after.replace(f": {old}", f": {new}", 1) if f": {old}" in after else after.replace(old, new, 1)
    report = fixed(name, before)
    assert report.contents[name].decode() == after
    assert (report.is_unusable, len(report.fixes)) == (False, changes.count(": "))
    assert [d for d in report.findings if d.severity == "error"] == []


@pytest.mark.parametrize("value", ["'{always}'", "a\\lways", "5", "sometimes"])
def test_other_parameters_are_left_as_they_are(value: str) -> None:
    text = HELMFILE + f"  set:\n  - {{name: cleaner.imagePullPolicy, value: {value}}}\n"
    report = fixed("helmfile.yaml", text)
    assert (report.contents["helmfile.yaml"].decode(), report.fixes) == (text, [])
    assert any(d.severity == "error" for d in report.findings)


def test_a_target_path_into_another_file_is_rewritten_there() -> None:
    release = FROM.replace("KIND", "ConfigMap").replace("name: s}", "name: s, targetPath: cleaner.imagePullPolicy}")
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\ndata: {values.yaml: always}\n"
    report = fix_files([File("r.yaml", release.encode()), File("c.yaml", config.encode())])
    assert report.contents == {"r.yaml": release.encode(), "c.yaml": config.replace("always", "Always").encode()}


def test_places_are_those_before_all_edits_of_the_file() -> None:
    text = (
        HELMFILE + "  values: [{cleaner: {nodeSelector: {a: 1, b: 1, c: 1, d: 1, e: 1}}}]\n"
        "- chart: polyaxon/polyaxon\n  values:\n  - cleaner:\n      image: a:b\n      resources:\n        cpu: 1\n"
        "      nodeSelector: {e2: 1}\n"
    )
    for start in ("", "\ufeff", "# é\n---\n"):
        report = fixed("helmfile.yaml", start + text)
        first = start.count("\n")
        rows = (start + text).removeprefix("\ufeff").split("\n")
        places = [f.location for f in report.fixes[5:]]
        expected = [("image: ", "a:b"), ("", "cpu"), ("nodeSelector: {e2: ", "1}")]
        for place, (before, at), line in zip(places, expected, (8, 10, 11), strict=True):
            row = rows[first + line - 1]
            assert (place.line, place.column) == (first + line, row.index(before + at) + len(before) + 1)
            assert place.source == row


def test_a_text_that_two_objects_pass_on_is_edited_once() -> None:
    chart = "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: p}\nspec: {chart: agent}\n"
    config = "apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\nmetadata: {name: p}\nspec:\n  valuesContent: |-\n"
    config += "    cleaner: {imagePullPolicy: always}\n"
    report = fix_files([File("chart.yaml", chart.encode()), File("config.yaml", config.encode())])
    assert report.contents["config.yaml"].decode() == config.replace("always", "Always")
