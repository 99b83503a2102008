"""Values files and --set flags: read as Helm reads them, merged as Helm merges them, refused where Helm refuses them.

The tables hold what Helm does; test_values_helm.py puts them to real Helm too.
"""

from __future__ import annotations

import json
import sys
from typing import Any, NamedTuple

import pytest

from helm_cleaner import values
from helm_cleaner.diagnostics import Diagnostic, InputError
from helm_cleaner.values import Map, Scalar, Seq, Value, set_flags
from helm_cleaner.values import overrides as flags_and_files
from helm_cleaner.values.set_flags import Flag
from tests.support import cases

Flags = tuple[tuple[str, str], ...]
REFUSED = object()  # in place of values, where it matters neither where nor why


class Refused(NamedTuple):
    """In place of values: it is refused, at this place (FILE:LINE:COL, or a column of a flag) and with such words."""

    where: str
    words: str


def contents(files: tuple[str | bytes, ...]) -> list[tuple[str, bytes]]:
    return [(f"{n}.yaml", file if isinstance(file, bytes) else file.encode()) for n, file in enumerate(files)]


def read_file(path: str) -> str:
    return f"text of {path}\n"


def overrides(files: tuple[str | bytes, ...], flags: Flags = ()) -> Map:
    return flags_and_files.overrides(contents(files), [Flag(*flag) for flag in flags], read_file).values


