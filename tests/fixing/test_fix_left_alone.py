"""Values files with what cannot be rewritten: it stays, byte by byte, and is reported."""

from __future__ import annotations

import pytest

from helm_cleaner.diagnostics import InputError
from helm_cleaner.yamltext import loaders
from tests.support.fixing import fix
from tests.support.written import LOADERS, indented

TWO_MEANINGS: dict[str, tuple[str, list[str]]] = {
    "null": ("nodeSelector: {a: null}", ["cleaner.nodeSelector.a"]),
    "a tag of its own": ("imageTag: !!float 2.10", ["cleaner.imageTag"]),
    "a mapping for a string": ("imageTag: {a: 1}", ["cleaner.imageTag"]),
    "a policy that is a number": ("imagePullPolicy: 5", ["cleaner.imagePullPolicy"]),
    "a policy that is a boolean": ("imagePullPolicy: yes", ["cleaner.imagePullPolicy"]),
    "no such word": ("imagePullPolicy: sometimes", ["cleaner.imagePullPolicy"]),
    "a word over lines": ("imagePullPolicy: |-\n  always", ["cleaner.imagePullPolicy"]),
    "no such key": ("imagePull: Always", ["cleaner.imagePull"]),
    "both keys": ("imagePullPolicy: Always\nimage_pull_policy: Never", ["cleaner.image_pull_policy"]),
    "two ways to write a key": ("image_tag: a\nimagetag: b", ["cleaner.image_tag", "cleaner.imagetag"]),
    "a misspelled key twice": ("image_tag: a\nimage_tag: b", ["cleaner.image_tag"]),
    "a key with an escape": ('"image_\\x74ag": a', ["cleaner.image_tag"]),
    "an amount under both": (
        "resources: {cpu: 1, requests: {cpu: 2}}",
        ["cleaner.resources.cpu"],
    ),
    "requests that are no mapping": ("resources: {cpu: 1, requests: [a]}", ["cleaner.resources.cpu"]),
    "a tag inside and beside": ("image: {repository: a, tag: b}\nimageTag: c", ["cleaner.image"]),
    "a policy inside and beside": (
        "image: {repository: a, pullPolicy: Always}\nimagePullPolicy: Never",
        ["cleaner.image"],
    ),
    "an image in two parts, beside what another chart has": (
        "image: {repository: a, tag: b}\nenabled: true",
        ["cleaner.image", "cleaner.enabled"],
    ),
    "an image with a registry": ("image: {registry: a, repository: b}", ["cleaner.image"]),
    "an image without a name": ("image: {tag: b}", ["cleaner.image"]),
    "several secrets in a text": ("imagePullSecrets: a, b", ["cleaner.imagePullSecrets"]),
    "secrets with a blank": ("imagePullSecrets: a b", ["cleaner.imagePullSecrets"]),
    "a mapping for a list": ("imagePullSecrets: {a: b}", ["cleaner.imagePullSecrets"]),
    "a list where a list of mappings is wanted": ("tolerations: a", ["cleaner.tolerations"]),
    "a typo beside what it means": ("imageTag: a\nimageTags: b", ["cleaner.imageTags"]),
    "two typos of one key": ("imageTags: a\nimageTa: b", ["cleaner.imageTa", "cleaner.imageTags"]),
    "two letters wrong": ("nodeSelktr: {}", ["cleaner.nodeSelktr"]),
    "a typo with a value of another kind": ("resource: [a]", ["cleaner.resource"]),
    "a typo of a short key": ("tolerations: [{kex: a, operator: Exists}]", ["cleaner.tolerations[0].kex"]),
    "a reference with more in it": (
        "imagePullSecrets: [{name: a, namespace: b}, {name: null}, {name: [a]}, {other: a}]",
        [f"cleaner.imagePullSecrets[{n}]" for n in range(4)],
    ),
}


@pytest.mark.parametrize(("fields", "paths"), TWO_MEANINGS.values(), ids=TWO_MEANINGS)
def test_what_has_two_meanings_stays_an_error(fields: str, paths: list[str]) -> None:
    content = indented(fields)
    result = fix(content, "v.yaml")
    assert (result.content, result.fixes) == (content, [])
    wrong = {d.path: d for d in result.diagnostics if d.severity == "error"}
    assert set(paths) <= set(wrong)
    assert all(d.location.file == "v.yaml" and d.location.line for d in wrong.values())


@pytest.mark.parametrize(
    "fields",
    [
        "image: a:b\nimageTag: c",
        "image: a:b\nimageTag:",
        "image: a:b\nimage_tag: c\nimagetag: d",
        "image: a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "image: a:b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "image: registry.example.com:5000",
        "image: localhost:5000",
        "image: localhost:5000/a",
        "image: https://a/b:c",
        "image: a:b:c",
        "image: ':b'",
        "image: 'a:'",
        "image: 'a: b'",
        "image: [a:b]",
        "image:",
    ],
)
def test_an_image_that_is_left_alone(fields: str) -> None:
    content = indented(fields)
    assert fix(content, "v.yaml").content == content


