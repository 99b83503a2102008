"""Patches for kustomize, Flux and RFC 6902 have the same result as post-render."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import jsonpatch
import pytest
import yaml
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from helm_cleaner import polyaxon, post_render
from helm_cleaner.names import KEY
from tests.conftest import Runner, tool
from tests.support import command, rendered
from tests.support.manifests import CONFIGMAP, DEPLOYMENT, WHOLE, agent_configmap
from tests.support.strategies import Emitter, valid_sections

VALUES = {"cleaner": {"imageTag": "dev", "nodeSelector": {"pool": "small", "a.b/c": "true"}}}
SET = [
    "--set",
    "cleaner.imageTag=dev,cleaner.nodeSelector.pool=small",
    "--set-string",
    r"cleaner.nodeSelector.a\.b/c=true",
]

Key = tuple[str, str | None, str]


def objects(stream: bytes) -> dict[Key, Any]:
    """The objects of a stream by kind, namespace and name; lists taken apart, as kustomize does it."""
    found: dict[Key, Any] = {}
    pending = [d for d in yaml.load_all(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) if d]
    for manifest in pending:
        if manifest["kind"].endswith("List"):
            pending += manifest["items"]
        else:
            metadata = manifest["metadata"]
            found[manifest["kind"], metadata.get("namespace"), metadata["name"]] = manifest
    return found


@pytest.fixture(scope="session")
def kubectl() -> Path:
    return tool("kubectl")


def kustomized(kubectl: Path, folder: Path, stream: bytes, kustomization: bytes) -> dict[Key, Any]:
    (folder / "manifests.yaml").write_bytes(stream)
    (folder / "kustomization.yaml").write_bytes(kustomization)
    done = subprocess.run([kubectl, "kustomize", folder], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return objects(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("name", rendered.ACCEPTED)
def test_kustomize_makes_of_a_real_stream_what_post_render_makes(
    run: Runner, kubectl: Path, name: str, tmp_path: Path
) -> None:
    stream = rendered.read(name)
    done = run("patch", "-o", "kustomize", *SET, stdin=stream)
    assert done.code == 0, done.err
    assert kustomized(kubectl, tmp_path, stream, done.out) == objects(post_render(stream, VALUES))


def two_namespaces(*names: str) -> str:
    """The same names in the release's namespace and in others."""
    return "---\n".join(
        agent_configmap("{}", namespace=name)
        + DEPLOYMENT.replace(
            "name: rel-agent\n", f"name: rel-agent\n  namespace: {name}\n" if name else "name: rel-agent\n"
        )
        for name in names
    )


STREAM = CONFIGMAP % "{}" + DEPLOYMENT
ODD: dict[str, str] = {
    "simple": STREAM,
    "names with dots": (STREAM + "---\n" + CONFIGMAP % "{}").replace("rel-agent", "rel.agent", 3),
    "the same name in two namespaces": two_namespaces("", "other"),
    "the same name in three namespaces": two_namespaces("one", "", "two"),
    "a list": "apiVersion: v1\nkind: List\nitems:\n"
    + "".join(f"- {json.dumps(json.loads(agent_configmap(*each)))}\n" for each in (("{}", "one"), ("null", "two"))),
    "no metadata in the template": CONFIGMAP % WHOLE
    + DEPLOYMENT.replace("    metadata:\n      labels: {app: agent}\n", ""),
    "annotations": STREAM.replace("labels: {app: agent}", "annotations: {a: b}"),
    "no section": agent_configmap("{}").replace("POLYAXON_AGENT_CLEANER", "POLYAXON_AGENT_INIT"),
    "nothing to change": CONFIGMAP % WHOLE,
    "no agent": "{apiVersion: v1, kind: Secret, metadata: {name: a}}\n",
}


@pytest.mark.parametrize("stream", ODD.values(), ids=ODD)
def test_kustomize_and_jsonpatch_make_of_a_stream_what_post_render_makes(
    run: Runner, kubectl: Path, stream: str, tmp_path: Path
) -> None:
    expected = objects(post_render(stream.encode()))
    done = run("patch", "-o", "kustomize", stdin=stream)
    assert kustomized(kubectl, tmp_path, stream.encode(), done.out) == expected
    found = objects(stream.encode())
    for patch in json.loads(run("patch", "-o", "jsonpatch", stdin=stream).out):
        target = patch["target"]
        key = target["kind"], target["namespace"], target["name"]
        assert found[key]["apiVersion"] == target["apiVersion"]
        found[key] = jsonpatch.apply_patch(found[key], patch["patch"])
    assert found == expected


@st.composite
def applicable(draw: st.DrawFn) -> bytes:
    """Objects that kustomize accepts, no two with the same identity, in any style, some of them in lists."""
    names = st.sampled_from(["rel-agent-config", "a.b", "c"])
    places = st.tuples(names, st.sampled_from([None, "one", "default"]))
    items: list[Any] = []
    for name, namespace in draw(st.lists(places, max_size=3, unique_by=lambda p: (p[0], p[1] or "default"))):
        items.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(name, namespace)})
        items[-1]["data"] = {KEY: json.dumps(draw(valid_sections)), "a": "b\n# c"}
    for name, namespace in draw(st.lists(places, max_size=3, unique_by=lambda p: (p[0], p[1] or "default"))):
        pod = {"containers": [{"name": "c", "envFrom": [{"configMapRef": {"name": draw(names)}}]}]}
        head = draw(
            st.sampled_from([{}, {"metadata": {"labels": {"a": "b"}}}, {"metadata": {"annotations": {"a": "b"}}}])
        )
        kind = draw(st.sampled_from(["Deployment", "StatefulSet", "DaemonSet"]))
        items.append({"apiVersion": "apps/v1", "kind": kind, "metadata": metadata(name, namespace)})
        items[-1]["spec"] = {"template": {**head, "spec": pod}}
    items = draw(st.permutations(items))
    listed = draw(st.integers(0, len(items)))
    documents = [*items[listed:]]
    if listed:
        documents.append({"apiVersion": "v1", "kind": "List", "items": items[:listed]})
    return "---\n".join(Emitter(draw).document(document) for document in documents).encode()


