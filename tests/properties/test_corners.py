"""Corners that few inputs reach, module by module: what stands there must work on the day that one does."""

from __future__ import annotations

import importlib
import io
import json
import mmap
import os
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

from helm_cleaner import places, polyaxon, section, validate, values
from helm_cleaner.actions import post_render
from helm_cleaner.actions.fix import fix
from helm_cleaner.cli import main, streams
from helm_cleaner.cli.talk import say
from helm_cleaner.diagnostics import BugError, CleanerError, Diagnostic, InputError, Location
from helm_cleaner.helm import POST_RENDERER, plugins, user_stderr
from helm_cleaner.names import MOST_DATA
from helm_cleaner.output.sarif import sarif
from helm_cleaner.polyaxon import rollout
from helm_cleaner.values import Origin, Scalar, from_data
from helm_cleaner.yamltext import scalars
from tests.conftest import Runner
from tests.support.manifests import CONFIGMAP

ORIGIN = Origin("chart", Location("cm"))


def said(data: Any) -> list[str]:
    return [d.message for d in section.check(from_data(data, ORIGIN))]


# ---- the command line ------------------------------------------------------------------------------------------------


def test_the_module_can_be_imported() -> None:
    assert "program" in runpy.run_module("helm_cleaner.__main__", run_name="imported")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["merge", "-f", '"a'], "is not a valid list of files"),
        (["preprocess", "values.yaml"], "this is for Helm to call"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else "",
)
def test_usage(run: Runner, args: list[str], message: str) -> None:
    done = run(*args)
    assert (done.code, done.out) == (2, b"")
    assert message in done.err


def test_a_section_of_null_is_explained_as_the_defaults(run: Runner) -> None:
    assert run("explain", "--set", "cleaner=null", stdin="").out == run("explain", "-f", os.devnull, stdin="").out


def test_a_closed_stderr_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.TextIOWrapper(io.BytesIO())
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    say("nobody hears this\n")


def test_a_large_stream_where_there_are_no_huge_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(mmap, "MADV_HUGEPAGE", raising=False)
    content = b"a: b\n" * (streams._LARGE // 4)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))
    assert streams.read_stream() == content


def test_a_bug_is_no_answer_to_a_resource_list(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_: Any) -> None:
        raise BugError([Diagnostic("error", "internal", "", "a bug", "", Location("<stdin>"))])

    monkeypatch.setattr(post_render, "changes", bug)
    done = run(stdin="apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n")
    assert (done.code, done.out) == (3, b"")
    assert "error: a bug [internal]" in done.err


# ---- Helm's plugins --------------------------------------------------------------------------------------------------


def test_a_plugin_that_cannot_be_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_PLUGINS", str(tmp_path))
    launcher = plugins.install()[0] / "helm-cleaner"
    launcher.unlink()
    launcher.mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        plugins.uninstall()


def test_a_parent_that_cannot_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getppid", lambda: 0)  # the kernel's own, which /proc does not list
    monkeypatch.delenv("HELM_PLUGIN_NAME", raising=False)
    assert not user_stderr.is_discarded(failed=False)
    assert user_stderr._helms_stderr(failed=True) is None
    assert user_stderr._borrow_stderr() is None
    assert not user_stderr._is_appended("/proc/0")


def test_no_place_at_all_for_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_PLUGIN_NAME", POST_RENDERER)
    monkeypatch.setattr(os, "getppid", lambda: 0)
    monkeypatch.setattr(user_stderr, "_open", lambda *_: None)
    assert user_stderr.user_stderr(failed=True) == (None, None)


# ---- manifests -------------------------------------------------------------------------------------------------------


def test_the_checksum_without_pythons_own_sha256(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = polyaxon.checksum([{"a": "b"}])

    def only_hashlib(name: str) -> Any:
        if name != "hashlib":
            raise ImportError(name)
        return importlib.import_module(name)

    monkeypatch.setattr(rollout, "import_module", only_hashlib)
    rollout._sha256.cache_clear()
    assert polyaxon.checksum([{"a": "b"}]) == expected


def test_a_document_that_is_too_deep_to_be_walked_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(_: Any) -> Any:
        raise RecursionError

    monkeypatch.setattr(polyaxon, "agents", deep)
    with pytest.raises(InputError, match="nested too deeply") as e:
        post_render.render(b"# one\n---\n" + (CONFIGMAP % "{}").encode())
    assert e.value.diagnostics[0].location == Location("<stdin>", 2)


def test_an_empty_block_scalar_below_its_key() -> None:
    stream = (CONFIGMAP % "").replace("CLEANER: ''", "CLEANER:\n    |-\n").encode()
    with pytest.raises(InputError, match="its block scalar is empty"):
        post_render.render(stream)


def test_a_release_without_values() -> None:
    release = (
        b"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: cleaner}\nspec: {values: null}\n"
    )
    assert places.find([places.File("release.yaml", release)]).places == []


# ---- values ----------------------------------------------------------------------------------------------------------


def test_a_section_that_is_no_mapping() -> None:
    assert [d.code for d in validate([1])] == ["type"]  # type: ignore[arg-type]  # on purpose


def test_a_path_through_null() -> None:
    assert section.find(values.read(b"a: null\n", "v").values, ("a", "b")) is None


def test_data_that_nests_too_deeply() -> None:
    data: Any = "leaf"
    for _ in range(values.MOST_LEVELS + 1):
        data = [data]
    with pytest.raises(InputError, match="nested too deeply: more than 100 levels"):
        from_data(data, ORIGIN)
    assert main(["merge", "--set", "cleaner.a" + "[0]" * (values.MOST_LEVELS + 1) + "=1"]) == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-05, "0.00001"), (-1.5e-06, "-0.0000015"), (1e-07, "1e-7"), (1e21, "1e+21"), (1e20, "100000000000000000000")],
)
def test_numbers_as_go_writes_them(value: float, text: str) -> None:
    assert section.to_json(Scalar(value, ORIGIN)) == text


