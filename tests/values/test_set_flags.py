"""--set and its kin: what each flag says, and over what a file holds.

The tables hold what Helm does; tests/helm/test_values.py puts them to real Helm too.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from helm_cleaner import values
from helm_cleaner.diagnostics import InputError
from helm_cleaner.values import set_flags
from helm_cleaner.values.set_flags import Flag
from tests.support.values import (
    Refused,
    check,
    overrides,
    read_file,
)

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
SET_LITERAL: dict[str, tuple[str, Any]] = {
    "everything is text": ("a=1", {"a": "1"}),
    "all of the rest is the value": ("a=b,c=d", {"a": "b,c=d"}),
    "braces and backslashes too": (r"a={x,\y}\,z", {"a": r"{x,\y}\,z"}),
    "blanks and line breaks too": ("a= x\ny ", {"a": " x\ny "}),
    "a path and an index": ("a.b[1].c=x", {"a": {"b": [None, {"c": "x"}]}}),
    "an index of an index": ("a[0][1]=x", {"a": [[None, "x"]]}),
    "a comma in a name": ("a,b=c", {"a,b": "c"}),
    "a backslash in a name": (r"a\.b=c", {"a\\": {"b": "c"}}),
    "no text": ("a=", {"a": ""}),
    "no text in a list": ("a[0].b=", {"a": [{"b": ""}]}),
    "no name": ("=x", {}),
    "nothing at all": ("", {}),
    "nothing behind a dot": ("a.", {}),
    "nothing behind an index": ("a[0]", {"a": []}),
    "no value": ("a.b", Refused("--set-literal:3", 'key "b" has no value')),
    "an empty name at the end of a path": ("a.=x", Refused("--set-literal:1", 'key map "a" has no value')),
    "a name for an index": ("a[x]=1", Refused("--set-literal:3", 'error parsing index: "x"')),
    "a negative index": ("a[-1]=1", Refused("--set-literal:6", "negative -1 index not allowed")),
    "a name behind an index": ("a[0]b=1", Refused("--set-literal:5", 'unexpected data at end of array index: "b"')),
    "an index beyond the limit": ("a[65537]=1", Refused("--set-literal:9", "greater than maximum supported index")),
    "thirty-one levels": (".".join("a" * 32) + "=b", Refused("--set-literal:61", "deeper than 30 levels")),
}
FLAGS = {"set": SET, "set-string": SET_STRING, "set-file": SET_FILE, "set-json": SET_JSON, "set-literal": SET_LITERAL}


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
    found = values.to_data(overrides((), (("set", "a[65536]=x"),)))["a"]
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
    "a key in other letters": ("größe: x", "größe.b=1", Refused("--set:1", '"größe" is "x", not a mapping')),
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


def test_a_bad_flag_is_shown_with_its_place() -> None:
    with pytest.raises(InputError) as caught:
        overrides((), (("set", "a=1,b[x]=2"),))
    [d] = caught.value.diagnostics
    assert (d.severity, d.code, d.path) == ("error", "set", "")
    assert (d.location.file, d.location.line, d.location.column, d.location.source) == ("--set", None, 7, "a=1,b[x]=2")
    assert "key.sub[0]=value" in d.hint


def test_an_alias_is_changed_in_one_place_alone() -> None:
    read = values.read(b"a: &x {b: [1]}\nc: *x\n", "v").values
    set_flags.apply_flag(read, Flag("set", "c.b[0]=2"), read_file)
    assert values.to_data(read) == {"a": {"b": [1]}, "c": {"b": [2]}}
