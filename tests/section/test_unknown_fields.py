"""Unknown fields: what was probably meant, and whether that is clear enough for `fix`."""

from __future__ import annotations

import pytest

from helm_cleaner import section, values


@pytest.mark.parametrize(
    ("fields", "hint", "applicability"),
    [
        ("imagetag: a", "did you mean imageTag?", "safe"),
        ("image_tag: a, imageTag: b", "remove it, or imageTag: both are given", None),
        ("imgTag: a", "did you mean imageTag?", "suggested"),
        ("imageTagg: a", "did you mean imageTag?", "safe"),
        ("tag: a", "did you mean imageTag?", "suggested"),
        ("imageT: a", "did you mean image?", "suggested"),  # as plausibly imageTag
        ("image_t: a", "did you mean image?", "suggested"),
        ("image-t: a", "did you mean image?", "suggested"),
        ("imageV: a", "did you mean image?", "suggested"),
        ("imgae: a", "did you mean image?", "safe"),
        ("nodeSelectr: {a: b}, nodeSelektor: {a: b}", "did you mean nodeSelector?", "suggested"),
        ("nodeSelectr: a", "did you mean nodeSelector?", "suggested"),
        ("podAffinity: {}", "move it under affinity", "suggested"),
        ("affinity: {podAffinity: {}}, podAffinity: {}", "move it under affinity", None),
        ("labels: {}", "remove it: the agent cannot load its configuration with it and does not start", "suggested"),
        ("resources: {foo: 1}", "remove it: resources belong under requests or limits", "suggested"),
    ],
)  # fmt: skip
def test_what_was_meant(fields: str, hint: str, applicability: str | None) -> None:
    found = section.resolve(overrides=values.read(f"cleaner: {{{fields}}}".encode(), "v.yaml")).findings
    first = next(d for d in found if d.code == "unknown-field")
    assert (first.hint, first.fix and first.fix.applicability) == (hint, applicability)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("memry", "write memory"),
        ("mem", "write memory"),
        ("CPU", "write cpu"),
        ("gpu", "write nvidia.com/gpu"),
        ("requests.nvidia.com/gpu", "write nvidia.com/gpu"),
    ],
)
def test_names_of_resources(name: str, hint: str) -> None:
    text = f"cleaner: {{resources: {{limits: {{{name}: 1}}}}}}"
    [found] = section.resolve(overrides=values.read(text.encode(), "v.yaml")).findings
    assert (found.hint, found.fix and found.fix.applicability) == (hint, "suggested")
