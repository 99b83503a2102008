"""A configuration file is read whole, and every mistake is reported."""

from __future__ import annotations

import json

import jsonschema
import pytest

from helm_cleaner import values
from helm_cleaner.diagnostics import InputError
from helm_cleaner.repository.configuration import Configuration, read_configuration, schema_text

WHOLE = b"""\
charts: [polyaxon-mirror]
exclude: ["vendor/**"]
ignore: {"legacy/*.yaml": [pull-policy]}
layers: [[base.yaml, prod.yaml]]
sections: [platform.cleaner]
"""


def test_every_key_is_read() -> None:
    found = read_configuration(WHOLE, "c.yaml")
    assert found.charts == ("polyaxon-mirror",)
    assert [glob.text for glob in found.exclude] == ["vendor/**"]
    assert [(each.glob.text, each.code, each.location[1:3]) for each in found.ignore] == [
        ("legacy/*.yaml", "pull-policy", (3, 28))
    ]
    assert [[each.path for each in layer] for layer in found.layers] == [["base.yaml", "prod.yaml"]]
    assert found.sections == (("platform", "cleaner"),)


@pytest.mark.parametrize("text", [b"", b"# nothing\n", b"charts:\nexclude:\nignore:\nlayers:\nsections:\n", b"{}"])
def test_a_file_may_say_nothing(text: bytes) -> None:
    assert read_configuration(text, "c.yaml") == Configuration()


WRONG = {
    b"excludes: [a]": ("1:1", "excludes: unknown key", "did you mean exclude?"),
    b"zzz: 1": ("1:1", "zzz: unknown key", "the keys are charts, exclude, ignore, layers, sections"),
    b"exclude: vendor/": ("1:10", 'exclude: must be a list, found "vendor/"', 'write exclude: ["vendor/**"]'),
    b"exclude: [1]": ("1:11", "exclude[0]: must be a text, found 1", "write it in quotes"),
    b"charts: ['']": ("1:10", 'charts[0]: must be a text, found ""', "write a text, or remove it"),
    b"exclude: ['!']": ("1:11", "exclude[0]: an empty glob matches nothing", "write it as in .gitignore"),
    b"ignore: [pull-policy]": (
        "1:9",
        "ignore: must map globs to lists of codes, found a list",
        'write ignore: {"legacy/*.yaml": [pull-policy]}',
    ),
    b"ignore: {a: type}": ("1:13", 'ignore.a: must be a list, found "type"', "write a: [pull-policy]"),
    b"ignore: {a: [typ]}": ("1:14", 'ignore.a[0]: unknown code "typ"', "did you mean type?"),
    b"ignore: {a: [yaml]}": (
        "1:14",
        "ignore.a[0]: yaml cannot be ignored: it is not about a section",
        "remove it, and correct what it names",
    ),
    b"ignore: {'!a': [type]}": (
        "1:10",
        "ignore.!a: `!` has no meaning here",
        "to leave files out of a glob, write narrower ones",
    ),
    b"layers: [a.yaml, b.yaml]": (
        "1:9",
        "layers: must be a list of lists of files",
        "write layers: [[base.yaml, prod.yaml]]",
    ),
    b"sections: [a..b]": (
        "1:12",
        "sections[0]: 'a..b' is not a valid path: separate names with dots, as in polyaxon.cleaner",
        "write it as for --section: polyaxon.cleaner",
    ),
    b"- charts": (
        "1:1",
        ": it must be a mapping, found a list",
        "the keys are charts, exclude, ignore, layers, sections",
    ),
    b"charts: [a]\ncharts: [b]": ("2:1", "charts: duplicate key, first used in line 1", "remove one of them"),
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG, ids=bytes.decode)
def test_mistakes_are_reported_with_their_place(text: bytes) -> None:
    with pytest.raises(InputError) as e:
        read_configuration(text, "c.yaml")
    [d] = e.value.diagnostics
    assert (f"{d.location.line}:{d.location.column}", f"{d.path}: {d.message}", d.hint) == WRONG[text]
    assert (d.severity, d.code, d.location.file) == ("error", "config", "c.yaml")


def test_all_mistakes_are_reported_at_once() -> None:
    with pytest.raises(InputError) as e:
        read_configuration(b"excludes: []\ncharts: 1\nlayers: 2\n", "c.yaml")
    assert [d.path for d in e.value.diagnostics] == ["excludes", "charts", "layers"]


def test_the_schema_has_every_key() -> None:
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(schema["properties"]) == list(Configuration._fields)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(values.to_data(values.read(WHOLE, "c.yaml").values))
    for key, rule in schema["properties"].items():
        for example in rule["examples"]:
            assert validator.is_valid({key: example})
            read_configuration(json.dumps({key: example}).encode(), "c.yaml")
    assert not validator.is_valid({"excludes": []})
