"""Each value keeps its origin, and how it was written."""

from __future__ import annotations

from typing import Any

import pytest

from helm_cleaner import values
from helm_cleaner.cli import main
from helm_cleaner.diagnostics import InputError, Location
from helm_cleaner.values import Map, Origin, Scalar, Seq, Value, from_data, set_flags
from helm_cleaner.values.set_flags import Flag
from tests.support.values import (
    read_file,
)

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
    return values.coalesce(base, high)


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


def test_a_leaf_keeps_how_it_was_written_without_its_anchor() -> None:
    leaf = values.read(b"a: &x 2.10\n", "v").values["a"]
    assert isinstance(leaf, Scalar)
    assert leaf.raw == "2.10"


def test_data_that_nests_too_deeply() -> None:
    data: Any = "leaf"
    for _ in range(values.MAX_LEVELS + 1):
        data = [data]
    with pytest.raises(InputError, match="nested too deeply: more than 100 levels"):
        from_data(data, Origin("chart", Location("cm")))
    assert main(["merge", "--set", "cleaner.a" + "[0]" * (values.MAX_LEVELS + 1) + "=1"]) == 2
