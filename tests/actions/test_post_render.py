"""post-render on small, hand-written streams: bytes in, bytes out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_cleaner import polyaxon
from helm_cleaner.actions import post_render
from helm_cleaner.actions.post_render import Options, render
from helm_cleaner.diagnostics import CleanerError, InputError, Location, SectionError
from helm_cleaner.yamltext.stream import Stream
from tests.polyaxon.test_rollout import METADATA
from tests.support.manifests import CONFIGMAP
from tests.support.streams import (
    ESCAPED,
    FILLED,
    GIVEN,
    HASH,
    KEY,
    NAME,
    configmap,
    output,
    overrides,
    refused,
    stamped,
    workload,
)

SECTIONS = [
    pytest.param(f"  {KEY}: '{GIVEN}'\n", f"  {KEY}: '{FILLED}'\n", id="single-quoted"),
    pytest.param(f"  {KEY}: {GIVEN}  # c\n", f'  {KEY}: "{ESCAPED}"  # c\n', id="a mapping, not quoted"),
    pytest.param(f"  {KEY}: >- # c\n    {GIVEN}\n\n", f"  {KEY}: >- # c\n    {FILLED}\n\n", id="folded"),
    pytest.param(f"  {KEY}: |\n    {GIVEN}\n  # c\n", f"  {KEY}: |-\n    {FILLED}\n  # c\n", id="literal"),
    pytest.param(f"  {KEY}: ''\n", f"  {KEY}: '{FILLED}'\n", id="empty text"),
    pytest.param(f'  "{KEY}": "null"\n', f'  "{KEY}": "{ESCAPED}"\n', id="null, quoted"),
    pytest.param(f"  {KEY}: null\n", f'  {KEY}: "{ESCAPED}"\n', id="null"),
    pytest.param(f"  {KEY}:\n", f'  {KEY}: "{ESCAPED}"\n', id="absent"),
    pytest.param("", f'  {KEY}: "{ESCAPED}"\n', id="no key"),
    pytest.param(f"  {KEY}: '{{}}'\n", f"  {KEY}: '{FILLED}'\n", id="empty section"),
    pytest.param(
        f'  {KEY}: "{{\\"imageTag\\":\n    null}}"\n', f'  {KEY}: "{ESCAPED}"\n', id="double-quoted, multi-line"
    ),
]


@pytest.mark.parametrize(("before", "after"), SECTIONS)
def test_sections(before: str, after: str) -> None:
    assert output(configmap(before)) == configmap(after).encode()


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        pytest.param(
            f'{{"kind":"ConfigMap","metadata":{{"name":"c"}},"data":{{"{KEY}":"{{\\"imageTag\\":\\"2.15.1\\"}}"}}}}',
            f'{{"kind":"ConfigMap","metadata":{{"name":"c"}},"data":{{"{KEY}":"{ESCAPED}"}}}}',
            id="JSON",
        ),
        pytest.param(
            "kind: ConfigMap\nmetadata: {labels: {app.kubernetes.io/version: 2.15.1}}\n"
            'data: {POLYAXON_AGENT_INIT: "{}"}',
            f"kind: ConfigMap\nmetadata: {{labels: {{app.kubernetes.io/version: 2.15.1}}}}\n"
            f'data: {{"{KEY}": "{ESCAPED}", POLYAXON_AGENT_INIT: "{{}}"}}',
            id="no key, flow",
        ),
        pytest.param("\ufeff" + configmap(), "\ufeff" + configmap(f"  {KEY}: '{FILLED}'\n"), id="byte order mark"),
        pytest.param(
            configmap() + "...\n# junk: [\n%YAML 1.1\n---\na: [\n",
            configmap(f"  {KEY}: '{FILLED}'\n") + "...\n# junk: [\n%YAML 1.1\n---\na: [\n",
            id="what follows a document's end",
        ),
    ],
)
def test_other_configmaps(stream: str, expected: str) -> None:
    assert output(stream) == expected.encode()


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(configmap(f"  {KEY}: '{FILLED}'\n"), id="complete"),
        pytest.param(configmap(f"  {KEY}: ' {FILLED.replace(',', ' , ')}\n\n    '\n"), id="complete, other spaces"),
        pytest.param(f"kind: Secret\ndata:\n  {KEY}: ''\n", id="no ConfigMap"),
        pytest.param(f"data:\n  {KEY}: ''\n", id="no kind"),
        pytest.param(f"kind: ConfigMap\ndata:\n  OTHER: '{KEY}: POLYAXON_AGENT_INIT'\n", id="the key in a value"),
        pytest.param(f"kind: ConfigMap\ndata:\n- {KEY}\n", id="data is a list"),
        pytest.param(f"kind: ConfigMap\n{KEY}: '{{'\n", id="the key elsewhere"),
        pytest.param(f"- kind: ConfigMap\n  data:\n    {KEY}: ''\n", id="a list at the top"),
        pytest.param(f"# {KEY}\n", id="a comment"),
    ],
)
def test_nothing_to_change(stream: str) -> None:
    assert output(stream) == stream.encode()


def test_without_filling() -> None:
    assert output(configmap(), Options(fill=False)) == configmap().encode()
    assert output(configmap(""), Options(fill=False)) == configmap(f'  {KEY}: "{{}}"\n').encode()


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param("cleaner: {image: other}", FILLED.replace("polyaxon/polyaxon-init", "other"), id="a field"),
        pytest.param(
            "cleaner: {imagePullPolicy: null}", FILLED.replace('"imagePullPolicy":"IfNotPresent",', ""), id="null"
        ),
        pytest.param(
            "cleaner: {resources: {cpu: 50m}}", FILLED.replace('"cpu":"100m"', '"cpu":"50m"'), id="normalized"
        ),
        pytest.param("other: 1", FILLED, id="nothing of the section"),
    ],
)
def test_overrides(text: str, after: str) -> None:
    assert output(configmap(), overrides(text)) == configmap(f"  {KEY}: '{after}'\n").encode()


@pytest.mark.parametrize("rendered", ["2", '"x"', "[]", "true"])
def test_values_in_place_of_a_section_that_is_none_lie_on_the_defaults(rendered: str) -> None:
    options = overrides("cleaner: {imagePullPolicy: null, image: other}")
    wanted = FILLED.replace("polyaxon/polyaxon-init", "other").replace('"imagePullPolicy":"IfNotPresent",', "")
    once = output(configmap(f"  {KEY}: '{rendered}'\n"), options)
    assert once == configmap(f"  {KEY}: '{wanted}'\n").encode()
    assert output(once, options) == once


def checksums(out: str) -> list[str]:
    """The checksums of the pod templates in the output, in order."""
    return [line.partition("agent-config: ")[2] for line in out.splitlines() if "checksum/" in line]


OTHER = FILLED.replace("2.15.1", "9")


def test_several_agents() -> None:
    names = ["a-polyaxon-agent-config", "b-polyaxon-agent-config"]
    both = "".join(f"      - envFrom: [{{configMapRef: {{name: {name}}}}}]\n" for name in reversed(names))
    maps = configmap(name=names[0]) + configmap(f'  {KEY}: \'{{"imageTag":"9"}}\'\n', names[1])
    filled = configmap(f"  {KEY}: '{FILLED}'\n", names[0]) + configmap(f"  {KEY}: '{OTHER}'\n", names[1])
    pods = [{"name": names[0]}, {"name": names[1]}, {"spec": "      containers:\n" + both}]
    stays = workload(name="other")
    out = output(maps + "".join(workload(**pod) for pod in pods) + stays).decode()
    found = checksums(out)
    assert found[0] == HASH
    assert len(set(found)) == 3
    assert out == filled + "".join(workload(stamped(it), **pod) for it, pod in zip(found, pods, strict=True)) + stays


def test_equal_names_in_different_namespaces() -> None:
    maps = configmap(namespace="a") + configmap(f'  {KEY}: \'{{"imageTag":"9"}}\'\n', namespace="b")
    filled = configmap(f"  {KEY}: '{FILLED}'\n", namespace="a") + configmap(f"  {KEY}: '{OTHER}'\n", namespace="b")
    heads = [f"metadata: {{name: x, namespace: {namespace}}}" for namespace in "ab"]
    stays = workload(head="metadata: {name: x, namespace: c}")
    out = output(maps + "".join(workload(head=head) for head in heads) + stays).decode()
    found = checksums(out)
    assert found[0] == HASH
    assert len(set(found)) == 2
    assert (
        out == filled + "".join(workload(stamped(it), head=head) for it, head in zip(found, heads, strict=True)) + stays
    )


@pytest.mark.parametrize(("map_space", "pod_space"), [("a", ""), ("", "a"), ("", "")])
def test_a_manifest_without_a_namespace_may_be_in_any(map_space: str, pod_space: str) -> None:
    head = f"metadata: {{name: x, namespace: '{pod_space}'}}"
    expected = configmap(f"  {KEY}: '{FILLED}'\n", namespace=map_space) + workload(stamped(), head=head)
    assert output(configmap(namespace=map_space) + workload(head=head)) == expected.encode()


@pytest.mark.parametrize("kind", ["List", "ConfigMapList", "DeploymentList"])
def test_lists(kind: str) -> None:
    stream = f"""\
