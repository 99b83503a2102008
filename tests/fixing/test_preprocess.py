"""Values files with their section normalized: bytes in, bytes out."""

from __future__ import annotations

import pytest

from helm_cleaner import values, yamltext
from helm_cleaner.diagnostics import BugError, InputError, SectionError
from helm_cleaner.fixing.preprocess import preprocess
from helm_cleaner.values import to_data
from helm_cleaner.yamltext import loaders

LOADERS = [loaders._FastLoader, loaders._PureLoader]

REWRITTEN: dict[str, tuple[bytes, bytes]] = {
    "block": (
        (
            b"# c\ncleaner:\n  image: a # x\n  resources:\n    # m\n    memory: 64Mi # mem\n    cpu: 50m\n"
            b"  nodeSelector: {a: b}\nz: 1\n"
        ),
        (
            b"# c\ncleaner:\n  image: a # x\n  resources:\n    # m\n    requests:\n      memory: 64Mi # mem\n"
            b"      cpu: 50m\n  nodeSelector: {a: b}\nz: 1\n"
        ),
    ),
    "crlf, no final newline": (
        b"cleaner:\r\n  resources:\r\n    memory: 64Mi\r\n    cpu: 50m",
        b"cleaner:\r\n  resources:\r\n    requests:\r\n      memory: 64Mi\r\n      cpu: 50m",
    ),
    "no final newline, moved": (
        b"cleaner:\n  resources:\n    requests:\n      cpu: 1\n    memory: 1Gi",
        b"cleaner:\n  resources:\n    requests:\n      memory: 1Gi\n      cpu: 1",
    ),
    "flow": (
        b"cleaner:\n  resources: {memory: 64Mi, cpu: '50m'} # hi\n",
        b"cleaner:\n  resources: {requests: {memory: 64Mi, cpu: '50m'}} # hi\n",
    ),
    "flow beside others": (
        b"cleaner: {resources: {cpu: 1, limits: {cpu: 2}, requests: {memory: 1Mi}}}\n",
        b"cleaner: {resources: {limits: {cpu: 2}, requests: {cpu: 1, memory: 1Mi}}}\n",
    ),
    "block beside others": (
        (
            b"cleaner:\n  resources:\n    limits:\n      cpu: 1 # one\n    memory: 64Mi\n    requests:\n      # r\n"
            b"      cpu: 1\n"
        ),
        (
            b"cleaner:\n  resources:\n    limits:\n      cpu: 1 # one\n    requests:\n      # r\n      memory: 64Mi\n"
            b"      cpu: 1\n"
        ),
    ),
    "block beside requests in flow": (
        b"cleaner:\n  resources:\n    memory: 64Mi # m\n    requests: {cpu: 1}\n\n\n# end\n",
        b"cleaner:\n  resources:\n    # m\n    requests: {memory: 64Mi, cpu: 1}\n\n\n# end\n",
    ),
    "block beside empty requests": (
        b"cleaner:\n  resources:\n    memory: 64Mi\n    requests: {}\n",
        b"cleaner:\n  resources:\n    requests: {memory: 64Mi}\n",
    ),
    "given twice": (
        b"cleaner:\n  resources:\n    requests:\n      cpu: 1\n    cpu: 1\n",
        b"cleaner:\n  resources:\n    requests:\n      cpu: 1\n",
    ),
    "a scalar of several lines": (
        b"cleaner:\n  resources:\n    cpu: |-\n      1\n    memory: 1Gi\n",
        b"cleaner:\n  resources:\n    requests:\n      cpu: |-\n        1\n      memory: 1Gi\n",
    ),
    "secrets": (
        b"cleaner:\n  imagePullSecrets:\n  - name: a # A\n  - {name: 'b'} # B\n  - c\n  -\n    name: \"d\"\n",
        b"cleaner:\n  imagePullSecrets:\n  - a # A\n  - 'b' # B\n  - c\n  -\n    \"d\"\n",
    ),
    "secrets in flow": (
        b"cleaner: {imagePullSecrets: [{name: a}, b, {  name: c  }]}\n",
        b"cleaner: {imagePullSecrets: [a, b, c]}\n",
    ),
    "both, behind a byte order mark and wide characters": (
        "\ufeff# 🚀é\ncleaner:\n  resources: {cpu: 1} # é\n  imagePullSecrets: [{name: a}]\n".encode(),
        "\ufeff# 🚀é\ncleaner:\n  resources: {requests: {cpu: 1}} # é\n  imagePullSecrets: [a]\n".encode(),
    ),
}


