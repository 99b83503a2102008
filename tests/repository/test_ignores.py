"""Comments and the configuration ignore findings; what ignores nothing is reported."""

from __future__ import annotations

import pytest

from helm_cleaner.diagnostics import Diagnostic, Location
from helm_cleaner.repository.configuration import read_configuration
from helm_cleaner.repository.ignores import drop_ignored


def finding(code: str, line: int | None, file: str = "v.yaml") -> Diagnostic:
    return Diagnostic("error", code, "cleaner.x", "is wrong", "", Location(file, line, 1))


KEPT = {  # a line, and the codes of findings on it that are kept, of pull-policy and image
    "a comment": ("image: x  # helm-cleaner: ignore[image]", ["pull-policy"]),
    "two codes": ("image: x  # helm-cleaner: ignore[image,pull-policy]", []),
    "with blanks": ("image: x #helm-cleaner:ignore[ image , pull-policy ]", []),
    "after another comment": ("image: x  # ours; helm-cleaner: ignore[image]", ["pull-policy"]),
    "two comments": ("image: x  # helm-cleaner: ignore[image] # helm-cleaner: ignore[pull-policy]", []),
    "in JSON's braces": ('{"image": "a#b"}  # helm-cleaner: ignore[image]', ["pull-policy"]),
    "after an apostrophe": ("image: don't  # helm-cleaner: ignore[image]", ["pull-policy"]),
    "in a text in quotes": ('image: "x # helm-cleaner: ignore[image]"', ["image", "pull-policy"]),
    "in single quotes": ("image: 'it''s # helm-cleaner: ignore[image]'", ["image", "pull-policy"]),
    "not a comment": ("image: x#helm-cleaner: ignore[image]", ["image", "pull-policy"]),
    "another code": ("image: x  # helm-cleaner: ignore[type]", ["image", "pull-policy"]),
    "no code": ("image: x  # helm-cleaner: ignore", ["image", "pull-policy"]),
}


@pytest.mark.parametrize(("line", "kept"), KEPT.values(), ids=KEPT)
def test_a_comment_ignores_findings_on_its_line(line: str, kept: list[str]) -> None:
    files = [("v.yaml", f"# above\n{line}\n".encode()), ("w.yaml", b"a: 1\na: 1\n")]
    result = drop_ignored([finding("image", 2), finding("pull-policy", 2), finding("image", 2, "w.yaml")], files)
    assert [d.code for d in result.findings] == [*kept, "image"]


UNUSED = {
    "nothing to ignore": ("a: 1  # helm-cleaner: ignore[image]", "no finding image on this line", (1, 30)),
    "one of two": ("image: x  # helm-cleaner: ignore[image, type]", "no finding type on this line", (1, 41)),
    "unknown": ("a: 1  # helm-cleaner: ignore[imagee]", 'unknown code "imagee"', (1, 30)),
    "not ignorable": (
        "a: 1  # helm-cleaner: ignore[yaml]",
        "yaml cannot be ignored: it is not about a section",
        (1, 30),
    ),
    "empty": ("a: 1  # helm-cleaner: ignore[]", 'unknown code ""', (1, 30)),
}


@pytest.mark.parametrize(("line", "message", "at"), UNUSED.values(), ids=UNUSED)
def test_a_comment_that_ignores_nothing_is_reported(line: str, message: str, at: tuple[int, int]) -> None:
    findings = [finding("image", 1)] if line.startswith("image") else [finding("yaml", 1)]
    [found] = drop_ignored(findings, [("v.yaml", line.encode())]).unused
    assert (found.severity, found.code, found.message, found.location[1:3]) == ("warning", "unused-ignore", message, at)


def test_the_warning_can_be_ignored() -> None:
    line = "a: 1  # helm-cleaner: ignore[image, unused-ignore]"
    assert drop_ignored([], [("v.yaml", line.encode())]).unused == []
    ignores = read_configuration(b"ignore: {v.yaml: [unused-ignore]}", ".helm-cleaner.yaml").ignore
    assert drop_ignored([], [("v.yaml", b"a: 1 # helm-cleaner: ignore[image]")], ignores).unused == []
    [found] = drop_ignored([], [("v.yaml", b"a: 1 # helm-cleaner: ignore[unused-ignore]")]).unused
    assert found.message == "no finding unused-ignore on this line"


def test_the_configuration_ignores_by_glob() -> None:
    text = b"ignore: {'legacy/*.yaml': [pull-policy, type], '*.yml': [image]}"
    ignores = read_configuration(text, ".helm-cleaner.yaml").ignore
    findings = [finding("pull-policy", 1, "legacy/v.yaml"), finding("image", 1, "legacy/v.yaml"),
                finding("image", None, "a/b.yml"), finding("image", 1, "elsewhere.yml")]  # fmt: skip
    kept = drop_ignored(findings, [], ignores, lambda name: None if name == "elsewhere.yml" else name)
    assert kept.findings == [findings[1], findings[3]]
    assert [(d.path, d.message, d.location.column) for d in kept.unused] == [
        ("ignore.legacy/*.yaml", "no finding type in the files of legacy/*.yaml", 41)
    ]
