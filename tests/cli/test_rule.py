"""The command: what a code means."""

from __future__ import annotations

import re

import pytest
import yaml

from helm_cleaner import values
from helm_cleaner.cli import main
from helm_cleaner.codes import GROUPS, INPUT_CODES, Code, OtherCode
from helm_cleaner.diagnostics import InputError

CODES = [code for codes in GROUPS.values() for code in codes]


def printed(capture: pytest.CaptureFixture[bytes], *args: str) -> str:
    assert main(["rule", *args]) == 0
    out, err = capture.readouterr()
    assert err == b""
    return out.decode()


def test_a_code_with_its_examples(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = printed(capfdbinary, "image-tag")
    assert text.startswith(
        "image-tag (error)\n\nAn invalid image tag.\n\n"
        "bad:\n  cleaner:\n    imageTag: 1.0+build\n\ngood:\n  cleaner:\n    imageTag: 1.0-build\n\nsource: the kubelet"
    )
    assert printed(capfdbinary, "[image-tag]") == text


def test_a_code_of_the_cluster(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = printed(capfdbinary, "missing-claim")
    assert "what to do: create the claim, or a volume for it\n\nsource: the Kubernetes scheduler" in text


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_every_code_has_a_page(code: Code | OtherCode, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = printed(capfdbinary, code.code)
    assert text.startswith(f"{code.code} ({code.severity})\n\n{code.reason}\n")
    assert "\ngood:\n" in text or "\nwhat to do: " in text
    assert len(text) < 2000
    if isinstance(code, Code) and len(code.bad) < 1000:
        for example in re.findall(r"(?:bad|good):\n((?:  .*\n)+)", text):
            assert list(yaml.safe_load(example)) == ["cleaner"]


def test_without_a_code_all_are_listed(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = printed(capfdbinary)
    assert re.findall(r"^  ([a-z-]+) +\S", text, re.MULTILINE) == [code.code for code in CODES]
    assert [line for line in text.splitlines() if line and not line.startswith(" ")] == list(GROUPS)


def test_no_code_is_listed_twice() -> None:
    assert len({code.code for code in CODES}) == len(CODES)


@pytest.mark.parametrize(
    ("name", "hint"), [("image-tags", "did you mean image-tag?"), ("zzz", "helm-cleaner rule lists the codes")]
)
def test_an_unknown_code(name: str, hint: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["rule", name]) == 2
    assert capfdbinary.readouterr().err.decode() == (
        f"helm-cleaner rule: error: unknown code '{name}'\n    hint: {hint}\n"
    )


@pytest.mark.parametrize("code", ["yaml", "values"])
def test_the_examples_of_input(code: str) -> None:
    [found] = [each for each in INPUT_CODES if each.code == code]
    with pytest.raises(InputError) as caught:
        values.read(found.bad.encode(), "v.yaml")
    assert caught.value.diagnostics[0].code == code
    values.read(found.good.encode(), "v.yaml")
