"""The same section through every way in: one verdict, and one text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_cleaner import api
from tests.support import cases
from tests.support.command import run
from tests.support.manifests import CONFIGMAP, DEPLOYMENT, WHOLE
from tests.support.strategies import broken_sections, odd_sections, valid_sections

pytestmark = pytest.mark.slow

RELEASE = (CONFIGMAP % WHOLE + DEPLOYMENT).encode()
# Values over the charts' defaults, and over a release that the chart rendered with them: the arguments, and stdin.
OVER_DEFAULTS = {
    "validate": (["validate", "v.yaml"], b""),
    "merge": (["merge", "-f", "v.yaml"], b""),
    "explain": (["explain", "-f", "v.yaml"], b""),
    "preflight": (["preflight", "-f", "v.yaml", "--cluster", "cluster.json"], b""),
    "cleaner://": (["preprocess", "", "", "", "cleaner://v.yaml"], b""),
}
OVER_RELEASE = {
    "post-render": (["post-render", "-f", "v.yaml"], RELEASE),
    "diff": (["diff", "-f", "v.yaml"], RELEASE),
    "patch": (["patch", "-o", "jsonpatch", "-f", "v.yaml"], RELEASE),
    "explain of manifests": (["explain", "-f", "v.yaml", "-"], RELEASE),
}
# What the chart rendered, as it is.
RENDERED = {
    "validate": ["validate", "-"],
    "post-render": ["post-render"],
    "diff": ["diff"],
    "patch": ["patch", "-o", "flux"],
    "explain": ["explain"],
}
# Advice, which is only for who asks for it, and what is about the Job and the cluster.
APART = ("[other-image]", "[short-toleration]", "[empty-affinity]", "[no-node]")
HEAD = re.compile(r"(?P<place>.*?): (?:error|warning): (?:cleaner|claener|imageTag|polyaxon)\b")
# A node that takes everything, since what else preflight says is not about the section.
NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "spec": {},
        "status": {"allocatable": {"cpu": "64", "memory": "256Gi", "pods": "110"}}}  # fmt: skip
# What cannot be said in JSON, or is in no section.
FILES = {
    "a float": "cleaner: {imageTag: 2.10}\n",
    "a boolean": "cleaner: {nodeSelector: {a: on}}\n",
    "a key twice": "cleaner:\n  imageTag: a\n  imageTag: 5\n",
    "null": "cleaner: null\n",
    "no mapping": "cleaner: [a]\n",
    "empty": "",
    "misspelled": "claener: {imageTag: dev}\n",
    "beside it": "cleaner: {imageTag: a}\nimageTag: b\n",
    "further down": "polyaxon: {cleaner: {imageTag: 5}}\n",
    "fields alone": "imageTag: dev\n",
    "a merge key": "x: &x {imageTag: 5}\ncleaner: {<<: *x}\n",
    "a null that deletes": "cleaner: {resources: {limits: {cpu: null}}, image: null}\n",
    "a collision": "cleaner: {resources: {cpu: 50m, requests: {cpu: 1}}}\n",
    "a byte order mark": "\ufeffcleaner: {imageTag: 5}\n",
    "a template": 'cleaner: {imageTag: "{{ .x }}"}\n',
}


def sections() -> Iterator[dict[str, Any]]:
    for line in cases.lines("sections.jsonl"):
        yield json.loads(line)["section"]


def about_the_section(messages: str) -> list[str]:
    """The findings about the section with their lines and hints, sorted; who is at fault has its layer's own name."""
    found: list[list[str]] = []
    inside = False
    for line in messages.splitlines():
        if HEAD.match(line):
            found.append([line.replace(", which the chart rendered", ", which is the default")])
            inside = True
        elif inside and line.startswith("    "):
            found[-1].append(line)
        else:
            inside = False
    return sorted("\n".join(each) for each in found if not each[0].endswith(APART))


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("ways")
    (path / "cluster.json").write_text(json.dumps({"kind": "List", "items": [NODE]}))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path)
        yield path


