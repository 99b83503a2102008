"""Diagnostics as text, and as what machines read."""

from __future__ import annotations

import json

import jsonschema
import pytest

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.output import formatted
from helm_cleaner.output.text import text
from helm_cleaner.paths import dotted
from helm_cleaner.yamltext.lines import place
from tests.support import sarif

ERROR = Diagnostic("error", "type", "cleaner.a", "is wrong", "do it right", Location("v.yaml", 2, 4, "a: bcd", 3))


def test_a_whole_block() -> None:
    assert text([ERROR, ERROR._replace(severity="warning", hint="")]) == (
        "v.yaml:2:4: error: cleaner.a: is wrong [type]\n"
        "    a: bcd\n"
        "       ^^^\n"
        "    hint: do it right\n"
        "v.yaml:2:4: warning: cleaner.a: is wrong [type]\n"
        "    a: bcd\n"
        "       ^^^\n"
    )


def test_colour() -> None:
    shown = text([ERROR], colour=True)
    assert "\x1b[1;31merror:\x1b[0m" in shown
    assert "\x1b[1;33mwarning:\x1b[0m" in text([ERROR._replace(severity="warning")], colour=True)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (Location("f"), "f: error: cleaner.a: is wrong [type]\n    hint: do it right\n"),
        (Location("f", 3), "f:3: error: cleaner.a: is wrong [type]\n    hint: do it right\n"),
        (Location(""), "error: cleaner.a: is wrong [type]\n    hint: do it right\n"),
        (
            Location("--set", None, 3, "a=b"),
            "--set: error: cleaner.a: is wrong [type]\n    a=b\n      ^\n    hint: do it right\n",
        ),
    ],
    ids=["file", "line", "nowhere", "flag"],
)
def test_places_that_lack_something(location: Location, expected: str) -> None:
    assert text([ERROR._replace(location=location)]) == expected


def test_long_lines_are_cut_around_the_caret() -> None:
    location = Location("f", 1, 501, "x" * 500 + "HERE" + "y" * 500, 4)
    excerpt, caret = text([ERROR._replace(location=location)]).splitlines()[1:3]
    assert excerpt.startswith("    …x")
    assert excerpt.endswith("y…")
    assert len(excerpt) < 130
    assert excerpt[caret.index("^") : caret.rindex("^") + 1] == "HERE"


def test_a_caret_stands_under_its_text_behind_tabs_and_control_characters() -> None:
    location = Location("f", 1, 5, "\t\x1b[HERE", 4)._replace(column=4)
    excerpt, caret = text([ERROR._replace(location=location)]).splitlines()[1:3]
    assert excerpt[caret.index("^") : caret.rindex("^") + 1] == "HERE"


def test_nothing_that_was_read_moves_the_cursor() -> None:
    evil = "\x1b[2J\r\u202e"
    d = Diagnostic("error", "x", f"cleaner.{evil}", evil, evil, Location(evil, 1, 1, evil))
    shown = text([d])
    assert not any(c in shown for c in "\x1b\r\u202e")
    assert "\\x1b[2J\\r\\u202e" in shown


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("cleaner", "tolerations", 0, "effect"), "cleaner.tolerations[0].effect"),
        (("cleaner", "nodeSelector", "a.b/c"), 'cleaner.nodeSelector["a.b/c"]'),
        (("cleaner", ""), 'cleaner[""]'),
        (("cleaner", 'a"b'), 'cleaner["a\\"b"]'),
    ],
)
def test_dotted(path: tuple[str | int, ...], expected: str) -> None:
    assert dotted(path) == expected


@pytest.mark.parametrize(
    ("document", "index", "end", "expected"),
    [
        ("a: b\nc: d\n", 8, 9, Location("f", 2, 4, "c: d", 1)),
        ("a: b\r\nc: d\r\n", 9, 10, Location("f", 2, 4, "c: d", 1)),
        ("é: 🚀x", 3, 5, Location("f", 1, 4, "é: 🚀x", 2)),
        ("\ufeffa: b", 4, 5, Location("f", 1, 4, "a: b", 1)),
        ("a:\n  b\n  c", 5, 10, Location("f", 2, 3, "  b", 1)),
        ("", 0, None, Location("f", 1, 1, "", 1)),
        ("a: b\n", 5, None, Location("f", 2, 1, "", 1)),
    ],
    ids=["line", "crlf", "wide", "bom", "over lines", "empty", "end"],
)
def test_place(document: str, index: int, end: int | None, expected: Location) -> None:
    assert place(document, index, "f", 1, end) == expected


def test_place_counts_on_from_a_first_line() -> None:
    assert place("a\nb", 2, "f", 10).line == 11


# ---- for machines -------------------------------------------------------------------------------------------------

NO_LINE = ERROR._replace(severity="warning", hint="", path="", location=Location("cm", None, 3, "a"))


def test_json() -> None:
    assert json.loads(formatted([ERROR, NO_LINE], "json")) == [
        {
            "file": "v.yaml", "line": 2, "column": 4, "path": "cleaner.a", "severity": "error", "code": "type",
            "message": "is wrong", "hint": "do it right",
        },
        {
            "file": "cm", "line": None, "column": None, "path": "", "severity": "warning", "code": "type",
            "message": "is wrong", "hint": "",
        },
    ]  # fmt: skip


def test_half_a_surrogate_is_no_crash() -> None:
    assert json.loads(formatted([ERROR._replace(message="\ud800")], "json"))[0]["message"] == "?"


def test_github_escapes_what_would_end_the_command() -> None:
    odd = ERROR._replace(message="50%\r\n::error::", location=Location("a,b:c.yaml", 1, 2, "xx"))
    assert formatted([odd, NO_LINE], "github") == (
        "::error file=a%2Cb%3Ac.yaml,title=helm-cleaner type,line=1,col=2,endColumn=3::"
        "cleaner.a: 50%25%0D%0A::error::%0Ahint: do it right\n"
        "::warning file=cm,title=helm-cleaner type::is wrong\n"
    )


def test_sarif() -> None:
    log = json.loads(formatted([ERROR, NO_LINE], "sarif"))
    [run] = log["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["type"]
    assert [(r["ruleId"], r["level"], r["message"]["text"]) for r in run["results"]] == [
        ("type", "error", "cleaner.a: is wrong (do it right)"),
        ("type", "warning", "is wrong"),
    ]
    assert run["results"][0]["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "v.yaml"},
                "region": {"startLine": 2, "startColumn": 4, "endColumn": 7},
            },
            "logicalLocations": [{"fullyQualifiedName": "cleaner.a"}],
        }
    ]
    assert run["results"][1]["locations"] == [{"logicalLocations": [{"fullyQualifiedName": "cm/"}]}]


def test_sarif_escapes_paths() -> None:
    log = json.loads(formatted([ERROR._replace(location=Location("my dir/é#.yaml", 1))], "sarif"))
    [place] = log["runs"][0]["results"][0]["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "my%20dir/%C3%A9%23.yaml"},
        "region": {"startLine": 1},
    }


@pytest.mark.slow
def test_sarif_keeps_its_schema() -> None:
    schema = sarif.schema()
    if schema is None:
        pytest.skip("SARIF's schema comes with npm, which is not here")
    for diagnostics in ([], [ERROR, NO_LINE]):
        jsonschema.validate(json.loads(formatted(diagnostics, "sarif")), schema)
