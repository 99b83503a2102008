"""Values files, read as Helm reads them.

The tables hold what Helm does; tests/helm/test_values.py puts them to real Helm too.
"""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner import values
from helm_cleaner.diagnostics import InputError
from tests.support.values import (
    Refused,
    check,
    place,
)

READ: dict[str, tuple[str | bytes, Any]] = {
    "booleans": (
        "a: [y, Y, yes, Yes, YES, on, On, ON, true, True, TRUE]\nb: [n, N, no, No, NO, off, Off, OFF, false, False]\n",
        {"a": [True] * 11, "b": [False] * 10},
    ),
    "no booleans": ("a: [yEs, oN, t, f, 'y', \"on\"]\n", {"a": ["yEs", "oN", "t", "f", "y", "on"]}),
    "nulls": ("a:\nb: ~\nc: null\nd: [Null, NULL, ]\ne: nUll\n",
              {"a": None, "b": None, "c": None, "d": [None, None], "e": "nUll"}),
    "octal": ("a: [0777, 0o777, -017, 08, 0o8]\n", {"a": [511, 511, -15, 8, "0o8"]}),
    "other bases": ("a: [0x1F, -0x1f, 0b11, +0b1, 0x, 0b2]\n", {"a": [31, -31, 3, 1, "0x", "0b2"]}),
    "decimals": ("a: [1_000, +5, -0, 2.10, 1., .5, 1e3, 1.5e-3, 1_0.5]\n",
                 {"a": [1000, 5, 0, 2.1, 1, 0.5, 1000, 0.0015, 10.5]}),
    "no numbers": ("a: [1e, 1.2.3, 12:30:45, 2024-01-01, 1 000, _1, 0x1p4]\n",
                   {"a": ["1e", "1.2.3", "12:30:45", "2024-01-01", "1 000", "_1", "0x1p4"]}),
    "large numbers": (
        "a: [9007199254740993, 12345678901234567890, 1e21, 1e20]\n",
        {"a": [9007199254740992, 12345678901234567000, 1e21, 100000000000000000000]},
    ),
    "too large to be a number": ("a: [1e400, " + "9" * 400 + "]\n", {"a": ["1e400", "9" * 400]}),
    "quantities": ("a: [100m, 64Mi, 1000m, 2Gi]\n", {"a": ["100m", "64Mi", "1000m", "2Gi"]}),
    "tags": (
        "a: [!!str 12, !!int '7', !!float 1, !!timestamp 2024-1-2, !!bool 'yes', !!null '', !mine 5, !!binary aGk=]\n",
        {"a": ["12", 7, 1, "2024-1-2", True, None, "5", "hi"]},
    ),
    "keys": ("on: 1\n0x1F: 2\n2.10: 3\n'no': 4\n~x: 5\n2024-01-01: 6\n1e3: 7\n",
             {"true": 1, "31": 2, "2.1": 3, "no": 4, "~x": 5, "2024-01-01": 6, "1000": 7}),
    "an empty key": ("'': 1\n", {"": 1}),
    "a key with a question mark": ("? a\n: 1\n? b\n", {"a": 1, "b": None}),
    "a key twice": ("a: {b: 1}\nc: 2\na: {d: 3}\n", {"a": {"d": 3}, "c": 2}),
    "a boolean key twice": ("on: 1\nyes: 2\n", {"true": 2}),
    "flow style": ("{a: [1, {b: c}, [d]], 'e': f, \"g\":h}\n", {"a": [1, {"b": "c"}, ["d"]], "e": "f", "g": "h"}),
    "JSON": ('{"a": {"b": [1, true, null, "\\u00e9\\n"]}}', {"a": {"b": [1, True, None, "é\n"]}}),
    "a plain scalar of several lines": ("a: one\n  two\n\n  three\n", {"a": "one two\nthree"}),
    "single quotes over lines": ("a: 'it''s\n\n  two'\n", {"a": "it's\ntwo"}),
    "double quotes over lines": ('a: "one \\\n  two\\n\n  three"\n', {"a": "one two\n three"}),
    "literal": ("a: |\n  one\n   two\n\n  three\n\nb: 1\n", {"a": "one\n two\n\nthree\n", "b": 1}),
    "literal, stripped and kept": ("a: |-\n  x\n\nb: |+\n  x\n\nc: 1\n", {"a": "x", "b": "x\n\n", "c": 1}),
    "literal with an indentation": ("a: |2\n    x\n  z\n", {"a": "  x\nz\n"}),
    "literal, not a boolean": ("a: |-\n  on\n", {"a": "on"}),
    "folded": ("a: >\n  one\n  two\n\n  three\n   four\n  five\n", {"a": "one two\nthree\n four\nfive\n"}),
    "folded, stripped and kept": ("a: >-\n  x\n\nb: >+\n  x\n\nc: 1\n", {"a": "x", "b": "x\n\n", "c": 1}),
    "an empty literal": ("a: |\nb: >-\n", {"a": "", "b": ""}),
    "an anchor": ("a: &x {b: 1}\nc: *x\nd: [*x]\n", {"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}]}),
    "anchors of scalars": ("a: &x on\nb: *x\nc: &z 0777\n*z : d\n", {"a": True, "b": True, "c": 511, "511": "d"}),
    "an anchor of nothing": ("a: &x\nb: *x\n", {"a": None, "b": None}),
    "a merge, its mapping's keys behind": (
        "a: &x {b: 1, c: {d: 1}}\ne:\n  <<: *x\n  b: 2\n  c: {f: 3}\n",
        {"a": {"b": 1, "c": {"d": 1}}, "e": {"b": 2, "c": {"f": 3}}},
    ),
    "a merge, its mapping's keys before": (
        "a: &x {b: 1, c: 2}\ne:\n  b: 3\n  <<: *x\n",
        {"a": {"b": 1, "c": 2}, "e": {"b": 1, "c": 2}},
    ),
    "a merge of several": (
        "a: &x {b: 1, c: 1}\nd: &z {c: 2, e: 2}\nf:\n  <<: [*x, *z, {e: 3, g: 3}]\n",
        {"a": {"b": 1, "c": 1}, "d": {"c": 2, "e": 2}, "f": {"b": 1, "c": 1, "e": 2, "g": 3}},
    ),
    "a merge of a mapping in place": ("<<: {a: 1, b: 2}\nb: 3\n", {"a": 1, "b": 3}),
    "a merge with a merge": ("a: &x {b: 1}\nc: &z {<<: *x, d: 2}\ne: {<<: *z}\n",
                             {"a": {"b": 1}, "c": {"b": 1, "d": 2}, "e": {"b": 1, "d": 2}}),
    "two merges": ("<<: {a: 1}\n<<: {a: 2, b: 3}\n", {"a": 2, "b": 3}),
    "a merge of nothing": ("<<: {}\na: 1\n<<: []\n", {"a": 1}),
    "no merges": ("'<<': {a: 1}\nb: <<\n", {"<<": {"a": 1}, "b": "<<"}),
    "comments": ("# one\na: 1 # two\nb: 'x # z'\nc: x#z # three\n", {"a": 1, "b": "x # z", "c": "x#z"}),
    "tabs between tokens": ("a:\t1\nb: {c:\t2,\n\td: 3}\n", {"a": 1, "b": {"c": 2, "d": 3}}),
    "CRLF": ("a: 1\r\nb: |\r\n  x\r\n  z\r\nc: 'x\r\n  z'\r\n", {"a": 1, "b": "x\nz\n", "c": "x z"}),
    "no line break at the end": ("a: on", {"a": True}),
    "a byte order mark": (b"\xef\xbb\xbfa: 1\n", {"a": 1}),
    "a byte order mark and a marker": (b"\xef\xbb\xbf---\na: 1\n", {"a": 1}),
    "a marker": ("---\na: 1\n", {"a": 1}),
    "a comment before the marker": ("# x\n---\na: 1\n", {"a": 1}),
    "an end marker": ("a: 1\n...\n", {"a": 1}),
    "dashes in a literal": ("a: |\n  ---\n  x\n", {"a": "---\nx\n"}),
    "unicode": ("ключ: é\n'🎉': \"\\U0001F389\\u2028\"\n", {"ключ": "é", "🎉": "🎉\u2028"}),
    "an empty file": ("", {}),
    "blank lines": ("\n \n\n", {}),
    "comments alone": ("# x\n# z\n", {}),
    "a marker alone": ("---\n", {}),
    "null": ("null\n", {}),
    "a tilde": ("~\n", {}),
    "an empty mapping": ("{}", {}),
    "the non-specific tag": ("a: ! 1\n", {"a": "1"}),
    "an underscore behind a leading dot": ("a: .1_0\n", {"a": 0.1}),
    "a float32's infinity for a key": ("1e300: a\n", {".inf": "a"}),
    "a float32's zero for a key": ("1e-60: a\n", {"0": "a"}),
    "a float32's digits for a key": ("6228.348427535575: a\n", {"6228.3486": "a"}),
    "base64 of no text": ("a: !!binary 4oI=\n", {"a": "\ufffd\ufffd"}),
    # what is wrong
    "a list": ("# x\n- a\n", Refused("0.yaml:2:1", "must be a mapping, found a list")),
    "text": ("a\n", Refused("0.yaml:1:1", 'must be a mapping, found "a"')),
    "a number": ("---\n5\n", Refused("0.yaml:2:1", "must be a mapping, found 5")),
    "a boolean": ("on\n", Refused("0.yaml:1:1", "must be a mapping, found true")),
    "not YAML: no end": ("a: [1,\nb: 2\n", Refused("0.yaml:1:4", "not YAML")),
    "not YAML: a tab": ("a:\n\tb: 1\n", Refused("0.yaml:2:1", "not YAML")),
    "not YAML: indentation": ("a:\n  b: 1\n c: 2\n", Refused("0.yaml:3:2", "not YAML")),
    "not YAML: two colons": ("a: b: c\n", Refused("0.yaml:1:5", "not YAML")),
    "not YAML: a quote": ("a: 'x\nb: z\n", Refused("0.yaml:1:4", "not YAML")),
    "not YAML: CRLF before": ("a: 1\r\nb: [\r\n", Refused("0.yaml:3:1", "not YAML")),
    "not YAML: a byte order mark before": (b"\xef\xbb\xbfa: b: c\n", Refused("0.yaml:1:5", "not YAML")),
    "not YAML: a template": ("a: {{ .Values.b }}\n", Refused("0.yaml:1:5", "a mapping or a list cannot be a key")),
    "a reserved character": ("a: @x\n", Refused("0.yaml:1:4", "not YAML")),
    "an unknown alias": ("a: *x\n", Refused("0.yaml:1:4", "cannot be read")),
    "an alias inside its anchor": ("a: &x [*x]\n", Refused("0.yaml:1:4", "contains itself")),
    "a merge of text": ("a: 1\n<<: x\n", Refused("0.yaml:2:5", "a merge key `<<` needs a mapping")),
    "a merge of a list of text": ("<<: [{a: 1}, x]\n", Refused("0.yaml:1:5", "a merge key `<<` needs a mapping")),
    "a merge of null": ("<<:\n", Refused("0.yaml:1:4", "a merge key `<<` needs a mapping")),
    "a null key": ("a:\n  ~: 1\n", Refused("0.yaml:2:3", "null cannot be a key")),
    "no key": ("a: {: 1}\n", Refused("0.yaml:1:5", "not YAML")),
    "a mapping for a key": ("a: {{b: c}: d}\n", Refused("0.yaml:1:5", "a mapping or a list cannot be a key")),
    "a list for a key": ("? [a]\n: b\n", Refused("0.yaml:1:3", "a mapping or a list cannot be a key")),
    "infinity": ("a:\n- .inf\n", Refused("0.yaml:2:3", "JSON has no .inf")),
    "minus infinity": ("a: -.Inf\n", Refused("0.yaml:1:4", "JSON has no -.Inf")),
    "not a number": ("a: .NaN\n", Refused("0.yaml:1:4", "JSON has no .NaN")),
    "text for an integer": ("a: !!int x\n", Refused("0.yaml:1:4", "cannot decode !!str `x` as a !!int")),
    "a float for an integer": ("a: !!int 1.5\n", Refused("0.yaml:1:4", "cannot decode !!float `1.5` as a !!int")),
    "text for a boolean": ("a: !!bool 1\n", Refused("0.yaml:1:4", "cannot decode !!int `1` as a !!bool")),
    "text for a null": ("a: !!null x\n", Refused("0.yaml:1:4", "cannot decode !!str `x` as a !!null")),
    "no base64": ("a: !!binary '*'\n", Refused("0.yaml:1:4", "invalid base64 data")),
    "a control character": ("a: x\nb: z\x07\n", Refused("0.yaml:2:5", "control character U+0007")),
    "a zero byte": (b"a: x\x00\n", Refused("0.yaml:1:5", "control character U+0000")),
    "DEL": (b"a: x\x7f\n", Refused("0.yaml:1:5", "control character U+007F")),
    "not UTF-8": (b"a: x\nb: caf\xe9\n", Refused("0.yaml:2:7", "byte 0xe9 is not UTF-8")),
    "a surrogate": ('a: "\\ud83c"\n', Refused("0.yaml:1:7", "not YAML")),
    "a merge of an alias to a list": ("a: &x [{b: 1}]\nc: {<<: *x}\n", Refused("0.yaml:2:5", "a merge key `<<` needs")),
    "a large number for a key": ("18446744073709551615: a\n", Refused("0.yaml:1:1", "it is too large")),
    "a large integer as a float": ("a: !!float 18446744073709551615\n", Refused("0.yaml:1:4", "cannot decode !!int")),
    "text for a timestamp": ("a: !!timestamp x\n", Refused("0.yaml:1:4", "cannot decode `x` as a !!timestamp")),
}  # fmt: skip


@pytest.mark.parametrize(("file", "expected"), READ.values(), ids=READ)
def test_read(file: str | bytes, expected: Any) -> None:
    check((file,), (), expected)


# Helm 3 takes the first document alone, Helm 4 lays them over each other: none of it can be meant.
SEVERAL_DOCUMENTS = {
    "two": ("a: 1\n---\nb: 2\n", "0.yaml:2:1"),
    "two with CRLF": ("a: 1\r\n---\r\nb: 2\r\n", "0.yaml:2:1"),
    "two behind a marker": ("---\na: 1\n--- # x\nb: 2\n", "0.yaml:3:1"),
    "three": ("# x\n---\na: 1\n---\n# z\n---\nb: 2\n", "0.yaml:6:1"),
}


@pytest.mark.parametrize(("file", "expected"), SEVERAL_DOCUMENTS.values(), ids=SEVERAL_DOCUMENTS)
def test_several_documents_are_refused(file: str, expected: str) -> None:
    check((file,), (), Refused(expected, "a second document starts here"))


WARNINGS: dict[str, tuple[str, list[tuple[str, str, str, str, str]]]] = {
    "a boolean": ("a: on\n", [("ambiguous-scalar", "a", "v:1:4", "Helm reads on as true", 'write "on" for a string')]),
    "a boolean of one letter": (
        "a:\n- N\n",
        [("ambiguous-scalar", "a[0]", "v:2:3", "Helm reads N as false", "or false")],
    ),
    "a boolean key": ("a: {on: 1}\n", [("ambiguous-scalar", "a.true", "v:1:5", "Helm reads on as true", '"on"')]),
    "octal": ("a: 0777\n", [("ambiguous-scalar", "a", "v:1:4", "Helm reads 0777 as 511", 'write "0777" for a string')]),
    "hexadecimal": ("a: 0x1F\n", [("ambiguous-scalar", "a", "v:1:4", "Helm reads 0x1F as 31", "or 31")]),
    "an exponent": ("a: 1e3\n", [("ambiguous-scalar", "a", "v:1:4", "Helm reads 1e3 as 1000", "or 1000")]),
    "an underscore": ("a: 1_000\n", [("ambiguous-scalar", "a", "v:1:4", "Helm reads 1_000 as 1000", "or 1000")]),
    "leading zeros": ("a: 007\n", [("ambiguous-scalar", "a", "v:1:4", "Helm reads 007 as 7", "or 7")]),
    "a tag's zero": (
        "a: {imageTag: 2.10}\n",
        [("ambiguous-scalar", "a.imageTag", "v:1:15", "Helm reads 2.10 as 2.1", 'write "2.10" for a string')],
    ),
    "lost digits": (
        "a: 9007199254740993\n",
        [
            (
                "ambiguous-scalar",
                "a",
                "v:1:4",
                "9007199254740992: integers beyond 2^53 lose digits",
                '"9007199254740993"',
            )
        ],
    ),
    "a key twice": (
        "a:\n  b: 1\n  c: 2\n  b: 3\n",
        [
            (
                "duplicate-key",
                "a.b",
                "v:4:3",
                "duplicate key, first used in line 2; Helm uses the last one",
                "remove one of them",
            )
        ],
    ),
    "a key twice, spelled otherwise": (
        "a: {true: 1, 'true': 2}\n",
        [("duplicate-key", "a.true", "v:1:14", "duplicate key, first used in line 1", "remove one of them")],
    ),
    "nothing to say of strings and keys": ("'on': 1\n1: 2\nb: !!int 0777\nc: |\n  on\nd: 12:30:45\n", []),
    "several": (
        "a: y\nb: [off]\na: 1\n",
        [
            ("ambiguous-scalar", "a", "v:1:4", "y as true", "or true"),
            ("ambiguous-scalar", "b[0]", "v:2:5", "off as false", "or false"),
            ("duplicate-key", "a", "v:3:1", "in line 1", ""),
        ],
    ),
    "nothing to say": (
        "a: [true, False, TRUE, null, ~, 1, +1, -1, 1.0, 0.50, 2.10, 0, 'on', 100m, 2024-01-01]\nimageTag: 2.5\n",
        [],
    ),
}


@pytest.mark.parametrize(("file", "expected"), WARNINGS.values(), ids=WARNINGS)
def test_warnings(file: str, expected: list[tuple[str, str, str, str, str]]) -> None:
    notices = values.read(file.encode(), "v").notices
    assert [(n.diagnostic.severity, n.diagnostic.code, n.diagnostic.path, place(n.diagnostic)) for n in notices] == [
        ("warning", code, path, at) for code, path, at, _, _ in expected
    ]
    for notice, (_, _, _, message, hint) in zip(notices, expected, strict=True):
        assert message in notice.diagnostic.message
        assert hint in notice.diagnostic.hint


# Not about what is read, but about what is said of it: (the file, what is to be said).
SAID: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "a key that a merge before it has too": ("a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n", []),
    "a key that loses to the merge behind it": (
        "a: &x {b: 1}\nc:\n  b: 2\n  <<: *x\n",
        [("duplicate-key", "v:3:3")],
    ),
    "a key's zero": ("a: {1.10: x}\n", [("ambiguous-scalar", "v:1:5")]),
}


@pytest.mark.parametrize(("file", "expected"), SAID.values(), ids=SAID)
def test_what_is_said(file: str, expected: list[tuple[str, str]]) -> None:
    notices = values.read(file.encode(), "v").notices
    assert [(n.diagnostic.code, place(n.diagnostic)) for n in notices] == expected


def test_a_template_in_values_has_a_hint_of_its_own() -> None:
    with pytest.raises(InputError) as refused:
        values.read(b"a:\n  b: {{ .Values.b }}\n", "values.yaml")
    (finding,) = refused.value.diagnostics
    assert (finding.location.line, finding.location.column) == (2, 7)
    assert finding.hint.startswith("if it is a template: Helm expands none in values files")
    with pytest.raises(InputError) as refused:
        values.read(b"? {a: b}\n: c\n", "values.yaml")
    assert refused.value.diagnostics[0].hint == ""
