"""One resolver: every command and the Python API report the same about the same section."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from helm_cleaner import api, section, values
from helm_cleaner.diagnostics import Diagnostic, InputError, SectionError
from helm_cleaner.section import ResolvedSection
from helm_cleaner.values import Map, to_data
from tests.conftest import Runner
from tests.support.manifests import CONFIGMAP, DEPLOYMENT, WHOLE

MANIFESTS = CONFIGMAP % WHOLE + DEPLOYMENT
# The commands that take a values file and judge its section; what is piped in is a chart with its defaults.
COMMANDS = {
    "validate": ("validate", "v.yaml"),
    "merge": ("merge", "-f", "v.yaml"),
    "explain, values alone": ("explain", "-f", "v.yaml"),
    "explain": ("explain", "-f", "v.yaml", "-"),
    "post-render": ("post-render", "-f", "v.yaml"),
    "diff": ("diff", "-f", "v.yaml"),
    "patch": ("patch", "-o", "jsonpatch", "-f", "v.yaml"),
    "preprocess": ("preprocess", "", "", "", "cleaner://v.yaml"),
}
commands = pytest.mark.parametrize("args", COMMANDS.values(), ids=COMMANDS)
TAKE_FLAGS = {name: args for name, args in COMMANDS.items() if "-f" in args}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A values file in the current folder."""
    monkeypatch.chdir(tmp_path)
    return Path("v.yaml")


def piped(args: tuple[str, ...]) -> str:
    return "" if args == COMMANDS["explain, values alone"] else MANIFESTS


def over(text: str) -> values.ParsedValues:
    return values.read(text.encode(), "v.yaml")


def judged(text: str) -> list[Diagnostic]:
    """The findings of a values file laid over the charts' defaults."""
    return section.resolve(None, section.defaults_to_check_against(), over(text)).findings


# ---- a field as Python spells it ------------------------------------------------------------------------------------


@commands
def test_image_tag_beside_the_charts_own_is_an_error(args: tuple[str, ...], run: Runner, file: Path) -> None:
    file.write_text("cleaner: {image_tag: dev}\n")
    done = run(*args, stdin=piped(args))
    assert done.code == 1
    assert done.out == b""
    assert "v.yaml:1:11: error: cleaner.image_tag: unknown field" in done.err
    assert "did you mean imageTag?" in done.err


@pytest.mark.parametrize("args", [args for name, args in COMMANDS.items() if name != "preprocess"])
def test_image_tag_alone_is_a_warning(args: tuple[str, ...], run: Runner, file: Path) -> None:
    file.write_text("cleaner: {image_tag: dev}\n")
    done = run(*args, "--no-defaults", stdin="" if piped(args) == "" else CONFIGMAP % "{}" + DEPLOYMENT)
    assert done.code == 0
    assert "v.yaml:1:11: warning: cleaner.image_tag: read as imageTag" in done.err


def test_the_api_agrees_on_image_tag() -> None:
    assert [(d.severity, d.path) for d in api.validate({"image_tag": "dev"})] == [("error", "cleaner.image_tag")]
    alone = api.validate({"image_tag": "dev"}, defaults=False)
    assert [(d.severity, d.code) for d in alone] == [("warning", "field-name")]


def test_the_stand_in_for_the_version_is_not_in_the_result() -> None:
    result = section.resolve(None, section.defaults_to_check_against(), over("cleaner: {}\n")).section
    assert to_data(result) == to_data(section.defaults(None))


# ---- look-alikes ----------------------------------------------------------------------------------------------------

