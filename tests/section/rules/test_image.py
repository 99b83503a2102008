"""The image and its tag."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.section import (
    check,
    errors,
    warned,
)

DIGEST = "sha256:" + "a" * 64


IMAGES: dict[str, tuple[str | None, str | None, list[tuple[str, str]]]] = {
    "plain": ("polyaxon/polyaxon-init", "2.15.1", []),
    "a tag alone": (None, "dev", []),
    "an image alone": ("a", None, []),
    "a registry's port": ("localhost:5000/x", "dev", []),
    "an address": ("[::1]:5000/a", "1", []),
    "a registry in upper case": ("Foo/b", "1", []),
    "separators": ("a--b/c__d/e.f", "1", []),
    "a tag and its digest": ("a", f"1@{DIGEST}", []),
    "the longest tag": ("a", "x" * 128, []),
    "a digest's algorithm in image": ("a@sha256", "a" * 64, []),
    "a tag in image": ("a:1", None, [("image", "image-with-tag")]),
    "a tag in image and another": ("a:1", "2", [("image", "image-with-tag")]),
    "a digest in image": (f"a@{DIGEST}", "1", [("image", "image-with-tag")]),
    "both in image": (f"localhost:5000/a:1@{DIGEST}", None, [("image", "image-with-tag")]),
    "a registry alone": ("localhost:5000", "1", [("image", "image")]),
    "upper case": ("a/B", "1", [("image", "image")]),
    "a blank": (" ", None, [("image", "image")]),
    "a scheme": ("https://x.y/a", "1", [("image", "image")]),
    "an end": ("a/", None, [("image", "image")]),
    "a colon": ("a:", None, [("image", "image")]),
    "three underscores": ("a___b", "1", [("image", "image")]),
    "no letter": ("é/b", "1", [("image", "image")]),
    "the longest name": ("x.io/" + "x" * 255, "1", []),
    "too long a name": ("x.io/" + "x" * 256, "1", [("image", "image")]),
    "too long with library/": ("x" * 248, "1", [("image", "image")]),
    "a tag's slash": ("a", "a/b", [("imageTag", "image-tag")]),
    "a tag's plus": (None, "1.0+build", [("imageTag", "image-tag")]),
    "a tag's dash": ("a", "-x", [("imageTag", "image-tag")]),
    "too long a tag": ("a", "x" * 129, [("imageTag", "image-tag")]),
    "a digest for a tag": ("a", DIGEST, [("imageTag", "image-tag")]),
    "a short digest": ("a", "1@sha256:abc", [("imageTag", "image-tag")]),
    "an unknown digest": ("a", "1@md5:" + "a" * 32, [("imageTag", "image-tag")]),
    "a line's end": ("a", "1\n", [("imageTag", "image-tag")]),
    "both": ("a b", "c d", [("image", "image"), ("imageTag", "image-tag")]),
}  # fmt: skip


@pytest.mark.parametrize(("image", "tag", "expected"), IMAGES.values(), ids=IMAGES)
def test_images(image: str | None, tag: str | None, expected: list[tuple[str, str]]) -> None:
    assert errors({"image": image, "imageTag": tag}) == expected


@pytest.mark.parametrize(
    ("image", "tag", "hint"),
    [
        ("a:1", "2", 'write image: a and imageTag: "1"'),
        (f"a@{DIGEST}", "2", f'write image: a and imageTag: "2@{DIGEST}"'),
        (f"a@{DIGEST}", None, f'write the tag before the digest: image: a and imageTag: "TAG@{DIGEST}", for example'),
        (f"x:5/a:1@{DIGEST}", None, f'write image: x:5/a and imageTag: "1@{DIGEST}"'),
        ("https://docker.io/a", None, "write image: docker.io/a"),
        ("x.io:5000", None, "write image: x.io:5000/polyaxon-init"),
        ("x.io/Team/A", None, "write image: x.io/team/a"),
        (None, ":dev", 'write imageTag: "dev"'),
        (None, DIGEST, f'put the image\'s tag before it, for example imageTag: "2.15.1@{DIGEST}"'),
    ],
)
def test_hints_for_images_work(image: str | None, tag: str | None, hint: str) -> None:
    assert [d.hint for d in check({"image": image, "imageTag": tag})] == [hint]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"image": "index.docker.io/polyaxon-init"}, None),
        ({"image": "polyaxon "}, "it has leading or trailing whitespace"),
        ({"imageTag": "@sha256:" + "0" * 64}, "a digest must come after a tag"),
    ],
)
def test_what_is_wrong_with_an_image(data: Any, message: str | None) -> None:
    found = [d.message for d in check(data)]
    assert found == [] if message is None else message in found[0]


@pytest.mark.parametrize("image", ["busybox", "reg.example.com/polyaxon/init", "polyaxon/polyaxon-cli"])
def test_an_image_of_ones_own(image: str) -> None:
    assert [path for path, _ in warned({"image": image}, "other-image")] == ["cleaner.image"]
    assert warned({"image": "reg.example.com/mirror/polyaxon-init"}, "other-image") == []
    assert warned({"imageTag": "dev"}, "other-image") == []
