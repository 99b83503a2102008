"""Splices into YAML text, with either parser, that keep every other byte."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner import yamltext
from helm_cleaner.diagnostics import BugError, InputError
from helm_cleaner.yamltext import Operation, scalars
from tests.yamltext.test_document import BOM, compose

pytestmark = pytest.mark.usefixtures("loader")

Path = tuple[str | int, ...]


def edited(source: bytes, path: Path = ("data", "K"), value: Any = "a: b") -> bytes:
    """The source with the value at the path, which is added or replaced as the case may be."""
    document = compose(source)
    holder = document.data
    for part in path[:-1]:
        holder = holder[part]
    operation = Operation("replace" if path[-1] in holder else "add", path, value)
    return yamltext.edit(document, [operation]).encode()


SCALARS = [
    pytest.param(b"data:\n  K: old\n  z: 1\n", b'data:\n  K: "a: b"\n  z: 1\n', id="plain"),
    pytest.param(b"data:\n  K: old  # c\n", b'data:\n  K: "a: b"  # c\n', id="plain, comment"),
    pytest.param(b"data:\n  K: old#1", b'data:\n  K: "a: b"', id="plain, no final newline"),
    pytest.param(b"data:\n  K: old\n    old\n\n    old # c\n", b'data:\n  K: "a: b" # c\n', id="plain, multi-line"),
    pytest.param(b"data:\n  K:\n    old\n  z: 1\n", b'data:\n  K:\n    "a: b"\n  z: 1\n', id="plain, on the next line"),
    pytest.param(
        b"data:\n  K:\n    # c\n    old\n", b'data:\n  K:\n    # c\n    "a: b"\n', id="plain, below a comment"
    ),
    pytest.param(b"data:\n  K: 5\n", b'data:\n  K: "a: b"\n', id="number"),
    pytest.param(b"data:\n  K : old\n", b'data:\n  K : "a: b"\n', id="space before the colon"),
    pytest.param(b"data:\n  K: 'it''s' # c\n", b"data:\n  K: 'a: b' # c\n", id="single-quoted"),
    pytest.param(b"data:\n  K: 'old\n\n    old'\n", b"data:\n  K: 'a: b'\n", id="single-quoted, multi-line"),
    pytest.param(b"data:\n  K: ''\n", b"data:\n  K: 'a: b'\n", id="single-quoted, empty"),
    pytest.param(b'data:\n  K: "o\\"l\\u00e9" # c\n', b'data:\n  K: "a: b" # c\n', id="double-quoted"),
    pytest.param(b'data:\n  K: "old\n    o\\\n    ld"', b'data:\n  K: "a: b"', id="double-quoted, multi-line"),
    pytest.param(b'data:\n  K: ""\n', b'data:\n  K: "a: b"\n', id="double-quoted, empty"),
    pytest.param(b"data:\n  'K': old\n", b"data:\n  'K': \"a: b\"\n", id="quoted key"),
    pytest.param(b'data:\n  "\\x4b": old\n', b'data:\n  "\\x4b": "a: b"\n', id="key with an escape"),
    pytest.param(b"data:\r\n  K: old\r\n  z: 1\r\n", b'data:\r\n  K: "a: b"\r\n  z: 1\r\n', id="CRLF"),
    pytest.param(b"data:\n  K: 1\n  z: 1\n  K: 2\n", b'data:\n  K: 1\n  z: 1\n  K: "a: b"\n', id="duplicate keys"),
    pytest.param(b"data: 1\ndata:\n  K: v\n", b'data: 1\ndata:\n  K: "a: b"\n', id="duplicate parents"),
    pytest.param(b"---\ndata:\n  K: v\n...\n", b'---\ndata:\n  K: "a: b"\n...\n', id="document markers"),
    pytest.param(b"data:\n  ? K\n  : old\n", b'data:\n  ? K\n  : "a: b"\n', id="explicit key"),
    pytest.param(b"? data\n: K: old\n", b'? data\n: K: "a: b"\n', id="below an explicit key"),
    pytest.param(BOM + b"data:\n  K: old\n", BOM + b'data:\n  K: "a: b"\n', id="a second byte order mark"),
    pytest.param(
        "é: 😀\ndata:\n  ü: '😀 é' # 😀\n  K: 😀old😀 # é\n  z: 😀".encode(),
        "é: 😀\ndata:\n  ü: '😀 é' # 😀\n  K: \"a: b\" # é\n  z: 😀".encode(),
        id="unicode in front and behind",
    ),
]
BLOCKS = [
    pytest.param(b"data:\n  K: |\n    old\n  z: 1\n", b"data:\n  K: |-\n    a: b\n  z: 1\n", id="literal"),
    pytest.param(b"data:\n  K: |-\n    old\n\n     old\n", b"data:\n  K: |-\n    a: b\n", id="literal, strip"),
    pytest.param(b"data:\n  K: |+\n    old\n\n  z: 1\n", b"data:\n  K: |-\n    a: b\n\n  z: 1\n", id="literal, keep"),
    pytest.param(b"data:\n  K: >\n    old\n    old\n", b"data:\n  K: >-\n    a: b\n", id="folded"),
    pytest.param(b"data:\n  K: >-\n    old\n\n    old\n", b"data:\n  K: >-\n    a: b\n", id="folded, strip"),
    pytest.param(b"data:\n  K: >+\n    old\n\n\n", b"data:\n  K: >-\n    a: b\n\n\n", id="folded, keep"),
    pytest.param(b"data:\n  K: |1\n   old\n", b"data:\n  K: |-\n   a: b\n", id="indentation indicator"),
    pytest.param(
        b"data:\n  K: |2-\n      old\n    old\n", b"data:\n  K: |-\n    a: b\n", id="content begins with spaces"
    ),
    pytest.param(b"data:\n  K: >+4\n      old\n\n", b"data:\n  K: >-\n      a: b\n\n", id="keep and indentation"),
    pytest.param(b"data:\n  K: |-2\n\n      old\n", b"data:\n  K: |-\n    a: b\n", id="blank line, then spaces"),
    pytest.param(b"data:\n  K: |\n\n    old\n", b"data:\n  K: |-\n    a: b\n", id="blank line first"),
    pytest.param(
        b"data:\n  K: |  # c |>\n    old\n", b"data:\n  K: |-  # c |>\n    a: b\n", id="comment after the header"
    ),
    pytest.param(b"data:\n  K: |2+ # c\n    old\n", b"data:\n  K: |- # c\n    a: b\n", id="indicators and a comment"),
    pytest.param(b"data:\n  K: |-  \n    old\n", b"data:\n  K: |-  \n    a: b\n", id="spaces after the header"),
    pytest.param(
        b"data:\n  K: |\n    old\n\n \n  z: 1\n", b"data:\n  K: |-\n    a: b\n\n \n  z: 1\n", id="blank lines behind"
    ),
    pytest.param(
        b"data:\n  K: |\n    old\n  # c\n\n# d\n", b"data:\n  K: |-\n    a: b\n  # c\n\n# d\n", id="comments behind"
    ),
    pytest.param(b"data:\n  K: |\n    old\n    # no c\n", b"data:\n  K: |-\n    a: b\n", id="# in the content"),
    pytest.param(b"data:\n  K: |\n    old", b"data:\n  K: |-\n    a: b", id="no final newline"),
    pytest.param(b"data:\n  K: |\n    old\n    ", b"data:\n  K: |-\n    a: b\n    ", id="ends in spaces"),
    pytest.param(b"data:\n  K:\n    |\n    old\n", b"data:\n  K:\n    |-\n    a: b\n", id="header on the next line"),
    pytest.param(b"data:\n  K: |2\n    \told\n", b"data:\n  K: |-\n    a: b\n", id="content begins with a tab"),
    pytest.param(b"data:\n  K: |\n  z: 1\n", b'data:\n  K: "a: b"\n  z: 1\n', id="empty"),
    pytest.param(b"data:\n  K: |+\n\n\n  z: 1\n", b'data:\n  K: "a: b"\n\n\n  z: 1\n', id="empty but for blank lines"),
    pytest.param(b"data:\n  K: >- # c\n  # d\n", b'data:\n  K: "a: b" # c\n  # d\n', id="empty, comments"),
    pytest.param(b"data:\n  K: |", b'data:\n  K: "a: b"', id="empty, no final newline"),
    pytest.param(b"data:\n  K: !!str |\n    old\n", b"data:\n  K: !!str |-\n    a: b\n", id="tag"),
    pytest.param(b"data:\n  K: &x |\n    old\n", b"data:\n  K: &x |-\n    a: b\n", id="anchor that is not used"),
    pytest.param(
        b"data:\n  K: &x\n   !!str >\n    old\n", b"data:\n  K: &x\n   !!str >-\n    a: b\n", id="anchor and tag"
    ),
    pytest.param(
        b"data:\r\n  K: |  # c\r\n    old\r\n    old\r\n\r\n  z: 1\r\n",
        b"data:\r\n  K: |-  # c\r\n    a: b\r\n\r\n  z: 1\r\n",
        id="CRLF",
    ),
    pytest.param(b"data:\r\n  K: |\r\n    old\r\n", b"data:\r\n  K: |-\r\n    a: b\r\n", id="CRLF at the end"),
    pytest.param(
        b"data:\n      K: |\n        old\n      y: |\n        K: |\n",
        b"data:\n      K: |-\n        a: b\n      y: |\n        K: |\n",
        id="another block behind",
    ),
    pytest.param(
        b"data:\n  K: |\n    old\n      \n  z: 1\n", b"data:\n  K: |-\n    a: b\n  z: 1\n", id="ends in a deep line"
    ),
    pytest.param(b"data:\n  K: |2-\n       \n    old\n", b"data:\n  K: |-\n    a: b\n", id="starts with a deep line"),
]
FLOW = [
    pytest.param(b"data: {K: old, z: 1}\n", b'data: {K: "a: b", z: 1}\n', id="plain"),
    pytest.param(b"data: {K: old }\n", b'data: {K: "a: b" }\n', id="plain, space behind"),
    pytest.param(
        b"data: {K: old\n  old # c\n  , z: 1}\n", b'data: {K: "a: b" # c\n  , z: 1}\n', id="plain, multi-line"
    ),
    pytest.param(b"data: {z: 1, K: 'old'}\n", b"data: {z: 1, K: 'a: b'}\n", id="single-quoted"),
    pytest.param(b'{"data":{"K":"old","z":1}}', b'{"data":{"K":"a: b","z":1}}', id="JSON"),
    pytest.param(b'{"data":{"K":old}}', b'{"data":{"K":"a: b"}}', id="JSON key, plain value"),
    pytest.param(b"data: {? K : old}\n", b'data: {? K : "a: b"}\n', id="explicit key"),
    pytest.param(b"--- {data: {K: old}}\n", b'--- {data: {K: "a: b"}}\n', id="behind the document marker"),
    pytest.param(b"data: {K: old,}\n", b'data: {K: "a: b",}\n', id="trailing comma"),
    pytest.param(b"data: {\r\n  K: old,\r\n}\r\n", b'data: {\r\n  K: "a: b",\r\n}\r\n', id="CRLF"),
]
NULLS = [
    pytest.param(b"data:\n  K:\n  z: 1\n", b'data:\n  K: "a: b"\n  z: 1\n', id="absent"),
    pytest.param(b"data:\n  K:", b'data:\n  K: "a: b"', id="absent, no final newline"),
    pytest.param(b"data:\n  K: # c\n  z: 1\n", b'data:\n  K: "a: b" # c\n  z: 1\n', id="absent, comment"),
    pytest.param(
        b"data:\n  K:\n    # c\n  z: 1\n", b'data:\n  K: "a: b"\n    # c\n  z: 1\n', id="absent, comment below"
    ),
    pytest.param(b"data:\r\n  K:\r\n  z: 1\r\n", b'data:\r\n  K: "a: b"\r\n  z: 1\r\n', id="absent, CRLF"),
    pytest.param(b"data:\n  K: \n", b'data:\n  K: "a: b" \n', id="absent, space"),
    pytest.param(b"data:\n  ? K\n  :\n", b'data:\n  ? K\n  : "a: b"\n', id="absent, explicit key"),
    pytest.param(b'data: {"K":, z: 1}\n', b'data: {"K": "a: b", z: 1}\n', id="absent, flow"),
    pytest.param(b"data:\n  K: ~ # c\n", b'data:\n  K: "a: b" # c\n', id="tilde"),
    pytest.param(b"data:\n  K: null # c\n", b'data:\n  K: "a: b" # c\n', id="null"),
    pytest.param(b"data: {K: null}\n", b'data: {K: "a: b"}\n', id="null, flow"),
    pytest.param(b"data:\n  K: !!null # c\n  z: 1\n", b'data:\n  K: "a: b" # c\n  z: 1\n', id="tag alone"),
    pytest.param(b"data:\n  K: !!null ''\n", b"data:\n  K: 'a: b'\n", id="tag and quotes"),
    pytest.param(b"data:\n  K: &x # c\n  z: 1\n", b'data:\n  K: "a: b" # c\n  z: 1\n', id="anchor alone"),
    pytest.param(b"data:\n  K: {} # c\n", b'data:\n  K: "a: b" # c\n', id="empty mapping"),
    pytest.param(b"data:\n  K: {x: 1,\n    y: [2]}\n", b'data:\n  K: "a: b"\n', id="flow mapping"),
    pytest.param(b"data:\n  K: []\n", b'data:\n  K: "a: b"\n', id="empty list"),
]
ANCHORS = [
    pytest.param(b"data:\n  z: &x 1\n  K: *x # c\n", b'data:\n  z: &x 1\n  K: "a: b" # c\n', id="alias"),
    pytest.param(b"data: {z: &x 1, K: *x, y: 2}\n", b'data: {z: &x 1, K: "a: b", y: 2}\n', id="alias, flow"),
    pytest.param(b"data: {z: &x 1, K: *x }\n", b'data: {z: &x 1, K: "a: b" }\n', id="alias, flow, last"),
    pytest.param(b"data:\n  z: &x {y: 1}\n  K: *x\n", b'data:\n  z: &x {y: 1}\n  K: "a: b"\n', id="alias of a mapping"),
    pytest.param(
        b"data:\n  z: &x 1\n  K:\n    *x\n", b'data:\n  z: &x 1\n  K:\n    "a: b"\n', id="alias on the next line"
    ),
    pytest.param(b"data:\n  z: &x\n  K: *x\n", b'data:\n  z: &x\n  K: "a: b"\n', id="alias of null"),
    pytest.param(b"data:\n  z: &x 1\n  'K' : *x\n", b"data:\n  z: &x 1\n  'K' : \"a: b\"\n", id="alias, quoted key"),
    pytest.param(b"data:\n  ? &k K\n  : old\nz: *k\n", b'data:\n  ? &k K\n  : "a: b"\nz: *k\n', id="anchored key"),
    pytest.param(b"data:\n  K: &x old # c\n", b'data:\n  K: "a: b" # c\n', id="anchor that is not used"),
    pytest.param(b"data: &x\n  K: old\n", b'data: &x\n  K: "a: b"\n', id="anchored mapping that is not used"),
    pytest.param(
        b"z: &x {K: 1}\ndata:\n  <<: *x\n  K: 2\n", b'z: &x {K: 1}\ndata:\n  <<: *x\n  K: "a: b"\n', id="after a merge"
    ),
    pytest.param(
        b"z: &x {y: 1}\ndata:\n  K: 2\n  <<: *x\n", b'z: &x {y: 1}\ndata:\n  K: "a: b"\n  <<: *x\n', id="before a merge"
    ),
    pytest.param(b"data:\n  K: !x old\n", b'data:\n  K: "a: b"\n', id="tag of one's own"),
    pytest.param(b"data:\n  K: !!str 5\n", b'data:\n  K: "a: b"\n', id="tag"),
    pytest.param(b"data:\n  K: !!str # c\n    5\n", b'data:\n  K: "a: b"\n', id="tag on a line of its own"),
    pytest.param(b"data:\n  K: !!binary 'YQ=='\n", b"data:\n  K: 'a: b'\n", id="binary"),
    pytest.param(b"data: !!map\n  K: old\n", b'data: !!map\n  K: "a: b"\n', id="tagged mapping"),
    pytest.param(b"data:\n  !!str K: old\n", b'data:\n  !!str K: "a: b"\n', id="tagged key"),
]
ADDED = [
    pytest.param(b"data:\n  z: 1\n", b'data:\n  K: "a: b"\n  z: 1\n', id="block"),
    pytest.param(b"data:\n  z: 1", b'data:\n  K: "a: b"\n  z: 1', id="block, no final newline"),
    pytest.param(b"data:\r\n  z: 1\r\n", b'data:\r\n  K: "a: b"\r\n  z: 1\r\n', id="block, CRLF"),
    pytest.param(b"data: # c\n\n  # d\n  z: 1\n", b'data: # c\n\n  # d\n  K: "a: b"\n  z: 1\n', id="comments"),
    pytest.param(b"data:\n  z: |\n    1\n", b'data:\n  K: "a: b"\n  z: |\n    1\n', id="in front of a block scalar"),
    pytest.param(b"data:\n  z: {K: 1}\n", b'data:\n  K: "a: b"\n  z: {K: 1}\n', id="the key further down"),
    pytest.param(b"data:\n z: 1\n", b'data:\n K: "a: b"\n z: 1\n', id="one space"),
    pytest.param(b"data: &x\n  z: 1\n", b'data: &x\n  K: "a: b"\n  z: 1\n', id="anchor that is not used"),
    pytest.param(b"data: !!map # c\n  z: 1\n", b'data: !!map # c\n  K: "a: b"\n  z: 1\n', id="tagged mapping"),
    pytest.param(b"data:\n  !!str z: 1\n", b'data:\n  K: "a: b"\n  !!str z: 1\n', id="tagged key"),
    pytest.param(b"data:\n  <<: {y: 1}\n", b'data:\n  K: "a: b"\n  <<: {y: 1}\n', id="in front of a merge"),
    pytest.param("😀: é\ndata:\n  ü: 😀\n".encode(), '😀: é\ndata:\n  K: "a: b"\n  ü: 😀\n'.encode(), id="unicode"),
    pytest.param(b"data: {z: 1}\n", b'data: {"K": "a: b", z: 1}\n', id="flow"),
    pytest.param(b"data: { z: 1 }\n", b'data: {"K": "a: b",  z: 1 }\n', id="flow with spaces"),
    pytest.param(b"data: {z: 1,}\n", b'data: {"K": "a: b", z: 1,}\n', id="flow, trailing comma"),
    pytest.param(b"data: { # c\n  z: 1\n}\n", b'data: {"K": "a: b",  # c\n  z: 1\n}\n', id="flow, multi-line"),
    pytest.param(b'{"data":{"z":1}}', b'{"data":{"K": "a: b", "z":1}}', id="JSON"),
    pytest.param(b"data: {}\n", b'data: {"K": "a: b"}\n', id="empty"),
    pytest.param(b"data: { } # c\n", b'data: {"K": "a: b" } # c\n', id="empty, space"),
    pytest.param(b"data: {\n  # c\n}\n", b'data: {"K": "a: b"\n  # c\n}\n', id="empty, multi-line"),
    pytest.param(b"data: &x !!map {}\n", b'data: &x !!map {"K": "a: b"}\n', id="empty, anchor and tag"),
    pytest.param(b"data:\r\n  z: 1", b'data:\r\n  K: "a: b"\r\n  z: 1', id="block, CRLF, no final newline"),
]


@pytest.mark.parametrize(("source", "expected"), SCALARS)
def test_scalars(source: bytes, expected: bytes) -> None:
    assert edited(source) == expected


@pytest.mark.parametrize(("source", "expected"), BLOCKS)
def test_block_scalars(source: bytes, expected: bytes) -> None:
    assert edited(source) == expected


@pytest.mark.parametrize(("source", "expected"), FLOW)
def test_flow_mappings(source: bytes, expected: bytes) -> None:
    assert edited(source) == expected


@pytest.mark.parametrize(("source", "expected"), NULLS)
def test_nulls_and_values_that_are_no_strings(source: bytes, expected: bytes) -> None:
    assert edited(source) == expected


@pytest.mark.parametrize(("source", "expected"), ANCHORS)
def test_anchors_aliases_merges_and_tags(source: bytes, expected: bytes) -> None:
    assert edited(source) == expected


@pytest.mark.parametrize(("source", "expected"), ADDED)
def test_added_keys(source: bytes, expected: bytes) -> None:
    assert edited(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(b"data: {K: }\n", b'data: {K: "a: b" }\n', id="last"),
        pytest.param(b"data: {K: , z: 1}\n", b'data: {K: "a: b" , z: 1}\n', id="first"),
        pytest.param(b"data: {K:\n  , z: 1}\n", b'data: {K: "a: b"\n  , z: 1}\n', id="line break"),
    ],
)
def test_absent_flow_values_with_space_behind(source: bytes, expected: bytes) -> None:
    assert edited(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(b"data:\n  K:\told\n", b'data:\n  K:\t"a: b"\n', id="before the value"),
        pytest.param(
            b"data:\n  K: \t|\t# c\n    old\n", b"data:\n  K: \t|-\t# c\n    a: b\n", id="around a block's header"
        ),
        pytest.param(b'{"data":\n\t{"K":\t"old"}}\n', b'{"data":\n\t{"K":\t"a: b"}}\n', id="JSON"),
        pytest.param(b"data:\n  K: old\told\n", b'data:\n  K: "a: b"\n', id="inside a plain value"),
    ],
)
def test_tabs_that_only_libyaml_reads(loader: str, source: bytes, expected: bytes) -> None:
    if loader == "_FastLoader":
        assert edited(source) == expected
    else:
        with pytest.raises(InputError, match="not YAML"):
            edited(source)


LISTS = b"items:\n- a: [1, 2]\n- - b: 1\n    c: {d: 1}\n  - e:\n    - f: 1\n"


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        pytest.param(
            ("items", 1, 0, "b"),
            "new",
            b"items:\n- a: [1, 2]\n- - b: new\n    c: {d: 1}\n  - e:\n    - f: 1\n",
            id="replaced",
        ),
        pytest.param(
            ("items", 1, 0, "K"),
            "new",
            b"items:\n- a: [1, 2]\n- - K: new\n    b: 1\n    c: {d: 1}\n  - e:\n    - f: 1\n",
            id="added behind two dashes",
        ),
        pytest.param(
            ("items", 1, 1, "e", 0, "K"),
            {"x": {"z": "v"}},
            b"items:\n- a: [1, 2]\n- - b: 1\n    c: {d: 1}\n  - e:\n    - K:\n        x:\n          z: v\n      f: 1\n",
            id="mapping added, block",
        ),
        pytest.param(
            ("items", 1, 0, "c", "K"),
            {"x": {"z": "1"}},
            b'items:\n- a: [1, 2]\n- - b: 1\n    c: {"K": {"x": {"z": "1"}}, d: 1}\n  - e:\n    - f: 1\n',
            id="mapping added, flow",
        ),
        pytest.param(
            ("items", 0, "a"),
            {"x": "new"},
            b'items:\n- a: {"x": "new"}\n- - b: 1\n    c: {d: 1}\n  - e:\n    - f: 1\n',
            id="in place of a list",
        ),
    ],
)
def test_inside_lists(path: Path, value: Any, expected: bytes) -> None:
    assert edited(LISTS, path, value) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(b"a:\n  z: 1\n", b"a:\n  K:\n    x: new\n  z: 1\n", id="added, block"),
        pytest.param(b"a:\r\n    z: 1\r\n", b"a:\r\n    K:\r\n      x: new\r\n    z: 1\r\n", id="added, CRLF"),
        pytest.param(b"a: {}\n", b'a: {"K": {"x": "new"}}\n', id="added, flow"),
        pytest.param(b"a:\n  K:\n", b'a:\n  K: {"x": "new"}\n', id="absent"),
        pytest.param(b"a:\n  K: null # c\n", b'a:\n  K: {"x": "new"} # c\n', id="null"),
        pytest.param(b"a:\n  K: ''\n", b'a:\n  K: {"x": "new"}\n', id="quoted"),
        pytest.param(b"a:\n  K: {}\n", b'a:\n  K: {"x": "new"}\n', id="empty"),
    ],
)
def test_mappings(source: bytes, expected: bytes) -> None:
    assert edited(source, ("a", "K"), {"x": "new"}) == expected


@pytest.mark.parametrize(
    ("value", "plain", "single", "double", "block"),
    [
        ("abc", b"abc", b"'abc'", b'"abc"', b"abc"),
        ("0f1e/a-b.c", b"0f1e/a-b.c", b"'0f1e/a-b.c'", b'"0f1e/a-b.c"', b"0f1e/a-b.c"),
        ("12e4", b'"12e4"', b"'12e4'", b'"12e4"', b"12e4"),
        ("0777", b'"0777"', b"'0777'", b'"0777"', b"0777"),
        ("yes", b'"yes"', b"'yes'", b'"yes"', b"yes"),
        ("null", b'"null"', b"'null'", b'"null"', b"null"),
        ("it's", b'"it\'s"', b"'it''s'", b'"it\'s"', b"it's"),
        (r'{"\n": 1}', rb'"{\"\\n\": 1}"', rb"""'{"\n": 1}'""", rb'"{\"\\n\": 1}"', rb'{"\n": 1}'),
        ("# 😀: é", '"# 😀: é"'.encode(), "'# 😀: é'".encode(), '"# 😀: é"'.encode(), "# 😀: é".encode()),
        ("- x", b'"- x"', b"'- x'", b'"- x"', b"- x"),
    ],
)
def test_values_are_quoted_as_their_place_needs(
    value: str, plain: bytes, single: bytes, double: bytes, block: bytes
) -> None:
    assert edited(b"data: {K: old}", value=value) == b"data: {K: " + plain + b"}"
    assert edited(b"data: {K: 'old'}", value=value) == b"data: {K: " + single + b"}"
    assert edited(b'data: {K: "old"}', value=value) == b"data: {K: " + double + b"}"
    assert edited(b"data:\n  K: |\n    old", value=value) == b"data:\n  K: |-\n    " + block
    assert edited(b"data:\n  K: >\n    old", value=value) == b"data:\n  K: >-\n    " + block


def test_several_operations_at_once() -> None:
    source = "c: {K: 1} # 😀\nd:\n  b: |\n    2\n\n  a: 3\n".encode()
    operations = [
        Operation("replace", ("d", "a"), "x"),
        Operation("add", ("d", "new"), "x"),
        Operation("replace", ("c", "K"), "x"),
        Operation("replace", ("d", "b"), "x"),
    ]
    expected = "c: {K: x} # 😀\nd:\n  new: x\n  b: |-\n    x\n\n  a: x\n".encode()
    assert yamltext.edit(compose(source), operations).encode() == expected


def test_operations_as_rfc_6902_writes_them() -> None:
    operation = Operation("add", ("items", 0, "a/b~c", ""), {"x": "y"})
    assert operation.as_json() == {"op": "add", "path": "/items/0/a~1b~0c/", "value": {"x": "y"}}
    assert edited(b"a:\n  a/b~c: 1\n", ("a", "a/b~c"), "x") == b"a:\n  a/b~c: x\n"


REFUSED = [
    pytest.param(
        b"data:\n  K: &x old\nz: *x\n", (2, 6), "anchor that is used elsewhere", id="the anchor is used again"
    ),
    pytest.param(b"data:\n  K: &x\n    y: 1\nz: *x\n", (2, 6), "anchor that is used elsewhere", id="of a mapping"),
    pytest.param(
        b"data: &x {K: old}\nz: *x\n", (1, 7), "shared by an anchor and its aliases", id="the mapping is used again"
    ),
    pytest.param(
        b"z: &x {K: old}\ndata: *x\n", (1, 4), "shared by an anchor and its aliases", id="the mapping is an alias"
    ),
    pytest.param(
        b"z: &x {c: 1}\ndata: *x\n",
        (1, 4),
        "shared by an anchor and its aliases",
        id="the mapping is an alias, key added",
    ),
    pytest.param(
        b"z: &x {data: {K: old}}\n<<: *x\n", (1, 1), "comes from a merge key", id="the mapping through a merge"
    ),
    pytest.param(
        b"data:\n  z: &x old\n  K: # c\n    *x\n", (3, 4), "alias was not found", id="comment before the alias"
    ),
    pytest.param(b"data: {K}\n", (1, 8), "it has no value", id="key alone, flow"),
    pytest.param(b"data:\n  ? K\n", (2, 5), "it has no value", id="key alone"),
    pytest.param(b"data:\n  ? z\n  : 1\n", (2, 5), "style of its mapping", id="added in front of an explicit key"),
    pytest.param(b"? data\n: z: 1\n", (2, 3), "style of its mapping", id="added below an explicit key"),
    pytest.param(
        b"y: &x z\ndata:\n  *x : 1\n", (1, 4), "style of its mapping", id="added in front of a key that is an alias"
    ),
    pytest.param(b"data:\n  <<: {K: old}\n", (2, 3), "merge key", id="key through a merge"),
    pytest.param(b"data:\n  K: 1\n  <<: {K: 2}\n", (3, 3), "merge key", id="a merge behind wins"),
    pytest.param(b"data: {K: [&x 1], z: *x}\n", (1, 11), "anchor that is used elsewhere", id="anchor inside"),
    pytest.param(b"data:\n  K:\n    x: 1\n  z: 1\n", (3, 5), "a mapping", id="block mapping as the value"),
    pytest.param(b"data:\n  K:\n  - x\n  z: 1\n", (3, 3), "a list", id="block list as the value"),
    pytest.param(b"data:\n  K: !!binary |\n    YQ==\n", (2, 6), "style of its block scalar", id="binary block scalar"),
    pytest.param(
        b"data:\n  K: !!str # c\n    |\n    x\n", (2, 6), "style of its block scalar", id="comment before the header"
    ),
    pytest.param("data:\n  K: |\u2028    x\n".encode(), (2, 6), "style of its block scalar", id="Unicode's line break"),
    pytest.param(b"data:\n  K: |\r    x\r  z: 1\r", (2, 6), "style of its block scalar", id="CR alone"),
]


@pytest.mark.parametrize(("source", "place", "message"), REFUSED)
def test_shapes_that_cannot_be_edited_are_refused_by_name(source: bytes, place: tuple[int, int], message: str) -> None:
    with pytest.raises(InputError) as caught:
        edited(source)
    [finding] = caught.value.diagnostics
    assert finding.code == "yaml-shape"
    assert finding.message.startswith("/data/K cannot be edited: ")
    assert message in finding.message
    assert (finding.location.line, finding.location.column) == place
    assert finding.hint


@pytest.mark.parametrize("wrong", ['"other"', '"', '"a: b", x: y'], ids=["other value", "no YAML", "more than meant"])
def test_a_splice_that_says_something_else_is_a_bug(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    def quoted(_text: str) -> str:
        return wrong

    monkeypatch.setattr(scalars, "to_json", quoted)
    with pytest.raises(BugError) as caught:
        edited(b"---\ndata: {K: old}\n")
    [finding] = caught.value.diagnostics
    assert (finding.code, finding.location.line, finding.location.column) == ("internal", 2, 11)
