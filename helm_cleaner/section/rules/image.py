"""The image that Polyaxon builds from image and imageTag, checked as the kubelet parses it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.section.rules.field import Field
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map

if TYPE_CHECKING:
    from helm_cleaner.fixes import Fix

# What Polyaxon uses if a field is missing or empty; the tag stands for its own version.
_IMAGE, _TAG = "polyaxon/polyaxon-init", "0"

_NEEDED = "polyaxon-init"  # in the last part of the name: whose registry it is in does not matter

_HOST = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])"
_NAME = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_TAGGED = r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
_DIGEST = r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?"
_DIGEST_SIZES = {"sha256": 64, "sha384": 96, "sha512": 128}
_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789/-"
_SCHEMES = ("https://", "http://", "docker://", "oci://")
EXAMPLE = f"write a name as in {_IMAGE} or registry.example.com:5000/{_IMAGE}"
TAG_EXAMPLE = "use the tag as the registry shows it, for example 2.15.1"
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
    if _is_plain(image or _IMAGE, tag or _TAG) or is_reference(f"{image or _IMAGE}:{tag or _TAG}"):
        if _NEEDED not in image.rpartition("/")[2] and (field := section.get("image")) and field.is_text and image:
            message = f"is not {_NEEDED}: the job needs bash and the Polyaxon CLI in it, or deletes nothing"
            hint = f"use a copy of {_IMAGE}, or try yours: helm-cleaner explain --rehearsal"
            yield field.warning("other-image", message, hint)
        return
    image_is_wrong = bool(image) and not is_reference(f"{image}:{_TAG}")
    tag_is_wrong = bool(tag) and not is_reference(f"{_IMAGE}:{tag}")
    field = section.get("image")
    if field is not None and (image_is_wrong or not tag_is_wrong):
        yield _wrong_image(section, field, tag)
    field = section.get("imageTag")
    if field is not None and tag_is_wrong:
        yield _wrong_tag(field, tag)


def _is_plain(image: str, tag: str) -> bool:
    """Whether it is obviously a valid reference: compiling the grammar takes longer than everything else here."""
    if tag[0] in "-." or tag.strip(_TAG_CHARACTERS) or len(tag) > 128 or len(image) > 200:
        return False
    return not image.strip(_NAME_CHARACTERS) and all(
        part and part[0] != "-" and part[-1] != "-" for part in image.split("/")
    )


def is_reference(text: str) -> bool:
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


def _wrong_image(section: Field, field: Field, tag: str) -> Diagnostic:
    text = field.string.strip()
    name, given, digest = _split(text)
    if given.isdigit() and not digest and "/" not in name and ("." in name or name == "localhost"):
        meant = f"{text}/{_NEEDED}"
        return _not_valid(field, "the image itself is missing", f"write image: {meant}", field.replace(meant))
    if problem := _digest_problem(digest.removeprefix("@")):
        return _not_valid(field, problem, _COPY_DIGEST)
    problem, meant = _image_problem(field.string)
    if (given or digest) and is_reference(f"{name}:{given or tag or 'TAG'}{digest}"):
        problem = "Polyaxon appends a tag, and this image already has one"
        if not given:
            problem = "Polyaxon appends a tag, and a digest must come after the tag"
        hint, fix = _in_two(section, field, text)
        return _not_valid(field, problem, hint, fix, "image-with-tag")
    if is_reference(f"{meant}:{_TAG}"):
        return _not_valid(field, problem, f"write image: {meant}", field.replace(meant))
    name, given, digest = _split(meant)
    if given and is_reference(f"{name}:{given}{digest}"):
        return _not_valid(field, problem, *_in_two(section, field, meant))
    return _not_valid(field, problem, EXAMPLE)


def _not_valid(field: Field, problem: str, hint: str, fix: Fix | None = None, code: str = "image") -> Diagnostic:
    return field.error(code, f"{field.shown} is not a valid image name: {problem}", hint, fix)


def _split(image: str) -> tuple[str, str, str]:
    """An image's name, its tag, and its digest with the @ before it."""
    name, at, digest = image.partition("@")
    colon = name.rfind(":") if ":" in name.rpartition("/")[2] else -1
    return (name[:colon], name[colon + 1 :], at + digest) if colon > 0 else (name, "", at + digest)


