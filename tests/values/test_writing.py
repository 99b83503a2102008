"""Values as YAML and JSON: what is written is read back as the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_cleaner import values
from helm_cleaner.diagnostics import Location
from helm_cleaner.section.writing import to_pretty_json, to_yaml
from helm_cleaner.values import Origin, from_data
from helm_cleaner.yamltext import scalars
from tests.support.values import exact

WORDS = """
    y on No true NULL ~ 0777 0x1F 1e3 1_000 2.10 .5 -1 +1 .inf 2024-01-01 12:30:45 << = - -- --- ... -x ? : #x x:
    [a {a &a *a !a %a @a `a |x >x 'a "a a,b a#b a:b a/b:c 100m ünï 🎉 0b1 0o7 0x _
"""


TEXTS = [
    *WORDS.split(), "", " ", " a", "a ", "a b", "a: b", "- x", "a #b", "a\n", "a\nb\n", "\n", "\ta", "a\r\nb", "null ",
    "\u2028", "\x85", "\xa0", "\ufeff", "\x00\x1b\x7f", "\ufffe\uffff", "e\u0301", "\\", "\\n", 'a"b', "<a&b>",
]  # fmt: skip
texts = st.one_of(st.sampled_from(TEXTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
numbers = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False)).map(
    scalars.convert_number
)
leaves = st.one_of(texts, st.none(), st.booleans(), numbers)
fields = st.sampled_from(["image", "imageTag", "imagePullPolicy", "resources", "tolerations", "nodeSelector"])
sections = st.dictionaries(
    st.one_of(fields, texts),
    st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
        max_leaves=12,
    ),
    max_size=5,
)
ORIGIN = Origin("file", Location("x.yaml", 1))


def reread(text: str) -> Any:
    return values.to_data(values.read(text.encode(), "out.yaml").values)


@given(sections, st.booleans())
def test_yaml_reads_back_as_the_same(data: dict[str, Any], origins: bool) -> None:
    value = from_data(data, ORIGIN)
    assert exact(reread(to_yaml(value, origins=origins))) == exact(values.to_data(value))


@given(sections)
def test_json_reads_back_as_the_same(data: dict[str, Any]) -> None:
    text = to_pretty_json(from_data(data, ORIGIN))
    assert exact(json.loads(text)) == exact(data)


YAML = {
    "text that looks like something else": (
        ["y", "on", "0777", "1e3", "~", "", "2.10", ".5", "0x1F", "null", "-1", "="],
        '- "y"|- "on"|- "0777"|- "1e3"|- "~"|- ""|- "2.10"|- ".5"|- "0x1F"|- "null"|- "-1"|- "="',
    ),
    "text that YAML would take apart": (
        [" a", "a: b", "- x", "a #b", "a\nb", "[a", "x:", "'a'"],
        '- " a"|- "a: b"|- "- x"|- "a #b"|- "a\\nb"|- "[a"|- "x:"|- "\'a\'"',
    ),
    "text that needs no quotes": (
        ["a", "a/b:c", "100m", "64Mi", "v2.15.1", "a.b/c", "2024-01-01", "1000m"],
        "- a|- a/b:c|- 100m|- 64Mi|- v2.15.1|- a.b/c|- 2024-01-01|- 1000m",
    ),
    "other scripts": (["é", "🎉", "\u2028"], '- "é"|- "🎉"|- "\\u2028"'),
    "scalars": ([1, 1.5, True, None, 1e21], "- 1|- 1.5|- true|- null|- 1e+21"),
    "empty ones": ([[], {}, {"a": []}, [{}]], "- []|- {}|- a: []|- - {}"),
    "lists and mappings": (
        [[1, [2, 3]], {"a": {"b": [{"c": 1, "d": [2]}]}}],
        "- - 1|  - - 2|    - 3|- a:|    b:|      - c: 1|        d:|          - 2",
    ),
    "keys": ([{"on": 1, "1.5": 2, "a b": 3, "x.y/z": 4}], '- "on": 1|  "1.5": 2|  "a b": 3|  x.y/z: 4'),
}


@pytest.mark.parametrize(("data", "lines"), YAML.values(), ids=YAML)
def test_yaml(data: list[Any], lines: str) -> None:
    text = to_yaml(from_data({"image": data}, ORIGIN))
    assert text == "image:\n" + "".join(f"  {line}\n" for line in lines.split("|"))
    assert exact(reread(text)) == exact({"image": data})
