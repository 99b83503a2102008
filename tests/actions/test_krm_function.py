"""post-render as a KRM function: a ResourceList in, the same ResourceList out."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

import helm_cleaner
from helm_cleaner.actions import post_render
from helm_cleaner.diagnostics import BugError, Diagnostic, Location
from helm_cleaner.names import KEY
from tests.conftest import Runner
from tests.support import rendered
from tests.support.manifests import CONFIGMAP

SECTION = '{"image":"polyaxon/polyaxon-init","imagePullPolicy":"IfNotPresent","imageTag":"2.15.1","resources":{}}'
LIST = """\
# An orchestrator's own comment.
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: rel-agent-config
    labels: {app.kubernetes.io/version: "2.15.1"}
    annotations:
      config.kubernetes.io/path: 'cm.yaml'
      internal.config.kubernetes.io/index: '3'
  data:
    POLYAXON_AGENT_CLEANER: "{}"  # of mine
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: rel-agent, namespace: ns}
  spec:
    template:
      metadata:
        annotations:
          checksum/agent-config: old
      spec:
        containers: [{envFrom: [{configMapRef: {name: rel-agent-config}}]}]
"""
CONFIG = "functionConfig:\n  apiVersion: helm-cleaner/v1\n  kind: HelmCleaner\n  metadata: {name: x}\n"
CONFIGMAP_CONFIG = "functionConfig:\n  apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: x}\n"
REF = {"apiVersion": "v1", "kind": "ConfigMap", "name": "rel-agent-config"}


def section_of(out: bytes) -> Any:
    return json.loads(yaml.safe_load(out)["items"][0]["data"][KEY])


def without_results(out: bytes) -> bytes:
    return b"".join(line for line in out.splitlines(keepends=True) if not line.startswith(b"results: "))


def test_the_list_stays_as_it_is_but_for_what_changes(run: Runner) -> None:
    done = run("--set", "cleaner.imageTag=dev", stdin=LIST)
    assert (done.code, done.err) == (0, "")
    before, after = LIST.encode().splitlines(), without_results(done.out).splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [old.split(b":")[0].strip() for old, _ in changed] == [b"POLYAXON_AGENT_CLEANER", b"checksum/agent-config"]
    assert changed[0][1].endswith(b'"  # of mine')
    assert section_of(done.out)["imageTag"] == "dev"


def test_results_say_what_changed(run: Runner) -> None:
    section, checksum = yaml.safe_load(run(stdin=LIST).out)["results"]
    assert section == {
        "message": "the section is completed",
        "severity": "info",
        "resourceRef": REF,
        "file": {"path": "cm.yaml", "index": 3},
        "field": {
            "path": "data.POLYAXON_AGENT_CLEANER",
            "currentValue": "{}",
            "proposedValue": section["field"]["proposedValue"],
        },
    }
    assert json.loads(section["field"]["proposedValue"])["imageTag"] == "2.15.1"
    assert checksum["resourceRef"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "rel-agent",
        "namespace": "ns",
    }
    assert checksum["field"]["path"] == "spec.template.metadata.annotations.checksum/agent-config"
    assert checksum["field"]["currentValue"] == "old"
    assert "file" not in checksum


def test_nothing_to_do_needs_no_results(run: Runner) -> None:
    done = run("--no-defaults", stdin=LIST)
    assert (done.code, done.out, done.err) == (0, LIST.encode(), "")
    assert run(stdin=run("--no-rollout", stdin=LIST).out).code == 0


def test_twice_is_once(run: Runner) -> None:
    once = run(stdin=LIST).out
    assert without_results(run(stdin=without_results(once)).out) == without_results(once)


def test_an_invalid_section_is_a_result(run: Runner) -> None:
    stdin = LIST.replace('"{}"', '\'{"imagePullPolicy":"always","imageTag":2.1}\'')
    done = run(stdin=stdin)
    assert done.code == 1
    assert without_results(done.out) == stdin.encode()
    first, second = yaml.safe_load(done.out)["results"]
    assert first == {
        "message": 'cleaner.imagePullPolicy: "always" is not one of Always, IfNotPresent, Never [pull-policy] '
        "(hint: write imagePullPolicy: Always)",
        "severity": "error",
        "resourceRef": REF,
        "file": {"path": "cm.yaml", "index": 3},
        "field": {"path": "data.POLYAXON_AGENT_CLEANER"},
    }
    assert second["message"].startswith("cleaner.imageTag: must be a string, found the number 2.1 [type]")
    assert 'rel-agent-config: error: cleaner.imagePullPolicy: "always" is not one of' in done.err


def test_a_warning_is_a_result(run: Runner) -> None:
    done = run(stdin=LIST.replace('"{}"', '\'{"resources":{"cpu":"50m"}}\''))
    assert done.code == 0
    severities = [result["severity"] for result in yaml.safe_load(done.out)["results"]]
    assert severities == ["warning", "info", "info"]
    assert "warning: cleaner.resources.cpu" in done.err


def test_advice_is_no_result(run: Runner) -> None:
    """As with post-render: another image may be intended, and each build would repeat the warning."""
    flags = ("--set", "cleaner.image=mine/cleaner")
    assert run(*flags).err == ""
    done = run(*flags, stdin=LIST)
    assert (done.code, done.err) == (0, "")
    assert {result["severity"] for result in yaml.safe_load(done.out)["results"]} == {"info"}


@pytest.mark.parametrize("how", ["option", "functionConfig"])
def test_warn_only(run: Runner, how: str) -> None:
    bad = LIST.replace('"{}"', "'5'")
    done = run("--warn-only", stdin=bad) if how == "option" else run(stdin=bad + CONFIG + "  spec: {warnOnly: true}\n")
    assert done.code == 0
    assert section_of(done.out) == 5
    assert [result["severity"] for result in yaml.safe_load(done.out)["results"]] == ["error", "info"]
    assert "helm-cleaner: the manifests pass through unchanged" in done.err


def test_each_finding_is_on_its_own_agent(run: Runner) -> None:
    two = LIST.replace('"{}"', "'{\"imageTag\":1}'")
    items = two[two.index("- apiVersion: v1") :]
    stdin = two + items.replace("rel-agent", "two-agent").replace('"imageTag":1', '"image":2')
    results = yaml.safe_load(run(stdin=stdin).out)["results"]
    assert [(r["resourceRef"]["name"], r["message"].split(":")[0]) for r in results] == [
        ("rel-agent-config", "cleaner.imageTag"),
        ("two-agent-config", "cleaner.image"),
    ]


ODD_TEXT = "a\x1b[2J\x7f\x85\u2028\ufeff\uffff\x9b\n"


def test_results_hold_what_yaml_does_not_take_as_it_is(run: Runner) -> None:
    bad = json.dumps(json.dumps({"imageTag": ODD_TEXT + "\ud800"}))
    done = run(stdin=LIST.replace('"{}"', bad))
    assert done.code == 1
    (result,) = yaml.safe_load(done.out)["results"]
    assert result["message"].isprintable()
    assert "it contains \\x1b; letters" in result["message"]
    odd = LIST.replace(": old", f": {json.dumps(ODD_TEXT)}").replace("rel-agent,", f"{json.dumps(ODD_TEXT)},")
    done = run(stdin=odd + f"results: [{json.dumps(ODD_TEXT)}]\n")
    assert done.code == 0, done.err
    there, _, checksum = yaml.safe_load(done.out)["results"]
    assert (there, checksum["field"]["currentValue"], checksum["resourceRef"]["name"]) == (ODD_TEXT,) * 3


@pytest.mark.parametrize("index", ["9" * 5000, "-1", "²", "x"])
def test_an_index_that_is_none_is_left_out(run: Runner, index: str) -> None:
    done = run(stdin=LIST.replace("'3'", f"'{index}'"))
    assert done.code == 0, done.err
    assert yaml.safe_load(done.out)["results"][0]["file"] == {"path": "cm.yaml"}


@pytest.mark.parametrize("there", ["[.nan]", "{a: b}", "5", "[-.inf]", "a"])
def test_results_that_cannot_be_kept(run: Runner, there: str) -> None:
    done = run(stdin=LIST + f"results: {there}\n")
    assert (done.code, done.out) == (2, b"")
    assert "<stdin>:25:10: error: /results cannot be edited: " in done.err


def test_a_finding_that_may_be_on_either_of_two_is_on_none(run: Runner) -> None:
    bad = LIST.replace('"{}"', "'{\"imageTag\":1}'")
    other = bad[bad.index("- apiVersion: v1") : bad.index("- apiVersion: apps")]
    stdin = bad + other.replace("    name: rel", "    namespace: two\n    name: rel").replace("imageTag", "image")
    results = yaml.safe_load(run(stdin=stdin).out)["results"]
    assert [result.get("resourceRef") for result in results] == [None, None]


def test_a_value_may_read_like_what_stands_for_an_item(run: Runner) -> None:
    other = "- kind: Secret\n  data: {}\n"
    done = run("--set", "cleaner.imageTag=left-out", stdin=LIST + other)
    assert (done.code, done.err) == (0, "")
    assert section_of(done.out)["imageTag"] == "left-out"
    assert done.out.endswith(other.encode())


def test_an_item_that_does_not_matter_is_not_parsed(run: Runner) -> None:
    """As in a stream; it is passed on unchanged."""
    odd = "- kind: Secret\n  data: {} }\n"
    done = run(stdin=LIST + odd)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith(odd.encode())


def test_places_are_those_of_the_whole_list(run: Runner) -> None:
    other = "- kind: Secret\n  data:\n    a: b\n"
    done = run(stdin=LIST + other + CONFIG + "  spec: {valuez: {}}\n")
    assert "<stdin>:32:10: error: functionConfig.valuez: unknown option 'valuez'" in done.err


# ---- options --------------------------------------------------------------------------------------------------------

OPTIONS: dict[str, tuple[str, Any]] = {
    "none": (CONFIG, "2.15.1"),
    "null": (CONFIG + "  spec:\n", "2.15.1"),
    "empty": (CONFIG + "  spec: {}\n", "2.15.1"),
    "values": (CONFIG + "  spec:\n    values: {cleaner: {imageTag: dev}}\n", "dev"),
    "a null": (CONFIG + "  spec: {noDefaults: true, values: {cleaner: {imageTag: a, image: null}}}\n", "a"),
    "no values": (CONFIG + "  spec: {noDefaults: false}\n", "2.15.1"),
    "no defaults": (CONFIG + "  spec: {noDefaults: true}\n", None),
    "a ConfigMap": (CONFIGMAP_CONFIG + "  data:\n    values: |\n      cleaner:\n        imageTag: dev\n", "dev"),
    "a ConfigMap's words": (
        CONFIGMAP_CONFIG + '  data: {noDefaults: "true", values: "cleaner: {imageTag: dev}"}\n',
        "dev",
    ),
}


@pytest.mark.parametrize(("config", "tag"), OPTIONS.values(), ids=OPTIONS)
def test_options(run: Runner, config: str, tag: str | None) -> None:
    done = run(stdin=LIST + config)
    assert (done.code, done.err) == (0, "")
    assert section_of(done.out).get("imageTag") == tag
    assert config.encode() in done.out


def test_the_command_lines_values_come_after_the_functions(run: Runner) -> None:
    config = CONFIG + "  spec:\n    values: {cleaner: {imageTag: a, nodeSelector: {pool: small}}}\n"
    found = section_of(run("--set", "cleaner.imageTag=b", stdin=LIST + config).out)
    assert (found["imageTag"], found["nodeSelector"]) == ("b", {"pool": "small"})


def test_what_shows_changes_reads_the_functions_options_too(run: Runner) -> None:
    stdin = LIST + CONFIG + "  spec: {noRollout: true, values: {cleaner: {imageTag: mine}}}\n"
    job = json.loads(run("explain", "-o", "json", stdin=stdin).out)
    assert job["spec"]["template"]["spec"]["containers"][0]["image"] == "polyaxon/polyaxon-init:mine"
    shown = run("diff", stdin=stdin).out.decode()
    assert "+      imageTag: mine\n" in shown
    assert "These roll" not in shown
    done = run("diff", stdin=LIST + CONFIG + "  spec: {a: b}\n")
    assert (done.code, done.out) == (2, b"")
    assert "functionConfig.a: unknown option 'a'" in done.err


def test_no_rollout_and_require_target(run: Runner) -> None:
    out = run(stdin=LIST + CONFIG + "  spec: {noRollout: true}\n").out
    assert b"checksum/agent-config: old\n" in out
    empty = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"
    assert run(stdin=empty + CONFIG).code == 0
    done = run(stdin=empty + CONFIG + "  spec: {requireTarget: true}\n")
    assert done.code == 2
    (result,) = yaml.safe_load(done.out)["results"]
    assert result == {
        "message": "no agent ConfigMap in these manifests: nothing to patch [no-target] "
        "(hint: render the chart with the agent enabled, or leave --require-target out)",
        "severity": "error",
    }


WRONG: dict[str, tuple[str, int, str]] = {
    "an unknown option": (
        "  spec: {valuez: {}}\n",
        2,
        "<stdin>:29:10: error: functionConfig.valuez: unknown option 'valuez'",
    ),
    "no mapping": ("  spec: [a]\n", 2, "error: functionConfig.spec: must be a mapping"),
    "no boolean": ("  spec: {noDefaults: maybe}\n", 2, "error: functionConfig.noDefaults: must be true or false"),
    "values of a list": ("  spec: {values: [a]}\n", 2, "error: functionConfig.values: must be a mapping, or the text"),
    "values of a number": ("  spec: {values: 5}\n", 2, "error: a values file must be a mapping, found 5"),
    "a bad section": (
        "  spec: {values: {cleaner: {imageTag: 2.10}}}\n",
        1,
        "<stdin>:29:39: error: cleaner.imageTag: must be",
    ),
    "a number": ("  spec: {noDefaults: 1}\n", 2, "error: functionConfig.noDefaults: must be true or false"),
    "a merge": ("  spec: {<<: {noDefaults: true}}\n", 2, "functionConfig.spec: a merge key `<<` is not supported here"),
    "a merge above": (
        "  <<: {spec: {noDefaults: true}}\n",
        2,
        "functionConfig: a merge key `<<` is not supported here",
    ),
    "another's place": (
        "  data: {noDefaults: 'true'}\n",
        2,
        "functionConfig.data: options are not read from here",
    ),
    "null": ("  spec: {noDefaults: ~}\n", 2, "error: functionConfig.noDefaults: must be true or false"),
    "a key twice": (
        "  spec: {values: {cleaner: {image: a, image: b}}}\n",
        0,
        "warning: cleaner.image: duplicate key, first used in line",
    ),
}


@pytest.mark.parametrize(("config", "code", "expected"), WRONG.values(), ids=WRONG)
def test_wrong_options_are_results(run: Runner, config: str, code: int, expected: str) -> None:
    done = run(stdin=LIST + CONFIG + config)
    assert done.code == code
    assert expected in done.err
    result = yaml.safe_load(done.out)["results"][0]
    assert result["severity"] == ("error" if code else "warning")
    assert expected.rsplit("error: ")[-1].rsplit("warning: ")[-1].split(" [")[0] in result["message"]


@pytest.mark.parametrize("config", ["[a]", "5", "a"])
def test_a_function_config_that_is_no_object(run: Runner, config: str) -> None:
    done = run(stdin=f"{LIST}functionConfig: {config}\n")
    assert done.code == 2
    (result,) = yaml.safe_load(done.out)["results"]
    assert result["message"].startswith("functionConfig: must be a mapping [function-config]")
    assert "resourceRef" not in result


def test_null_is_no_config_and_no_values(run: Runner) -> None:
    for config in ("functionConfig: ~\n", CONFIG + "  spec: {values: ~}\n", CONFIG + "  spec: {values: ''}\n"):
        done = run(stdin=LIST + config)
        assert (done.code, done.err) == (0, "")
        assert section_of(done.out)["imageTag"] == "2.15.1"


# ---- shapes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape",
    [
        lambda text: json.dumps(yaml.safe_load(text)),
        lambda text: json.dumps(yaml.safe_load(text), indent=2) + "\n",
        lambda text: yaml.safe_dump(yaml.safe_load(text)),
        lambda text: "---\n" + text,
        lambda text: "# a comment\n---\n" + text,
        lambda text: "\ufeff" + text.replace("\n", "\r\n"),
        lambda text: text.removesuffix("\n"),
        lambda text: text.replace("/v1\nkind: Res", "/v1alpha1\nkind: Res"),
        lambda text: text + "results: []\n",
        lambda text: text + "results:\n- message: another's\n",
        lambda text: text.replace("items:", "results: [{message: another's}]\nitems:"),
    ],
    ids=["JSON", "indented JSON", "sorted", "a marker", "a comment", "a BOM and CRLF", "no end", "an old version",
         "no results yet", "results", "results in front"],
)  # fmt: skip
def test_shapes(run: Runner, shape: Any) -> None:
    before = shape(LIST)
    done = run(stdin=before)
    assert done.code == 0, done.err
    text = done.out.decode().removeprefix("\ufeff")
    answer, given = yaml.safe_load(text), yaml.safe_load(before.removeprefix("\ufeff"))
    assert (answer["apiVersion"], answer["kind"]) == (given["apiVersion"], "ResourceList")
    assert section_of(text.encode())["imageTag"] == "2.15.1"
    assert answer["results"][: len(given.get("results", []))] == given.get("results", [])
    assert len(answer["results"]) == len(given.get("results", [])) + 2


@pytest.mark.parametrize(
    "stream",
    [
        "kind: ConfigMap\ndata: {a: ResourceList}\n",
        "kind: ResourceList\nitems: 5\n",
        "kind: ResourceList\n",
        "# ResourceList\n",
        "kind: [ # ResourceList\n",
        "kind: ResourceList\nitems: []\n---\nkind: Secret\n",
        "kind: Secret\n---\nkind: ResourceList\nitems: []\n",
        "kind: ResourceList\nitems: []\n---\n}\n",
    ],
)
def test_what_is_no_resource_list_is_a_stream(run: Runner, stream: str) -> None:
    done = run(stdin=stream)
    assert (done.code, done.out) == (0, stream.encode())
    assert done.err == "helm-cleaner: no agent ConfigMap in these manifests: nothing to patch\n"


@pytest.mark.parametrize("form", ["{other}---\n{list}", "{list}---\n{other}"])
def test_a_list_among_other_documents_is_a_list_like_any_other(run: Runner, form: str) -> None:
    stream = form.format(list=LIST, other=(CONFIGMAP % "{}").replace("rel-agent", "other")).encode()
    done = run(stdin=stream)
    assert (done.code, done.err, done.out) == (0, "", helm_cleaner.post_render(stream))
    assert done.out.count(b"IfNotPresent") == 2
    assert b"results" not in done.out


def test_a_list_that_is_no_yaml_is_not_answered(run: Runner) -> None:
    done = run(stdin=LIST + "}")
    assert (done.code, done.out) == (2, b"")
    assert "error: not YAML" in done.err


@pytest.mark.slow
@pytest.mark.parametrize("name", rendered.ACCEPTED)
def test_it_makes_of_a_real_stream_what_post_render_makes(run: Runner, name: str) -> None:
    loader, dumper = getattr(yaml, "CSafeLoader", yaml.SafeLoader), getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    stream = rendered.read(name)
    items = [item for item in yaml.load_all(stream, loader) if item]
    given = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": items}
    written = yaml.dump(given, Dumper=dumper, sort_keys=False, width=2**20)
    done = run("--set", "cleaner.imageTag=dev", stdin=written)
    assert done.code == 0, done.err
    expected = helm_cleaner.post_render(stream, {"cleaner": {"imageTag": "dev"}})
    (answer,) = yaml.load_all(done.out, loader)
    assert answer["items"] == [item for item in yaml.load_all(expected, loader) if item]


def test_a_bug_is_no_answer_to_a_resource_list(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_: Any) -> None:
        raise BugError([Diagnostic("error", "internal", "", "a bug", "", Location("<stdin>"))])

    monkeypatch.setattr(post_render, "plan", bug)
    done = run(stdin="apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n")
    assert (done.code, done.out) == (3, b"")
    assert "error: a bug [internal]" in done.err
