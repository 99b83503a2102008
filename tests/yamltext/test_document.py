"""YAML text, with either parser: what it means to Kubernetes, and what is refused, with its place."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from helm_cleaner import yamltext
from helm_cleaner.diagnostics import InputError
from helm_cleaner.yamltext import loaders

pytestmark = pytest.mark.usefixtures("loader")

BOM = b"\xef\xbb\xbf"


def compose(source: bytes) -> yamltext.Document:
    return yamltext.compose(yamltext.decode(source, "file"), "file")


@pytest.mark.parametrize(
    ("source", "data"),
    [
        pytest.param(b"", None, id="empty"),
        pytest.param(b"# c\n", None, id="comment alone"),
        pytest.param(b"---\n...\n", None, id="null document"),
        pytest.param(BOM + b"a: 1\n", {"a": 1}, id="a second byte order mark"),
        pytest.param(b"on: y\n2.10: 2.10\n0x10: 0x10\n", {"true": True, "2.1": 2.1, "16": 16}, id="plain scalars"),
        pytest.param(b"'on': 'y'\n\"2.10\": |-\n  1\n", {"on": "y", "2.10": "1"}, id="quoted scalars"),
        pytest.param(b"a: !!str 1\nb: !!int '1'\n!!str 1: !x 2\n", {"a": "1", "b": 1, "1": "2"}, id="tags"),
        pytest.param(b"a: 1\na: 2\non: 1\n'true': 2\n", {"a": 2, "true": 2}, id="duplicate keys"),
        pytest.param(b"a: &x [1]\nb: *x\n", {"a": [1], "b": [1]}, id="alias"),
        pytest.param(b"a: 0\n<<: {a: 1, b: 1}\nb: 2\n", {"a": 1, "b": 2}, id="a merge wins over what is above it"),
        pytest.param(b"<<: [{a: 1}, {a: 2, b: 2}]\n", {"a": 1, "b": 2}, id="of a list the first wins"),
        pytest.param(b"'<<': {a: 1}\n", {"<<": {"a": 1}}, id="quoted, no merge"),
        pytest.param(b"!!merge <<: {a: 1}\n", {"a": 1}, id="merge by its tag"),
        pytest.param(b"<<: []\na: 1\n", {"a": 1}, id="merge of nothing"),
        pytest.param(b"'a\\/b': 1\n", {"a\\/b": 1}, id="single-quoted escapes nothing"),
        pytest.param(b"a: ! 5\n", {"a": "5"}, id="the tag `!`"),
        pytest.param(b"a: ! '5'\n", {"a": "5"}, id="the tag `!`, quoted"),
    ],
)
def test_data(source: bytes, data: Any) -> None:
    assert compose(source).data == data


LAUGHS = b"a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + b"".join(
    b"%c: &%c [%b]\n" % (c, c, b", ".join([b"*%c" % (c - 1)] * 10)) for c in b"bcdefg"
)


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        pytest.param(b"a: [1\nb: 2\n", (2, 2), "not YAML: ", id="syntax"),
        pytest.param(b"a: 1\n---\nb: 2\n", (2, 1), "another document", id="two documents"),
        pytest.param(b"a: \x1b\n", (1, 4), "control character U+001B", id="control character"),
        pytest.param("😀: é\nb: \x00".encode(), (2, 4), "control character U+0000", id="null byte behind an emoji"),
        pytest.param("😀: [é, *x]".encode(), (1, 8), "cannot be read", id="undefined alias behind an emoji"),
        pytest.param(b"a: &x [*x]\n", (1, 4), "contains itself", id="a loop"),
        pytest.param(LAUGHS, (1, 1), "expand to too much", id="a billion laughs"),
    ],
)
def test_compose_refuses(source: bytes, place: tuple[int, int], message: str) -> None:
    with pytest.raises(InputError) as caught:
        compose(source)
    [finding] = caught.value.diagnostics
    assert finding.code == "yaml"
    assert message in finding.message
    assert (finding.location.file, finding.location.line, finding.location.column) == ("file", *place)


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        pytest.param(b"a: 1\n~: 2\n", (2, 1), "null cannot be a key", id="null key"),
        pytest.param(b"{a: 1}: 2\n", (1, 1), "a mapping or a list cannot be a key", id="mapping as a key"),
        pytest.param(b"? [a]\n: 2\n", (1, 3), "a mapping or a list cannot be a key", id="list as a key"),
        pytest.param(b"a: !!int x\n", (1, 4), "cannot decode !!str `x` as a !!int", id="a tag that does not fit"),
        pytest.param(b"a: !!binary '*'\n", (1, 4), "invalid base64", id="binary"),
        pytest.param(b"<<: 5\n", (1, 5), "merge key", id="merge of a scalar"),
        pytest.param(b"<<: [{}, []]\n", (1, 5), "merge key", id="merge of a list of lists"),
        pytest.param(b"a: &x [{}]\n<<: *x\n", (2, 1), "merge key", id="merge of an alias of a list"),
        pytest.param(b"18446744073709551615: 1\n", (1, 1), "cannot be a key", id="a key above 2^63"),
    ],
)
def test_data_that_helm_refuses(source: bytes, place: tuple[int, int], message: str) -> None:
    document = compose(source)
    with pytest.raises(InputError) as caught:
        _ = document.data
    [finding] = caught.value.diagnostics
    assert finding.code == "yaml"
    assert message in finding.message
    assert (finding.location.line, finding.location.column) == place


@pytest.mark.parametrize(
    "nested",
    [
        pytest.param(b"[" * 5000 + b"]" * 5000, id="list"),
        pytest.param(b"- " * 5000, id="dashes"),
        pytest.param(b"{a: " * 5000 + b"}" * 5000, id="mapping"),
        pytest.param(b"[" * 200_000, id="very deep list"),
        pytest.param(b"- " * 200_000 + b"a", id="very deep dashes"),
        pytest.param(b"[a,\n" * 600, id="lists, one a line"),
        pytest.param(b"".join(b" " * n + b"a:\n" for n in range(600)), id="indentation"),
        pytest.param(b"".join(b" " * n + b"-\n" for n in range(600)), id="indented dashes"),
        pytest.param(b"".join(b" " * n + b"a:\n" for n in range(300)) + b" " * 300 + b"[" * 300, id="both"),
    ],
)
def test_deep_nesting(nested: bytes) -> None:
    with pytest.raises(InputError, match="nested too deeply"):
        _ = compose(nested).data


def test_deep_nesting_that_the_library_refuses_first(monkeypatch: pytest.MonkeyPatch) -> None:
    class Strict(loaders._PureLoader):
        def fetch_more_tokens(self) -> None:
            if self.flow_level + len(self.indents) > 520:
                mark = self.get_mark()
                raise yaml.scanner.ScannerError("in words of its own", mark, "this is too much", mark)
            super().fetch_more_tokens()

    monkeypatch.setattr(loaders, "Loader", Strict)
    for nested in ("[" * 5000, "- " * 5000, "{a: " * 5000, "".join(" " * n + "a:\n" for n in range(600))):
        with pytest.raises(InputError, match="nested too deeply"):
            yamltext.compose(nested, "v.yaml")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: '" + "[" * 3000, id="in quotes that are not closed"),
        pytest.param("a: '" + "[" * 3000 + "'\nb: [\n", id="in quotes"),
        pytest.param("a: []\n" * 3000 + "b: [\n", id="one after the other"),
    ],
)
def test_many_brackets_are_no_deep_nesting(text: str) -> None:
    with pytest.raises(InputError, match="not YAML: "):
        yamltext.compose(text, "v.yaml")


@pytest.mark.parametrize(
    ("data", "place"),
    [
        pytest.param(b"\xff", (4, 1), id="first byte"),
        pytest.param("a\né😀".encode() + b"\xf0\x9f", (5, 3), id="behind an emoji"),
        pytest.param(b"a\r\nb\xc3", (5, 2), id="CRLF"),
        pytest.param(BOM + b"ab\xed\xa0\x80", (4, 3), id="surrogate behind a byte order mark"),
    ],
)
def test_decode_tells_the_place(data: bytes, place: tuple[int, int]) -> None:
    with pytest.raises(InputError) as caught:
        yamltext.decode(data, "file", lambda: 4)
    [finding] = caught.value.diagnostics
    assert (finding.code, finding.hint) == ("encoding", "save the file as UTF-8")
    assert (finding.location.line, finding.location.column) == place


def test_locations_count_characters_and_lines_of_the_stream() -> None:
    document = yamltext.compose("😀: é\r\n  \r\nb: [😀, 'xy']\r\n", "file", lambda: 10)
    _, (_, second) = document.root.value  # type: ignore[union-attr]  # a mapping
    location = document.at(second.value[1])
    assert (location.line, location.column, location.length, location.source) == (12, 8, 4, "b: [😀, 'xy']")


NO_HINT = ""
INDENTATION = "check the indentation, or quote text that contains `: `"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("a:\n\tb: 1\n", "tabs cannot be used for indentation", "indent with spaces"),
        ("a: 1\n  b: 2\n", "not YAML: ", INDENTATION),
        ("a: b: c\n", "not YAML: ", INDENTATION),
        ("a:\n  b: 1\n c: 2\n", "not YAML: ", INDENTATION),
        ("- a\nb: c\n", "not YAML: ", INDENTATION),
        ("a: }\n", "not YAML: ", NO_HINT),
        ("a: {b: 1 c: 2}\n", "not YAML: ", NO_HINT),
        ("a: [\n", "not YAML: ", NO_HINT),
        ("a: @b\n", "not YAML: ", NO_HINT),
        ("a: *b\n", "cannot be read: ", NO_HINT),
    ],
)
def test_what_to_do_about_text_that_is_no_yaml(text: str, message: str, hint: str) -> None:
    with pytest.raises(InputError) as e:
        yamltext.compose(text, "v.yaml")
    (d,) = e.value.diagnostics
    assert message in d.message
    assert d.hint == hint
