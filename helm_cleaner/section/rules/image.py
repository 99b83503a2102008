"""The image that Polyaxon builds from image and imageTag, checked as the kubelet parses it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.section.rules.field import Field

# What Polyaxon uses if a field is missing or empty; the tag stands for its own version.
_IMAGE, _TAG = "polyaxon/polyaxon-init", "0"

_NEEDED = "polyaxon-init"  # in the last part of the name: whose registry it is in does not matter

_HOST = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])"
_NAME = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_TAGGED = r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
_DIGEST = r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?"
_DIGEST_SIZES = {"sha256": 64, "sha384": 96, "sha512": 128}
_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789/-"
_COPY_DIGEST = "copy the whole digest from the registry"
_TAG_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"


def check(section: Field) -> Iterator[Diagnostic]:
    """The section's image and imageTag."""
    image, tag = section.text("image"), section.text("imageTag")
    if image is None or tag is None:  # one of them is not a string: check the other one alone
        image, tag = image or _IMAGE, tag or _TAG
    for name, text, instead in (("image", image, f"uses {_IMAGE}"), ("imageTag", tag, "uses its own version")):
        field = section.get(name)
        if field is not None and text == "":
            message = f"is empty, which is the same as missing: Polyaxon {instead}"
            yield field.warning("empty-image", message, f"set a value, or remove {name}")
    if _is_plain(image or _IMAGE, tag or _TAG) or _is_reference(f"{image or _IMAGE}:{tag or _TAG}"):
        if _NEEDED not in image.rpartition("/")[2] and (field := section.get("image")) and field.is_text and image:
            message = f"is not {_NEEDED}: the job needs bash and the Polyaxon CLI in it, or deletes nothing"
            hint = f"use a copy of {_IMAGE}, or try yours: helm-cleaner explain --rehearsal"
            yield field.warning("other-image", message, hint)
        return
    image_is_wrong = bool(image) and not _is_reference(f"{image}:{_TAG}")
    tag_is_wrong = bool(tag) and not _is_reference(f"{_IMAGE}:{tag}")
    field = section.get("image")
    if field is not None and (image_is_wrong or not tag_is_wrong):
        yield _wrong_image(field, tag)
    field = section.get("imageTag")
    if field is not None and tag_is_wrong:
        yield field.error("image-tag", *_tag_problem(field, tag))


def _is_plain(image: str, tag: str) -> bool:
    """Whether it is obviously a valid reference: compiling the grammar takes longer than everything else here."""
    if tag[0] in "-." or tag.strip(_TAG_CHARACTERS) or len(tag) > 128 or len(image) > 200:
        return False
    return not image.strip(_NAME_CHARACTERS) and all(
        part and part[0] != "-" and part[-1] != "-" for part in image.split("/")
    )


def _is_reference(text: str) -> bool:
    """Whether the kubelet can parse it."""
    first, slash, rest = text.partition("/")
    if not slash:
        domain, rest = "docker.io", f"library/{text}"
    elif first == "localhost" or "." in first or ":" in first or first != first.lower():
        domain = "docker.io" if first == "index.docker.io" else first
        if domain == "docker.io" and "/" not in rest:
            rest = f"library/{rest}"
    else:
        domain, rest = "docker.io", text
    found = re.fullmatch(f"{_HOST}(?::[0-9]+)?/(?P<path>{_NAME}(?:/{_NAME})*){_TAGGED}{_DIGEST}", f"{domain}/{rest}")
    return found is not None and len(found["path"]) <= 255 and _is_digest(found["digest"])


def _is_digest(digest: str | None) -> bool:
    if not digest:
        return True
    algorithm, _, digits = digest.partition(":")
    return len(digits) == _DIGEST_SIZES.get(algorithm) and digits == digits.lower()


def _digest_problem(digest: str) -> str:
    """What is wrong with a digest of a known algorithm; "" if nothing is, or the algorithm is unknown."""
    algorithm, _, digits = digest.partition(":")
    size = _DIGEST_SIZES.get(algorithm)
    if size is None or _is_digest(digest):
        return ""
    return f"a {algorithm} digest has {size} digits (0-9, a-f), found {len(digits)} characters"


