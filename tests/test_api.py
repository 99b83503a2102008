"""The public functions, and what the package promises of itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata

import pytest

import helm_cleaner
from helm_cleaner import CleanerError, merge, post_render, validate
from helm_cleaner.diagnostics import InputError, SectionError

STREAM = (
    b"kind: ConfigMap\nmetadata: {name: cm, labels: {app.kubernetes.io/version: '1.0'}}\n"
    b"data:\n  POLYAXON_AGENT_CLEANER: '{}'\n"
)
CONSUMER = (
    b"kind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n"
    b"      - {name: a, envFrom: [{configMapRef: {name: cm}}]}\n"
)


def test_merge_lays_sections_over_the_defaults() -> None:
    result = merge({"imageTag": "a", "nodeSelector": {"x": "1"}}, None, {"imageTag": "b", "resources": None})
    assert result == {
        "image": "polyaxon/polyaxon-init",
        "imagePullPolicy": "IfNotPresent",
        "imageTag": "b",
        "nodeSelector": {"x": "1"},
    }


def test_merge_without_defaults() -> None:
    assert merge(defaults=False) == {}
    assert merge({"resources": {"cpu": "1"}}, defaults=False) == {"resources": {"requests": {"cpu": "1"}}}


def test_merge_takes_a_version() -> None:
    assert merge(version="2.15.1")["imageTag"] == "2.15.1"


def test_merge_refuses_what_is_no_mapping() -> None:
    with pytest.raises(SectionError, match="must be a mapping, found a list"):
        merge(["a"])  # type: ignore[arg-type]  # on purpose


def test_validate() -> None:
    assert validate(None) == []
    assert validate({"imageTag": "x"}) == []
    assert [(d.severity, d.code, d.path) for d in validate({"imageTag": 1, "resources": {"cpu": "1"}})] == [
        ("warning", "flat-resources", "cleaner.resources.cpu"),
        ("error", "type", "cleaner.imageTag"),
    ]


def test_post_render() -> None:
    out = post_render(STREAM, {"cleaner": {"imageTag": "x"}}, rollout=False)
    section = json.loads(re.search(rb"CLEANER: '(.*)'", out)[1])  # type: ignore[index]  # it is there, or the test fails
    assert section["imageTag"] == "x"
    assert post_render(STREAM, defaults=False) == STREAM


def test_post_render_raises_what_is_wrong() -> None:
    with pytest.raises(CleanerError) as e:
        post_render(STREAM, {"cleaner": {"imageTag": 1, "x": 1}})
    assert [d.code for d in e.value.diagnostics] == ["type", "unknown-field"]
    with pytest.raises(InputError):
        post_render(b"a: b\n", require_target=True)
    with pytest.raises(TypeError):
        post_render(STREAM, [1])  # type: ignore[arg-type]  # on purpose


def test_the_version_is_that_of_the_package() -> None:
    assert metadata.version("helm-cleaner") == helm_cleaner.__version__


def test_names_are_there_and_others_are_not() -> None:
    assert all(getattr(helm_cleaner, name) for name in helm_cleaner.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = helm_cleaner.nonsense


@pytest.mark.parametrize(
    ("command", "modules"),
    [
        ("import helm_cleaner", ["yaml", "json", "typing"]),
        ("from helm_cleaner.cli import main; main(['--version'])", ["yaml", "jsonpatch", "argparse"]),
        (
            "import helm_cleaner.cli.commands.post_render",
            ["argparse", "deepmerge", "difflib", "pathlib", "subprocess", "dataclasses", "jsonpatch"],
        ),
        (
            "import helm_cleaner.cli.console",
            ["argparse", "pathlib", "shlex", "subprocess", "tempfile", "typing"],
        ),
        (
            "from helm_cleaner.cli import main; main([])",
            ["argparse", "dataclasses", "deepmerge", "hashlib", "inspect", "pathlib", "subprocess", "typing"],
        ),
    ],
)
def test_what_is_not_needed_is_not_imported(command: str, modules: list[str]) -> None:
    """Helm waits for every import."""
    code = f"{command}\nimport sys; print(*(m for m in {modules!r} if m in sys.modules), file=sys.stderr)"
    stream = STREAM + b"---\n" + CONSUMER
    done = subprocess.run([sys.executable, "-c", code], input=stream, capture_output=True, check=True)
    assert done.stderr == b"\n"


def test_a_section_that_is_no_mapping() -> None:
    assert [d.code for d in validate([1])] == ["type"]  # type: ignore[arg-type]  # on purpose