def metadata(name: str, namespace: str | None) -> dict[str, str]:
    return {"name": name} if namespace is None else {"name": name, "namespace": namespace}


@pytest.mark.slow
@settings(max_examples=20)  # each starts kubectl
@given(applicable())
def test_kustomize_makes_of_any_objects_what_post_render_makes(kubectl: Path, stream: bytes) -> None:
    assume(stream)
    ran = command.run(["patch", "-o", "kustomize"], stream)
    if ran.code:
        assert "[yaml-shape]" in ran.err
        return
    event("nothing to patch" if ran.out.endswith(b"patches: []\n") else "patched")
    with tempfile.TemporaryDirectory() as folder:
        assert kustomized(kubectl, Path(folder), stream, ran.out) == objects(post_render(stream))


SUM = polyaxon.checksum([{KEY: '{"imageTag":"dev"}'}])
PATCHES = f"""\
patches:
  - target:
      version: v1
      kind: ConfigMap
      name: rel-agent-config
    patch: |-
      - op: replace
        path: /data/POLYAXON_AGENT_CLEANER
        value: '{{"imageTag":"dev"}}'
  - target:
      group: apps
      version: v1
      kind: Deployment
      name: rel-agent
    patch: |-
      - op: add
        path: /spec/template/metadata/annotations
        value:
          checksum/agent-config: {SUM}
"""


def test_a_kustomization(run: Runner) -> None:
    done = run("patch", "-o", "kustomize", "--no-defaults", "--set", "cleaner.imageTag=dev", stdin=STREAM)
    assert (done.code, done.err) == (0, "")
    head = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - manifests.yaml\n"
    assert done.out.decode() == head + PATCHES


def test_flux_gets_the_same_patches(run: Runner) -> None:
    options = ("--no-defaults", "--set", "cleaner.imageTag=dev")
    done = run("patch", "-o", "flux", *options, stdin=STREAM)
    (renderer,) = yaml.safe_load(done.out)["postRenderers"]
    assert renderer == {"kustomize": yaml.safe_load(PATCHES)}
    assert done.out.decode().startswith("postRenderers:\n  - kustomize:\n      patches:\n        - target:\n")


def test_the_resource_is_the_file(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "all of it.yaml"
    file.write_text(STREAM)
    assert yaml.safe_load(run("patch", "-o", "kustomize", str(file)).out)["resources"] == ["all of it.yaml"]


def test_jsonpatch_is_diffs(run: Runner) -> None:
    assert run("patch", "-o", "jsonpatch", *SET).out == run("diff", "-o", "jsonpatch", *SET).out


@pytest.mark.parametrize("form", ["kustomize", "flux", "jsonpatch"])
@pytest.mark.parametrize(
    ("args", "stdin", "code", "expected"),
    [
        (["--set", "cleaner.imagePullPolicy=x"], STREAM, 1, "--set: error: cleaner.imagePullPolicy"),
        ([], STREAM + "}", 2, "error: not YAML"),
        (["missing.yaml"], "", 2, "missing.yaml: error: cannot be read"),
    ],
    ids=["invalid", "no YAML", "no file"],
)
def test_refusals(run: Runner, form: str, args: list[str], stdin: str, code: int, expected: str) -> None:
    done = run("patch", "-o", form, *args, stdin=stdin)
    assert (done.code, done.out) == (code, b"")
    assert expected in done.err


@pytest.mark.parametrize("metadata", ["metadata: {name: ''}", "metadata: {}", "metadata: 5", "x: y"])
@pytest.mark.parametrize("form", ["kustomize", "flux"])
def test_an_object_without_a_name_cannot_be_selected(run: Runner, form: str, metadata: str) -> None:
    """An empty name in a target selects every object of that kind."""
    stdin = f"apiVersion: v1\nkind: ConfigMap\n{metadata}\ndata: {{{KEY}: '{{}}'}}\n"
    done = run("patch", "-o", form, stdin=stdin)
    assert (done.code, done.out) == (2, b"")
    assert done.err.startswith("<stdin>:1: error: ")
    assert "error: ConfigMap: has no name, by which kustomize would select it [no-name]" in done.err
    assert run("patch", "-o", "jsonpatch", stdin=stdin).code == 0
    assert run("diff", stdin=stdin).out.startswith(b"--- ConfigMap\n+++ ConfigMap\n")


def test_the_form_must_be_given(run: Runner) -> None:
    done = run("patch")
    assert (done.code, done.out) == (2, b"")
    assert "the following arguments are required: -o/--output" in done.err


def test_nothing_to_patch_is_said(run: Runner) -> None:
    done = run("patch", "-o", "flux", stdin="kind: Secret\n")
    assert (done.code, done.out) == (0, b"postRenderers:\n  - kustomize:\n      patches: []\n")
    assert done.err == "helm-cleaner: no agent ConfigMap in these manifests: nothing to patch\n"