def _wrong_image(field: Field, tag: str) -> Diagnostic:
    image = field.string
    code, problem, hint = "image", "", ""
    bare = image.strip()
    digest_problem = _digest_problem(bare.partition("@")[2])
    for scheme in ("https://", "http://", "docker://", "oci://"):
        if bare.lower().startswith(scheme):
            problem, hint = f"it starts with {scheme}", f"write image: {bare[len(scheme) :].rstrip('/')}"
    name, at, digest = bare.partition("@")
    colon = name.rfind(":") if ":" in name.rpartition("/")[2] else -1
    name, given = (name[:colon], name[colon + 1 :]) if colon > 0 and not problem else (name, "")
    whole = (given or tag or "TAG") + at + digest
    if given.isdigit() and not at and "/" not in name and ("." in name or name == "localhost"):
        problem, hint = "the image itself is missing", f"write image: {bare}/{_IMAGE.rpartition('/')[2]}"
    elif not problem and digest_problem:
        problem, hint = digest_problem, _COPY_DIGEST
    elif not problem and (at or given) and _is_reference(f"{name}:{whole}"):
        code, problem = "image-with-tag", "Polyaxon appends a tag, and this image already has one"
        problem = problem if given else "Polyaxon appends a tag, and a digest must come after the tag"
        hint = f'write image: {name} and imageTag: "{whole}"'
        if not given and not tag:
            hint += ", with the image's tag in place of TAG"
    elif not problem:
        problem, hint = _image_problem(image)
    return field.error(code, f"{field.shown} is not a valid image name: {problem}", hint)


def _image_problem(image: str) -> tuple[str, str]:
    example = f"write a name as in {_IMAGE} or registry.example.com:5000/{_IMAGE}"
    path = image.partition("/")[2] if any(c in image.partition("/")[0] for c in ".:") else image
    if not image.strip():
        return "it contains only whitespace", example
    if image != image.strip():
        return "it has leading or trailing whitespace", f"write image: {image.strip()}"
    if " " in image:
        return "it contains a space", example
    if image.endswith((":", "/")):
        return f"it ends with {image[-1]}", f"write image: {image.rstrip(':/')}"
    if any(char.isupper() for char in path):
        return "uppercase letters are not allowed", f"write image: {image[: len(image) - len(path)]}{path.lower()}"
    if len(image) > 255:
        return f"it has {len(image)} characters; at most 255 are allowed", example
    return "only lowercase letters and digits, '.', '_', '__' or '-' between them, and slashes are allowed", example


def _tag_problem(field: Field, tag: str) -> tuple[str, str]:
    name, at, digest = tag.partition("@")
    if problem := _digest_problem(digest):
        return f"{field.shown} is not a valid image tag: {problem}", _COPY_DIGEST
    if at and not name:
        return (
            f"{field.shown} is not a valid image tag: a digest must come after a tag",
            f'write imageTag: "TAG{tag}", with the image\'s tag',
        )
    if name.startswith("sha256:") and not at:
        return (
            f"{field.shown} is not a valid image tag: a digest must come after a tag",
            f'write imageTag: "TAG@{tag}", with the image\'s tag',
        )
    bare = name.strip().lstrip(":")
    if name != bare and bare and not bare.strip(_TAG_CHARACTERS):
        return f"{field.shown} is not a valid image tag", f'write imageTag: "{bare}{at}{digest}"'
    odd = name.strip(_TAG_CHARACTERS)
    problem = "letters, digits, '_', '.' and '-' are allowed, but not '.' or '-' at the start"
    if odd:
        problem = f"it contains {'a space' if odd[0] == ' ' else odd[0]}; {problem}"
    elif len(name) > 128:
        problem = f"it has {len(name)} characters; at most 128 are allowed"
    return f"{field.shown} is not a valid image tag: {problem}", "write the tag as the registry shows it, as in 2.15.1"