def exact(data: Any) -> str:
    """The data as text, where True is not 1."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, indent=1)


def place(d: Diagnostic) -> str:
    parts = (d.location.file, d.location.line, d.location.column)
    return ":".join(str(part) for part in parts if part is not None)


def check(files: tuple[str | bytes, ...], flags: Flags, expected: Any) -> None:
    """That files and flags make these values, or are refused so."""
    if not isinstance(expected, Refused):
        assert exact(values.plain(overrides(files, flags))) == exact(expected)
        return
    with pytest.raises(InputError) as caught:
        overrides(files, flags)
    [finding] = caught.value.diagnostics
    assert place(finding) == expected.where
    assert expected.words in finding.message


# ---- --set and its kin --------------------------------------------------------------------------------------------

SET: dict[str, tuple[str, Any]] = {
    "a value": ("a=b", {"a": "b"}),
    "a path": ("a.b.c=d", {"a": {"b": {"c": "d"}}}),
    "several values": ("a=1,b.c=x,b.d=z", {"a": 1, "b": {"c": "x", "d": "z"}}),
    "the last one wins": ("a=1,a=2", {"a": 2}),
    "nothing at all": ("", {}),
    "a comma at the end": ("a=b,", {"a": "b"}),
    "an empty value": ("a=", {"a": ""}),
    "an empty value, then another": ("a=,b=c", {"a": "", "b": "c"}),
    "an empty value below a path": ("a.b=", {"a": {"b": ""}}),
    "a path to nothing": ("a.", {}),
    "a value with an equals sign": ("a=b=c", {"a": "b=c"}),
    "a value with dots and brackets": ("a=b.c[0]", {"a": "b.c[0]"}),
    "a value with braces inside": ("a=x{1}", {"a": "x{1}"}),
    "a closing brace": ("a=}", {"a": "}"}),
    "blanks are kept": (" a =  b ", {" a ": "  b "}),
    "line breaks are kept": ("a=b\nc", {"a": "b\nc"}),
    "no key": ("=x", {}),
    "no key, then one": ("=x,a=b", {"a": "b"}),
    "no key below a path that is there": ("a.b=1,a.=2", {"a": {"b": 1}}),
    "a dot first": (".a=1,b=2", {"b": 2}),
    "unicode": ("ключ.é=🎉", {"ключ": {"é": "🎉"}}),
    "a key of other characters": ("a b/c:d=e", {"a b/c:d": "e"}),
    "a dot in a key": (r"a.b\.c/d=e", {"a": {"b.c/d": "e"}}),
    "a comma in a value": (r"a=b\,c", {"a": "b,c"}),
    "a comma in a key": (r"a\,b=c", {"a,b": "c"}),
    "an equals sign in a key": (r"a\=b=c", {"a=b": "c"}),
    "a bracket in a key": (r"a\[0]=c", {"a[0]": "c"}),
    "a backslash": (r"a=b\\c", {"a": r"b\c"}),
    "a backslash before a letter": (r"a=\t\n", {"a": "tn"}),
    "a backslash at the end": ("a=b\\", {"a": "b"}),
    "a brace that begins no list": (r"a=\{b\,c}", {"a": "{b,c}"}),
    "commas and braces in a list": (r"a={b\,c,d\}e}", {"a": ["b,c", "d}e"]}),
    "integers": ("a=0,b=12,c=-3,d=+4,e=-0", {"a": 0, "b": 12, "c": -3, "d": 4, "e": 0}),
    "an integer keeps its digits": ("a=9007199254740993", {"a": 9007199254740993}),
    "the largest integer": ("a=9223372036854775807", {"a": 9223372036854775807}),
    "the smallest integer": ("a=-9223372036854775808", {"a": -9223372036854775808}),
    "an integer of more than 64 bits is text": ("a=9223372036854775808", {"a": "9223372036854775808"}),
    "a leading zero makes text": ("a=007,b=00,c=0x1F", {"a": "007", "b": "00", "c": "0x1F"}),
    "a sign before a leading zero": ("a=-07,b=+0", {"a": -7, "b": 0}),
    "floats are text": ("a=1.5,b=1e3,c=.5", {"a": "1.5", "b": "1e3", "c": ".5"}),
    "underscores make text": ("a=1_000", {"a": "1_000"}),
    "digits of other scripts are text": ("a=٣", {"a": "٣"}),
    "blanks make text": ("a= 1,b=true ", {"a": " 1", "b": "true "}),
    "booleans in any case": ("a=true,b=False,c=TRUE,d=fAlSe", {"a": True, "b": False, "c": True, "d": False}),
    "yes, on and y are text": ("a=yes,b=on,c=y", {"a": "yes", "b": "on", "c": "y"}),
    "null in any case": ("a=null,b=NULL,c.d=Null", {"a": None, "b": None, "c": {"d": None}}),
    "a tilde is text": ("a=~", {"a": "~"}),
    "quotes are text": ("a=\"b\",c='d'", {"a": '"b"', "c": "'d'"}),
    "a list": ("a={x,z}", {"a": ["x", "z"]}),
    "a list of many types": ("a={1,true,null,1.5,}", {"a": [1, True, None, "1.5", ""]}),
    "a list with one empty item": ("a={}", {"a": [""]}),
    "a list, then another value": ("a={x},b=c", {"a": ["x"], "b": "c"}),
    "a list, then another value without a comma": ("a={x}b=c", {"a": ["x"], "b": "c"}),
    "no list in braces in a list": ("a={{x}", {"a": ["{x"]}),
    "items": ("a[0]=x,a[1]=z", {"a": ["x", "z"]}),
    "items out of order": ("a[2]=z,a[0]=x", {"a": ["x", None, "z"]}),
    "an item that is a mapping": ("a[0].b=c,a[0].d=e,a[1].b=f", {"a": [{"b": "c", "d": "e"}, {"b": "f"}]}),
    "mappings out of order": ("a[1].b=c,a[0].b=d", {"a": [{"b": "d"}, {"b": "c"}]}),
    "a list in a list": ("a[0][1]=x,a[0][0]=z", {"a": [["z", "x"]]}),
    "lists in a list out of order": ("a[1][0]=x,a[0][0]=z", {"a": [["z"], ["x"]]}),
    "an item in braces": ("a[0]={x,z}", {"a": [["x", "z"]]}),
    "lists and mappings by turns": ("a.b[0].c[1][0].d=e", {"a": {"b": [{"c": [None, [{"d": "e"}]]}]}}),
    "an empty item": ("a[0]=", {"a": [""]}),
    "an item without a value": ("a[0]", {"a": []}),
    "an item's key with an empty value": ("a[0].b=,c=d", {"a": [{"b": ""}], "c": "d"}),
    "an item's key with an empty value, last": ("a[0].b=", {"a": []}),
    "an item's key with an empty value, last, out of range": ("a[99999].b=", {"a": []}),
    "an index with a sign": ("a[+1]=x", {"a": [None, "x"]}),
    "an index with zeros": ("a[01]=x", {"a": [None, "x"]}),
    "a list without a name": ("[0]=x,a=b", {"a": "b"}),
    "thirty levels": (".".join("a" * 31) + "=b", json.loads('{"a":' * 31 + '"b"' + "}" * 31)),
    # what is wrong
    "no value": ("a", Refused("--set:1", 'key "a" has no value')),
    "no value, behind a good one": ("a=1,ключ", Refused("--set:5", 'key "ключ" has no value')),
    "no value at the end of a path": ("a.b", Refused("--set:3", 'key "b" has no value')),
    "no value before a comma": ("a,b=c", Refused("--set:1", 'key "a" has no value')),
    "a comma first": (",a=b", Refused("--set:1", 'key "" has no value')),
    "two commas": ("a=b,,c=d", Refused("--set:5", 'key "" has no value')),
    "an empty name at the end of a path": ("a.=x", Refused("--set:1", 'key map "a" has no value')),
    "a list that does not end": ("a={b,c", Refused("--set:3", "list must terminate with '}'")),
    "a list whose end has lost its meaning": ("a={b\\}", Refused("--set:3", "list must terminate with '}'")),
    "a name for an index": ("a[x]=1", Refused("--set:3", 'error parsing index: "x"')),
    "no index": ("a[]=1", Refused("--set:3", 'error parsing index: ""')),
    "an index with a blank": ("a[ 1]=1", Refused("--set:3", "error parsing index")),
    "an index with an underscore": ("a[1_0]=1", Refused("--set:3", "error parsing index")),
    "an index of another script": ("a[٣]=1", Refused("--set:3", "error parsing index")),
    "a negative index": ("a[-1]=1", Refused("--set:6", "negative -1 index not allowed")),
    "a negative index inside": ("a[0][-1]=1", Refused("--set:9", "negative -1 index not allowed")),
    "a name behind an index": ("a[0]b=1", Refused("--set:5", 'unexpected data at end of array index: "b"')),
    "an index beyond the limit": ("a[65537]=1", Refused("--set:9", "greater than maximum supported index of 65536")),
    "thirty-one levels": (".".join("a" * 32) + "=b", Refused("--set:61", "deeper than 30 levels")),
    "a mapping where a value is": ("a=1,a.b=2", Refused("--set:5", '"a" is 1, not a mapping')),
    "a list where a value is": ("a=x,a[0]=2", Refused("--set:5", '"a" is "x", not a list')),
}
SET_STRING: dict[str, tuple[str, Any]] = {
    "everything is text": ("a=1,b=true,c=null,d=", {"a": "1", "b": "true", "c": "null", "d": ""}),
    "in lists too": ("a={1,null,}", {"a": ["1", "null", ""]}),
    "the grammar is the same": (r"a.b\.c[1]=0\,5", {"a": {"b.c": [None, "0,5"]}}),
    "no value": ("a.b", Refused("--set-string:3", 'key "b" has no value')),
}
SET_FILE: dict[str, tuple[str, Any]] = {
    "a file": ("a.b=x.txt", {"a": {"b": "text of x.txt\n"}}),
    "several files": ("a=x,b[0]=z", {"a": "text of x\n", "b": ["text of z\n"]}),
    "a list of files": ("a={x,z}", {"a": ["text of x\n", "text of z\n"]}),
    "a comma in the name": (r"a=x\,z", {"a": "text of x,z\n"}),
    "no file": ("a=", {"a": ""}),
    "no value": ("a", Refused("--set-file:1", 'key "a" has no value')),
}
SET_JSON: dict[str, tuple[str, Any]] = {
    "a mapping": ('a={"b":[1,2.50,null,"x"]}', {"a": {"b": [1, 2.5, None, "x"]}}),
    "several values": ('a=[1,2],b={"c":3},d=true', {"a": [1, 2], "b": {"c": 3}, "d": True}),
    "a path and an index": ('a.b[1]={"c":1}', {"a": {"b": [None, {"c": 1}]}}),
    "keys below a value of the same flag": ('a={"b":1},a.c=2', {"a": {"b": 1, "c": 2}}),
    "empty ones": ('a={},b=[],c=""', {"a": {}, "b": [], "c": ""}),
    "blanks around": ('a= 1\t,b= "x" ', {"a": 1, "b": "x"}),
    "blanks of other kinds": ("a=\u2003\v1\u00a0", {"a": 1}),
    "blanks make a key, too": ("a=1, b=2", {"a": 1, " b": 2}),
    "no comma between": ("a=1 b=2", {"a": 1, "b": 2}),
    "nothing is null": ("a=", {"a": None}),
    "nothing but blanks is null": ("a= ,b=1", {"a": None, "b": 1}),
    "no item is null": ("a[1]=", {"a": [None, None]}),
    "null": ("a=null", {"a": None}),
    "nothing at all": ("", {}),
    "integers beyond 2^53": ("a=9007199254740993", {"a": 9007199254740992}),
    "numbers": ("a=1e3,b=-0,c=1.0,d=1E-7", {"a": 1000, "b": 0, "c": 1, "d": 1e-07}),
    "escapes": (r'a="\u00e9\ud83c\udf89\/\n"', {"a": "é🎉/\n"}),
    "a key twice": ('a={"b":{"c":1},"b":{"d":2}}', {"a": {"b": {"d": 2}}}),
    "not quoted": ("a=x", Refused("--set-json:3", "not JSON")),
    "single quotes": ("a='x'", Refused("--set-json:3", "not JSON")),
    "not ended": ('a={"b":1', Refused("--set-json:9", "not JSON")),
    # Python 3.13 points at the comma itself.
    "a comma too many": ("a=[1,]", Refused(f"--set-json:{5 if sys.version_info >= (3, 13) else 6}", "not JSON")),
    "not a number": ("a=NaN", Refused("--set-json:3", "not JSON")),
    "infinite": ("a=-Infinity", Refused("--set-json:3", "not JSON")),
    "a line break in a text": ('a="x\n"', Refused("--set-json:5", "not JSON")),
    "no value": ("a=1,b", Refused("--set-json:5", 'key "b" has no value')),
}
FLAGS = {"set": SET, "set-string": SET_STRING, "set-file": SET_FILE, "set-json": SET_JSON}


@pytest.mark.parametrize(
    ("option", "text", "expected"),
    [
        pytest.param(option, *row, id=f"--{option}: {name}")
        for option, table in FLAGS.items()
        for name, row in table.items()
    ],
)
def test_flag(option: str, text: str, expected: Any) -> None:
    check((), ((option, text),), expected)


def test_the_last_index_that_is_allowed() -> None:
    found = values.plain(overrides((), (("set", "a[65536]=x"),)))["a"]
    assert (len(found), found[65535], found[65536]) == (65537, None, "x")


# What flags make of values that a file holds: (the file, the flag, the values).
SET_ONTO: dict[str, tuple[str, str, Any]] = {
    "one more key": ("a: {b: 1}", "a.c=2", {"a": {"b": 1, "c": 2}}),
    "another value": ("a: {b: 1}", "a.b=x", {"a": {"b": "x"}}),
    "a value for a mapping": ("a: {b: 1}", "a=x", {"a": "x"}),
    "a list for a mapping": ("a: {b: 1}", "a={x}", {"a": ["x"]}),
    "null for a mapping": ("a: {b: 1}", "a=null", {"a": None}),
    "a value for a null": ("a: null", "a=x", {"a": "x"}),
    "a list for a list": ("a: [1, 2]", "a={x}", {"a": ["x"]}),
    "an item": ("a: [1, 2]", "a[1]=x", {"a": [1, "x"]}),
    "one more item": ("a: [1]", "a[2]=x", {"a": [1, None, "x"]}),
    "a key in an item": ("a: [{b: 1}]", "a[0].c=2", {"a": [{"b": 1, "c": 2}]}),
    "a key in an item that is text": ("a: [x]", "a[0].c=2", {"a": [{"c": 2}]}),
    "a key in an item that is null": ("a: [null]", "a[0].c=2", {"a": [{"c": 2}]}),
    "a key in an item that is a list": ("a: [[1]]", "a[0].c=2", {"a": [{"c": 2}]}),
    "an item of an item": ("a: [[1, 2]]", "a[0][1]=x", {"a": [[1, "x"]]}),
    "an item of an item that is null": ("a: [null]", "a[0][1]=x", {"a": [[None, "x"]]}),
    "an item and no value": ("a: [1]", "a[0]", {"a": [1]}),
    "a boolean key": ("a: {on: 1}", "a.true=2", {"a": {"true": 2}}),
    "a key of text": ("a: x", "a.b=1", Refused("--set:1", '"a" is "x", not a mapping')),
    "a key of a number": ("a: 1.5", "a.b=1", Refused("--set:1", '"a" is 1.5, not a mapping')),
    "a key of a list": ("a: [1]", "a.b=1", Refused("--set:1", '"a" is a list, not a mapping')),
    "a key of null": ("a: {b: null}", "a.b.c=1", Refused("--set:3", '"b" is null, not a mapping')),
    "an item of text": ("a: x", "a[0]=1", Refused("--set:1", '"a" is "x", not a list')),
    "an item of a mapping": ("a: {b: 1}", "a[0]=1", Refused("--set:1", '"a" is a mapping, not a list')),
    "an item of null": ("a: null", "a[0]=1", Refused("--set:1", '"a" is null, not a list')),
    "an item of an item that is text": ("a: [x]", "a[0][0]=1", Refused("--set:5", 'item 0 is "x", not a list')),
}


@pytest.mark.parametrize(("file", "text", "expected"), SET_ONTO.values(), ids=SET_ONTO)
def test_flag_over_a_file(file: str, text: str, expected: Any) -> None:
    check((file,), (("set", text),), expected)


# Helm 4 takes a whole object, too; Helm 3 refuses it.
WHOLE_OBJECTS: dict[str, tuple[str, str, Any]] = {
    "merged": ("a: {b: 1}", '{"a":{"c":[2]},"d":3}', {"a": {"b": 1, "c": [2]}, "d": 3}),
    "null stays null": ("a: {b: 1}", '{"a":null}', {"a": None}),
    "lists are replaced": ("a: [1, 2]", '{"a":[3]}', {"a": [3]}),
    "blanks around": ("", ' \n{"a": 1}\t', {"a": 1}),
    "empty": ("a: 1", "{}", {"a": 1}),
    "text behind": ("", '{"a":1},b=2', Refused("--set-json:8", "not JSON")),
    "not ended": ("", '{"a":1', Refused("--set-json:7", "not JSON")),
    "not a number": ("", '{"a":NaN}', Refused("--set-json:1", "not JSON")),
}


@pytest.mark.parametrize(("file", "text", "expected"), WHOLE_OBJECTS.values(), ids=WHOLE_OBJECTS)
def test_a_whole_object(file: str, text: str, expected: Any) -> None:
    check((file,), (("set-json", text),), expected)


ORDER: dict[str, tuple[Flags, Any]] = {
    "--set beats --set-json": ((("set", "a=1"), ("set-json", "a=2")), {"a": 1}),
    "--set-string beats --set": ((("set-string", "a=1"), ("set", "a=2")), {"a": "1"}),
    "--set-file beats --set-string": ((("set-file", "a=f"), ("set-string", "a=x")), {"a": "text of f\n"}),
    "one kind in the order given": ((("set", "a=1"), ("set-string", "b=x"), ("set", "a=2")), {"a": 2, "b": "x"}),
    "--set reaches into a --set-json": ((("set", "a.c=1"), ("set-json", 'a={"b":2}')), {"a": {"b": 2, "c": 1}}),
    "all of them beat files": ((("set", "f=1"), ("set-json", "g=2")), {"f": 1, "g": 2}),
}


@pytest.mark.parametrize(("flags", "expected"), ORDER.values(), ids=ORDER)
def test_order_of_flags(flags: Flags, expected: Any) -> None:
    check(("f: file\n" if "f" in expected else "",), flags, expected)


def test_a_bad_flag_is_shown_with_its_place() -> None:
    with pytest.raises(InputError) as caught:
        overrides((), (("set", "a=1,b[x]=2"),))
    [d] = caught.value.diagnostics
    assert (d.severity, d.code, d.path) == ("error", "set", "")
    assert (d.location.file, d.location.line, d.location.column, d.location.source) == ("--set", None, 7, "a=1,b[x]=2")
    assert "key.sub[0]=value" in d.hint


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        overrides(("a: [", "b: 1\n", "- c\n"), (("set-string", "d"), ("set", "a[x]=1"), ("set", "e=1")))
    assert [place(d) for d in caught.value.diagnostics] == ["0.yaml:1:5", "2.yaml:1:1", "--set:3", "--set-string:1"]


# ---- values files -------------------------------------------------------------------------------------------------

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
    "a boolean": ("a: on\n", [("ambiguous-scalar", "a", "v:1:4", "Helm reads on as true", '"on" in quotes')]),
    "a boolean of one letter": (
        "a:\n- N\n",
        [("ambiguous-scalar", "a[0]", "v:2:3", "Helm reads N as false", "or false")],
    ),
    "a boolean key": ("a: {on: 1}\n", [("ambiguous-scalar", "a.true", "v:1:5", "Helm reads on as true", '"on"')]),
    "octal": ("a: 0777\n", [("ambiguous-scalar", "a", "v:1:4", "Helm reads 0777 as 511", 'write "0777" in quotes')]),
    "hexadecimal": ("a: 0x1F\n", [("ambiguous-scalar", "a", "v:1:4", "Helm reads 0x1F as 31", "or 31")]),
    "an exponent": ("a: 1e3\n", [("ambiguous-scalar", "a", "v:1:4", "Helm reads 1e3 as 1000", "or 1000")]),
    "an underscore": ("a: 1_000\n", [("ambiguous-scalar", "a", "v:1:4", "Helm reads 1_000 as 1000", "or 1000")]),
    "leading zeros": ("a: 007\n", [("ambiguous-scalar", "a", "v:1:4", "Helm reads 007 as 7", "or 7")]),
    "a tag's zero": (
        "a: {imageTag: 2.10}\n",
        [("ambiguous-scalar", "a.imageTag", "v:1:15", "Helm reads 2.10 as 2.1", 'write "2.10" in quotes')],
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


def test_warnings_of_all_files_are_kept_in_order() -> None:
    read = flags_and_files.overrides(contents(("a: on\n", "b: 1\n", "a: off\n")), [Flag("set", "a=1")], read_file)
    assert [place(n.diagnostic) for n in read.notices] == ["0.yaml:1:4", "2.yaml:1:4"]


# ---- merging ------------------------------------------------------------------------------------------------------

MERGED: dict[str, tuple[tuple[str, ...], Any]] = {
    "no files": ((), {}),
    "key by key": (("a: {b: 1, c: 2}\n", "a: {c: 3, d: 4}\ne: 5\n"), {"a": {"b": 1, "c": 3, "d": 4}, "e": 5}),
    "three files": (("a: 1\nb: 1\nc: 1\n", "b: 2\nc: 2\n", "c: 3\n"), {"a": 1, "b": 2, "c": 3}),
    "deep": (("a: {b: {c: {d: 1}}}\n", "a: {b: {c: {e: 2}}}\n"), {"a": {"b": {"c": {"d": 1, "e": 2}}}}),
    "lists are replaced": (("a: [1, 2, 3]\n", "a: [4]\n"), {"a": [4]}),
    "by an empty list": (("a: [1, 2, 3]\n", "a: []\n"), {"a": []}),
    "mappings in lists are not merged": (("a: [{b: 1}]\n", "a: [{c: 2}]\n"), {"a": [{"c": 2}]}),
    "an empty mapping changes nothing": (("a: {b: 1}\n", "a: {}\n"), {"a": {"b": 1}}),
    "a null stays one": (("a: {b: 1}\n", "a: {b: null}\n"), {"a": {"b": None}}),
    "a null for a mapping": (("a: {b: 1}\n", "a:\n"), {"a": None}),
    "a null, then a mapping": (("a: {b: 1}\n", "a: null\n", "a: {c: 2}\n"), {"a": {"c": 2}}),
    "text for a mapping": (("a: {b: 1}\n", "a: x\n"), {"a": "x"}),
    "a mapping for text": (("a: x\n", "a: {b: 1}\n"), {"a": {"b": 1}}),
    "a list for a mapping": (("a: {b: 1}\n", "a: [1]\n"), {"a": [1]}),
    "a mapping for a list": (("a: [1]\n", "a: {b: 1}\n"), {"a": {"b": 1}}),
    "an empty file": (("a: 1\n", "", "# x\n", "null\n"), {"a": 1}),
    "boolean keys are the same key": (("a: {on: 1}\n", "a: {yes: 2}\n"), {"a": {"true": 2}}),
    "an alias is merged in one place": (
        ("a: &x {b: 1}\nc: *x\n", "c: {d: 2}\n"),
        {"a": {"b": 1}, "c": {"b": 1, "d": 2}},
    ),
}


@pytest.mark.parametrize(("files", "expected"), MERGED.values(), ids=MERGED)
def test_merge(files: tuple[str, ...], expected: Any) -> None:
    check(files, (), expected)


# (the chart's defaults, the file, the flags, the values): a null deletes a default, else it stays one.
COALESCED: dict[str, tuple[str, str, Flags, Any]] = {
    "no defaults": ("", "a: {b: 1}\n", (), {"a": {"b": 1}}),
    "no values": ("a: {b: 1}\n", "", (), {"a": {"b": 1}}),
    "key by key": ("a: {b: 1, c: 2}\n", "a: {c: 3, d: 4}\n", (), {"a": {"b": 1, "c": 3, "d": 4}}),
    "a null deletes": ("a: {b: 1, c: 2}\n", "a: {b: null}\n", (), {"a": {"c": 2}}),
    "a null deletes a mapping": ("a: {b: {c: 1}}\n", "a: {b: ~}\n", (), {"a": {}}),
    "a null deletes the section": ("a: {b: 1}\nc: 2\n", "a: null\n", (), {"c": 2}),
    "a null deletes deep down": ("a: {b: {c: {d: 1}}}\n", "a: {b: {c: {d: null}}}\n", (), {"a": {"b": {"c": {}}}}),
    "a null of a flag deletes": ("a: {b: 1, c: 2}\n", "", (("set", "a.b=null"),), {"a": {"c": 2}}),
    "a null of a --set-json deletes": ("a: {b: 1, c: 2}\n", "", (("set-json", "a.b=null"),), {"a": {"c": 2}}),
    "an empty --set does not": ("a: {b: 1, c: 2}\n", "", (("set", "a.b="),), {"a": {"b": "", "c": 2}}),
    "a null in a list stays": ("a: [1, 2]\n", "a: [null, 3]\n", (), {"a": [None, 3]}),
    "a flag after the null": ("a: {b: {c: 1}}\n", "a: {b: {c: null}}\n", (("set", "a.b.d=2"),), {"a": {"b": {"d": 2}}}),
    "a null with no default": ("a: {b: 1}\n", "a: {c: null}\n", (), {"a": {"b": 1}}),
    "a null over a null": ("a: {b: null}\n", "a: {b: null}\n", (), {"a": {}}),
    "a default of null": ("a: {b: null, c: 1}\n", "a: {c: 2}\n", (), {"a": {"c": 2}}),
    "a mapping over null": ("a: null\n", "a: {b: 1}\n", (), {"a": {"b": 1}}),
    "lists are replaced": ("a: [1, 2]\n", "a: [3]\n", (), {"a": [3]}),
    "an empty list replaces": ("a: [1, 2]\n", "a: []\n", (), {"a": []}),
    "an empty mapping does not": ("a: {b: 1}\n", "a: {}\n", (), {"a": {"b": 1}}),
    "text over a mapping": ("a: {b: {c: 1}}\n", "a: {b: x}\n", (), {"a": {"b": "x"}}),
    "false and 0 over a mapping": ("a: {b: {c: 1}}\nd: {e: 1}\n", "a: {b: false}\nd: 0\n", (),
                                  {"a": {"b": False}, "d": 0}),
    "a mapping over text": ("a: {b: x}\n", "a: {b: {c: 1}}\n", (), {"a": {"b": {"c": 1}}}),
    "a list over a mapping": ("a: {b: 1}\n", "a: [1]\n", (), {"a": [1]}),
    "an item does not reach the defaults": ("a: [1, 2, 3]\n", "", (("set", "a[1]=x"),), {"a": [None, "x"]}),
    "a key of a default that is text": ("a: x\n", "", (("set", "a.b=1"),), {"a": {"b": 1}}),
}  # fmt: skip


def without_nulls(data: Any) -> Any:
    """A template cannot well tell a null from a key that is missing, and which nulls Helm keeps differs by version."""
    if isinstance(data, dict):
        return {key: without_nulls(value) for key, value in data.items() if value is not None}
    return [without_nulls(item) for item in data] if isinstance(data, list) else data


@pytest.mark.parametrize(("defaults", "file", "flags", "expected"), COALESCED.values(), ids=COALESCED)
def test_coalesce(defaults: str, file: str, flags: Flags, expected: Any) -> None:
    base = values.read(defaults.encode(), "chart.yaml", "default").values
    values.coalesce(base, overrides((file,), flags))
    assert exact(without_nulls(values.plain(base))) == exact(expected)


def test_a_null_without_a_default_stays() -> None:
    base = values.read(b"a: {b: 1}\n", "chart.yaml").values
    values.coalesce(base, overrides(("a: {c: null}\n",)))
    assert values.plain(base) == {"a": {"b": 1, "c": None}}


# ---- origins ------------------------------------------------------------------------------------------------------

LOW = """\
# the defaults
a:
  kept: 1
  changed: low
  list: [1, 2]
  gone: 1
