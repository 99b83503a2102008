"""The command: its input, its streams, its exit codes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.clusters import limit_range, named, node, running
from tests.support.command import Ran, run
from tests.support.manifests import CONFIGMAP

RENDERED = (CONFIGMAP % '{"nodeSelector": {"pool": "plx"}}').encode()
VALUES = "cleaner:\n  imageTag: dev\n  nodeSelector: {pool: plx}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "values.yaml").write_text(VALUES)
    write("cluster.json", node("a", {"pool": "plx"}))
    return tmp_path


def write(name: str, *objects: Any) -> None:
    Path(name).write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}))


def preflight(*args: str, stdin: bytes = b"") -> Ran:
    return run(["preflight", *args], stdin)


def of_values(*args: str) -> Ran:
    return preflight(os.devnull, "-f", "values.yaml", "-n", "ml", *args)


def test_json_has_the_fields_of_the_contract() -> None:
    write("cluster.json", node("a", {"pool": "plx"}), node("b"), limit_range({"type": "Pod", "max": {"cpu": "1m"}}))
    ran = preflight(os.devnull, "-f", "values.yaml", "-n", "polyaxon", "--cluster", "cluster.json", "-o", "json")
    assert (ran.code, ran.err) == (1, "")
    said = json.loads(ran.out)
    assert list(said) == ["namespace", "verdict", "nodes", "admission", "findings", "not_checked"]
    assert said["nodes"][0] == {"name": "a", "fits": True, "reasons": []}
    assert said["nodes"][1]["reasons"] == [
        {"code": "NodeAffinity", "message": "label pool=plx is missing (the node has no pool)"}
    ]
    assert said["admission"] == [
        {"kind": "LimitRange", "name": "limits", "message": "the cpu limit 1 exceeds the maximum of 1m per pod"}
    ]
    assert list(said["findings"][0]) == ["file", "line", "column", "path", "severity", "code", "message", "hint"]
    assert {
        "what": "secrets",
        "why": "whether pull secrets exist and have the right type: no secrets in the input",
    } in said["not_checked"]


def test_several_files_and_stdin() -> None:
    write("more.json", limit_range({"type": "Pod", "max": {"cpu": "1m"}}))
    assert of_values("--cluster", "cluster.json", "--cluster", "more.json").code == 0  # of another namespace
    ran = preflight("-f", "values.yaml", "--cluster", "-", stdin=Path("cluster.json").read_bytes())
    assert (ran.code, ran.out.startswith(b"preflight: fits")) == (0, True)
    assert "without -n it is taken to be default" in ran.out.decode()


def test_manifests_that_helm_rendered() -> None:
    ran = preflight("--set", "cleaner.nodeSelector.pool=plxx", "-n", "ml", "--cluster", "cluster.json", stdin=RENDERED)
    assert ran.code == 1
    assert "did you mean pool: plx (1 node)?" in ran.out.decode()
    assert preflight("-n", "ml", "--cluster", "cluster.json", stdin=RENDERED).code == 0


def test_helm_keeps_the_namespace_of_a_plugin_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_NAMESPACE", "ours")
    args = [os.devnull, "-f", "values.yaml", "--cluster", "cluster.json", "-o", "json"]
    assert json.loads(preflight(*args).out)["namespace"] == "default"
    monkeypatch.setenv("HELM_PLUGIN_DIR", "/plugins/cleaner")
    assert json.loads(preflight(*args).out)["namespace"] == "ours"
    assert json.loads(preflight(*args, "-n", "ml").out)["namespace"] == "ml"


def test_the_account_is_that_of_the_release() -> None:
    account = named("ServiceAccount", "plx-polyaxon-runs-sa", "ml")
    write("cluster.json", node("a", {"pool": "plx"}), account, named("Namespace", "ml", None))
    assert of_values("--cluster", "cluster.json", "--release", "plx").code == 0
    ran = of_values("--cluster", "cluster.json", "--release", "ply")
    assert ran.code == 1
    assert "the service account ply-polyaxon-runs-sa does not exist in ml" in ran.out.decode()
    assert "plx-polyaxon-runs-sa" in ran.out.decode()
    ran = of_values("--cluster", "cluster.json")  # Without a release there is no account to look for.
    assert ran.code == 0
    assert "--release" in ran.out.decode()


def test_defaults_are_those_of_the_file() -> None:
    Path("chart.yaml").write_text("cleaner:\n  imageTag: dev\n  nodeSelector: {pool: gpu}\n  resources: {}\n")
    Path("values.yaml").write_text("cleaner: {imagePullPolicy: Always}\n")
    args = ("--cluster", "cluster.json")
    assert of_values(*args).code == 0
    assert of_values(*args, "--no-defaults").code == 0
    ran = of_values(*args, "--defaults", "chart.yaml")
    assert ran.code == 1
    assert "chart.yaml:3:" in ran.out.decode()
    assert "pool=gpu" in ran.out.decode()


def test_the_charts_version_is_checked() -> None:
    Path("values.yaml").write_text("cleaner: {imagePullPolicy: Always}\n")
    assert of_values("--cluster", "cluster.json", "--chart-version", "2.15.1").code == 0
    ran = of_values("--cluster", "cluster.json", "--chart-version", "2.15 1")
    assert (ran.code, ran.out) == (1, b"")
    assert "the release's version: error: cleaner.imageTag" in ran.err


def test_the_store_may_be_unknown() -> None:
    write("cluster.json", node("a", {"pool": "plx"}), named("PersistentVolumeClaim", "other", "ml"))
    ran = preflight("-n", "ml", "--cluster", "cluster.json", "-o", "json", stdin=RENDERED)
    assert ran.code == 0
    assert {
        "what": "persistentvolumeclaims",
        "why": "the artifacts store's volumes are left out: these manifests do not tell the store",
    } in json.loads(ran.out)["not_checked"]


def test_an_invalid_section_is_refused() -> None:
    Path("values.yaml").write_text("cleaner: {imagePullPolicy: always}\n")
    ran = of_values("--cluster", "cluster.json")
    assert (ran.code, ran.out) == (1, b"")
    assert "[pull-policy]" in ran.err
    ran = of_values("--cluster", "cluster.json", "-o", "json")
    said = json.loads(ran.out)
    assert (ran.code, said["verdict"], said["findings"][0]["code"]) == (1, "refused", "pull-policy")


def test_warnings_of_the_section_are_findings() -> None:
    Path("values.yaml").write_text("cleaner: {imageTag: dev, resources: {cpu: 50m}}\n")
    ran = of_values("--cluster", "cluster.json", "-o", "json")
    assert [each["code"] for each in json.loads(ran.out)["findings"]] == ["flat-resources"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "--cluster"),
        (["--cluster", "-", "--cluster", "-"], "stdin can be only one of"),
        (["--cluster", "-", "-"], "stdin can be only one of"),
        (["--cluster", "-", "-f", "-"], "stdin can be only one of"),
        (["--cluster", "nothing.json", "-f", "values.yaml", os.devnull], "nothing.json: error: cannot be read"),
        (["--cluster", "cluster.json", "-f", "nothing.yaml", os.devnull], "nothing.yaml: error: cannot be read"),
        (["--cluster", "cluster.json", os.devnull], "nothing to check"),
        (["--cluster", os.devnull, "-f", "values.yaml", os.devnull], "contains no nodes"),
        (["--cluster", "values.yaml", "-f", "values.yaml", os.devnull], "not a Kubernetes object"),
    ],
)
def test_what_cannot_be_used(args: list[str], message: str) -> None:
    ran = preflight(*args)
    assert (ran.code, ran.out) == (2, b"")
    assert message in ran.err


def test_what_is_wrong_with_the_section_and_with_the_cluster_is_said_at_once() -> None:
    Path("bad.yaml").write_text("cleaner: {imageTag: 5}\n")
    for form in ("text", "json"):
        ran = preflight("--cluster", "one", "--cluster", "two", "-f", "bad.yaml", os.devnull, "-o", form)
        assert (ran.code, ran.out) == (2, b"")
        heads = [line.split(":")[0] for line in ran.err.splitlines() if " error: " in line]
        assert heads == ["bad.yaml", "one", "two"]


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"kind": "Node", "a":' * 100_000, b"a: " + b"[" * 100_000, b"- " * 100_000, b"\xff\xfe\x00"],
    ids=["JSON", "objects", "YAML in brackets", "YAML in lines", "half a character"],
)
def test_nesting_and_bytes_that_are_no_text(content: bytes) -> None:
    Path("cluster.json").write_bytes(content)
    ran = of_values("--cluster", "cluster.json")
    assert (ran.code, ran.out) == (2, b"")
    assert "error:" in ran.err
    assert "Traceback" not in ran.err


def test_a_name_that_is_no_unicode_is_escaped() -> None:
    write("cluster.json", named("Namespace", "\ud800", None), node("\ud800", {"pool": "plx"}))
    assert of_values("--cluster", "cluster.json").code == 1
    assert json.loads(of_values("--cluster", "cluster.json", "-o", "json").out)["verdict"] == "refused"


def test_strict_is_for_what_was_not_checked() -> None:
    args = ("--strict", "--cluster", "cluster.json", "--release", "plx")
    ran = of_values(*args)
    assert ran.code == 1
    text = ran.out.decode()
    assert "preflight: fits, as far as was checked (pods, namespaces, " in text
    assert "  not checked (an error with --strict):\n" in text
    ran = of_values(*args, "-o", "json")
    assert (ran.code, json.loads(ran.out)["verdict"]) == (1, "fits")


def test_a_cluster_that_was_checked_as_a_whole_just_fits() -> None:
    """Each kind in a file of its own, as the help has it: that there is none is said by the file's name."""
    Path("cluster").mkdir()
    there = {
        "nodes": [node("a", {"pool": "plx"})],
        "pods": [running("p", "a")],
        "namespaces": [named("Namespace", "ml", None)],
        "serviceaccounts": [named("ServiceAccount", "plx-polyaxon-runs-sa", "ml")],
        **dict.fromkeys(("limitranges", "resourcequotas", "jobs.polyaxon.com"), ()),
    }
    for kind, objects in there.items():
        write(f"cluster/{kind}.json", *objects)
    values = "artifactsStore: {name: s, kind: volume_claim, schema: {volumeClaim: data, mountPath: /a}}\n"
    Path("values.yaml").write_text(VALUES + values)
    args = ("--strict", "--cluster", "cluster", "--release", "plx")
    write("cluster/persistentvolumeclaims.json")
    ran = of_values(*args)
    assert ran.code == 1
    assert ran.out.decode().startswith("error: the claim data of the artifacts store ")
    assert "preflight: stays pending · " in ran.out.decode()
    claim = named("PersistentVolumeClaim", "data", "ml", spec={"volumeName": "pv-1"}, status={"phase": "Bound"})
    write("cluster/persistentvolumeclaims.json", claim)
    write("cluster/persistentvolumes.json", named("PersistentVolume", "pv-1", None, spec={"nfs": {"path": "/"}}))
    ran = of_values(*args)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.decode().startswith("preflight: fits · namespace ml · 1 of 1 node fits (a) · ")
    assert "not checked" not in ran.out.decode()