kind: {kind}
items:
- kind: Other
- data:
    A: b
    {KEY}: '{GIVEN}'  # c
    POLYAXON_AGENT_INIT: '{{}}'
  kind: ConfigMap
  metadata: {{name: {NAME}}}
- kind: List
  items:
    - kind: Deployment
      spec:
        template:
          spec: {{volumes: [{{configMap: {{name: {NAME}}}}}]}}
"""
    # The checksum is over other data than `configmap` has.
    value = "3877b5cd5c27b9797f45230a3e40dd0a8b4eecc44161274d1a3d1cbe6baea9ca"
    expected = stream.replace(GIVEN, FILLED).replace("template:\n", "template:\n" + stamped("@", 10))
    assert output(stream).decode() == expected.replace("@", value)


def said(error: CleanerError) -> list[tuple[str, str, str]]:
    return [(d.location.file, d.path, d.code) for d in error.diagnostics]


def test_all_or_nothing() -> None:
    bad = f'  {KEY}: \'{{"imagePullPolicy":"always","imageTag":"9","nodeSelector":{{"gpu":true}}}}\'\n'
    error = refused(configmap(name="good") + configmap(bad, "bad") + configmap(bad, "worse") + workload())
    assert isinstance(error, SectionError)
    assert [(file, path) for file, path, _ in said(error)] == [
        ("bad", "cleaner.imagePullPolicy"),
        ("bad", "cleaner.nodeSelector.gpu"),
        ("worse", "cleaner.imagePullPolicy"),
        ("worse", "cleaner.nodeSelector.gpu"),
    ]


def test_what_is_wrong_in_values_is_said_once() -> None:
    error = refused(configmap(name="one") + configmap(name="two"), overrides("cleaner:\n  image: 5\n"))
    assert isinstance(error, SectionError)
    [finding] = error.diagnostics
    assert (finding.path, finding.location.file, finding.location.line) == ("cleaner.image", "values.yaml", 2)


def test_warnings_come_with_the_output() -> None:
    result = render(Stream(configmap().encode()), overrides("cleaner: {resources: {cpu: 50m}}"))
    assert [(d.severity, d.code) for d in result.diagnostics] == [("warning", "flat-resources")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"), ("[1,]", "not JSON"), ("image: a", "not JSON"), ('{"a":NaN}', "NaN is not a JSON number"),
        ('{"a":1e999}', "1e999 is out of range"), ("[" * 200_000, "nested too deeply"),
    ],
    ids=["cut", "comma", "YAML", "NaN", "infinite", "deep"],
)  # fmt: skip
def test_a_section_that_is_no_json(text: str, message: str) -> None:
    error = refused(configmap(f"  {KEY}: '{text}'\n"))
    assert isinstance(error, InputError)
    assert said(error) == [(NAME, "cleaner", "json")]
    assert message in error.diagnostics[0].message


@pytest.mark.parametrize("text", ["[]", "5", '"text"', "true"])
def test_a_section_that_is_no_mapping(text: str) -> None:
    error = refused(configmap(f"  {KEY}: '{text}'\n"))
    assert isinstance(error, SectionError)
    assert {path for _, path, _ in said(error)} == {"cleaner"}


@pytest.mark.parametrize(
    ("document", "code", "line", "column"),
    [
        pytest.param(f"---\na: [ # {KEY}\nb: 1\n".encode(), "yaml", 4, 4, id="not YAML"),
        pytest.param(f"---\n# {KEY}\nb: \xff\n".encode("latin-1"), "encoding", 5, 4, id="not UTF-8"),
        pytest.param(f"---\r\n# {KEY}\r\nb: 'é\x00'\r\n".encode(), "yaml", 5, 6, id="control character"),
        pytest.param(f"---\n# {KEY}\na: &x {{b: *x}}\n".encode(), "yaml", 5, 4, id="a loop"),
        pytest.param(f"---\n# {KEY}\n~: 1\n".encode(), "yaml", 5, 1, id="null as a key"),
        pytest.param(
            b"---\nkind: ConfigMap\ny: &x {POLYAXON_AGENT_INIT: '{}'}\ndata: *x\n",
            "yaml-shape",
            5,
            4,
            id="a shared mapping",
        ),
        pytest.param(f"---\n# {NAME}\na: b: c\n".encode(), "yaml", 5, 5, id="a consumer"),
    ],
)
def test_a_document_that_must_be_read_and_cannot(document: bytes, code: str, line: int, column: int) -> None:
    error = refused(b"# one\r\n# two\n" + document + configmap().encode())
    assert isinstance(error, InputError)
    finding = error.diagnostics[0]
    assert finding.code == code
    assert (finding.location.file, finding.location.line, finding.location.column) == ("<stdin>", line, column)


def test_every_document_that_cannot_be_read_is_named_and_invalid_sections_too() -> None:
    bad = configmap(f"  {KEY}: '{{\"image\":5}}'\n")
    error = refused(f"a: [ # {KEY}\n---\nb: ] # {KEY}\n" + bad)
    assert isinstance(error, InputError)
    assert [d.code for d in error.diagnostics][:2] == ["yaml", "yaml"]
    assert error.diagnostics[2].path == "cleaner.image"


JUNK = [
    b"---\na: [\n",
    b"---\n\xff\xfe \0 \n",
    b"--- {\n",
    b"---\n{{ not rendered }}\n",
    b"---\n" + b"\t" * 9 + b"\n",
    b"---\n",
]


@pytest.mark.parametrize("junk", JUNK)
def test_other_documents_pass_whatever_they_hold(junk: bytes) -> None:
    expected = junk + configmap(f"  {KEY}: '{FILLED}'\n").encode() + junk
    assert output(junk + configmap().encode() + junk) == expected
    assert output(junk) == junk


def test_utf_16_is_refused() -> None:
    error = refused(configmap().encode("utf-16"))
    assert isinstance(error, InputError)
    assert said(error) == [("<stdin>", "", "encoding")]


HOOK = "---\nkind: Job\nmetadata:\n  annotations: {helm.sh/hook: pre-install}\n"


@pytest.mark.parametrize("stream", [HOOK, HOOK + HOOK, "---\n" + HOOK], ids=["one", "two", "behind an empty document"])
def test_hooks_alone_are_normal(stream: str) -> None:
    result = render(Stream(stream.encode()), Options(require_target=True))
    assert (b"".join(result.pieces), result.notes) == (stream.encode(), [])


@pytest.mark.parametrize(
    "stream",
    ["", "---\n", workload(), HOOK + workload(), "junk"],
    ids=["nothing", "empty", "no agent", "a hook", "junk"],
)
def test_no_agent(stream: str) -> None:
    result = render(Stream(stream.encode()))
    assert b"".join(result.pieces) == stream.encode()
    nothing = "the input is empty; did the command before the pipe fail?"
    absent = "no agent ConfigMap in these manifests: nothing to patch"
    assert result.notes == [absent if stream.strip("-\n") else nothing]
    error = refused(stream, Options(require_target=True))
    assert isinstance(error, InputError)
    assert said(error) == [("<stdin>", "", "no-target")]


@pytest.mark.parametrize("name", ['""', "", "[]"], ids=["empty", "absent", "a list"])
def test_a_configmap_without_a_name(name: str) -> None:
    filled = configmap(f"  {KEY}: '{FILLED}'\n", name)
    assert output(configmap(name=name) + workload()) == (filled + workload()).encode()


NAMES = ("a-polyaxon-agent-config", "b-polyaxon-agent-config", "polyaxon")
Texts = tuple[str, str]  # as it comes, as it must go


def line_ends(texts: Texts, crlf: bool) -> tuple[bytes, bytes]:
    before, after = (text.replace("\n", "\r\n" if crlf else "\n").encode() for text in texts)
    return before, after


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Agents' ConfigMaps, workloads, hooks and junk in any order, as they come and as they must go."""
    sections: st.SearchStrategy[Any] = st.sampled_from([case.values for case in SECTIONS])
    metadata: st.SearchStrategy[Any] = st.sampled_from([case.values for case in METADATA])
    texts: list[Texts] = [(stays, stays) for stays in draw(st.lists(st.sampled_from([HOOK, workload(name="other")])))]
    for name in draw(st.sets(st.sampled_from(NAMES), min_size=1)):
        a, b = draw(sections)
        texts.append((configmap(a, name), configmap(b, name)))
        texts += [(workload(a, name), workload(b, name)) for a, b in draw(st.lists(metadata, max_size=3))]
    documents = [line_ends(pair, draw(st.booleans())) for pair in texts]
    documents += [(junk, junk) for junk in draw(st.lists(st.sampled_from(JUNK), max_size=3))]
    order = draw(st.permutations(documents))
    before, after = (b"".join(document[side] for document in order) for side in (0, 1))
    if draw(st.booleans()):  # without a final newline
        return before.removesuffix(b"\n").removesuffix(b"\r"), after.removesuffix(b"\n").removesuffix(b"\r")
    return before, after


@given(streams())
def test_exactly_what_is_meant_changes_and_only_once(stream: tuple[bytes, bytes]) -> None:
    before, after = stream
    assert output(before) == after
    assert output(after) == after


def test_a_document_that_is_too_deep_to_be_walked_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(_: Any) -> Any:
        raise RecursionError

    monkeypatch.setattr(polyaxon, "find_agents", deep)
    with pytest.raises(InputError, match="nested too deeply") as e:
        post_render.render(Stream(b"# one\n---\n" + (CONFIGMAP % "{}").encode()))
    assert e.value.diagnostics[0].location == Location("<stdin>", 2)


def test_an_empty_block_scalar_below_its_key() -> None:
    stream = (CONFIGMAP % "").replace("CLEANER: ''", "CLEANER:\n    |-\n").encode()
    with pytest.raises(InputError, match="its block scalar is empty"):
        post_render.render(Stream(stream))