"""
HIGH = """\
a:
  changed:   high
  list:
    - first
    - {deep: 2}
  gone: null
  text: |
    one
    two
  <<: &merged {m: 1}
"""


def origins(value: Value, path: str = "") -> dict[str, str]:
    """Where each leaf comes from."""
    if isinstance(value, Map):
        return {p: at for key, item in value.items() for p, at in origins(item, f"{path}.{key}").items()}
    if isinstance(value, Seq):
        return {p: at for n, item in enumerate(value) for p, at in origins(item, f"{path}[{n}]").items()}
    location = value.origin.location
    column = "" if location.column is None else f":{location.column}"
    return {path: f"{value.origin.kind} {location.file}:{location.line}{column}"}


@pytest.fixture
def merged() -> Map:
    base = values.read(LOW.encode(), "low.yaml", "default").values
    high = values.read(HIGH.encode(), "high.yaml").values
    for flag in (Flag("set", "a.set=1,a.other={x,z}"), Flag("set-json", 'a.json={"b": [1]}')):
        set_flags.apply_flag(high, flag, read_file)
    values.coalesce(base, high)
    return base


def test_each_leaf_keeps_where_it_comes_from(merged: Map) -> None:
    assert origins(merged) == {
        ".a.kept": "default low.yaml:3:9",
        ".a.changed": "file high.yaml:2:14",
        ".a.list[0]": "file high.yaml:4:7",
        ".a.list[1].deep": "file high.yaml:5:14",
        ".a.text": "file high.yaml:7:9",
        ".a.m": "file high.yaml:10:19",
        ".a.set": "set --set:None:7",
        ".a.other[0]": "set --set:None:18",
        ".a.other[1]": "set --set:None:20",
        ".a.json.b[0]": "set --set-json:None:8",
    }


def test_each_key_keeps_where_it_stands(merged: Map) -> None:
    section = merged["a"]
    assert isinstance(section, Map)
    found = {key: origin.location for key, origin in section.keys_at.items()}
    assert {key: at[:3] for key, at in found.items()} == {
        "kept": ("low.yaml", 3, 3),
        "changed": ("high.yaml", 2, 3),
        "list": ("high.yaml", 3, 3),
        "text": ("high.yaml", 7, 3),
        "m": ("high.yaml", 10, 16),
        "set": ("--set", None, 3),
        "other": ("--set", None, 11),
        "json": ("--set-json", None, 3),
    }
    assert set(section.keys_at) == set(section)


def test_a_place_shows_its_line_and_marks_the_value() -> None:
    found = values.read(b"\xef\xbb\xbfa: 1\r\nb:  'x z' # c\r\n", "v").values["b"]
    assert found.origin.location == ("v", 2, 5, "b:  'x z' # c", 5)


def test_a_leaf_keeps_how_it_was_written() -> None:
    read = values.read(b"a: 0777\nb: 'it''s'\nc: !!str on\n", "v").values
    assert {key: leaf.raw for key, leaf in read.items() if isinstance(leaf, Scalar)} == {
        "a": "0777",
        "b": "it's",
        "c": "on",
    }


def test_an_alias_is_changed_in_one_place_alone() -> None:
    read = values.read(b"a: &x {b: [1]}\nc: *x\n", "v").values
    set_flags.apply_flag(read, Flag("set", "c.b[0]=2"), read_file)
    assert values.plain(read) == {"a": {"b": [1]}, "c": {"b": [2]}}


# ---- open differences ---------------------------------------------------------------------------------------------

# (files, flags, what Helm makes of them, why we do not: "" where we do)
CORNERS: dict[str, tuple[tuple[str | bytes, ...], Flags, Any, str]] = {
    "a marker at the end": (("a: 1\n---\n",), (), {"a": 1}, ""),
    "a marker at the end, a comment": (("a: 1\n---\n# x\n",), (), {"a": 1}, ""),
    "an anchor twice": (("a: &x 1\nb: &x 2\nc: *x\n",), (), {"a": 1, "b": 2, "c": 2}, "PyYAML refuses it"),
    "a question mark in flow style": (
        ("a: [x?]\n",), (), REFUSED, "",
    ),
    "a question mark in a URL in flow style": (
        ("a: {b: http://c?d}\n",), (), REFUSED, "",
    ),
    "a colon at the end in flow style": (("a: [b:]\n",), (), {"a": ["b:"]}, "libyaml refuses it"),
    "a slash escaped": (('a: "\\/"\n',), (), REFUSED, ""),
    "an apostrophe escaped": (('a: "\\\'"\n',), (), {"a": "'"}, "go-yaml takes it, libyaml does not"),
    "octal with many zeros": (("a: 0" + "0" * 64 + "17\n",), (), {"a": 15}, ""),
    "a byte order mark in the last line": (
        ("a: 1\n\ufeff",), (), REFUSED, "libyaml passes it over",
    ),
    "a large number in JSON": ((), (("set-json", "a=1e400"),), REFUSED, ""),
    "a long number in JSON": (
        (), (("set-json", "a=" + "9" * 400),), REFUSED, "",
    ),
    "JSON nested too deeply": (
        (), (("set-json", "a=" + "[" * 20000 + "]" * 20000),), REFUSED, "",
    ),
    "half a surrogate in JSON": ((), (("set-json", r'a="\ud800"'),), {"a": "\ufffd"}, ""),
    "a number with a dot at its end in JSON": (
        (), (("set-json", "a=1."),), REFUSED, "",
    ),
    "a separator that Go knows no blank": (
        (), (("set-json", "a=1\x1c"),), REFUSED, "",
    ),
    "the long s": ((), (("set", "a=fal\u017fe"),), {"a": False}, ""),
}  # fmt: skip


@pytest.mark.parametrize(
    ("files", "flags", "expected"),
    [
        pytest.param(*row, id=name, marks=[pytest.mark.xfail(strict=False, reason=reason)] if reason else [])
        for name, (*row, reason) in CORNERS.items()
    ],
)
def test_corners(files: tuple[str | bytes, ...], flags: Flags, expected: Any) -> None:
    try:
        found = exact(values.plain(overrides(files, flags)))
    except InputError:
        found = "refused"
    assert found == ("refused" if expected is REFUSED else exact(expected))


# What one major of Helm takes and the other refuses, or takes for something else, must be refused, as several documents
# are: (files, flags, what they do).
MAJORS: dict[str, tuple[tuple[str, ...], Flags, str]] = {
    "content behind the marker": (("--- {a: 1}\n",), (), "Helm 4 wants nothing but a comment there"),
    "a tag behind the marker": (("--- !!map\na: 1\n",), (), "Helm 4 wants nothing but a comment there"),
    "a key that begins with a marker": (("---a: 1\n",), (), "Helm 4 wants no line that begins so"),
    "a directive": (("%YAML 1.1\n---\na: 1\n",), (), "Helm 4 cuts it off, and refuses it then"),
    "an empty document first": (("---\n---\na: 1\n",), (), "Helm 3 stops behind it"),
    "an index that does not end": ((), (("set", "a[0"),), "Helm 4 passes it over, Helm 3 refuses it"),
    "an index that does not end, inside": ((), (("set", "a.b[0][1"),), "Helm 4 passes it over, Helm 3 refuses it"),
}


@pytest.mark.parametrize(("files", "flags", "_why"), MAJORS.values(), ids=MAJORS)
def test_what_helm_3_and_helm_4_take_differently_is_refused(files: tuple[str, ...], flags: Flags, _why: str) -> None:
    with pytest.raises(InputError):
        overrides(files, flags)


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


def test_a_leaf_keeps_how_it_was_written_without_its_anchor() -> None:
    leaf = values.read(b"a: &x 2.10\n", "v").values["a"]
    assert isinstance(leaf, Scalar)
    assert leaf.raw == "2.10"


# ---- what Helm made of many -----------------------------------------------------------------------------------------


def test_recorded_cases() -> None:
    """Cleaner sections of values files and flags over defaults, with what Helm 3.17 and Helm 4.3 both made of them."""
    wrong = []
    lines = cases.lines("helm-merge.jsonl")
    for number, line in enumerate(lines, 1):
        case = json.loads(line)
        flags = tuple(
            (option.removeprefix("--"), text) for option, text in zip(*[iter(case["flags"])] * 2, strict=True)
        )
        expected = "refused" if "error" in case else exact(case["expected"] or {})
        try:
            base = values.read(case["defaults"].encode(), "chart.yaml", "default").values
            values.coalesce(base, overrides(tuple(case["files"]), flags))
            found = exact(without_nulls(values.plain(base)).get("cleaner") or {})
        except InputError:
            found = "refused"
        if found != expected:
            wrong.append((number, found, expected))
    assert len(lines) >= 50, "the sample alone has that many"
    assert wrong == []
