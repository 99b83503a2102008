"""The KRM function, run by a real kustomize."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from helm_cleaner import polyaxon
from helm_cleaner.actions import krm_function
from helm_cleaner.actions.post_render import Options
from helm_cleaner.yamltext import items
from helm_cleaner.yamltext.stream import Stream
from tests.conftest import COMMAND, Helm, tool
from tests.support import rendered
from tools import CHART

pytestmark = [pytest.mark.ecosystem, pytest.mark.helm]

TRANSFORMER = {
    "apiVersion": "helm-cleaner/v1",
    "kind": "Cleaner",
    "metadata": {
        "name": "cleaner",
        "annotations": {"config.kubernetes.io/function": "exec: {path: ./helm-cleaner}\n"},
    },
}
OVER = {"cleaner": {"imageTag": "dev", "nodeSelector": {"pool": "cleaners"}}}


def write(folder: Path, manifests: str, config: dict[str, Any]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "manifests.yaml").write_text(manifests)
    (folder / "cleaner.yaml").write_text(yaml.safe_dump(TRANSFORMER | config))
    (folder / "kustomization.yaml").write_text("resources: [manifests.yaml]\ntransformers: [cleaner.yaml]\n")
    (folder / "helm-cleaner").symlink_to(COMMAND)


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(tool("kustomize")), "build", "--enable-alpha-plugins", "--enable-exec", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def objects(stream: str) -> dict[tuple[str, str], Any]:
    return {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(stream) if each}


@pytest.mark.parametrize(
    ("config", "options"),
    [
        ({}, []),
        ({"spec": {"values": OVER}}, ["-f", "over.yaml"]),
        ({"spec": {"values": OVER, "noRollout": True}}, ["-f", "over.yaml", "--no-rollout"]),
        ({"apiVersion": "v1", "kind": "ConfigMap", "data": {"values": yaml.safe_dump(OVER)}}, ["-f", "over.yaml"]),
    ],
    ids=["plain", "values", "switches", "ConfigMap"],
)
def test_kustomize_makes_what_post_render_makes(
    helm4: Helm, config: dict[str, Any], options: list[str], tmp_path: Path
) -> None:
    values = "cleaner: {resources: {memory: 64Mi, cpu: 50m}}\n"
    (tmp_path / "values.yaml").write_text(values)
    (tmp_path / "over.yaml").write_text(yaml.safe_dump(OVER))
    rendered = helm4("template", "plx", CHART, "-f", tmp_path / "values.yaml").stdout
    ours = subprocess.run(
        [COMMAND, *options], input=rendered, cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert objects(ours) != objects(rendered)
    write(tmp_path, rendered, config)
    done = build(tmp_path)
    assert done.returncode == 0, done.stderr
    assert objects(done.stdout) == objects(ours)
    assert "config.kubernetes.io" not in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", ["polyaxon-v2.15.1-helm4", "polyaxon-v2.15.1-helm3", "agent-v2.15.1-helm4"])
def test_what_kustomize_writes_is_told_apart_on_lines_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / "keep").write_text("#!/bin/sh\nexec tee list.yaml\n")
    (tmp_path / "keep").chmod(0o755)
    write(folder := tmp_path / "built", rendered.read(name).decode(), {"spec": {"values": OVER}})
    (folder / "helm-cleaner").unlink()
    (folder / "helm-cleaner").symlink_to(tmp_path / "keep")
    assert build(folder).returncode == 0
    given = (folder / "list.yaml").read_bytes()
    short = items.shorten_list(given, polyaxon.is_relevant)
    assert short is not None
    assert short.left_out
    assert b"CustomResourceDefinition" not in short.text
    quick, whole = (way(Stream(given), Options()) for way in (krm_function.answer, krm_function.answer_whole))
    assert quick is not None
    assert whole is not None
    assert b"".join(quick.pieces) == b"".join(whole.pieces)
    assert quick[1:] == whole[1:]


def test_an_invalid_section_stops_kustomize(helm4: Helm, tmp_path: Path) -> None:
    write(
        tmp_path,
        helm4("template", "plx", CHART).stdout,
        {"spec": {"values": {"cleaner": {"imagePullPolicy": "always"}}}},
    )
    done = build(tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert 'error: cleaner.imagePullPolicy: "always" is not one of Always, IfNotPresent, Never' in done.stderr
    assert "hint: write imagePullPolicy: Always" in done.stderr
    assert "Error: couldn't execute function: exit status 1" in done.stderr


def test_kubectl_leaves_the_function_out_in_silence(helm4: Helm, tmp_path: Path) -> None:
    """As the guide warns. If kubectl can run it one day, the guide must say so."""
    rendered = helm4("template", "plx", CHART).stdout
    write(tmp_path, rendered, {"spec": {"values": OVER}})
    kubectl = tool("kubectl")
    env = {"PATH": os.environ["PATH"]}

    def run(*flags: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [kubectl, "kustomize", *flags, tmp_path], env=env, capture_output=True, text=True, check=False
        )

    assert "unknown flag: --enable-exec" in run("--enable-alpha-plugins", "--enable-exec").stderr
    done = run("--enable-alpha-plugins")
    assert (done.returncode, done.stderr) == (0, "")
    assert objects(done.stdout) == objects(rendered)
