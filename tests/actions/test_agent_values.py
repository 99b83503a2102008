"""The agent's configuration in every command that ends in a Job or a release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner import post_render, validate
from helm_cleaner.diagnostics import SectionError
from helm_cleaner.fixing.preprocess import preprocess
from tests.conftest import Runner
from tests.support.manifests import WHOLE, agent_configmap

BAD = agent_configmap("{}", POLYAXON_AGENT_SIDECAR='{"imagePullPolicy":"always"}')
ERROR = 'rel-agent-config: error: POLYAXON_AGENT_SIDECAR.imagePullPolicy: "always" is not one of'
HINT = "hint: write imagePullPolicy: Always (sidecar.imagePullPolicy in the chart's values)"
CLUSTER = json.dumps({"kind": "List", "items": [{"kind": "Node", "metadata": {"name": "n"}, "status": {}}]})
COMMANDS: dict[str, list[str]] = {
    "post-render": [],
    "diff": ["diff"],
    "patch": ["patch", "-o", "jsonpatch"],
    "explain": ["explain"],
    "preflight": ["preflight", "--cluster", "cluster.json", "-n", "plx"],
}


@pytest.fixture(autouse=True)
def _cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cluster.json").write_text(CLUSTER)


@pytest.mark.parametrize("args", COMMANDS.values(), ids=COMMANDS)
def test_every_command_refuses_what_the_agent_does_not_load(args: list[str], run: Runner) -> None:
    done = run(*args, stdin=BAD)
    assert (done.code, done.out) == (1, b"")
    assert ERROR in done.err
    assert HINT in done.err


@pytest.mark.parametrize("args", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("by", ["option", "variable"])
def test_the_way_out(by: str, args: list[str], run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    if by == "option":
        args = [*args, "--ignore", "agent-config"]
    else:
        monkeypatch.setenv("HELM_CLEANER_IGNORE", "agent-config, type")
    done = run(*args, stdin=BAD)
    assert "[agent-config]" not in done.err
    assert done.code == 0 or "preflight" in args
    assert done.out
    if not args or args[0] == "--ignore":  # the section is patched all the same
        assert json.loads(json.loads(done.out)["data"]["POLYAXON_AGENT_CLEANER"]) == json.loads(WHOLE)


def test_an_unknown_code(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("--ignore", "agent-confg", stdin=BAD)
    assert (done.code, done.out) == (2, b"")
    assert "did you mean agent-config?" in done.err
    monkeypatch.setenv("HELM_CLEANER_IGNORE", "nodes")
    assert "HELM_CLEANER_IGNORE: error: unknown code 'nodes'" in run(stdin=BAD).err


def test_warn_only_says_it_and_passes(run: Runner) -> None:
    done = run("--warn-only", stdin=BAD)
    assert (done.code, done.out) == (0, BAD.encode())
    assert ERROR in done.err


def test_a_section_of_null_is_mended_before() -> None:
    out = post_render(agent_configmap("null", POLYAXON_AGENT_INIT=WHOLE).encode())
    assert json.loads(json.loads(out)["data"]["POLYAXON_AGENT_CLEANER"]) == json.loads(WHOLE)


@pytest.mark.parametrize("spec", ['{"ignore": ["agent-config"]}', '{"ignore": "agent-config,type"}', "{}"])
def test_a_krm_function(spec: str, run: Runner) -> None:
    items = [json.loads(BAD)]
    config = {"kind": "Cleaner", "spec": json.loads(spec)}
    done = run(stdin=json.dumps({"kind": "ResourceList", "items": items, "functionConfig": config}))
    results = json.loads(done.out)["results"]
    assert done.code == (1 if spec == "{}" else 0)
    assert any("agent-config" in result["message"] for result in results) == (spec == "{}")


def test_what_is_to_ignore_must_be_codes(run: Runner) -> None:
    config = {"kind": "Cleaner", "spec": {"ignore": 5}}
    done = run(stdin=json.dumps({"kind": "ResourceList", "items": [], "functionConfig": config}))
    assert done.code == 2
    assert "functionConfig.ignore: must be a list of codes" in done.err


DEPLOYMENT = """---
kind: Deployment
metadata: {name: %s}
spec: {template: {spec: {containers: [{envFrom: [{configMapRef: {name: rel-agent-config}}]}]}}}
"""


@pytest.mark.parametrize(
    ("users", "code"),
    [((), 1), (("rel-polyaxon-operator",), 0), (("rel-polyaxon-operator", "rel-polyaxon-api"), 1), (("api",), 1)],
)
def test_only_the_operator_uses_it(users: tuple[str, ...], code: int, run: Runner) -> None:
    stream = BAD + "".join(DEPLOYMENT % name for name in users)
    done = run(stdin=stream)
    assert done.code == code
    if code == 0:
        assert "warning: POLYAXON_AGENT_SIDECAR.imagePullPolicy" in done.err
        assert "only the operator uses this ConfigMap here, and it reads other keys" in done.err
    Path("manifests.yaml").write_text(stream)
    assert run("validate", "manifests.yaml").code == code


def test_a_configmap_of_a_cluster_is_taken_as_it_is(run: Runner) -> None:
    manifest = json.loads(agent_configmap('{"image":"polyaxon/polyaxon-init"}'))
    manifest["metadata"]["resourceVersion"] = "5"
    done = run("explain", stdin=json.dumps(manifest))
    assert b"2000Mi" not in done.out
    assert "rel-agent-config: it was read from a cluster, so it is taken as it is" in done.err
    assert b"2000Mi" in run("explain", "--set", "cleaner.imageTag=dev", stdin=json.dumps(manifest)).out
    assert b"2000Mi" in run(stdin=json.dumps(manifest)).out  # post-render completes it


RELEASE = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: plx}\n"
VALUES: dict[str, tuple[str, list[str]]] = {
    "beside a section": ("cleaner: {}\nsidecar: {foo: 1}\n", ["sidecar.foo"]),
    "another chart's values": ("sidecar: {foo: 1}\nagent: {x: 1}\n", []),
    "two keys of ours": ("deploymentType: kubernetes\norganizationKey: a\nsidecar: {foo: 1}\n", ["sidecar.foo"]),
    "a HelmRelease": (
        f"{RELEASE}spec: {{chart: {{spec: {{chart: polyaxon}}}}, values: {{sidecar: {{foo: 1}}}}}}\n", ["sidecar.foo"],
    ),
    "a HelmRelease of another chart": (
        f"{RELEASE}spec: {{chart: {{spec: {{chart: redis}}}}, values: {{sidecar: {{foo: 1}}, cleaner: {{}}}}}}\n", [],
    ),
    "a template's part": ("cleaner: {}\nsidecar: {imagePullPolicy: ${POLICY}}\n", []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "paths"), VALUES.values(), ids=VALUES)
def test_which_values_are_checked(text: str, paths: list[str], run: Runner) -> None:
    Path("some.yaml").write_text(text)
    for argument in (".", "some.yaml"):
        found = json.loads(run("validate", "--format", "json", argument).out)
        assert [each["path"] for each in found if each["code"] == "agent-config"] == paths


VERSIONS = {"1.20.0": "warning", "2.15.1": "error", "v2.3": "error", "2.x": "error", "2": "error", ">=1.0": "error"}


@pytest.mark.parametrize(("version", "severity"), VERSIONS.items())
def test_the_version_that_an_object_names(version: str, severity: str, run: Runner) -> None:
    chart = json.dumps({"spec": {"chart": "polyaxon", "version": version}})
    values = "{sidecar: {imagePullPolicy: x, noConnections: true}, cleaner: {}}"
    Path("hr.yaml").write_text(f"{RELEASE}spec: {{chart: {chart}, values: {values}}}\n")
    found = json.loads(run("validate", "--format", "json", "hr.yaml").out)
    assert {each["severity"] for each in found} == {severity}
    assert len(found) == (2 if version == "v2.3" else 1)  # which does not have noConnections yet


def test_an_umbrella_charts_values(run: Runner) -> None:
    Path("Chart.yaml").write_text("name: a\ndependencies: [{name: polyaxon, alias: plx}]\n")
    Path("values.yaml").write_text("plx: {cleaner: {imageTag: a}, init: {foo: 1}}\ninit: {foo: 1}\n")
    found = json.loads(run("validate", "--format", "json", "values.yaml").out)
    assert [(each["path"], each["line"], each["column"]) for each in found] == [("plx.init.foo", 1, 38)]


def test_beside_a_section_of_another_name_nothing_is_checked(run: Runner) -> None:
    Path("values.yaml").write_text("janitor: {imageTag: a}\ninit: {foo: 1}\n")
    assert run("validate", "--section", "janitor", "values.yaml").code == 0


def test_values_of_one_release(run: Runner) -> None:
    Path("a.yaml").write_text("cleaner: {}\nproxy: {enabled: true}\n")
    assert run("validate", "a.yaml").code == 1
    assert run("validate", "-f", "a.yaml", "--set", "proxy.useInOps=false").code == 0


def test_explain_of_values_alone(run: Runner) -> None:
    Path("a.yaml").write_text("cleaner: {}\nconnections: [{kind: s3}]\n")
    done = run("explain", "-f", "a.yaml", stdin="")
    assert (done.code, done.out) == (1, b"")
    assert "a.yaml:2:15: error: connections[0].name: is missing" in done.err
    assert run("explain", "-f", "a.yaml", "--ignore", "agent-config", stdin="").code == 0


def test_values_of_helm_itself() -> None:
    content = b"cleaner: {}\nsidecar: {foo: 1}\n"
    with pytest.raises(SectionError) as e:
        preprocess(content, "values.yaml")
    assert [d.path for d in e.value.diagnostics] == ["sidecar.foo"]
    assert preprocess(content, "values.yaml", ignore=frozenset(("agent-config",))).content == content


def test_the_python_api() -> None:
    assert [d.path for d in validate({}, beside={"init": {"foo": 1}})] == ["init.foo"]
    assert validate({}, beside={"gateway": 5}) == []
    with pytest.raises(SectionError):
        post_render(BAD.encode())
    assert post_render(BAD.encode(), ignore=["agent-config"])


FIXED: dict[str, tuple[str, str]] = {
    "a pull policy": ("sidecar:\n  imagePullPolicy: always # c\n", "sidecar:\n  imagePullPolicy: Always # c\n"),
    "quotes": ("init: {imageTag: 2.10}\n", 'init: {imageTag: "2.10"}\n'),
    "references": ("agent: {imagePullSecrets: [{name: a}]}\n", "agent: {imagePullSecrets: [a]}\n"),
    "one secret": ("imagePullSecrets: a\n", "imagePullSecrets: [a]\n"),
    "Python's spelling": ("init: {image_tag: a}\n", "init: {imageTag: a}\n"),
    "a kind's case": ("artifactsStore: {name: a, kind: S3}\n", "artifactsStore: {name: a, kind: s3}\n"),
    "a guess": ("artifactsStore: {name: a, kind: pvc}\n", "artifactsStore: {name: a, kind: pvc}\n"),
    "a large number": (
        "agent: {executorRefreshInterval: 1000000}\n", 'agent: {executorRefreshInterval: "1000000"}\n',
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FIXED.values(), ids=FIXED)
def test_fix_rewrites_what_has_one_meaning(text: str, expected: str, run: Runner) -> None:
    Path("values.yaml").write_text(f"cleaner: {{}}\n{text}")
    done: Any = run("fix", "values.yaml")
    assert Path("values.yaml").read_text() == f"cleaner: {{}}\n{expected}"
    assert done.code == (1 if text == expected else 0)
