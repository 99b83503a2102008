"""Rewrites what has one meaning in values files: bytes in, bytes out."""

from __future__ import annotations

import pytest

from helm_cleaner import yamltext
from helm_cleaner.yamltext import loaders
from tests.support.fixing import fix
from tests.support.written import LOADERS, indented

# Fields of a section: before, after.
FIELDS: dict[str, tuple[str, str]] = {
    # quotes, with the text as written
    "a float": ("imageTag: 2.10", 'imageTag: "2.10"'),
    "a float, blanks and a comment": ("imageTag:   2.10   # the tag", 'imageTag:   "2.10"   # the tag'),
    "an octal number": ("imageTag: 0777", 'imageTag: "0777"'),
    "hexadecimal, underscores, exponents": (
        "nodeSelector: {a: 0x1F, b: 1_000, c: 1e3, d: 0o7}",
        'nodeSelector: {a: "0x1F", b: "1_000", c: "1e3", d: "0o7"}',
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
    "items on lines": (
        "imagePullSecrets:\n- on\n-   yes # two\n- a",
        'imagePullSecrets:\n- "on"\n-   "yes" # two\n- a',
    ),
    "a toleration": (
        "tolerations:\n- {key: on, operator: Equal, value: true, effect: NoSchedule}\n-\n  key: y",
        'tolerations:\n- {key: "on", operator: Equal, value: "true", effect: NoSchedule}\n-\n  key: "y"',
    ),
    "deep in an affinity": (
        (
            "affinity:\n  nodeAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n"
            "      nodeSelectorTerms:\n      - matchExpressions:\n"
            "        - {key: n, operator: in, values: [no, true, a]}"
        ),
        (
            "affinity:\n  nodeAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n"
            "      nodeSelectorTerms:\n      - matchExpressions:\n"
            '        - {key: "n", operator: In, values: ["no", "true", a]}'
        ),
    ),
    "labels of pods": (
        (
            "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a, "
            "labelSelector: {matchLabels: {x: on}, matchexpressions: [{key: b, operator: exists}]}}]}}"
        ),
        (
            "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a, "
            'labelSelector: {matchLabels: {x: "on"}, matchExpressions: [{key: b, operator: Exists}]}}]}}'
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
        "Image_Pull_Secrets: [{Name: on}]\nRESOURCES: {cpu: 1}",
        'imagePullSecrets: ["on"]\nresources: {requests: {cpu: 1}}',
    ),
    # the image
    "an image with a tag": ("image: repo/name:tag", 'image: repo/name\nimageTag: "tag"'),
    "an image with a comment": (
        "image: 'a:1.0' # img\nimagePullPolicy: Never",
        "image: 'a' # img\nimageTag: \"1.0\"\nimagePullPolicy: Never",
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
    "an image under a misspelled key": ("Image: a:b", 'image: a\nimageTag: "b"'),
    "an image in two parts": (
        "image:\n  repository: a/b # r\n\n  # t\n  tag: 1.10 # t\n# x\nresources: {}",
        'image: a/b # r\n\n  # t\nimageTag: "1.10" # t\n# x\nresources: {}',
    ),
    "an image in two parts, in braces": (
        "image: {repository: 'a/b', tag: v1, pullPolicy: always} # i\nresources: {}",
        "image: 'a/b'\nimageTag: v1\nimagePullPolicy: Always # i\nresources: {}",
    ),
    "an image of one part": ("image: {repository: a/b}\nimageTag: c", "image: a/b\nimageTag: c"),
    "an image in two parts, with a tag": ("image: {repository: 'a:1'}", 'image: a\nimageTag: "1"'),
    "an image in two parts, in an anchor": ("image: &i !!map\n    tag: b\n    repository: a", "imageTag: b\nimage: a"),
    # lists
    "one pull secret": ("imagePullSecrets: regcred # s", "imagePullSecrets: [regcred] # s"),
    "one pull secret, in quotes": (
        "imagePullSecrets:\n  'a-b'\nimageTag: x",
        "imagePullSecrets:\n  ['a-b']\nimageTag: x",
    ),
    "one pull secret, a number": ("imagePullSecrets: 05", 'imagePullSecrets: ["05"]'),
    "one value of an expression": (
        (
            "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
            "[{matchExpressions: [{key: a, operator: in, values: on}]}]}}}"
        ),
        (
            "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
            '[{matchExpressions: [{key: a, operator: In, values: ["on"]}]}]}}}'
        ),
    ),
    # keys with a typo
    "a letter is missing": (
        "nodeSelctor: {a: on}\nresource:\n  limit: {cpu: 1}",
        'nodeSelector: {a: "on"}\nresources:\n  limits: {cpu: 1}',
    ),
    "a letter too many": ("imageTags: x\ntolerationss: []", "imageTag: x\ntolerations: []"),
    "a wrong letter, and in quotes": (
        "'imege': x\ntolerations: [{effext: noexecute, key: a}]",
        "'image': x\ntolerations: [{effect: NoExecute, key: a}]",
    ),
    "swapped letters": ("imgaePullPolicy: always\naffintiy: {}", "imagePullPolicy: Always\naffinity: {}"),
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
        b"cleaner:\n  resources:\n    limits: {}\n    cpu: 1\n    requests: {}",
        b"cleaner:\n  resources:\n    limits: {}\n    requests: {cpu: 1}",
    ),
    "no final newline: moved up": (
        b"cleaner:\r\n  resources:\r\n    requests:\r\n      cpu: 1\r\n    memory: 3",
        b"cleaner:\r\n  resources:\r\n    requests:\r\n      memory: 3\r\n      cpu: 1",
    ),
    "byte order mark and wide characters": (
        "\ufeff# 🚀é\ncleaner: {image: a:b, imagePullPolicy: always, x: é} # 🚀\n".encode(),
        '\ufeff# 🚀é\ncleaner: {image: a, imageTag: "b", imagePullPolicy: Always, x: é} # 🚀\n'.encode(),
    ),
    "two byte order marks": (
        "\ufeff\ufeffcleaner:\n  imageTag: 2.10\n".encode(),
        '\ufeff\ufeffcleaner:\n  imageTag: "2.10"\n'.encode(),
    ),
    "what libyaml refuses and Helm reads": (
        (
            b'a: [&x b:, c]\nb: {c:, d: &x "\\\'"}\ncleaner: {image: &x a:b, imagePullSecrets: [{name: c:}]}\ne: *x\n'
            b"cleaner: {imageTag: 2.10}\n"
        ),
        (
            b'a: [&x b:, c]\nb: {c:, d: &x "\\\'"}\ncleaner: {image: &x a:b, imagePullSecrets: [{name: c:}]}\ne: *x\n'
            b'cleaner: {imageTag: "2.10"}\n'
        ),
    ),
    "json, an image in two parts": (
        b'{"cleaner":{"image":{"repository":"a/b","tag":"1"},"imagePullSecrets":"c"}}',
        b'{"cleaner":{"image":"a/b","imageTag":"1","imagePullSecrets":["c"]}}',
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
def test_fixed(before: bytes, after: bytes, loader: type[loaders._PureLoader], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaders, "Loader", loader)
    result = fix(before, "v.yaml")
    assert result.content.decode() == after.decode()
    assert result.fixes
    again = fix(after, "v.yaml")
    assert (again.content, again.fixes) == (after, [])


@pytest.mark.parametrize("content", [b"", b"# cleaner\n", b"x: 1\n"])
def test_a_file_without_the_section(content: bytes) -> None:
    assert fix(content, "v.yaml") == (content, [], [], False)


@pytest.mark.parametrize("content", [b"cleanerx: {image: 1}\n", b"a: {cleaner: {imageTag: 1}}\n"])
def test_a_file_with_what_only_looks_like_the_section(content: bytes) -> None:
    result = fix(content, "v.yaml")
    assert (result.content, result.fixes, result.found) == (content, [], False)
    assert [(d.severity, d.code) for d in result.diagnostics] == [("warning", "no-section")]


@pytest.mark.parametrize("content", [b"cleaner:\n", b"cleaner: {}", b"cleaner: null # c\r\n"])
def test_an_empty_section(content: bytes) -> None:
    result = fix(content, "v.yaml")
    assert (result.content, result.fixes, result.found) == (content, [], True)
    assert [d.code for d in result.diagnostics] == ["no-section"] * (b"{}" not in content)


def test_the_section_at_a_path() -> None:
    content = b"cleaner: {imageTag: 1}\na:\n  b.c:\n    cleaner:\n      imageTag: 2 # x\n"
    result = fix(content, "v.yaml", ("a", "b.c", "cleaner"))
    assert result.content == content.replace(b"2 #", b'"2" #')
    release = b"apiVersion: x/v1\nkind: HelmRelease\nspec:\n  values: {cleaner: {image: a:b}}\n"
    result = fix(release, "r.yaml")
    assert result.content == release.replace(b"a:b", b'a, imageTag: "b"')


def test_fixes_tell_where_it_stood_in_the_file_as_it_was() -> None:
    before = (
        b"cleaner:\n  image: a:b\n  image_pull_policy: always\n  resources: {cpu: 1}\n"
        b"  imagePullSecrets: [on, {Name: no}, {name: c}]\n  nodeSelector: {a: 0777}\n"
    )
    result = fix(before, "v.yaml")
    assert [(f.location.line, f.location.column, f.path, f.what) for f in result.fixes] == [
        (2, 10, "cleaner.image", 'a:b -> a; added imageTag: "b"'),
        (3, 3, "cleaner.image_pull_policy", "image_pull_policy -> imagePullPolicy"),
        (3, 22, "cleaner.imagePullPolicy", "always -> Always"),
        (4, 15, "cleaner.resources.cpu", "moved under requests: cpu"),
        (5, 22, "cleaner.imagePullSecrets[0]", 'on -> "on"'),
        (5, 26, "cleaner.imagePullSecrets[1]", '{Name: no} -> "no"'),
        (5, 38, "cleaner.imagePullSecrets[2]", "{name: c} -> c"),
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
    result = fix(b"cleaner: {imageTag: 1}\nother: 1\n", "v.yaml")
    assert (result.content, result.fixes) == (b"cleaner: {imageTag: 1}\nother: 1\n", [])
    assert "cannot be rewritten: its style is not supported" in [d.message for d in result.diagnostics]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("behind", ["", "...\n", "...\n# end\n", "...\n---\n# end", "...\n%YAML 1.1\n"])
@pytest.mark.parametrize("before", ["", "# a\n", "# a: [\n# b\n\n", "\n\n", "\ufeff# a\n# b\n"])
def test_what_stands_around_the_document_stays(before: str, behind: str, line_end: str) -> None:
    form = before + "--- # c\ncleaner: {imagePullPolicy: WORD}\n" + behind
    content, wanted = (form.replace("WORD", word).replace("\n", line_end).encode() for word in ("always", "Always"))
    result = fix(content, "v.yaml")
    assert result.content == wanted
    assert [f.location.line for f in result.fixes] == [form[: form.index("cleaner")].count("\n") + 1]


def test_a_fix_inside_a_fix() -> None:
    result = fix(b"cleaner:\n  imagePullSecrets:\n  - Name: x\n", "v.yaml")
    assert result.content == b"cleaner:\n  imagePullSecrets:\n  - x\n"
    assert [(f.location.line, f.location.column) for f in result.fixes] == [(3, 5)]


def test_a_resource_on_two_lines_is_taken_out() -> None:
    result = fix(b"cleaner:\n  resources:\n    cpu:\n      50m\n    requests: {cpu: 50m}\n", "v.yaml")
    assert result.content == b"cleaner:\n  resources:\n    requests: {cpu: 50m}\n"
