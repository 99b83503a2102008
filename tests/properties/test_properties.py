"""What holds for any stream, any values file and any section, however it is written.

PyYAML's pure-Python scanner and its BaseLoader, to which every scalar is a text, look at what the tool has written:
none of the tool's own reading is in them, and neither is libyaml.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonpatch
import pytest
import yaml
from hypothesis import assume, event, given
from hypothesis import strategies as st

from helm_cleaner import polyaxon, post_render, section, values
from helm_cleaner.actions import krm_function
from helm_cleaner.actions.post_render import Options
from helm_cleaner.diagnostics import InputError, SectionError
from helm_cleaner.fixing.preprocess import preprocess
from helm_cleaner.section.normalize import normalize
from helm_cleaner.yamltext import items, loaders
from helm_cleaner.yamltext.scalars import convert_number
from helm_cleaner.yamltext.stream import Stream
from tests.support.command import run
from tests.support.fixing import fix
from tests.support.strategies import (
    KEY,
    DrawnStream,
    Emitter,
    anything,
    broken_sections,
    streams,
    texts,
    valid_sections,
    values_files,
)

pytestmark = pytest.mark.slow

BOM = b"\xef\xbb\xbf"
CHECKSUM = "checksum/agent-config"
PATCHED = ("/data/" + KEY, "annotations", "/spec/template/metadata")  # in an RFC 6902 path
given_values = st.one_of(st.none(), valid_sections.map(lambda it: {"cleaner": it}))


def loaded(document: bytes) -> Any:
    """A document as read by an independent reader."""
    text = document.removeprefix(BOM).decode()
    end = next((i for i in range(len(text)) if text.startswith(("\n...\n", "\n...\r"), i)), len(text))
    return yaml.load(text[:end], yaml.BaseLoader)  # noqa: S506  # it makes nothing but texts, lists and dicts


def split(stream: bytes) -> list[bytes]:
    return [stream[slice(*span)] for span in Stream(stream).documents()]


class Lexeme(NamedTuple):
    """A token's text, or the text between two tokens."""

    text: str
    is_gap: bool


def lexemes(document: bytes) -> list[Lexeme]:
    text = document.removeprefix(BOM).decode()
    found, position = [], 0
    for token in yaml.scan(text, yaml.BaseLoader):
        start, end = token.start_mark.index, token.end_mark.index
        if start == end or start < position:
            continue
        if token.__class__ is yaml.ScalarToken and token.style in ("|", ">"):
            end = len(text[:end].rstrip())  # its own mark lies behind the blank lines that follow
        found += [Lexeme(text[position:start], is_gap=True), Lexeme(text[start:end], is_gap=False)]
        position = end
    return [*found, Lexeme(text[position:], is_gap=True)]


def changes(before: bytes, after: bytes) -> Iterator[tuple[list[Lexeme], list[Lexeme]]]:
    """What was removed, and what replaced it."""
    old, new = lexemes(before), lexemes(after)
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield old[a:b], new[c:d]


def comments(document: bytes) -> list[str]:
    return [found for lexeme in lexemes(document) if lexeme.is_gap for found in re.findall(r"#[^\r\n]*", lexeme.text)]


def check_bytes(before: bytes, after: bytes, may_move: bool = False) -> None:
    """No comment or line break has changed, and none has moved that may not."""
    assert before.startswith(BOM) == after.startswith(BOM)
    assert before.endswith(b"\n") == after.endswith(b"\n")
    old, new = comments(before), comments(after)
    assert (sorted(new) == sorted(old)) if may_move else new == old
    assert (b"\r\n" in before) == (b"\r\n" in after) or b"\n" not in before
    assert before.count(b"\r") == before.count(b"\r\n")
    assert after.count(b"\r") in (0, after.count(b"\n"))