LOOK_ALIKES = {
    "misspelled": ("claener: {imageTag: dev}\n", "claener: there is no cleaner section", "hint: write cleaner:"),
    "a capital": ("Cleaner: {imageTag: dev}\n", "Cleaner: there is no cleaner section", "hint: write cleaner:"),
    "an umbrella": (
        "polyaxon: {cleaner: {imageTag: dev}}\n",
        "polyaxon.cleaner: this section is not at cleaner, where it is looked for",
        "--section polyaxon.cleaner",
    ),
    "a Kubernetes object": (
        "kind: HelmRelease\napiVersion: helm.toolkit.fluxcd.io/v2\nspec: {values: {cleaner: {imageTag: 5}}}\n",
        "kind: this is a Kubernetes object of kind HelmRelease, not values",
        "helm-cleaner validate v.yaml checks",
    ),
    "fields alone": ("imageTag: dev\nnodeSelector: {a: b}\n", "imageTag: is not in the cleaner section", "cleaner:"),
}


@pytest.mark.parametrize(("text", "message", "hint"), LOOK_ALIKES.values(), ids=LOOK_ALIKES)
@pytest.mark.parametrize("args", {**TAKE_FLAGS, "preprocess": COMMANDS["preprocess"]}.values())
def test_what_may_be_meant_is_said(
    args: tuple[str, ...], text: str, message: str, hint: str, run: Runner, file: Path
) -> None:
    file.write_text(text)
    done = run(*args, stdin=piped(args))
    assert done.code == 0
    assert "v.yaml:1:" in done.err
    assert f"warning: {message}" in done.err
    assert hint in done.err


@pytest.mark.parametrize("args", TAKE_FLAGS.values(), ids=TAKE_FLAGS)
def test_a_flag_that_does_nothing_is_said_also_beside_a_section(args: tuple[str, ...], run: Runner, file: Path) -> None:
    file.write_text("cleaner: {imageTag: dev}\n")
    done = run(*args, "--set", "imageTag=x", "--set", "claener.image=a", stdin=piped(args))
    assert done.code == 0
    assert "warning: imageTag: is not in the cleaner section; did you mean cleaner.imageTag?" in done.err
    assert "hint: write --set cleaner.imageTag=…" in done.err
    assert "warning: claener: this is not the cleaner section; did you mean cleaner?" in done.err


def test_a_charts_own_fields_are_no_look_alikes() -> None:
    text = "image: a\nimageTag: b\nresources: {}\nnodeSelector: {}\napi: {image: c}\n"
    assert judged(text) == []
    assert judged("nodeSelector: {a: b}\ntolerations: []\n") == []
    assert judged("polyaxon: {image: a}\n") == []


@pytest.mark.parametrize("args", TAKE_FLAGS.values(), ids=TAKE_FLAGS)
def test_every_command_that_takes_values_takes_the_sections_place(
    args: tuple[str, ...], run: Runner, file: Path
) -> None:
    file.write_text("polyaxon: {cleaner: {imageTag: 5}}\n")
    done = run(*args, "--section", "polyaxon.cleaner", stdin=piped(args))
    assert done.code == 1
    assert "v.yaml:1:32: error: cleaner.imageTag: must be a string, found the number 5" in done.err


def test_below_an_umbrella_the_default_scheduling_is_beside_the_section(run: Runner, file: Path) -> None:
    file.write_text("polyaxon:\n  cleaner: {imageTag: dev}\n  nodeSelector: {a: b}\nnodeSelector: {c: d}\n")
    done = run("explain", "-f", "v.yaml", "--section", "polyaxon.cleaner", "-o", "json", stdin="")
    assert json.loads(done.out)["spec"]["template"]["spec"]["nodeSelector"] == {"a": "b"}


# ---- the Python API -------------------------------------------------------------------------------------------------


def test_api_merge_keeps_a_null_as_values_files_do() -> None:
    assert api.merge({"nodeSelector": {"a": "x"}}, {"nodeSelector": {"a": None}}, defaults=False) == {
        "nodeSelector": {"a": None}
    }
    assert "image" not in api.merge({"image": "a"}, {"image": None}), "over the defaults it deletes"


def test_api_merge_refuses_a_collision() -> None:
    with pytest.raises(SectionError, match=r"collides with resources\.requests\.cpu") as e:
        api.merge({"resources": {"cpu": "1"}}, {"resources": {"requests": {"cpu": "2"}}})
    assert [d.path for d in e.value.diagnostics] == ["cleaner.resources.cpu"]


