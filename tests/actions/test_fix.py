"""Values files with what has one meaning rewritten: bytes in, bytes out; and the command around that."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from helm_cleaner import yamltext
from helm_cleaner.actions.fix import fix
from helm_cleaner.cli import main
from helm_cleaner.diagnostics import BugError, InputError
from helm_cleaner.yamltext import document
from tools import ROOT

LOADERS = [document._FastLoader, document._PureLoader]


def indented(text: str) -> bytes:
    """The text as the fields of a section, with something around it."""
    lines = "".join(f"  {line}\n" if line else "\n" for line in text.split("\n"))
    return f"# top\ncleaner:\n{lines}other: {{imageTag: 2.10}}\n".encode()


# Fields of a section: before, after.
FIELDS: dict[str, tuple[str, str]] = {
    # quotes, with the text as written
    "a float": ("imageTag: 2.10", 'imageTag: "2.10"'),
    "a float, blanks and a comment": ("imageTag:   2.10   # the tag", 'imageTag:   "2.10"   # the tag'),
    "an octal number": ("imageTag: 0777", 'imageTag: "0777"'),
    "hexadecimal, underscores, exponents": (
        "imagePullSecrets: [0x1F, 1_000, 1e3, -1, +1.5]",
        'imagePullSecrets: ["0x1F", "1_000", "1e3", "-1", "+1.5"]',
    ),
    "a number too large for a float": ("imageTag: 9007199254740993", 'imageTag: "9007199254740993"'),
    "the image": ("image: 5", 'image: "5"'),
    "booleans in braces": (
        "nodeSelector: {gpu: true, 'b':on,\"c\": Off , d: ok}",
        'nodeSelector: {gpu: "true", \'b\':"on","c": "Off" , d: ok}',
    ),
    "booleans on lines": ("nodeSelector:\n  gpu: yes # y\n  n: 1", 'nodeSelector:\n  gpu: "yes" # y\n  n: "1"'),
    "a value below its key": ("imageTag:\n  # why\n  2.10", 'imageTag:\n  # why\n  "2.10"'),
    "an anchor that nothing refers to": ("imageTag: &tag 2.10", 'imageTag: &tag "2.10"'),
    "a key with a question mark": ("? imageTag\n: 2.10", '? imageTag\n: "2.10"'),
    "a merge key with its mapping": ("<<: {imageTag: 2.10}", '<<: {imageTag: "2.10"}'),
    "given twice": ("imageTag: a\nimageTag: 2.10", 'imageTag: a\nimageTag: "2.10"'),
    "items on lines": ("imagePullSecrets:\n- 1\n-   2 # two\n- a", 'imagePullSecrets:\n- "1"\n-   "2" # two\n- a'),
    "a toleration": (
        "tolerations:\n- {key: 1, operator: Equal, value: true, effect: NoSchedule}\n-\n  key: y",
        'tolerations:\n- {key: "1", operator: Equal, value: "true", effect: NoSchedule}\n-\n  key: "y"',
    ),
    "deep in an affinity": (
        (
            "affinity:\n  nodeAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n"
            "      nodeSelectorTerms:\n      - matchExpressions:\n"
            "        - {key: 5, operator: in, values: [1, true, a]}"
        ),
        (
            "affinity:\n  nodeAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n"
            "      nodeSelectorTerms:\n      - matchExpressions:\n"
            '        - {key: "5", operator: In, values: ["1", "true", a]}'
        ),
    ),
    "labels of pods": (
        (
            "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a, "
            "labelSelector: {matchLabels: {x: 1}, matchexpressions: [{key: b, operator: exists}]}}]}}"
        ),
        (
            "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a, "
            'labelSelector: {matchLabels: {x: "1"}, matchExpressions: [{key: b, operator: Exists}]}}]}}'
        ),
    ),
    # the case of listed values
    "a plain word": ("imagePullPolicy: always # a", "imagePullPolicy: Always # a"),
    "a word in quotes": ("imagePullPolicy: 'IFNOTPRESENT'", "imagePullPolicy: 'IfNotPresent'"),
    "a word in double quotes": ('imagePullPolicy: "never"', 'imagePullPolicy: "Never"'),
    "words of a toleration": (
        "tolerations: [{key: a, operator: EXISTS, effect: noschedule}]",
        "tolerations: [{key: a, operator: Exists, effect: NoSchedule}]",
    ),
    # keys
    "another way to write a key": (
        "image_pull_policy: Always\nNode-Selector: {a: 1}\n'imagetag': x",
        "imagePullPolicy: Always\nnodeSelector: {a: \"1\"}\n'imageTag': x",
    ),
    "keys at depth": (
        (
            "resources:\n  Limits: {cpu: 1}\ntolerations:\n- key: a\n  operator: Exists\n  effect: NoExecute\n"
            "  toleration_seconds: 5"
        ),
        (
            "resources:\n  limits: {cpu: 1}\ntolerations:\n- key: a\n  operator: Exists\n  effect: NoExecute\n"
            "  tolerationSeconds: 5"
        ),
    ),
    "a key and all below it": (
        "Image_Pull_Secrets: [{Name: 5}]\nRESOURCES: {cpu: 1}",
        'imagePullSecrets: ["5"]\nresources: {requests: {cpu: 1}}',
    ),
    # the image
    "an image with a tag": ("image: repo/name:tag", 'image: repo/name\nimageTag: "tag"'),
    "an image with a comment": (
        "image: 'a:1.0' # img\nimagePullPolicy: Never",
        "image: 'a' # img\nimageTag: '1.0'\nimagePullPolicy: Never",
    ),
    "an image in braces": ('<<: {}\nresources: {}\nimage: "a:b"', '<<: {}\nresources: {}\nimage: "a"\nimageTag: "b"'),
    "a registry with a port": (
        "image: localhost:5000/a:2.10\nnodeSelector: {}",
        'image: localhost:5000/a\nimageTag: "2.10"\nnodeSelector: {}',
    ),
    "a short image": ("image: redis:7", 'image: redis\nimageTag: "7"'),
    "an image below its key": (
        "image: # i\n  a:b # c\nresources: {}",
        'image: # i\n  a # c\nimageTag: "b"\nresources: {}',
    ),
    "an image under a misspelt key": ("Image: a:b", 'image: a\nimageTag: "b"'),
    # resources
    "flat resources and comments": (
        "resources:\n  # m\n  memory: 64Mi # mem\n\n  # c\n  cpu: 50m # cpu\n  # end",
        "resources:\n  # m\n  requests:\n    memory: 64Mi # mem\n\n    # c\n    cpu: 50m # cpu\n  # end",
    ),
    "flat resources around others": (
        "resources:\n  cpu: 1 # c\n  limits: # l\n    cpu: 2\n  memory: 3 # m\n  nvidia.com/gpu: 1",
        "resources:\n  requests:\n    cpu: 1 # c\n    memory: 3 # m\n    nvidia.com/gpu: 1\n  limits: # l\n    cpu: 2",
    ),
    "the file's own indentation": (
        "resources:\n      cpu: 1",
        "resources:\n      requests:\n            cpu: 1",
    ),
    "beside requests": (
        "resources:\n  requests: # r\n     # x\n     cpu: 1\n  memory: 3 # m",
        "resources:\n  requests: # r\n     # x\n     memory: 3 # m\n     cpu: 1",
    ),
    "beside requests that are null": (
        "resources:\n  memory: 3 # m\n  requests: null # r\n  limits: {}",
        "resources:\n  requests: # r\n    memory: 3 # m\n  limits: {}",
    ),
    "beside requests that are null, at the end": (
        "resources:\n  memory: 3\n  requests: ~",
        "resources:\n  requests:\n    memory: 3",
    ),
    "beside requests in braces": (
        "resources:\n  memory: 3 # m\n  cpu: 'a, b'\n  hugepages-2Mi: a, b\n  requests: {}",
        "resources:\n  # m\n  requests: {memory: 3, cpu: 'a, b', hugepages-2Mi: \"a, b\"}",
    ),
    "those that requests have already": (
        "resources:\n  cpu: 1 # same\n  memory: 3\n  requests:\n    cpu: 1",
        "resources:\n  # same\n  requests:\n    memory: 3\n    cpu: 1",
    ),
    "one of them collides": (
        "resources:\n  cpu: 1\n  memory: 3\n  requests:\n    cpu: 2",
        "resources:\n  cpu: 1\n  requests:\n    memory: 3\n    cpu: 2",
    ),
    "values on several lines": (
        "resources:\n  cpu: |-\n    1\n  memory:\n    # m\n    3\n  limits: {}",
        "resources:\n  requests:\n    cpu: |-\n      1\n    memory:\n      # m\n      3\n  limits: {}",
    ),
    "without a value": ("resources:\n  cpu:\n  limits: {}", "resources:\n  requests:\n    cpu:\n  limits: {}"),
    "braces on several lines": (
        "resources: {\n  cpu: 1, # c\n  memory: 3 # m\n}",
        "resources: {\n  requests: {cpu: 1, # c\n  memory: 3} # m\n}",
    ),
    "braces and other entries": (
        "resources: { cpu: 1, limits: { cpu: 2 }, memory: 3 }",
        "resources: { requests: {cpu: 1, memory: 3}, limits: { cpu: 2 } }",
    ),
    "braces, without a value": (
        "resources: {cpu: , limits: {}, memory}",
        "resources: {requests: {cpu: , memory} , limits: {}}",
    ),
    "braces, beside requests": (
        "resources: {cpu: 1, requests: {memory: 3}, hugepages-2Mi: 1, memory: 3,}",
        "resources: {requests: {cpu: 1, hugepages-2Mi: 1, memory: 3},}",
    ),
    "braces, beside requests that are null": (
        "resources: {cpu: 1, requests: null, memory: 3}",
        "resources: {requests: {cpu: 1, memory: 3}}",
    ),
    # pull secrets
    "references": (
        "imagePullSecrets:\n- name: a # A\n- {name: 'b'} # B\n-\n  # d\n  name: \"d\"\n- name:\n    e",
        "imagePullSecrets:\n- a # A\n- 'b' # B\n-\n  # d\n  \"d\"\n- e",
    ),
    "references to numbers": ("imagePullSecrets: [{name: 007}, { name: x }]", 'imagePullSecrets: ["007", x]'),
}

# Whole files, for what is about more than fields.
FILES: dict[str, tuple[bytes, bytes]] = {
    **{name: (indented(before), indented(after)) for name, (before, after) in FIELDS.items()},
    "crlf": (
        b"a: 1\r\ncleaner:\r\n  image: a:b # i\r\n  resources:\r\n    cpu: 1\r\n    limits: {}\r\nz: on\r\n",
        (
            b'a: 1\r\ncleaner:\r\n  image: a # i\r\n  imageTag: "b"\r\n  resources:\r\n    requests:\r\n'
            b"      cpu: 1\r\n    limits: {}\r\nz: on\r\n"
        ),
    ),
    "no final newline: a tag": (b"cleaner:\n  image: a:b", b'cleaner:\n  image: a\n  imageTag: "b"'),
    "no final newline, crlf": (b"cleaner:\r\n  image: a:b", b'cleaner:\r\n  image: a\r\n  imageTag: "b"'),
    "no final newline: resources": (
        b"cleaner:\n  resources:\n    limits: {}\n    cpu: 1\n    requests:",
        b"cleaner:\n  resources:\n    limits: {}\n    requests:\n      cpu: 1",
    ),
    "no final newline: moved up": (
        b"cleaner:\r\n  resources:\r\n    requests:\r\n      cpu: 1\r\n    memory: 3",
        b"cleaner:\r\n  resources:\r\n    requests:\r\n      memory: 3\r\n      cpu: 1",
    ),
    "byte order mark and wide characters": (
        "\ufeff# 🚀é\ncleaner: {image: a:b, imagePullPolicy: always, x: é} # 🚀\n".encode(),
        '\ufeff# 🚀é\ncleaner: {image: a, imageTag: "b", imagePullPolicy: Always, x: é} # 🚀\n'.encode(),
    ),
    "json": (
        (
            b'{\n  "cleaner": {\n    "image": "a:b",\n    "resources": {\n      "cpu": "1",\n'
            b'      "limits": {"cpu": 2}\n    }\n  }\n}\n'
        ),
        (
            b'{\n  "cleaner": {\n    "image": "a", "imageTag": "b",\n    "resources": {\n'
            b'      "requests": {"cpu": "1"},\n      "limits": {"cpu": 2}\n    }\n  }\n}\n'
        ),
    ),
    "a document with markers": (b"---\ncleaner: {imageTag: 1}\n...\n", b'---\ncleaner: {imageTag: "1"}\n...\n'),
    "blank lines and comments behind it": (
        b"cleaner:\n  resources:\n    cpu: 1\n\n\n# end\n\n",
        b"cleaner:\n  resources:\n    requests:\n      cpu: 1\n\n\n# end\n\n",
    ),
    "tabs and old line breaks elsewhere": (
        b'x: "a\tb" # \xc2\x85\ncleaner: {imageTag: 1}\ny: 2',
        b'x: "a\tb" # \xc2\x85\ncleaner: {imageTag: "1"}\ny: 2',
    ),
}


@pytest.mark.parametrize("loader", LOADERS, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize(("before", "after"), FILES.values(), ids=FILES)
def test_fixed(
    before: bytes, after: bytes, loader: type[document._PureLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "Loader", loader)
    result = fix(before, "v.yaml")
    assert result.content.decode() == after.decode()
    assert result.fixes
    again = fix(after, "v.yaml")
    assert (again.content, again.fixes) == (after, [])


TWO_MEANINGS: dict[str, tuple[str, list[str]]] = {
    "null": ("nodeSelector: {a: null}", ["cleaner.nodeSelector.a"]),
    "a tag of its own": ("imageTag: !!float 2.10", ["cleaner.imageTag"]),
    "a mapping for a string": ("imageTag: {a: 1}", ["cleaner.imageTag"]),
    "a policy that is a number": ("imagePullPolicy: 5", ["cleaner.imagePullPolicy"]),
    "a policy that is a boolean": ("imagePullPolicy: yes", ["cleaner.imagePullPolicy"]),
    "no such word": ("imagePullPolicy: sometimes", ["cleaner.imagePullPolicy"]),
    "a word over lines": ("imagePullPolicy: |-\n  always", ["cleaner.imagePullPolicy"]),
    "a word with escapes": ('imagePullPolicy: "\\x61lways"', ["cleaner.imagePullPolicy"]),
    "no such key": ("imagePull: Always", ["cleaner.imagePull"]),
    "both keys": ("imagePullPolicy: Always\nimage_pull_policy: Never", ["cleaner.image_pull_policy"]),
    "two ways to write a key": ("image_tag: a\nimagetag: b", ["cleaner.image_tag", "cleaner.imagetag"]),
    "a misspelt key twice": ("image_tag: a\nimage_tag: b", ["cleaner.image_tag"]),
    "a key with an escape": ('"image_\\x74ag": a', ["cleaner.image_tag"]),
    "an amount under both": (
        "resources: {cpu: 1, requests: {cpu: 2}}",
        ["cleaner.resources.cpu"],
    ),
    "requests that are no mapping": ("resources: {cpu: 1, requests: [a]}", ["cleaner.resources.cpu"]),
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
    "an item": b"t: &t 1\ncleaner: {imagePullSecrets: [*t]}\n",
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
    content: bytes, loader: type[document._PureLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "Loader", loader)
    result = fix(content, "v.yaml")
    assert (result.content, result.fixes) == (content, [])
    assert [(d.severity, d.message) for d in result.diagnostics if d.code == "yaml-shape"] == [
        ("warning", "cannot be rewritten here: an alias or a merge key shares it with another place")
    ]


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ("resources: {cpu: 1, # c\n  limits: {}, memory: 2, requests: {}}", "move the comment out of it"),
        ("resources: {requests: {}, limits: {} # l\n  , memory: 2}", "move the comment out of it"),
        ("resources:\n  cpu: 1\n  requests: # r\n    null", "move the comment out of it"),
        ("resources:\n  ? cpu\n  : 1", "write `key: value`, on a line of its own"),
        ("resources:\n  cpu: 1\n  ? requests\n  : {memory: 1}\n  ? memory\n  : 1", "write `key: value`"),
        ("resources:\n  <<: {limits: {}}\n  cpu: 1", "write it without a merge key"),
        ("resources:\n  cpu: 1\u2028  memory: 2", "end its lines in LF or CRLF"),
        ("imagePullSecrets: [{ # c\n  name: a}]", "move the comment out of it"),
        ("imagePullSecrets:\n- name: # c\n    a", "move the comment out of it"),
        ("imagePullSecrets:\n- {name: b, name: a}", "write just the name"),
        ("image: |-\n  a:b", "write image and imageTag each on a line, as plain text"),
        ("<<: {image: a:b}", "write image and imageTag each on a line, as plain text"),
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
    "content", [b"", b"# cleaner\n", b"cleanerx: 1\n", b"a: {cleaner: {imageTag: 1}}\n", b"[", b"- a\n"]
)
def test_a_file_without_the_section(content: bytes) -> None:
    assert fix(content, "v.yaml") == (content, [], [], False)


@pytest.mark.parametrize("content", [b"cleaner:\n", b"cleaner: {}", b"cleaner: null # c\r\n"])
def test_an_empty_section(content: bytes) -> None:
    assert fix(content, "v.yaml") == (content, [], [], True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"cleaner: {imageTag: 1", "yaml"),
        (b"cleaner: {imageTag: .inf}\n", "values"),
        (b"cleaner: {imageTag: 1}\n---\ncleaner: {}\n", "values"),
        (b"- cleaner\n", "values"),
        (b"cleaner: \xff\n", "encoding"),
        ("cleaner: {}".encode("utf-16"), "encoding"),
    ],
)
def test_a_file_that_cannot_be_read(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as e:
        fix(content, "v.yaml")
    assert [d.code for d in e.value.diagnostics] == [code]


def test_the_section_at_a_path() -> None:
    content = b"cleaner: {imageTag: 1}\na:\n  b.c:\n    cleaner:\n      imageTag: 2 # x\n"
    result = fix(content, "v.yaml", ("a", "b.c", "cleaner"))
    assert result.content == content.replace(b"2 #", b'"2" #')
    release = b"apiVersion: x/v1\nkind: HelmRelease\nspec:\n  values: {cleaner: {image: a:b}}\n"
    result = fix(release, "r.yaml", ("spec", "values", "cleaner"))
    assert result.content == release.replace(b"a:b", b'a, imageTag: "b"')


def test_fixes_tell_where_it_stood_in_the_file_as_it_was() -> None:
    before = (
        b"cleaner:\n  image: a:b\n  image_pull_policy: always\n  resources: {cpu: 1}\n"
        b"  imagePullSecrets: [1, {Name: 2}, {name: c}]\n  nodeSelector: {a: 0777}\n"
    )
    result = fix(before, "v.yaml")
    assert [(f.location.line, f.location.column, f.path, f.what) for f in result.fixes] == [
        (2, 10, "cleaner.image", 'a:b -> a, imageTag: "b"'),
        (3, 3, "cleaner.image_pull_policy", "image_pull_policy -> imagePullPolicy"),
        (3, 22, "cleaner.imagePullPolicy", "always -> Always"),
        (4, 14, "cleaner.resources", "moved under requests: cpu"),
        (5, 22, "cleaner.imagePullSecrets[0]", '1 -> "1"'),
        (5, 25, "cleaner.imagePullSecrets[1]", '{name: "2"} -> "2"'),
        (5, 26, "cleaner.imagePullSecrets[1].Name", "Name -> name"),
        (5, 32, "cleaner.imagePullSecrets[1].name", '2 -> "2"'),
        (5, 36, "cleaner.imagePullSecrets[2]", "{name: c} -> c"),
        (6, 21, "cleaner.nodeSelector.a", '0777 -> "0777"'),
    ]


def test_what_is_left_is_said_of_the_file_as_it_is_now() -> None:
    result = fix(b"cleaner:\n  image: a:b\n  nope: 1\n", "v.yaml")
    (wrong,) = [d for d in result.diagnostics if d.severity == "error"]
    assert (wrong.path, wrong.location.line) == ("cleaner.nope", 4)


def test_it_is_judged_over_the_defaults() -> None:
    result = fix(b"cleaner: {nodeSelector: {a: 1}, resources: {requests: {cpu: 5}}}\n", "v.yaml")
    assert len(result.fixes) == 1
    assert any("limits" in d.message for d in result.diagnostics if d.severity == "error")


def test_what_is_moved_and_what_is_removed_is_told() -> None:
    result = fix(b"cleaner: {resources: {cpu: 1, memory: 1Gi, requests: {cpu: 1}}}\n", "v.yaml")
    assert [f.what for f in result.fixes] == ["moved under requests: memory; removed, since requests has the same: cpu"]


@pytest.mark.parametrize("text", ["", 'cleaner: {imageTag: "1"}\nother: 2\n', "cleaner: {imageTag: 1.0}\nother: 1\n"])
def test_a_rewriting_that_goes_wrong_is_found_out(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamltext, "splice", lambda _text, _splices: text)
    with pytest.raises(BugError, match="the rewritten file differs from the intended one; nothing was written"):
        fix(b"cleaner: {imageTag: 1}\nother: 1\n", "v.yaml")


# ---- properties ---------------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "a",
        "always",
        "Exists",
        "noschedule",
        "a:b",
        "localhost:5000/x:1",
        "2.10",
        "true",
        "a b",
        "é🚀",
        "",
        "#",
        "y",
        "-",
    ]
)
SCALARS = st.one_of(WORDS, st.booleans(), st.none(), st.integers(-9, 9**16), st.sampled_from([0.5, 2.1, 1e30]))
MAPS = st.dictionaries(st.sampled_from(["a", "b", "example.com/gpu", "name", "on", "5"]), SCALARS, max_size=3)
AMOUNTS = st.dictionaries(
    st.sampled_from(["cpu", "memory", "nvidia.com/gpu", "hugepages-2Mi"]), st.one_of(SCALARS, MAPS), max_size=4
)
RESOURCES = st.builds(
    lambda flat, more, turn: dict([*flat.items(), *more.items()][:: 1 if turn else -1]),
    AMOUNTS,
    st.dictionaries(st.sampled_from(["limits", "requests", "Requests"]), st.one_of(st.none(), AMOUNTS), max_size=3),
    st.booleans(),
)
TOLERATIONS = st.lists(
    st.dictionaries(
        st.sampled_from(["key", "Key", "operator", "effect", "value", "toleration_seconds"]), SCALARS, max_size=4
    ),
    max_size=2,
)
SECRETS = st.lists(st.one_of(SCALARS, st.builds(lambda name: {"name": name}, SCALARS), MAPS), max_size=4)
SECTIONS = st.fixed_dictionaries(
    {},
    optional={
        "image": SCALARS,
        "imageTag": SCALARS,
        "image_tag": SCALARS,
        "imagePullPolicy": SCALARS,
        "Image-Pull-Policy": SCALARS,
        "nodeSelector": MAPS,
        "resources": RESOURCES,
        "tolerations": TOLERATIONS,
        "imagePullSecrets": SECRETS,
    },
)
AROUND = st.sampled_from(["", "# cleaner: no\n", "a: {imageTag: 2.10}\n\n", "b:\n- always\n- on # é🚀\n\n\n# end\n"])


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str, str]:
    """What stands before the section, the section, and what stands behind it."""
    data: Any = draw(SECTIONS)
    order = draw(st.permutations(list(data)))
    styles: dict[str, Any] = {
        "default_flow_style": draw(st.sampled_from([True, False, None])),
        "indent": draw(st.sampled_from([2, 4, 7])),
        "width": 10_000,
        "allow_unicode": True,
        "sort_keys": False,
        "default_style": draw(st.sampled_from([None, None, None, '"'])),
    }
    text = yaml.safe_dump({key: data[key] for key in order}, **styles)
    if text.startswith("{"):
        lines = ["cleaner: " + text.rstrip()]
    else:
        lines = ["cleaner:", *("  " + line for line in text.splitlines())]
    if draw(st.booleans()):
        lines = [line if '"' in line or "'" in line else f"{line} # c{n}" for n, line in enumerate(lines)]
    if draw(st.booleans()):
        lines = [found for n, line in enumerate(lines)
                 for found in (line, re.match(" *", line)[0] + f"# below {n}")]  # type: ignore[index]  # fmt: skip
    return draw(AROUND), "\n".join(lines) + "\n", draw(AROUND).replace("a:", "c:")


@settings(deadline=None)
@given(files(), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_properties(parts: tuple[str, str, str], line_end: str, mark: bool, newline: bool) -> None:
    before, text, behind = ("".join(part).replace("\n", line_end).encode() for part in parts)
    if mark:
        before = b"\xef\xbb\xbf" + before
    content = before + text + behind
    if not newline:
        content = content.removesuffix(line_end.encode())
    result = fix(content, "v.yaml")
    assert result.content.startswith(before)
    assert result.content.endswith(behind if newline else behind.removesuffix(line_end.encode()))
    assert result.content.endswith(b"\n") == content.endswith(b"\n")
    assert (b"\r\n" in content) == (b"\r\n" in result.content) or b"\n" not in content
    assert result.content.count(b"\r") in (0, result.content.count(b"\n"))
    comments = re.compile(rb"# (?:c|below )\d+")
    assert sorted(comments.findall(result.content)) == sorted(comments.findall(content))
    assert bool(result.fixes) == (result.content != content)
    again = fix(result.content, "v.yaml")
    assert (again.content, again.fixes) == (result.content, [])
    assert again.diagnostics == result.diagnostics


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("behind", ["", "...\n", "...\n# end\n", "...\n---\n# end", "...\n%YAML 1.1\n"])
@pytest.mark.parametrize("before", ["", "# a\n", "# a: [\n# b\n\n", "\n\n", "\ufeff# a\n# b\n"])
def test_what_stands_around_the_document_stays(before: str, behind: str, line_end: str) -> None:
    form = before + "--- # c\ncleaner: {imagePullPolicy: WORD}\n" + behind
    content, wanted = (form.replace("WORD", word).replace("\n", line_end).encode() for word in ("always", "Always"))
    result = fix(content, "v.yaml")
    assert result.content == wanted
    assert [f.location.line for f in result.fixes] == [form[: form.index("cleaner")].count("\n") + 1]


def test_a_comment_that_would_become_part_of_a_name() -> None:
    content = b"cleaner:\n  imagePullSecrets:\n  - {name: a}#c\n"
    result = fix(content, "v.yaml")
    assert (result.content, result.fixes) == (content, [])
    assert "yaml-shape" in {d.code for d in result.diagnostics}


# ---- the command --------------------------------------------------------------------------------------------------

BEFORE = b"# c\r\ncleaner:\r\n  imageTag: 2.10 # t\r\n"
AFTER = b'# c\r\ncleaner:\r\n  imageTag: "2.10" # t\r\n'


class Ran:
    def __init__(self, code: int, out: bytes, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Runner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HELM_PLUGIN_NAME", raising=False)
    return Runner(capfdbinary)


class Runner:
    def __init__(self, capture: pytest.CaptureFixture[bytes]) -> None:
        self.capture = capture

    def __call__(self, *args: str) -> Ran:
        code = main(["fix", *args])
        out, err = self.capture.readouterr()
        return Ran(code, out, err.decode())


def test_a_file_is_rewritten(run: Runner) -> None:
    Path("values.yaml").write_bytes(BEFORE)
    done = run("values.yaml")
    assert (done.code, done.out) == (0, b"")
    assert done.err == 'values.yaml:3:13: fixed: cleaner.imageTag: 2.10 -> "2.10"\n'
    assert Path("values.yaml").read_bytes() == AFTER
    assert list(Path().iterdir()) == [Path("values.yaml")]


def test_a_file_that_needs_nothing_is_not_touched(run: Runner) -> None:
    Path("values.yaml").write_bytes(AFTER)
    os.utime("values.yaml", ns=(5, 5))
    was = Path("values.yaml").stat()
    done = run("values.yaml")
    assert (done.code, done.out, done.err) == (0, b"", "")
    assert (Path("values.yaml").stat().st_ino, Path("values.yaml").stat().st_mtime_ns) == (was.st_ino, 5)


def test_what_is_left_is_an_error(run: Runner) -> None:
    Path("values.yaml").write_bytes(b"cleaner:\n  image: a:1\n  nope: 1\n")
    done = run("values.yaml")
    assert done.code == 1
    assert Path("values.yaml").read_bytes() == b'cleaner:\n  image: a\n  imageTag: "1"\n  nope: 1\n'
    lines = done.err.splitlines()
    assert lines[0] == 'values.yaml:2:10: fixed: cleaner.image: a:1 -> a, imageTag: "1"'
    assert lines[1].startswith("values.yaml:4:3: error: cleaner.nope: unknown field")


def test_a_warning_is_no_error(run: Runner) -> None:
    Path("values.yaml").write_bytes(b"r: &r {cpu: 100m}\ncleaner:\n  resources: *r\n")
    done = run("values.yaml")
    assert done.code == 0
    assert "values.yaml:1:4: warning: cleaner.resources: cannot be rewritten here:" in done.err
    assert Path("values.yaml").read_bytes() == b"r: &r {cpu: 100m}\ncleaner:\n  resources: *r\n"


def test_files_are_done_whatever_the_others_are(run: Runner) -> None:
    Path("a.yaml").write_bytes(b"cleaner: {nope: 1}\n")
    Path("b.yaml").write_bytes(b"cleaner: [\n")
    Path("d.yaml").write_bytes(b"x: 1\n")
    Path("folder").mkdir()
    Path("e.yaml").write_bytes(BEFORE)
    done = run("a.yaml", "b.yaml", "c.yaml", "folder", "d.yaml", "e.yaml")
    assert done.code == 2
    assert "a.yaml:1:11: error: cleaner.nope" in done.err
    assert "b.yaml:2:1: error: not YAML" in done.err
    assert "c.yaml: error: cannot be read: No such file or directory" in done.err
    assert "folder: error: cannot be read: Is a directory" in done.err
    assert "helm-cleaner: d.yaml: no cleaner section\n" in done.err
    assert Path("e.yaml").read_bytes() == AFTER


def test_a_section_elsewhere(run: Runner) -> None:
    Path("values.yaml").write_bytes(b"p: {cleaner: {imageTag: 1}}\ncleaner: {imageTag: 1}\n")
    assert run("--section", "p.cleaner", "values.yaml").code == 0
    assert Path("values.yaml").read_bytes() == b'p: {cleaner: {imageTag: "1"}}\ncleaner: {imageTag: 1}\n'
    done = run("--section", "q.cleaner", "values.yaml")
    assert done.code == 0
    assert done.err.endswith("helm-cleaner: values.yaml: no q.cleaner section\n")


@pytest.mark.parametrize("args", [[], ["-"], ["a.yaml", "--nope"], ["--section", "a..b", "a.yaml"]])
def test_usage(run: Runner, args: list[str]) -> None:
    done = run(*args)
    assert done.code == 2
    assert "helm-cleaner fix: error: " in done.err
    assert "hint: " in done.err


def test_a_diff_writes_nothing(run: Runner) -> None:
    Path("values.yaml").write_bytes(BEFORE)
    done = run("--diff", "values.yaml")
    assert done.code == 0
    assert Path("values.yaml").read_bytes() == BEFORE
    assert done.out == (
        b"--- values.yaml\n+++ values.yaml\n@@ -1,3 +1,3 @@\n # c\r\n cleaner:\r\n"
        b'-  imageTag: 2.10 # t\r\n+  imageTag: "2.10" # t\r\n'
    )
    assert done.err == 'values.yaml:3:13: can be fixed: cleaner.imageTag: 2.10 -> "2.10"\n'


@pytest.mark.parametrize(
    "name", ["values.yaml", "with blank.yaml", "größe.yaml", "a\nnew line\t.yaml", "esc-\x1b[2J.yaml", 'a "\\b".yaml']
)
@pytest.mark.parametrize(
    "content", [BEFORE, BEFORE.rstrip(), b"cleaner:\n  image: a:b", b"\xef\xbb\xbfx: \xc3\xa9\n" + BEFORE]
)
@pytest.mark.parametrize("command", [["patch", "-p0", "--binary"], ["git", "apply", "-p0", "-"]], ids=lambda c: c[0])
def test_a_diff_is_what_other_tools_take(run: Runner, name: str, content: bytes, command: list[str]) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"needs {command[0]}")
    Path(name).write_bytes(content)
    diff = run("--diff", name).out
    subprocess.run(command, input=diff, check=True, capture_output=True)
    assert Path(name).read_bytes() == fix(content, name).content != content


@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_a_diff_is_coloured_on_a_terminal(
    run: Runner, environment: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ({"TERM": "xterm", "NO_COLOR": ""} | environment).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    Path("values.yaml").write_bytes(b"cleaner: {imageTag: 1}")
    out = run("--diff", "values.yaml").out
    assert (b'\x1b[32m+cleaner: {imageTag: "1"}\x1b[0m\n\\ No newline at end of file\n' in out) == coloured
    assert (b"\x1b" in out) == coloured


posix = pytest.mark.skipif(os.name != "posix", reason="links and modes as POSIX has them")


@posix
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_links_and_modes_stay(run: Runner, mode: int) -> None:
    Path("real").mkdir()
    Path("real/values.yaml").write_bytes(BEFORE)
    Path("real/values.yaml").chmod(mode)
    Path("link.yaml").symlink_to("real/values.yaml")
    assert run("link.yaml").code == 0
    assert Path("link.yaml").is_symlink()
    assert Path("link.yaml").readlink() == Path("real/values.yaml")
    assert Path("real/values.yaml").read_bytes() == AFTER
    assert Path("real/values.yaml").stat().st_mode & 0o7777 == mode
    assert list(Path("real").iterdir()) == [Path("real/values.yaml")]


@posix
@pytest.mark.parametrize("broken", ["fsync", "replace", "chmod"])
def test_a_full_disk_leaves_the_file_as_it_was(run: Runner, broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    Path("values.yaml").write_bytes(BEFORE)
    monkeypatch.setattr(os, broken, fail)
    done = run("values.yaml")
    assert done.code == 2
    assert done.err.startswith("values.yaml: error: cannot be written: No space left on device [file]\n")
    assert Path("values.yaml").read_bytes() == BEFORE
    assert list(Path().iterdir()) == [Path("values.yaml")]


@posix
def test_a_file_that_may_not_be_written(run: Runner) -> None:
    Path("values.yaml").write_bytes(BEFORE)
    Path("values.yaml").chmod(0o444)
    if os.access("values.yaml", os.W_OK):
        pytest.skip("this user may write everything")
    done = run("values.yaml")
    assert done.code == 2
    assert "cannot be written: Permission denied" in done.err
    assert Path("values.yaml").read_bytes() == BEFORE


@posix
def test_what_is_no_regular_file(run: Runner) -> None:
    os.mkfifo("pipe.yaml")
    writer = subprocess.Popen([sys.executable, "-c", f"open('pipe.yaml', 'wb').write({BEFORE!r})"])
    done = run("pipe.yaml")
    writer.wait()
    assert done.code == 2
    assert "pipe.yaml: error: cannot be written: it is not a regular file" in done.err


def test_a_bug_does_not_keep_other_files_from_being_done(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    real = yamltext.splice
    monkeypatch.setattr(yamltext, "splice", lambda text, splices: "" if "bad" in text else real(text, splices))
    Path("a.yaml").write_bytes(b"bad: 1\n" + BEFORE)
    Path("b.yaml").write_bytes(BEFORE)
    done = run("a.yaml", "b.yaml")
    assert done.code == 3
    assert (
        "a.yaml:4:13: error: cleaner: the rewritten file differs from the intended one; nothing was written" in done.err
    )
    assert Path("a.yaml").read_bytes() == b"bad: 1\n" + BEFORE
    assert Path("b.yaml").read_bytes() == AFTER


def test_the_hooks_name_what_there_is() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_bytes())
    assert [hook["entry"] for hook in hooks] == ["helm-cleaner validate", "helm-cleaner fix"]
    for hook in hooks:
        pattern = re.compile(hook["files"])
        for name in (
            "values.yaml",
            "a/values-prod.yml",
            "prod.values.yaml",
            "charts/x/values.yaml",
            "values/prod.yaml",
        ):
            assert pattern.search(name), name
        for name in ("values.json", "a/templates/deployment.yaml", "invaluesx/a.yaml", "values.yaml.gz"):
            assert not pattern.search(name), name


@pytest.mark.slow
def test_the_hooks_run_under_pre_commit(tmp_path: Path) -> None:
    command = Path(sys.executable).with_name("pre-commit")
    env = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT"))}
    env["PRE_COMMIT_HOME"] = str(tmp_path / "home")
    env |= {f"GIT_{who}_{what}": "t@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def do(*args: str | Path, cwd: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(args, cwd=cwd, env=env, check=check, capture_output=True, text=True)

    if not command.exists() or not (ROOT / ".git").exists():
        pytest.skip("needs pre-commit and a git repository")
    if do(
        sys.executable, "-m", "pip", "download", "-q", "--no-deps", "hatchling", cwd=tmp_path, check=False
    ).returncode:
        pytest.skip("needs PyPI, for pre-commit builds the package")
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for name in do("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT).stdout.splitlines():
        if (ROOT / name).exists():
            (ours / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, ours / name)
    for step in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "all"]):
        do("git", *step, cwd=ours)
    theirs.mkdir()
    for name, content in (("values.yaml", BEFORE), ("values/a.yml", b"x: 1\n"), ("other.yaml", BEFORE)):
        (theirs / name).parent.mkdir(exist_ok=True)
        (theirs / name).write_bytes(content)
    for step in (["init", "-q"], ["add", "-A"]):
        do("git", *step, cwd=theirs)

    def hook(name: str) -> subprocess.CompletedProcess[str]:
        return do(command, "try-repo", ours, name, "--all-files", cwd=theirs, check=False)

    found = hook("helm-cleaner-validate")
    assert found.returncode == 1, found.stdout + found.stderr
    assert "values.yaml:3:13: error: cleaner.imageTag: must be a string" in found.stdout
    fixed = hook("helm-cleaner-fix")
    assert fixed.returncode == 1, fixed.stdout + fixed.stderr
    assert "files were modified by this hook" in fixed.stdout
    assert 'values.yaml:3:13: fixed: cleaner.imageTag: 2.10 -> "2.10"' in fixed.stdout
    assert (theirs / "values.yaml").read_bytes() == AFTER
    assert (theirs / "other.yaml").read_bytes() == BEFORE
    assert hook("helm-cleaner-fix").returncode == 0
    assert hook("helm-cleaner-validate").returncode == 0