def _in_two(section: Field, field: Field, image: str) -> tuple[str, Fix | None]:
    """The hint to write image and imageTag, and its fix."""
    from helm_cleaner.fixes import Add, Fix, Replace
    from helm_cleaner.nearness import bare

    assert isinstance(section.value, Map)
    name, given, digest = _split(image)
    there = section.get("imageTag")
    own = there is not None and there.at.kind != "default"
    tag = given or (there.string if there is not None and there.is_text and own else "")
    if not tag:
        return f'write the tag before the digest: image: {name} and imageTag: "TAG{digest}", for example', None
    whole = tag + digest
    hint = f'write image: {name} and imageTag: "{whole}"'
    changes = Replace(field.value.origin, name), Add(field.at, "imageTag", whole, quoted=True)
    empty = section.value.get("imageTag")
    if there is None and empty is not None:
        return hint, Fix("suggested", (changes[0], Replace(empty.origin, whole)))
    if there is not None and own and there.value.origin.is_written:
        return hint, Fix("suggested", (changes[0], Replace(there.value.origin, whole)))
    is_alone = not any(bare(key) == "imagetag" for key in section.value if key != "imageTag")
    is_clear = is_alone and given and not digest and image == field.string
    return hint, Fix("safe" if is_clear else "suggested", changes)


def _image_problem(image: str) -> tuple[str, str]:
    """What is wrong with an image, and the one that is probably meant."""
    meant = image.strip()
    scheme = next((each for each in _SCHEMES if meant.lower().startswith(each)), "")
    meant = meant[len(scheme) :].rstrip(":/")
    start = len(meant.partition("/")[0]) if any(c in meant.partition("/")[0] for c in ".:") else 0
    path = meant[start:]
    if not any(mark in image for mark in ("${", "$(", "#{", "{{")):  # a placeholder has its own case
        name, tag, digest = _split(meant)
        meant = meant[:start] + name[start:].lower() + (f":{tag}" if tag else "") + digest
    if not image.strip():
        return "it contains only whitespace", ""
    if scheme:
        return f"it starts with {scheme}", meant
    if image != image.strip():
        return "it has leading or trailing whitespace", meant
    if " " in image:
        return "it contains a space", ""
    if image.endswith((":", "/")):
        return f"it ends with {image[-1]}", meant
    if "$" in image:
        return "it contains $: Helm fills in no placeholder", ""
    if any(char.isupper() for char in _split(path)[0]):
        return "uppercase letters are not allowed", meant
    if len(image) > 255:
        return f"it has {len(image)} characters; at most 255 are allowed", ""
    return "only lowercase letters and digits, '.', '_', '__' or '-' between them, and slashes are allowed", ""


def _wrong_tag(field: Field, tag: str) -> Diagnostic:
    name, at, digest = tag.partition("@")
    wrong = f"{field.shown} is not a valid image tag"
    if problem := _digest_problem(digest):
        return field.error("image-tag", f"{wrong}: {problem}", _COPY_DIGEST)
    if (at and not name) or (name.startswith("sha256:") and not at):
        hint = f'put the image\'s tag before it, for example imageTag: "2.15.1@{tag.removeprefix("@")}"'
        return field.error("image-tag", f"{wrong}: a digest must come after a tag", hint)
    meant = name.strip().lstrip(":") + at + digest
    if meant != tag and is_reference(f"{_IMAGE}:{meant}"):
        return field.error("image-tag", wrong, f'write imageTag: "{meant}"', field.replace(meant))
    odd = name.strip(_TAG_CHARACTERS)
    problem = "letters, digits, '_', '.' and '-' are allowed, but not '.' or '-' at the start"
    if odd:
        problem = f"it contains {'a space' if odd[0] == ' ' else odd[0]}; {problem}"
    elif len(name) > 128:
        problem = f"it has {len(name)} characters; at most 128 are allowed"
    return field.error("image-tag", f"{wrong}: {problem}", TAG_EXAMPLE)
