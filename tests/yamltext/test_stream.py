"""A stream as documents: their boundaries, which of them contain a name, and refused encodings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_cleaner.diagnostics import InputError
from helm_cleaner.yamltext.stream import Span, Stream

BOM = b"\xef\xbb\xbf"


def texts(stream: bytes) -> list[bytes]:
    return [stream[span.start : span.end] for span in Stream(stream).documents()]


@pytest.mark.parametrize(
    "documents",
    [
        pytest.param([], id="empty stream"),
        pytest.param([b"a: b\n"], id="no marker"),
        pytest.param([b"a: b"], id="no final newline"),
        pytest.param([b"---\na: b\n"], id="marker first"),
        pytest.param([b"a: b\n", b"---\nc: d\n"], id="starts without a marker"),
        pytest.param([b"---\na: b\n", b"---\nc: d"], id="two documents, no final newline"),
        pytest.param([b"---\n", b"---\n", b"---"], id="empty documents"),
        pytest.param([b"\n", b"---\na: b\n"], id="blank line first"),
        pytest.param([b"a: b\n", b"--- # Source: x\nc: d\n"], id="comment behind the marker"),
        pytest.param([b"a: b\n", b"--- {c: d}\n", b"--- |\n text\n"], id="content behind the marker"),
        pytest.param([b"a: b\n", b"---\t\nc: d\n"], id="tab behind the marker"),
        pytest.param([b"a: b\n", b"---   \nc: d\n"], id="spaces behind the marker"),
        pytest.param([b"a: b\r\n", b"---\r\nc: d\r\n"], id="CRLF"),
        pytest.param([b"a: b\n---x: c\n"], id="--- and a letter is no marker"),
        pytest.param([b"a: b\n----\n----- x\n"], id="more dashes are no marker"),
        pytest.param([b"a: |\n  ---\n  --- x\n"], id="indented, in a block scalar"),
        pytest.param([b"a: x ---\nb: --- c\n"], id="inside a line"),
        pytest.param([b"a: b\n--\n-- -\n"], id="two dashes"),
        pytest.param([b"a: b\n...\n", b"---\nc: d\n"], id="document end marker"),
        pytest.param([b"a: b\n...\nc: d\n"], id="a document end marker alone starts nothing"),
        pytest.param([b"%YAML 1.1\n", b"---\na: b\n"], id="directive"),
        pytest.param([BOM + b"a: b\n", b"---\nc: d\n"], id="byte order mark"),
        pytest.param([BOM + b"---\na: b\n", b"---\nc: d\n"], id="byte order mark before the marker"),
        pytest.param([b"a: \xff\xfe\n", b"---\n\0\n"], id="junk"),
    ],
)
def test_split(documents: list[bytes]) -> None:
    assert texts(b"".join(documents)) == documents


chunks = st.sampled_from(
    [b"---", b"---\t", b"----", b"-", b"a: b", b"ab-x", b"...", b" ", b"\n", b"\r\n", b"\r", b"\xc3"]
)
streams = st.lists(chunks, max_size=30).map(b"".join)


@given(streams)
def test_joined_spans_are_the_stream(stream: bytes) -> None:
    assert b"".join(texts(stream)) == stream
    for text in texts(stream)[1:]:
        assert text.startswith(b"---")
        assert text[3:4] in (b"", b" ", b"\t", b"\r", b"\n")


NEEDLES = [
    pytest.param((b"one-config",), id="a single needle"),
    pytest.param((b"one-config", b"two-config"), id="needles that end alike"),
    pytest.param((b"polyaxon-one", b"polyaxon-two"), id="needles that begin alike"),
    pytest.param((b"one", b"two-config"), id="needles with nothing in common"),
    pytest.param((b"one", b"one-config"), id="a needle that another begins with"),
    pytest.param((b"config", b"one-config"), id="a needle that another ends with"),
]


def naive(stream: bytes, needles: tuple[bytes, ...]) -> list[Span]:
    return [span for span in Stream(stream).documents() if any(n in stream[slice(*span)] for n in needles)]


@pytest.mark.parametrize("needles", NEEDLES)
@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"a: one-config\n---\nb: polyaxon-two\n---\nc: two-config\n", id="in each document"),
        pytest.param(b"---\na: x\n---\nb: one-config one two-config\n---\nc: x\n", id="several in the middle"),
        pytest.param(b"--- # polyaxon-one\na: x\n--- two-config\n", id="on the marker's line"),
        pytest.param(b"one-config", id="nothing else"),
        pytest.param(
            b"a: xone-configx\n---x: polyaxon-tw\n---\npolyaxon-three, o, on, three-config\n", id="near misses"
        ),
        pytest.param(b"a: o\nne\n---\nb: one\n-config\n", id="over a line's end"),
    ],
)
def test_holding(stream: bytes, needles: tuple[bytes, ...]) -> None:
    assert Stream(stream).find(needles) == naive(stream, needles)


names = st.from_regex(rb"[ab][ab-]{0,3}", fullmatch=True)


@given(streams, st.lists(names, min_size=1, max_size=3).map(tuple))
def test_holding_is_the_naive_filter(stream: bytes, needles: tuple[bytes, ...]) -> None:
    assert Stream(stream).find(needles) == naive(stream, needles)


def test_no_needle_is_held_by_no_document() -> None:
    assert Stream(b"a\n---\nb\n").find(()) == []


def test_an_empty_needle_is_held_by_every_document() -> None:
    assert Stream(b"a\n---\nb\n").find((b"",)) == list(Stream(b"a\n---\nb\n").documents())


@pytest.mark.parametrize(
    ("stream", "contents"),
    [
        pytest.param(b"a: b\n---\nc: d\n", [b"a: b\n", b"---\nc: d\n"], id="plain"),
        pytest.param(BOM + b"a: b\n---\nc: d\n", [b"a: b\n", b"---\nc: d\n"], id="byte order mark"),
        pytest.param(BOM + b"---\na: b", [b"---\na: b"], id="byte order mark before the marker"),
        pytest.param(BOM, [b""], id="byte order mark alone"),
        pytest.param(b"a: b\n...\n# c\n%YAML 1.1\n---\nc: d\n", [b"a: b\n...\n", b"---\nc: d\n"], id="directive"),
        pytest.param(b"a: b\r\n...\r\n# c\r\n", [b"a: b\r\n...\r\n"], id="CRLF"),
        pytest.param(b"a: b\n... # c\nrest", [b"a: b\n... # c\n"], id="comment behind the end marker"),
        pytest.param(b"a: b\n...", [b"a: b\n..."], id="end marker without a newline"),
        pytest.param(b"---\n...\n---\nc: d\n", [b"---\n...\n", b"---\nc: d\n"], id="empty document"),
        pytest.param(b"a: b\n...x: c\n....\n", [b"a: b\n...x: c\n....\n"], id="not an end marker"),
        pytest.param(b"a: |\n  ...\n  b\n", [b"a: |\n  ...\n  b\n"], id="indented, in a block scalar"),
        pytest.param(b"a\n---\nb\n...\n---\nc\n", [b"a\n", b"---\nb\n...\n", b"---\nc\n"], id="in its own document"),
    ],
)
def test_content(stream: bytes, contents: list[bytes]) -> None:
    found = [Stream(stream).body(span) for span in Stream(stream).documents()]
    assert [stream[span.start : span.end] for span in found] == contents


def test_first_line() -> None:
    stream = b"# one\r\na: b\r\n---\nc: \rd\n---"
    assert [Stream(stream).first_line(span) for span in Stream(stream).documents()] == [1, 3, 5]


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["", "marked"])
@pytest.mark.parametrize("text", ["---\na: b\n", "k: é\n", "{}"])
def test_other_encodings_are_refused(codec: str, mark: str, text: str) -> None:
    with pytest.raises(InputError) as caught:
        Stream((mark + text).encode(codec), "stream").check_encoding()
    [finding] = caught.value.diagnostics
    name = codec[:6].upper()
    assert (finding.code, finding.location.file) == ("encoding", "stream")
    assert finding.message == f"the input is in {name}, not in UTF-8"
    assert finding.hint == f"convert it first: iconv -f {name} -t UTF-8"


@pytest.mark.parametrize("stream", [b"", b"a", b"a: b\n", BOM + b"a: b\n", "é: ü\n".encode(), b"\xff", b"a: b\n\0\0"])
def test_utf_8_passes_and_what_is_broken_later_is_no_matter_here(stream: bytes) -> None:
    Stream(stream, "stream").check_encoding()  # must not raise
    assert b"".join(texts(stream)) == stream


def test_first_lines_are_those_of_each_document() -> None:
    stream = b"a: b\n---\n\nc: d\n--- # e\nf: g"
    spans = list(Stream(stream).documents())
    assert list(Stream(stream).first_lines(spans)) == [Stream(stream).first_line(span) for span in spans] == [1, 2, 5]
    assert list(Stream(stream).first_lines(spans[1:])) == [2, 5]
