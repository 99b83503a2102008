"""Parameters: hints where quotes in YAML do not make a string, in flags too, and where a template fills in a value."""

from __future__ import annotations

import pytest

from helm_cleaner import section
from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.values.overrides import merge_overrides
from helm_cleaner.values.set_flags import Flag
from tests.support.folders import report
from tests.support.written import ARGO, FROM

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s}\ndata: {values.yaml: "
CROSSPLANE = (
    "apiVersion: helm.crossplane.io/v1beta1\nkind: Release\nspec:\n  forProvider:\n    chart: {name: polyaxon}\n"
)
K3S = "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: p}\nspec:\n  chart: polyaxon\n"

# A file's name and text, and the hint.
PARAMETERS: dict[str, tuple[str, str, str]] = {
    "Argo CD": (
        "a.yaml", f"{ARGO}      parameters: [{{name: cleaner.nodeSelector.x, value: 'true'}}]\n",
        "add forceString: true to the parameter",
    ),
    "Argo CD, a number that is forced to be a string": (
        "a.yaml",
        ARGO + "      parameters:\n      - {name: 'cleaner.tolerations[0].operator', value: Exists}\n"
        "      - {name: 'cleaner.tolerations[0].tolerationSeconds', value: '5', forceString: true}\n",
        "pass 5 as a number",
    ),
    "Crossplane": (
        "c.yaml", f"{CROSSPLANE}    set: [{{name: cleaner.nodeSelector.x, value: 'true'}}]\n",
        'write it in values, in quotes: x: "true"',
    ),
    "Flux": (
        "f.yaml",
        FROM.replace("KIND", "ConfigMap").replace("name: s}", "name: s, targetPath: cleaner.imageTag}")
        + f"{CONFIG}'210'}}\n",
        "put quotes into the value: '\"…\"'",
    ),
    "Helmfile": (
        "helmfile.yaml",
        "releases:\n- chart: polyaxon/polyaxon\n  set: [{name: cleaner.nodeSelector.x, value: 'true'}]\n",
        "move it to setString",
    ),
    "k3s": (
        "k.yaml", f"{K3S}  set: {{cleaner.nodeSelector.x: 'true'}}\n",
        'write it in valuesContent, in quotes: x: "true"',
    ),
}  # fmt: skip


def errors(name: str, text: str) -> list[Diagnostic]:
    return [d for d in report({name: text}).findings if d.severity == "error"]


@pytest.mark.parametrize(("name", "text", "hint"), PARAMETERS.values(), ids=PARAMETERS)
def test_a_parameter(name: str, text: str, hint: str) -> None:
    assert [d.hint for d in errors(name, text) if d.code == "type"] == [hint]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (f"{FROM.replace('KIND', 'ConfigMap')}{CONFIG}'cleaner: {{imageTag: 210}}'}}\n", 'imageTag: "210"'),
        (f"{K3S}  valuesContent: |\n    cleaner: {{imageTag: 210}}\n", 'imageTag: "210"'),
        (f"{K3S}  set: {{cleaner.imagePullSecrets: 'a'}}\n", "imagePullSecrets: [a]"),
    ],
)
def test_other_hints_are_those_of_values_files(text: str, hint: str) -> None:
    assert [d.hint.partition(": ")[2] for d in errors("f.yaml", text)] == [hint]


@pytest.mark.parametrize(
    ("option", "text", "hint"),
    [
        ("set", "cleaner.nodeSelector.x=true", "write --set-string cleaner.nodeSelector.x=true"),
        ("set", r"cleaner.nodeSelector.a\.io=1", r"write --set-string 'cleaner.nodeSelector.a\.io=1'"),
        ("set", "cleaner.imageTag=1,cleaner.image=a", "pass it with --set-string"),
        ("set-json", 'cleaner={"nodeSelector": {"x": true}}', 'write it in quotes: x: "true"'),
        ("set-string", "cleaner.tolerations[0].tolerationSeconds=5", "pass 5 as a number"),
    ],
)
def test_a_flag(option: str, text: str, hint: str) -> None:
    read = merge_overrides([], [Flag(option, text)], str)
    assert [d.hint for d in section.resolve(overrides=read).findings if d.code == "type"] == [hint]


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ("resources: {cpu: {{ .x }}}", "move it under resources.requests"),
        ("resources: {cpu: a{{ .x }}, memory: 1Gi}", "move them under resources.requests"),
        ("image: {repository: {{ .x }}, tag: a}", "put the repository into image and the tag into imageTag"),
        ("image: {repository: {{ .x }}}", "put the repository into image"),
        ("imagePullSecrets: [name: {{ .x }}]", "write its name in place of {name: …}"),
        ("tolerations: {key: {{ .x }}, operator: Exists}",
         "for example tolerations: [{key: dedicated, operator: Exists}]"),
    ],
)  # fmt: skip
def test_no_example_shows_what_a_template_fills_in(fields: str, hint: str) -> None:
    [said] = report({"values.yaml.gotmpl": f"cleaner: {{{fields}}}\n"}).findings
    assert said.hint == hint
    assert not any("\ue000" in text for text in said[:5])