def test_a_number_that_no_float_holds() -> None:
    with pytest.raises(ValueError, match="out of range"):
        scalars.as_json(10**400)


@pytest.mark.parametrize("text", ["2024-13-45", "2024-02-30", "2024-02-28 25:00:00"])
def test_a_date_that_there_is_not(text: str) -> None:
    assert not scalars._is_timestamp(text)


# ---- rules -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"image": "index.docker.io/polyaxon"}, None),
        ({"image": "polyaxon "}, "it has leading or trailing whitespace"),
        ({"imageTag": "@sha256:" + "0" * 64}, "a digest must come after a tag"),
    ],
)
def test_images(data: Any, message: str | None) -> None:
    found = said(data)
    assert found == [] if message is None else message in found[0]


def affinity(kind: str, term: Any) -> Any:
    required = {"nodeSelectorTerms": [term]} if kind == "nodeAffinity" else [{"topologyKey": "zone", **term}]
    return {"affinity": {kind: {"requiredDuringSchedulingIgnoredDuringExecution": required}}}


@pytest.mark.parametrize(
    "data",
    [
        affinity("nodeAffinity", {"matchExpressions": [{"key": "a", "operator": "In", "values": [5]}]}),
        affinity("nodeAffinity", {"matchFields": [{"key": "metadata.name", "operator": "In", "values": [5]}]}),
        affinity("podAffinity", {"labelSelector": {"matchExpressions": [{"operator": "Exists", "key": 5}]}}),
    ],
    ids=["values", "matchFields", "a key"],
)
def test_what_is_broken_in_structure_is_said_once(data: Any) -> None:
    assert [message.partition(",")[0] for message in said(data)] == ["must be a string"]


@pytest.mark.parametrize("data", [["x" * 2_000_000], {"nodeSelector": {"a": "x" * 2_000_000}}], ids=["list", "mapping"])
def test_a_section_that_is_too_large(data: Any) -> None:
    found = section.resolve(from_data(data, ORIGIN)).findings
    assert "too-large" in {d.code for d in found}


def test_a_section_that_only_might_be_too_large() -> None:
    found = section.resolve(from_data({"nodeSelector": {"a": "x" * 100_000}}, ORIGIN)).findings
    assert {d.code for d in found} == {"label-value"}


def test_a_section_that_is_too_large_is_not_said_to_fill_the_configmap_too() -> None:
    stream = (CONFIGMAP % json.dumps({"nodeSelector": {"a": "x" * MOST_DATA}})).encode()
    with pytest.raises(CleanerError) as e:
        post_render.render(stream)
    (found,) = (d for d in e.value.diagnostics if d.code == "too-large")
    assert found.message.startswith(
        "is 1,048,787 bytes of JSON; Kubernetes limits the data of a ConfigMap to 1,048,576 bytes"
    )


def test_a_configmap_that_is_too_large() -> None:
    stream = (CONFIGMAP % "{}").encode() + b"  OTHER: " + b"x" * MOST_DATA + b"\n"
    with pytest.raises(CleanerError, match="with it the ConfigMap has"):
        post_render.render(stream)


# ---- fix and reports -------------------------------------------------------------------------------------------------


def test_a_fix_inside_a_fix() -> None:
    result = fix(b"cleaner:\n  imagePullSecrets:\n  - Name: x\n", "v.yaml")
    assert result.content == b"cleaner:\n  imagePullSecrets:\n  - x\n"
    assert [(f.location.line, f.location.column) for f in result.fixes] == [(3, 5), (3, 5)]


def test_a_resource_on_two_lines_is_taken_out() -> None:
    result = fix(b"cleaner:\n  resources:\n    cpu:\n      50m\n    requests: {cpu: 50m}\n", "v.yaml")
    assert result.content == b"cleaner:\n  resources:\n    requests: {cpu: 50m}\n"


def test_sarif_of_a_finding_about_a_whole_file() -> None:
    d = Diagnostic("error", "yaml", "", "not YAML", "", Location("v.yaml", 3))
    (result,) = json.loads(sarif([d]))["runs"][0]["results"]
    assert result["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "v.yaml"}, "region": {"startLine": 3}}}
    ]