@given(streams(), given_values, st.booleans(), st.booleans())
def test_post_render(stream: DrawnStream, tree: dict[str, Any] | None, defaults: bool, rollout: bool) -> None:
    before = stream.data
    after, refused = b"", {""}
    try:
        after = post_render(before, tree, defaults=defaults, rollout=rollout)
    except InputError as e:
        refused = {d.code for d in e.diagnostics}
        event("refused: " + ", ".join(sorted(refused)))
    if refused != {""}:
        # A document that is no YAML passes, unless the name of an agent's ConfigMap stands in it: be it a mere `c`.
        no_yaml = any(text in before for text in (b"a: [", b"{{ not rendered }}"))
        assert refused <= ({"yaml-shape", "yaml"} if no_yaml else {"yaml-shape"})
        return
    event("patched" if after != before else "as it came")
    assert post_render(after, tree, defaults=defaults, rollout=rollout) == after
    old, new = split(before), split(after)
    assert len(old) == len(new)
    for one, other in zip(old, new, strict=True):
        if one == other:
            continue
        check_bytes(one, other)
        for removed, _ in changes(one, other):
            for lexeme in removed:
                assert lexeme.text.isspace() or not lexeme.text or not lexeme.is_gap
        was, now = loaded(one), loaded(other)
        patch = jsonpatch.make_patch(was, now)
        assert patch.apply(was) == now
        for operation in patch:
            assert any(part in operation["path"] for part in PATCHED), operation
        if was["kind"] == "ConfigMap":
            assert {k: v for k, v in now["data"].items() if k != KEY} == {
                k: v for k, v in was["data"].items() if k != KEY
            }
            assert isinstance(json.loads(now["data"][KEY]), dict)
        else:
            assert was["kind"] in ("Deployment", "StatefulSet", "DaemonSet")
            assert rollout
            assert len(now["spec"]["template"]["metadata"]["annotations"][CHECKSUM]) == 64
            assert now["spec"]["template"]["spec"] == was["spec"]["template"]["spec"]


@given(streams(broken_sections), st.sampled_from([[], ["--warn-only"], ["--no-defaults"], ["--require-target"]]))
def test_a_failure_writes_nothing(stream: DrawnStream, args: list[str]) -> None:
    done = run(args, stream.data)
    event(f"code {done.code}")
    assert done.code in (0, 1, 2)
    if done.code:
        assert done.out == b""
        assert "error" in done.err
    if args == ["--warn-only"]:
        assert done.code == (0 if stream.data.strip() else 2)  # nothing at all is no stream to pass on
        assert done.out == stream.data or "error" not in done.err


@given(st.binary(max_size=60), st.sampled_from([b"", b"---\n", BOM, b"\xff\xfe"]), st.booleans())
def test_any_bytes_pass_or_are_refused(junk: bytes, before: bytes, hint: bool) -> None:
    stream = before + junk + (b"\n" + KEY.encode() if hint else b"")
    done = run([], stream)
    assert done.code in (0, 2)
    assert done.out == (b"" if done.code else stream)