ODD = {
    "an integer key": ({"nodeSelector": {1: "a"}}, "cleaner.nodeSelector", "keys must be strings, found 1"),
    "a large key": ({10**5000: "a"}, "cleaner", "keys must be strings, found an integer of 16610 bits"),
    "infinity": ({"tolerations": [{"tolerationSeconds": float("inf")}]}, "cleaner.tolerations[0].tolerationSeconds",
                 "inf is not a number in JSON"),
    "no number": ({"affinity": float("nan")}, "cleaner.affinity", "nan is not a number in JSON"),
    "a large integer": ({"image": 10**5000}, "cleaner.image", "an integer of 16610 bits is not a number in JSON"),
    "a date": ({"imageTag": date(2026, 1, 2)}, "cleaner.imageTag",
               "must be a string, a number, a boolean, None, a list or a mapping, found date"),
    "a Decimal": ({"resources": {"limits": {"cpu": Decimal("0.5")}}}, "cleaner.resources.limits.cpu",
                  "must be a string, a number, a boolean, None, a list or a mapping, found Decimal"),
    "bytes": ({"image": b"a"}, "cleaner.image",
              "must be a string, a number, a boolean, None, a list or a mapping, found bytes"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "path", "message"), ODD.values(), ids=ODD)
@pytest.mark.parametrize(
    "call",
    [api.validate, api.merge, lambda data: api.post_render(b"", {"cleaner": data})],
    ids=["validate", "merge", "post_render"],
)
def test_the_api_refuses_what_json_cannot_say(call: Any, data: Any, path: str, message: str) -> None:
    with pytest.raises(InputError) as e:
        call(data)
    assert [(d.path, d.message) for d in e.value.diagnostics] == [(path, message)]


def test_the_api_names_everything_that_json_cannot_say() -> None:
    with pytest.raises(InputError) as e:
        api.validate({"image": b"a", "affinity": {1: 2}})
    assert [d.path for d in e.value.diagnostics] == ["cleaner.image", "cleaner.affinity"]


def test_the_api_takes_tuples_and_any_mapping() -> None:
    data = MappingProxyType({"imagePullSecrets": ("a", "b")})
    assert api.validate(data) == []
    assert api.merge(data, defaults=False) == {"imagePullSecrets": ["a", "b"]}


# ---- who is to blame ------------------------------------------------------------------------------------------------


@commands
def test_a_limit_below_the_default_request_is_named_where_it_is_written(
    args: tuple[str, ...], run: Runner, file: Path
) -> None:
    file.write_text("cleaner: {resources: {limits: {memory: 50Mi}}}\n")
    done = run(*args, stdin=piped(args))
    assert done.code == 1
    assert "v.yaml:1:40: error: cleaner.resources.limits.memory: limits.memory 50Mi is below requests.memory 100Mi" in (
        done.err
    )


# ---- all at once ----------------------------------------------------------------------------------------------------


def test_a_misspelled_key_does_not_hide_what_is_wrong_below_it() -> None:
    text = (
        "cleaner:\n"
        "  resource:\n"
        "    request: {cpu: 1Q, memory: 3000Mi}\n"
        "    limits: {mem: 1}\n"
        "  toleration:\n"
        "  - {key: a, operator: exists}\n"
        "  - 5\n"
    )
    found = {(d.location.line, d.path, d.code) for d in judged(text) if d.severity == "error"}
    assert found == {
        (2, "cleaner.resource", "unknown-field"),
        (3, "cleaner.resources.request", "unknown-field"),
        (3, "cleaner.resources.requests.cpu", "quantity"),
        (3, "cleaner.resources.requests.memory", "request-over-limit"),
        (4, "cleaner.resources.limits.mem", "resource-name"),
        (5, "cleaner.toleration", "unknown-field"),
        (6, "cleaner.tolerations[0].operator", "toleration-operator"),
        (7, "cleaner.tolerations[1]", "type"),
    }


