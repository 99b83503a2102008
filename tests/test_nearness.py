"""Which word was probably meant."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helm_cleaner.nearness import distance, find_near, find_nearest, is_typo

WORDS = st.text("abc", max_size=6)


@cache
def typos(one: str, other: str) -> int:
    """The same, tried out in every way."""
    if not one or not other:
        return len(one) + len(other)
    ways = [
        typos(one[1:], other) + 1,
        typos(one, other[1:]) + 1,
        typos(one[1:], other[1:]) + (one[0] != other[0]),
    ]
    if one[:2] == other[1::-1]:
        ways.append(typos(one[2:], other[2:]) + 1)
    return min(ways)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("", "", 0),
        ("nvidia", "nvidia", 0),
        ("nvida", "nvidia", 1),
        ("nvidiaa", "nvidia", 1),
        ("nvitia", "nvidia", 1),
        ("nvdiia", "nvidia", 1),
        ("nvdia.con", "nvidia.com", 2),
        ("ab", "ba", 1),
        ("abcd", "badc", 2),
    ],
)
def test_typos(one: str, other: str, apart: int) -> None:
    assert distance(one, other, 2) == distance(other, one, 2) == apart
    assert (distance(one, other, 0) == 0) is (apart == 0)


@given(WORDS, WORDS, st.integers(0, 6))
def test_words_that_are_further_apart_are_only_said_to_be(one: str, other: str, most: int) -> None:
    apart = typos(one, other)
    assert min(distance(one, other, most), most + 1) == min(apart, most + 1)


FIELDS = ["image", "imageTag", "imagePullPolicy", "resources", "nodeSelector", "imagePullSecrets", "limits", "requests"]


@pytest.mark.parametrize(
    ("word", "choices", "meant"),
    [
        ("imgTag", FIELDS, "imageTag"),
        ("image_tag", FIELDS, "imageTag"),
        ("tag", FIELDS, "imageTag"),
        ("pullPolicy", FIELDS, "imagePullPolicy"),
        ("limit", FIELDS, "limits"),
        ("reqs", FIELDS, "requests"),
        ("lmts", FIELDS, "limits"),
        ("nodeSelektor", FIELDS, "nodeSelector"),
        ("schedulerName", FIELDS, ""),
        ("env", FIELDS, ""),
        ("memry", ["cpu", "memory"], "memory"),
        ("tpu", ["gpu"], ""),
        ("NotExists", ["NotIn", "DoesNotExist"], "DoesNotExist"),
        ("nodeSelktr", FIELDS, "nodeSelector"),
        ("mll", ["ml"], "ml"),
        ("gpus", ["gpu"], "gpu"),
        ("GPU", ["gp", "gpu"], "gpu"),
        ("matchLabels", ["matchExpressions", "matchFields"], ""),
        ("image", ["image"], ""),
        ("", ["a"], ""),
        ("-", ["a", "-"], ""),
    ],
)
def test_what_was_meant(word: str, choices: list[str], meant: str) -> None:
    assert find_nearest(word, choices) == meant


def test_the_nearest_comes_first() -> None:
    assert find_near("imageT", FIELDS) == ["image", "imageTag"]
    assert find_near("imagetag", FIELDS)[0] == "imageTag"


def test_a_part_of_a_name_is_no_typo_of_it() -> None:
    assert [word for word in ("tag", "imgTag", "ImageTag", "image_tag", "imageTags") if is_typo(word, "imageTag")] == [
        "imgTag", "ImageTag", "image_tag", "imageTags",
    ]  # fmt: skip
    assert not is_typo("learner", "cleaner")
