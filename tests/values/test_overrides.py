"""Values files and flags together: their order, and what Helm's majors take differently.

The tables hold what Helm does; tests/helm/test_values.py puts them to real Helm too.
"""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner import values
from helm_cleaner.diagnostics import InputError
from helm_cleaner.values import overrides as flags_and_files
from helm_cleaner.values.set_flags import Flag
from helm_cleaner.yamltext import loaders
from tests.support.values import (
    REFUSED,
    Flags,
    check,
    contents,
    exact,
    overrides,
    place,
    read_file,
)

ORDER: dict[str, tuple[Flags, Any]] = {
    "--set beats --set-json": ((("set", "a=1"), ("set-json", "a=2")), {"a": 1}),
    "--set-string beats --set": ((("set-string", "a=1"), ("set", "a=2")), {"a": "1"}),
    "--set-file beats --set-string": ((("set-file", "a=f"), ("set-string", "a=x")), {"a": "text of f\n"}),
    "--set-literal beats --set-file": ((("set-literal", "a=x"), ("set-file", "a=f")), {"a": "x"}),
    "one kind in the order given": ((("set", "a=1"), ("set-string", "b=x"), ("set", "a=2")), {"a": 2, "b": "x"}),
    "--set reaches into a --set-json": ((("set", "a.c=1"), ("set-json", 'a={"b":2}')), {"a": {"b": 2, "c": 1}}),
    "all of them beat files": ((("set", "f=1"), ("set-json", "g=2")), {"f": 1, "g": 2}),
}


@pytest.mark.parametrize(("flags", "expected"), ORDER.values(), ids=ORDER)
def test_order_of_flags(flags: Flags, expected: Any) -> None:
    check(("f: file\n" if "f" in expected else "",), flags, expected)


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        overrides(("a: [", "b: 1\n", "- c\n"), (("set-string", "d"), ("set", "a[x]=1"), ("set", "e=1")))
    assert [place(d) for d in caught.value.diagnostics] == ["0.yaml:1:5", "2.yaml:1:1", "--set:3", "--set-string:1"]


def test_warnings_of_all_files_are_kept_in_order() -> None:
    read = flags_and_files.merge_overrides(contents(("a: on\n", "b: 1\n", "a: off\n")), [Flag("set", "a=1")], read_file)
    assert [place(n.diagnostic) for n in read.notices] == ["0.yaml:1:4", "2.yaml:1:4"]


# (files, flags, what Helm makes of them)
CORNERS: dict[str, tuple[tuple[str | bytes, ...], Flags, Any]] = {
    "a marker at the end": (("a: 1\n---\n",), (), {"a": 1}),
    "a marker at the end, a comment": (("a: 1\n---\n# x\n",), (), {"a": 1}),
    "an anchor twice": (("a: &x 1\nb: *x\nc: &x 2\nd: *x\n",), (), {"a": 1, "b": 1, "c": 2, "d": 2}),
    "an anchor twice, inside": (("a: &x {b: &x 1, c: *x}\nd: *x\n",), (), {"a": {"b": 1, "c": 1}, "d": 1}),
    "an anchor twice, in itself": (("a: &x 1\nb: &x [*x]\n",), (), REFUSED),
    "a question mark in flow style": (("a: [x?]\n",), (), REFUSED),
    "a question mark in a URL in flow style": (("a: {b: http://c?d}\n",), (), REFUSED),
    "a question mark before a colon in flow style": (("a: [b?:]\n",), (), REFUSED),
    "colons at the end in flow style": (
        ("a: [b:, c: , 'd':, e::, http://f:, \"g\": ]\n",), (),
        {"a": ["b:", {"c": None}, {"d": None}, "e::", "http://f:", {"g": None}]},
    ),
    "a colon at a key's end in flow style": (("{a:, b :, c: d:}\n",), (), {"a:": None, "b :": None, "c": "d:"}),
    "a colon before a bracket": (("a: [b:[c]]\n",), (), REFUSED),
    "a slash escaped": (('a: "\\/"\n',), (), REFUSED),
    "an apostrophe escaped": (('a: "\\\'b\\\\\'\\\'"\n',), (), {"a": "'b\\''"}),
    "octal with many zeros": (("a: 0" + "0" * 64 + "17\n",), (), {"a": 15}),
    "a byte order mark": (("\ufeff# c\na: 1\n",), (), {"a": 1}),
    "a byte order mark in the last line": (("a: 1\n\ufeff",), (), REFUSED),
    "a byte order mark behind a comment": (("# c\n\ufeffa: 1\n",), (), {"\ufeffa": 1}),
    "a byte order mark in front of a comment": (("# c\n\ufeff# d\na: 1\n",), (), REFUSED),
    "a byte order mark within": (("a: \ufeff1\n\ufeffb: [\ufeff]\n",), (), {"a": "\ufeff1", "\ufeffb": ["\ufeff"]}),
    "two byte order marks": (("\ufeff\ufeffa:\n  b: 1\n",), (), {"a": {"b": 1}}),
    "two byte order marks, two keys": (("\ufeff\ufeffa: 1\nb: 1\n",), (), REFUSED),
    "two byte order marks, an indented key": (("\ufeff\ufeffa: 1\n b: 1\n",), (), {"a": 1, "b": 1}),
    "three byte order marks": (("\ufeff\ufeff\ufeffa: 1\n",), (), {"\ufeffa": 1}),
    "a tag of one's own": (("a: !x 5\nb: !x\n",), (), {"a": "5", "b": ""}),
    "a tag of one's own alone": (("!x\n",), (), REFUSED),
    "a large number in JSON": ((), (("set-json", "a=1e400"),), REFUSED),
    "a long number in JSON": ((), (("set-json", "a=" + "9" * 400),), REFUSED),
    "JSON nested too deeply": ((), (("set-json", "a=" + "[" * 20000 + "]" * 20000),), REFUSED),
    "half a surrogate in JSON": ((), (("set-json", r'a="\ud800"'),), {"a": "\ufffd"}),
    "a number with a dot at its end in JSON": ((), (("set-json", "a=1."),), REFUSED),
    "a separator that Go knows no blank": ((), (("set-json", "a=1\x1c"),), REFUSED),
    "the long s": ((), (("set", "a=fal\u017fe"),), {"a": False}),
}  # fmt: skip


@pytest.mark.parametrize("loader", ["_FastLoader", "_PureLoader"])
@pytest.mark.parametrize(("files", "flags", "expected"), CORNERS.values(), ids=CORNERS)
def test_corners(
    files: tuple[str | bytes, ...], flags: Flags, expected: Any, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaders, "Loader", getattr(loaders, loader, loaders.Loader))
    try:
        found = exact(values.to_data(overrides(files, flags)))
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
    "a directive behind a comment": (("# c\n%YAML 1.1\n---\na: 1\n",), (), "Helm 4 cuts it off, and refuses it then"),
    "an empty document first": (("---\n---\na: 1\n",), (), "Helm 3 stops behind it"),
    "an index that does not end": ((), (("set", "a[0"),), "Helm 4 passes it over, Helm 3 refuses it"),
    "an index that does not end, inside": ((), (("set", "a.b[0][1"),), "Helm 4 passes it over, Helm 3 refuses it"),
}


@pytest.mark.parametrize(("files", "flags", "_why"), MAJORS.values(), ids=MAJORS)
def test_what_helm_3_and_helm_4_take_differently_is_refused(files: tuple[str, ...], flags: Flags, _why: str) -> None:
    with pytest.raises(InputError):
        overrides(files, flags)
