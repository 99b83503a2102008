"""The items of a list, split by lines: which ones are left out, and that the rest keeps its meaning."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helm_cleaner.diagnostics import InputError
from helm_cleaner.yamltext import compose, items
from helm_cleaner.yamltext.items import ShortenedList

CRD = """\
  apiVersion: apiextensions.k8s.io/v1
  kind: CustomResourceDefinition
  spec:
    description: |-
      It's "quoted

      - kind: ConfigMap
    versions:
    - name: 'v1'
      default: ""
"""
HEAD = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
KEPT = "- kind: ConfigMap\n  data: {a: b}\n"


def needed(kind: str) -> bool:
    return kind == "ConfigMap"


def shortened(text: str) -> ShortenedList | None:
    """The list without what is not needed; None where it is to be read as a whole."""
    short = items.shorten_list(text.encode(), needed, (b"mark",))
    if short is None:
        return None
    try:
        document = compose(short.text.decode(), "list")
    except InputError:
        return None
    return short if items.is_faithful(short, document) else None


def check(text: str, short: ShortenedList) -> None:
    """What is left of the list means what it meant, on the lines that it was on; the rest is put back."""
    assert items.restore_list(short.text, short) == text.encode()
    whole, rest = compose(text, "list"), compose(short.text.decode(), "list")
    assert short.text.count(b"\n") == text.count("\n")
    before, after = dict(whole.data), dict(rest.data)
    old, new = before.pop("items"), after.pop("items")
    assert before == after
    assert len(old) == len(new)
    for was, now in zip(old, new, strict=True):
        if now == short.stand_in.decode():
            assert isinstance(was["kind"], str)
            assert not needed(was["kind"])
        else:
            assert was == now


@pytest.mark.parametrize(
    ("text", "left_out"),
    {
        "none": (HEAD + KEPT, 0),
        "one": (HEAD + "-" + CRD[1:] + KEPT, 0),  # what looks like a quote in a block scalar is looked at
        "its kind first": (HEAD + "- kind: Secret\n" + KEPT, 1),
        "the last one": (HEAD + KEPT + "- a: b\n  kind: Secret\n", 1),
        "without a line's end": (HEAD + "- kind: Secret\n- kind: Secret\n  a: b", 2),
        "indented": (HEAD + "  - kind: Secret\n    a:\n    - b\n  - kind: ConfigMap\n", 1),
        "something behind": (HEAD + KEPT + "- kind: Secret\nfunctionConfig:\n  a: b\n", 1),
        "comments": ("# c: 'x\n" + HEAD + "# Source: a\n" + "- kind: Secret\n# Source: b\n" + KEPT, 1),
        "comments between": (HEAD + "- kind: Secret\n# Source: b\n" + KEPT + "  # c\n- kind: Secret\n", 2),
        "a blank line": (HEAD + "- kind: Secret\n  a: |\n    b\n\n    c\n\n" + KEPT, 1),
        "a marker in front": ("---\n" + HEAD + "- kind: Secret\n" + KEPT, 1),
        "a mark": (HEAD + "- kind: Secret\n  a: mark\n" + KEPT, 0),
        "quotes that are closed": (HEAD + "- kind: Secret\n  a: 'it''s'\n  b: \"\\\"\"\n  c: [a]\n  d: {}\n", 1),
        "a kind that is needed": (HEAD + KEPT + KEPT, 0),
        "a list's kind": (HEAD + "- kind: Secret\n  a:\n  - kind: ConfigMap\n", 1),
        "non-ASCII": (HEAD + "- kind: Secret\n  a: é🚀\n" + KEPT, 1),
        "the word for it": (HEAD + "- kind: Secret\n  a: left-out\n" + KEPT, 1),
        "no mapping": (HEAD + "- kind: Secret\n- - kind: Secret\n- a\n- \n", 1),
        "an anchor of its own": (HEAD + "- kind: Secret\n  a: &x 1\n  b: *x\n" + KEPT, 1),
    }.values(),
)
def test_what_is_not_needed_is_left_out(text: str, left_out: int) -> None:
    short = shortened(text)
    assert short is not None
    assert len(short.left_out) == left_out
    check(text, short)


TRAPS = [
    "- kind: Secret\n  a: \"x\n- kind: ConfigMap\n  y\"\n",
    "- kind: Secret\n  a: 'x\n- kind: ConfigMap'\n",
    "- kind: Secret\n  a:\n    b:\t\"x\n- kind: ConfigMap\"\n",
    "- kind: Secret\n  a:\n    b: !t \"x\n- kind: ConfigMap\"\n",
    "- kind: Secret\n  a:\n    ? \"x\n- kind: ConfigMap\"\n    : y\n",
    "- kind: Secret\n  a:\t\"x\n- kind: ConfigMap\"\n",
    "- kind: Secret\n  a: !t \"x\n- kind: ConfigMap\"\n",
    "- kind: Secret\n  a: [x,\n- kind: ConfigMap]\n",
    "- kind: Secret\n  a: [x, # ]\n- kind: ConfigMap]\n",
    "- kind: Secret\n  ? \"x\n- kind: ConfigMap\"\n  : y\n",
    "- kind: Secret\n  kind: ConfigMap\n",
    "- kind: Secret\n  \"kind\": ConfigMap\n",
    "- kind: Secret\n  \"k\\x69nd\": ConfigMap\n",
    "- kind: Secret\n  <<: {kind: ConfigMap}\n",
    "- kind: Secret\n  ? kind\n  : ConfigMap\n",
    "- kind: Secret\n  !!str kind: ConfigMap\n",
    "- kind: Secret\n  a: x\u2028- kind: ConfigMap\n",
    "- kind: Secret\r- kind: ConfigMap\n",
    "- kind: Secret\n- kind: ConfigMap\n  a: &x 1\n- kind: Secret\n  b: *x\n",
    "- kind: ConfigMap\n  a: \"x\n- kind: Secret\n  y\"\n",
    "- kind: Secret\n<<: {items: [{kind: ConfigMap}]}\n",
    "- kind: Secret\nitems: [{kind: ConfigMap}]\n",
    "- kind: Secret\n...\n---\nkind: ConfigMap\n",
]  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
def test_nothing_is_left_out_that_is_something_else(trap: str) -> None:
    short = shortened(HEAD + trap)
    if short is not None and short.left_out:
        check(HEAD + trap, short)
        assert b"ConfigMap" in short.text


@pytest.mark.parametrize(
    "text",
    [
        "kind: ResourceList\nitems: []\n",
        "items:\n",
        "items:\n- kind: Secret\n---\na: b\n",
        "items:\n- kind: Secret\n  a: \x01\n",
        "\ufeffitems:\n- kind: Secret\n",
        "items:\n- kind: Secret\n# left-out, item-that-is-left-out, item-that-does-not-matter\n",
        '{"items": [\n{"kind": "Secret"}]}\n',
    ],
)
def test_other_texts_are_read_as_a_whole(text: str) -> None:
    short = items.shorten_list(text.encode(), needed)
    assert short is None or not short.left_out


def test_an_alias_to_what_is_kept_takes_the_whole_list() -> None:
    """Whether a node is shared matters for editing it."""
    kept = HEAD + "- kind: ConfigMap\n  a: &x 1\n- kind: Secret\n  b: "
    assert items.shorten_list(f"{kept}*x\n".encode(), needed) is None
    assert items.shorten_list(f"{kept}'*'\n".encode(), needed) is not None


def test_bytes_that_are_no_text() -> None:
    assert items.shorten_list(b"items:\n- kind: Secret\n  a: \xff\n", needed) is None


def test_what_stands_for_an_item_must_be_there_once() -> None:
    short = shortened(HEAD + "- kind: Secret\n" + KEPT)
    assert short is not None
    for text in (short.text.replace(b"left-out", b"gone"), short.text + b"# left-out\n"):
        with pytest.raises(ValueError, match="zip"):
            items.restore_list(text, short)
    with pytest.raises(ValueError, match="line ends"):
        items.restore_list(short.text.replace(b"left-out\n", b"left-out"), short)


LINES = """\
- kind: Secret|- kind: ConfigMap|- a: b|  kind: Secret|  kind: ConfigMap|  a: b|  a: "x|  b: 'x|   y"|   y'|- z"|- z'
- kind: ConfigMap"|- kind: Secret'|  d: ||  d: >-|    text|    - x|    'text|   "text|# c|  # 'c||  - kind: ConfigMap
  e: [|  e: {|  ]|  }|- ]|- }|- kind: Secret]|  a: &x 1|  b: *x|  <<: {kind: ConfigMap}|functionConfig:|  ? kind
  : ConfigMap|  "kind": ConfigMap|  "k\\x69nd": ConfigMap|  f: !t 'x|-|- - a|-   kind: Secret|  kind: Secret # c|  kind:
    Secret|  plain|    plain|  g: {a: b}|  g: 'a''b'|  g: "a\\"b"|  g: a "b|  h:\t"x|items:|  i: [a #]|  'x': "y| l: m
""".replace("\n", "|").split("|")


@pytest.mark.slow
@settings(max_examples=500)
@given(
    st.sampled_from(["items:\n", HEAD, "a: '\nitems:\n'\nitems:\n", "a: |\n items:\n - x\nitems:\n"]),
    st.sampled_from(["", "  "]),
    st.sampled_from(LINES[:3]),
    st.lists(st.sampled_from(LINES), max_size=9),
    st.sampled_from(["", "\n", "\nx: y\n"]),
)
def test_whatever_is_composed_means_the_same_without_what_is_left_out(
    head: str, margin: str, first: str, lines: list[str], end: str
) -> None:
    text = head + "\n".join(margin + line if line else "" for line in [first, *lines]) + end
    try:
        data: Any = compose(text, "list").data
    except InputError:
        return
    if isinstance(data, dict) and isinstance(data.get("items"), list):
        short = shortened(text)
        if short is not None:
            check(text, short)