def outcomes(content: bytes) -> dict[str, tuple[bool, list[str]]]:
    """Whether each way accepts a values file, and what it says of the section."""
    Path("v.yaml").write_bytes(content)
    found = {}
    for name, (args, stdin) in {**OVER_DEFAULTS, **OVER_RELEASE}.items():
        done = run(args, stdin)
        said = about_the_section(done.err + (done.out.decode() if name == "preflight" else ""))
        # A cluster in which the pod does not fit is no verdict on the section.
        accepted = done.code == 0 or (name == "preflight" and "no-node" in done.out.decode())
        found[name] = (accepted, said)
    return found


def one(found: dict[str, Any]) -> Any:
    """What all agree on."""
    first = found["validate"]
    assert {name: each for name, each in found.items() if each != first} == {}
    return first


def test_values_have_one_verdict() -> None:
    accepted = [one(outcomes(json.dumps({"cleaner": each}, ensure_ascii=False).encode()))[0] for each in sections()]
    assert {*accepted} == {True, False}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_files_have_one_verdict(text: str) -> None:
    one(outcomes(text.encode()))


@given(st.one_of(valid_sections, broken_sections, odd_sections()))
def test_any_values_have_one_verdict(section: dict[str, Any]) -> None:
    found = outcomes(json.dumps({"cleaner": section}, ensure_ascii=False).encode())
    if any("[foreign-section]" in line for line in found["validate"][1]):
        del found["validate"]  # which cannot know whether the file is for our chart; the others are told so
        found["validate"] = found["merge"]
    one(found)


def rendered(section: Any, more: list[str]) -> None:
    """All say the same of a section that a chart rendered."""
    stream = (CONFIGMAP % json.dumps(section, ensure_ascii=False).replace("'", "''") + DEPLOYMENT).encode()
    runs = {name: run([args[0], *more, *args[1:]], stream) for name, args in RENDERED.items()}
    one({name: (done.code, about_the_section(done.err)) for name, done in runs.items()})


@pytest.mark.parametrize("more", [[], ["--no-defaults"]], ids=["defaults", "no defaults"])
def test_what_a_chart_rendered_has_one_verdict(more: list[str]) -> None:
    for section in sections():
        rendered(section, more)


@given(st.one_of(valid_sections, broken_sections, odd_sections()), st.sampled_from([[], ["--no-defaults"]]))
def test_whatever_a_chart_rendered_has_one_verdict(section: dict[str, Any], more: list[str]) -> None:
    rendered(section, more)


def test_flags_and_functions_and_the_api_have_the_same_verdict() -> None:
    """Their places are others, so that only what is said is compared."""

    def said(messages: str) -> list[str]:
        heads = (each.splitlines()[0] for each in about_the_section(messages))
        return sorted(head.removeprefix(match["place"]) for head in heads if (match := HEAD.match(head)))

    for section in sections():
        Path("v.yaml").write_text(json.dumps({"cleaner": section}))
        expected = run(["post-render", "-f", "v.yaml"], RELEASE)
        flag = run(["post-render", f"--set-json=cleaner={json.dumps(section)}"], RELEASE)
        assert (flag.code, flag.out, said(flag.err)) == (expected.code, expected.out, said(expected.err))
        function = {"apiVersion": "v1", "kind": "HelmCleaner", "spec": {"values": {"cleaner": section}}}
        head = f"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig: {json.dumps(function)}\n"
        items = "".join("- " + part.strip().replace("\n", "\n  ") + "\n" for part in RELEASE.decode().split("---\n"))
        answer = run(["post-render"], f"{head}items:\n{items}".encode())
        assert (answer.code, said(answer.err)) == (expected.code, said(expected.err))
        checked = json.loads(run(["validate", "--format", "json", "v.yaml"]).out)
        found = [(d.severity, d.code, d.path, d.message) for d in api.validate(section)]
        assert sorted(found) == sorted((d["severity"], d["code"], d["path"], d["message"]) for d in checked)