ELSEWHERE: dict[str, bytes] = {
    "an alias": b"t: &t 2.10\ncleaner:\n  imageTag: *t\n",
    "an anchor used elsewhere": b"cleaner:\n  imageTag: &t 2.10\nt: *t\n",
    "the section": b"t: &t {imageTag: 2.10}\ncleaner: *t\n",
    "the path": b"t: &t {cleaner: {imageTag: 2.10}}\n<<: *t\n",
    "a merge key": b"t: &t {imageTag: 2.10}\ncleaner:\n  <<: *t\n",
    "an anchor in a merge key": b"cleaner:\n  <<: &t {imageTag: 2.10}\nt: *t\n",
    "a mapping used elsewhere": b"cleaner:\n  nodeSelector: &t\n    a: 1\nt: *t\n",
    "an item": b"t: &t on\ncleaner: {imagePullSecrets: [*t]}\n",
    "a key": b"t: {&t image_tag : a}\ncleaner:\n  *t : b\n",
    "a key of a shared mapping": b"t: &t {image_tag: a}\ncleaner: *t\n",
    "resources": b"t: &t {cpu: 1}\ncleaner: {resources: *t}\n",
    "resources with a part used elsewhere": b"cleaner: {resources: {cpu: &t 1, limits: {cpu: *t}}}\n",
    "a reference": b"t: &t {name: a}\ncleaner: {imagePullSecrets: [*t]}\n",
    "a reference's name": b"t: &t a\ncleaner: {imagePullSecrets: [{name: *t}]}\n",
    "an image": b"t: &t a:b\ncleaner: {image: *t}\n",
}


@pytest.mark.parametrize("loader", LOADERS, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("content", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_comes_from_elsewhere_is_left_alone_and_said(
    content: bytes, loader: type[loaders._PureLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaders, "Loader", loader)
    result = fix(content, "v.yaml")
    assert (result.content, result.fixes) == (content, [])
    assert [(d.severity, d.message) for d in result.diagnostics if d.code == "yaml-shape"] == [
        ("warning", "cannot be rewritten: an alias or a merge key shares it with another place")
    ]


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ("resources: {cpu: 1, # c\n  limits: {}, memory: 2, requests: {}}", "move the comment out of it"),
        ("resources: {requests: {}, limits: {} # l\n  , memory: 2}", "move the comment out of it"),
        ("resources:\n  ? cpu\n  : 1", "write `key: value`, on a line of its own"),
        ("resources:\n  cpu: 1\n  ? requests\n  : {memory: 1}\n  ? memory\n  : 1", "write `key: value`"),
        ("resources:\n  <<: {limits: {}}\n  cpu: 1", "write it without a merge key"),
        ("resources:\n  cpu: 1\u2028  memory: 2", "end its lines in LF or CRLF"),
        ("imagePullSecrets: [{ # c\n  name: a}]", "move the comment out of it"),
        ("imagePullSecrets:\n- name: # c\n    a", "move the comment out of it"),
        ("imagePullSecrets:\n- {name: b, name: a}", "write just the name"),
        ("imagePullSecrets:\n- {name: a\n- b}", "write the name on one line"),
        ("imagePullSecrets:\n- {name: 'a\n- b'}", "write the name on one line"),
        ("imagePullSecrets:\n- {name: a\r- b}", "write the name on one line"),
        ("image: {repository: a, # c\n  tag: b}", "move the comment out of it"),
        ("image: # c\n  repository: a", "move the comment out of it"),
        ("image: {repository: a:}", "write it in quotes"),
        ("imagePullSecrets:\n- {name: a:}", "write it in quotes"),
        ("image:\n  repository: |-\n    a", "write image and imageTag each on a line, as plain text"),
        ("image: |-\n  a:b", "write it as plain text"),
        ("image: a/b:1\r  nodeSelector:\n  a: b", "end its lines in LF or CRLF"),
        ("? image\n: a/b:1", "write `key: value`, on a line of its own"),
        ("? image\n: {repository: a, tag: b}", "write `key: value`, on a line of its own"),
        ("? image\n:\n  repository: a\n  tag: b", "write `key: value`, on a line of its own"),
        ("? resources\n:\n  cpu: 1", "write `key: value`, on a line of its own"),
    ],
)
def test_unusual_text_is_left_alone_and_said(fields: str, hint: str) -> None:
    content = indented(fields)
    result = fix(content, "v.yaml")
    assert (result.content, result.fixes) == (content, [])
    said = [d for d in result.diagnostics if d.code == "yaml-shape"]
    assert [d.severity for d in said] == ["warning"]
    assert said[0].hint.startswith(hint)
    assert said[0].location.line


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"cleaner: {imageTag: 1", "yaml"),
        (b"[", "yaml"),
        (b"cleaner: {imageTag: .inf}\n", "values"),
        (b"cleaner: {imageTag: 1}\n---\ncleaner: {}\n", "values"),
        (b"- cleaner\n", "values"),
        (b"- a\n", "values"),
        (b"cleaner: \xff\n", "encoding"),
        ("cleaner: {}".encode("utf-16"), "encoding"),
    ],
)
def test_a_file_that_cannot_be_read(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as e:
        fix(content, "v.yaml")
    assert code in [d.code for d in e.value.diagnostics]


def test_a_comment_that_would_become_part_of_a_name() -> None:
    content = b"cleaner:\n  imagePullSecrets:\n  - {name: a}#c\n"
    result = fix(content, "v.yaml")
    assert (result.content, result.fixes) == (content, [])
    assert "yaml-shape" in {d.code for d in result.diagnostics}