@pytest.mark.parametrize("text", [
    "cleaner: {resource: {limits: {cpu: 1}}, resources: {limits: {cpu: 2}}}\n",
    "cleaner: {resource: {limits: {cpu: 1}}, resourcs: {limits: {cpu: 2}}}\n",
])  # fmt: skip
def test_two_spellings_of_a_field_are_not_mixed(text: str) -> None:
    assert {d.code for d in judged(text)} == {"unknown-field"}


def test_what_a_chart_rendered_under_a_misspelled_key_is_judged_over_its_default() -> None:
    rendered = section.parse_rendered(json.dumps({**json.loads(WHOLE), "resource": {"limits": {"cpu": "x"}}}), "cm")
    found: ResolvedSection = section.resolve(rendered, section.defaults("1"))
    assert [(d.path, d.code) for d in found.findings] == [
        ("cleaner.resource", "unknown-field"),
        ("cleaner.resources.limits.cpu", "quantity"),
    ]


def test_a_misspelled_tag_is_judged_in_place_of_the_one_that_a_chart_rendered() -> None:
    """If it is the release's version, the chart rendered a default; any other one is somebody's."""
    for version, codes in ("2.15.1", ["unknown-field", "image-tag"]), ("2.15.0", ["unknown-field"]):
        rendered = section.parse_rendered(WHOLE, "cm")
        found = section.resolve(rendered, section.defaults(version), over("cleaner: {imagetag: a b}\n"))
        assert [d.code for d in found.findings] == codes


def test_a_key_given_twice_is_said_beside_what_is_wrong_with_it() -> None:
    found = judged("cleaner:\n  image: a\n  image: A\n")
    assert [(d.location.line, d.code) for d in found] == [(3, "duplicate-key"), (3, "image")]


def test_a_null_leaves_the_defaults() -> None:
    result, said = section.resolve(None, section.defaults("1"), over("cleaner: null\n"))
    assert (to_data(result), [d.code for d in said]) == (to_data(section.defaults("1")), ["no-section"])
    empty, said = section.resolve(None, None, over("cleaner: null\n"))
    assert (isinstance(empty, Map), to_data(empty), [d.code for d in said]) == (True, {}, ["no-section"])


def test_an_error_makes_the_warning_on_its_field_idle() -> None:
    over = values.read(b"cleaner:\n  imageTag: 2.10\n", "v.yaml")
    assert [notice.diagnostic.code for notice in over.notices] == ["ambiguous-scalar"]
    assert [d.code for d in section.resolve(overrides=over).findings] == ["type"]


LAYERS = {
    "flat resources": "resources: {cpu: 50m, requests: {memory: 1Gi}}",
    "references": "imagePullSecrets: [{name: a}, b]",
    "nulls": "image: null\n  resources: {limits: null}\n  nodeSelector: {a: null}",
    "a misspelled field": "resource: {limits: {cpu: 2}}",
    "not a mapping": "[]",
}


@pytest.mark.parametrize("text", LAYERS.values(), ids=LAYERS)
def test_resolving_changes_no_argument(text: str) -> None:
    """The same trees can be judged again."""
    rendered = section.parse_rendered('{"resources":{"cpu":"1"},"nodeSelector":{"a":"b"},"image":null}', "cm")
    defaults, read = section.defaults_to_check_against(), values.read(f"cleaner:\n  {text}\n".encode(), "v.yaml")
    before = [repr(each) for each in (rendered, defaults, read.values)]
    first = section.resolve(rendered, defaults, read)
    assert [repr(each) for each in (rendered, defaults, read.values)] == before
    again = section.resolve(rendered, defaults, read)
    assert (to_data(again.section), again.findings) == (to_data(first.section), first.findings)


def test_findings_come_in_the_order_of_the_file() -> None:
    text = b"cleaner:\n  bogus: 1\n  resources: {cpu: 1}\n  image: 5\n"
    assert [d.location.line for d in section.resolve(overrides=values.read(text, "v.yaml")).findings] == [2, 3, 4]