@pytest.mark.parametrize("loader", LOADERS, ids=lambda cls: cls.__name__)
@pytest.mark.parametrize(("before", "after"), REWRITTEN.values(), ids=REWRITTEN)
def test_rewritten(
    before: bytes, after: bytes, loader: type[loaders._PureLoader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaders, "Loader", loader)
    result = preprocess(before, "v.yaml")
    assert result.content == after
    assert result.diagnostics
    assert all(d.severity == "warning" for d in result.diagnostics)
    again = preprocess(after, "v.yaml")
    assert again.content == after
    assert again.diagnostics == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"# only a comment\r\n",
        b"a: 1",
        b"cleaner:\n    image:   'a'   # odd blanks\r\n    nodeSelector:   {  }\n\n\n",
        b"cleaner: {resources: {limits: {cpu: 1}, requests: {cpu: 1}}, imagePullSecrets: [a]}",
        b"not-cleaner: {resources: {cpu: 1}, image: 5}\n",
    ],
)
def test_what_is_regular_stays_as_it_is(content: bytes) -> None:
    assert preprocess(content, "v.yaml") == (content, [])


@pytest.mark.parametrize("content", [b"cleaner:\n", b"cleaner: null # none\n"])
def test_a_section_without_a_value_stays_with_a_warning(content: bytes) -> None:
    result, found = preprocess(content, "v.yaml")
    assert (result, [(d.severity, d.code) for d in found]) == (content, [("warning", "no-section")])


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"cleaner:\n  image: 5\n", 2, "must be a string, found the number 5"),
        (b"cleaner: [a]\n", 1, "must be a mapping, found a list"),
        (
            b"cleaner:\n  resources:\n    cpu: 1\n    requests: {cpu: 2}\n    limits: {cpu: 2}\n",
            3,
            "1 collides with resources.requests.cpu, which is 2",
        ),
    ],
)
def test_an_invalid_section_is_refused(content: bytes, line: int, message: str) -> None:
    with pytest.raises(SectionError) as e:
        preprocess(content, "v.yaml")
    assert [(d.location.file, d.location.line, d.message) for d in e.value.diagnostics] == [("v.yaml", line, message)]


@pytest.mark.parametrize(
    "content",
    [
        b"b: &b {cpu: 1}\ncleaner:\n  resources: *b\n",
        b"b: &b {resources: {cpu: 1}}\ncleaner:\n  <<: *b\n",
        b"b: &b {name: a}\ncleaner:\n  imagePullSecrets:\n  - {<<: *b}\n",
        b"b: &b {name: a}\ncleaner: {imagePullSecrets: [*b]}\n",
        b"cleaner: {imagePullSecrets: [&b {name: a}, *b]}\n",
    ],
    ids=["alias", "merge key", "merge key in an item", "item that is an alias", "item that is used again"],
)
def test_what_comes_from_elsewhere_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="an alias or a merge key shares it with another place") as e:
        preprocess(content, "v.yaml")
    assert {d.code for d in e.value.diagnostics} == {"yaml-shape"}


def test_a_chart_between_an_umbrella_and_polyaxons_may_allow_more() -> None:
    content = b"p: {q: {cleaner: {resources: {cpu: 9}}}}\n"
    result = preprocess(content, "v.yaml", [("p", "q", "cleaner")])
    assert result.content == b"p: {q: {cleaner: {resources: {requests: {cpu: 9}}}}}\n"
    with pytest.raises(SectionError, match="exceeds limits"):
        preprocess(content.replace(b"{q: ", b"").replace(b"}}\n", b"}\n"), "v.yaml", [("p", "cleaner")])


def test_a_rewriting_that_goes_wrong_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yamltext, "splice", lambda text, _splices: text + "other: 1\n")
    with pytest.raises(BugError, match="the rewritten file differs from the intended one"):
        preprocess(b"cleaner: {resources: {cpu: 1}}\n", "v.yaml")


def test_the_result_means_what_was_said() -> None:
    before = b"cleaner: {resources: {cpu: 50m, limits: {cpu: 1}}}\n"
    assert to_data(values.read(preprocess(before, "v").content, "v").values) == {
        "cleaner": {"resources": {"limits": {"cpu": 1}, "requests": {"cpu": "50m"}}}
    }