@given(valid_sections, valid_sections)
def test_what_merge_prints_is_what_post_render_writes(rendered: dict[str, Any], given: dict[str, Any]) -> None:
    stream = json.dumps({"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {KEY: json.dumps(rendered)}}).encode()
    flags = ["--set-json", json.dumps({"cleaner": given})]
    merged = run(["merge", "-o", "json", "-f", "-", *flags], json.dumps({"cleaner": rendered}).encode())
    patched = run(["post-render", *flags], stream)
    assert merged.code == patched.code == 0, merged.err + patched.err
    assert json.loads(json.loads(patched.out)["data"][KEY]) == json.loads(merged.out)


@given(broken_sections)
def test_merge_and_post_render_refuse_the_same(given: dict[str, Any]) -> None:
    flags = ["--set-json", "cleaner=" + json.dumps(given)]
    # The version gives the defaults their imageTag, next to which Polyaxon refuses an image_tag.
    metadata = {"name": "c", "labels": {"app.kubernetes.io/version": "2.15.1"}}
    stream = json.dumps({"kind": "ConfigMap", "metadata": metadata, "data": {KEY: "{}"}}).encode()
    merged, patched = run(["merge", "-o", "json", *flags]), run(flags, stream)
    assert merged.code == patched.code
    if merged.code == 0:
        of_release = {} if "imageTag" in given else {"imageTag": "2.15.1"}
        assert json.loads(json.loads(patched.out)["data"][KEY]) == {**of_release, **json.loads(merged.out)}
    else:
        assert merged.out == patched.out == b""


# ---- what is shown, and patches ------------------------------------------------------------------------------------

SHOWN = [["diff"], ["diff", "-o", "jsonpatch"], ["patch", "-o", "jsonpatch"], ["patch", "-o", "kustomize"],
         ["patch", "-o", "flux"], ["explain"], ["explain", "-o", "yaml"], ["explain", "-o", "json"]]  # fmt: skip


def objects(stream: bytes) -> list[Any]:
    """The objects of a stream, as an independent reader has them; what cannot be read is left out."""
    found = []
    for text in split(stream):
        try:
            data = loaded(text)
        except yaml.YAMLError:
            continue
        if isinstance(data, dict) and "kind" in data:
            found.append(data)
    return found


def identity(manifest: Any) -> tuple[Any, ...]:
    metadata = manifest.get("metadata") or {}
    return manifest.get("apiVersion", ""), manifest["kind"], metadata.get("namespace"), metadata.get("name", "")


@given(streams(broken_sections), st.sampled_from(SHOWN), st.sampled_from([[], ["--no-defaults"]]))
def test_what_is_shown_is_refused_where_post_render_refuses(
    stream: DrawnStream, command: list[str], args: list[str]
) -> None:
    shown, patched = run([*command, *args], stream.data), run(args, stream.data)
    event(f"{command[0]}: code {shown.code}")
    assert (shown.out == b"") or shown.code == 0
    if command[0] == "explain" and shown.code == 2:
        assert patched.code in (0, 2)  # a shape that cannot be edited can be explained; no agent cannot
    elif command[0] == "explain":
        assert patched.code in (shown.code, 2)
    elif b"kind" not in stream.data:
        assert (shown.code, patched.code in (0, 2)) == (2, True)  # without manifests there is nothing to show
    else:
        assert shown.code == patched.code
        assert shown.err == patched.err


@given(streams(), given_values)
def test_diff_is_empty_where_post_render_changes_nothing(stream: DrawnStream, tree: dict[str, Any] | None) -> None:
    flags = [] if tree is None else ["--set-json", json.dumps(tree)]
    shown, patched = run(["diff", "--exit-code", *flags], stream.data), run(flags, stream.data)
    if patched.code or b"kind" not in stream.data:  # without manifests there is nothing to compare
        assert (shown.code, shown.out) == (2, b"")
        return
    same = patched.out == stream.data
    event("as it came" if same else "changed")
    assert (shown.code, shown.out == b"") == (int(not same), same)
    assert run(["diff", "--exit-code", *flags], patched.out).code == 0


@given(streams(), given_values)
def test_patches_make_of_objects_what_post_render_makes(stream: DrawnStream, tree: dict[str, Any] | None) -> None:
    flags = [] if tree is None else ["--set-json", json.dumps(tree)]
    done, patched = run(["patch", "-o", "jsonpatch", *flags], stream.data), run(flags, stream.data)
    assert done.code == (patched.code if b"kind" in stream.data else 2)
    assume(done.code == 0)
    before = {identity(item): item for item in objects(stream.data)}
    assume(len(before) == len(objects(stream.data)))
    event("patched" if json.loads(done.out) else "as it came")
    for found in json.loads(done.out):
        target = found["target"]
        key = target["apiVersion"], target["kind"], target["namespace"], target["name"]
        before[key] = jsonpatch.apply_patch(before[key], found["patch"])
    assert list(before.values()) == objects(patched.out)
    kustomization = yaml.safe_load(run(["patch", "-o", "kustomize", *flags], stream.data).out)
    operations = [yaml.safe_load(entry["patch"]) for entry in kustomization["patches"]]
    assert operations == [found["patch"] for found in json.loads(done.out)]


@st.composite
def resource_lists(draw: st.DrawFn) -> tuple[list[Any], bytes]:
    """Objects, and a ResourceList that contains them."""
    held = objects(draw(streams(st.one_of(valid_sections, broken_sections))).data)
    data = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": held}
    data |= draw(st.sampled_from([{}, {"functionConfig": {"kind": "X", "spec": {"noDefaults": False}}}]))
    text = draw(st.sampled_from(["", "---\n", "# c\n---\n"])) + Emitter(draw).document(data)
    return held, text.encode()


@given(resource_lists(), st.booleans(), st.booleans())
def test_a_function_answers_the_same_whether_it_leaves_out_what_cannot_matter(
    given_list: tuple[list[Any], bytes], hook: bool, warn_only: bool
) -> None:
    """As drawn, and as orchestrators write it: all items at the same indentation, scalars on one line."""
    objects, text = given_list
    metadata: Any = {"annotations": {"helm.sh/hook": "post-install"}} if hook else {"name": "c"}
    others = [{"apiVersion": "v1", "kind": kind, "metadata": metadata} for kind in ("Secret", "Job")]
    data = yaml.safe_load(text) | {"items": [others[0], *objects, others[1]]}
    written = yaml.dump(data, Dumper=yaml.SafeDumper, sort_keys=False, width=2**20, allow_unicode=True).encode()
    for stream in (text, written):
        outcomes: list[Any] = []
        for way in (krm_function.answer, krm_function.answer_whole):
            try:
                made = way(Stream(stream), Options(), warn_only=warn_only)
                assert made is not None
                error = made.error and (type(made.error), made.error.diagnostics)
                outcomes.append((b"".join(made.pieces), made.diagnostics, made.notes, error))
            except InputError as e:
                outcomes.append((b"", e.diagnostics, [], InputError))
        assert outcomes[0] == outcomes[1]
    event(f"left out: {items.shorten_list(written, polyaxon.is_relevant) is not None}")


@given(resource_lists())
def test_a_function_makes_of_items_what_post_render_makes(given_list: tuple[list[Any], bytes]) -> None:
    held, text = given_list
    done = run([], text)
    stream = b"".join(b"---\n" + json.dumps(item).encode() + b"\n" for item in held) or b"---\n"
    patched = run([], stream)
    event(f"code {done.code}")
    refused = "cannot be edited: " in done.err
    assert done.code == patched.code or refused
    (answer,) = yaml.safe_load_all(done.out)
    texts_alone = yaml.load(done.out, yaml.BaseLoader)["items"]  # noqa: S506  # as `loaded`
    assert texts_alone == (objects(patched.out) if done.code == 0 else held)
    results = answer.get("results", [])
    assert bool(results) == (texts_alone != held or bool(done.err))
    assert ("error" in {result["severity"] for result in results}) == (done.code != 0)
    assert all(result["message"].isprintable() for result in results)
    if done.code == 0:
        again = yaml.safe_load(run([], done.out).out)
        assert again["items"] == answer["items"]


# ---- values files -------------------------------------------------------------------------------------------------


@given(values_files(valid_sections))
def test_a_valid_section_validates_and_stays_as_it_is(content: bytes) -> None:
    result = fix(content, "v.yaml")
    assert (result.content, result.fixes) == (content, [])
    assert [d for d in result.diagnostics if d.severity == "error"] == []
    assert preprocess(content, "v.yaml").content == content


@given(values_files())
def test_what_fix_writes_validates_or_is_said(content: bytes) -> None:
    try:
        result = fix(content, "v.yaml")
    except InputError:
        assert run(["merge", "-f", "-"], content).code == 2  # Helm would refuse it, too
        return
    event("fixed" if result.fixes else "nothing to fix")
    check_bytes(content, result.content, may_move=True)
    again = fix(result.content, "v.yaml")
    assert (again.content, again.fixes) == (result.content, [])
    done = run(["validate", "--format", "json", "-"], result.content)
    errors = [(d["line"], d["path"], d["code"]) for d in json.loads(done.out) if d["severity"] == "error"]
    said = [(d.location.line, d.path, d.code) for d in result.diagnostics if d.severity == "error"]
    assert errors == said
    assert bool(errors) == (done.code == 1)


@given(values_files())
def test_preprocess_says_the_same_and_stays(content: bytes) -> None:
    try:
        result = preprocess(content, "v.yaml")
    except (InputError, SectionError):
        event("refused")
        return
    check_bytes(content, result.content, may_move=True)
    assert preprocess(result.content, "v.yaml").content == result.content
    before, after = (values.to_data(values.read(text, "v.yaml").values) for text in (content, result.content))
    assert {k: v for k, v in after.items() if k != "cleaner"} == {k: v for k, v in before.items() if k != "cleaner"}
    regular = section.parse_rendered(json.dumps(before["cleaner"]), "c")
    if regular is not None:
        regular, _ = normalize(regular)
        assert values.to_data(regular) == after["cleaner"]


@st.composite
def documents(draw: st.DrawFn) -> tuple[Any, str]:
    """Data, and a text that represents it."""
    data = draw(st.dictionaries(texts, anything, min_size=1, max_size=3))
    return data, Emitter(draw).document(data)


def as_helm_has_it(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: as_helm_has_it(value) for key, value in data.items()}
    if isinstance(data, list):
        return [as_helm_has_it(value) for value in data]
    return convert_number(data)


@pytest.mark.parametrize("loader", [loaders._FastLoader, loaders._PureLoader])
@given(written=documents())
def test_what_is_written_in_any_style_is_read_as_it_is_meant(loader: Any, written: tuple[Any, str]) -> None:
    data, text = written
    assume("\u2028" not in text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loaders, "Loader", loader)
        read = values.read(text.encode(), "v.yaml")
    assert json.dumps(values.to_data(read.values)) == json.dumps(as_helm_has_it(data))


# ---- files --------------------------------------------------------------------------------------------------------


@given(content=st.one_of(values_files(), st.binary(max_size=80)))
def test_fix_leaves_a_file_whole(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Path(tmp_path_factory.getbasetemp(), "whole")
    folder.mkdir(exist_ok=True)
    file = folder / "v.yaml"
    file.write_bytes(content)
    done = run(["fix", str(file)])
    assert done.code in (0, 1, 2)
    assert list(folder.iterdir()) == [file]
    if done.code == 2:
        assert file.read_bytes() == content
