"""The post-renderer in real Helm, and how its messages reach the user."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import Helm
from tools import AS_POLYAXON, CHART

pytestmark = pytest.mark.helm

KEY, CHECKSUM = "POLYAXON_AGENT_CLEANER", "checksum/agent-config"
RENDERER = ("--post-renderer", "helm-cleaner")
BAD = ("--set", "cleaner.imagePullPolicy=always", AS_POLYAXON)
WARNED = ("--set", "cleaner.resources.cpu=50m")
MESSAGE = """\
rel-polyaxon-agent-config: error: cleaner.imagePullPolicy: "always" is not one of Always, IfNotPresent, Never \
[pull-policy]
    imagePullPolicy: "always"
                     ^^^^^^^^
    hint: write imagePullPolicy: Always
"""


def objects(text: str) -> dict[tuple[str, str], Any]:
    return {(d["kind"], d["metadata"]["name"]): d for d in yaml.safe_load_all(text) if d}


def without_checksum(manifest: dict[str, Any]) -> dict[str, Any]:
    for metadata in (manifest["metadata"], manifest.get("spec", {}).get("template", {}).get("metadata", {})):
        annotations = metadata.get("annotations") or {}
        annotations.pop(CHECKSUM, None)
        if not annotations:
            metadata.pop("annotations", None)
    return manifest


@pytest.mark.parametrize("edition", ["ce", "agent"])
def test_only_the_section_and_the_checksums_differ(helm: Helm, edition: str) -> None:
    args = ("template", "rel", CHART, "--set", f"edition={edition}", *WARNED)
    before, after = objects(helm(*args).stdout), objects(helm(*args, *RENDERER).stdout)
    configmap = ("ConfigMap", "rel-polyaxon-agent-config")
    section = json.loads(after[configmap]["data"].pop(KEY))
    assert section["resources"]["requests"] == {"cpu": "50m", "memory": "100Mi"}
    assert json.loads(before[configmap]["data"].pop(KEY))["resources"]["cpu"] == "50m"
    for (kind, name), manifest in after.items():
        if kind == "Deployment":
            assert CHECKSUM in manifest["spec"]["template"]["metadata"]["annotations"], name
    assert {k: without_checksum(m) for k, m in after.items()} == {k: without_checksum(m) for k, m in before.items()}


def test_the_checksum_is_over_the_data_alone(helm: Helm) -> None:
    """So that every Helm gives the same one, although each writes YAML differently."""
    rendered = objects(helm("template", "rel", CHART, *WARNED, *RENDERER).stdout)
    data = rendered["ConfigMap", "rel-polyaxon-agent-config"]["data"]
    expected = hashlib.sha256(json.dumps([data], sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    for name in ("agent", "operator", "api"):
        template = rendered["Deployment", f"rel-polyaxon-{name}"]["spec"]["template"]
        assert template["metadata"]["annotations"][CHECKSUM] == expected


def test_hooks_come_through(helm: Helm) -> None:
    args = ("template", "rel", CHART)
    before, after = objects(helm(*args).stdout), objects(helm(*args, *RENDERER).stdout)
    hooks = {k: m for k, m in before.items() if "helm.sh/hook" in (m["metadata"].get("annotations") or {})}
    assert hooks, "the chart has a hook"
    assert {k: after[k] for k in hooks} == hooks


def test_options_reach_it(helm: Helm, tmp_path: Path) -> None:
    values = tmp_path / "with space.yaml"
    values.write_text("cleaner:\n  nodeSelector: {pool: small}\n")
    options = ["-f", str(values), "--set", "cleaner.imageTag=dev"]
    passed = [f"--post-renderer-args={option}" for option in options]
    rendered = objects(helm("template", "rel", CHART, *RENDERER, *passed).stdout)
    section = json.loads(rendered["ConfigMap", "rel-polyaxon-agent-config"]["data"][KEY])
    assert (section["imageTag"], section["nodeSelector"]) == ("dev", {"pool": "small"})


def test_a_bad_section_stops_helm_and_says_why(helm: Helm) -> None:
    done = helm("template", "rel", CHART, *BAD, *RENDERER, check=False)
    assert done.returncode != 0
    assert done.stdout == ""
    assert MESSAGE in done.stderr


def test_a_wrong_option_reaches_the_user(helm: Helm) -> None:
    done = helm("template", "rel", CHART, *RENDERER, "--post-renderer-args=--warn", check=False)
    assert done.returncode != 0
    assert "helm-cleaner post-render: error: unrecognized arguments: --warn" in done.stderr


def test_a_warning_reaches_the_user_though_helm_succeeds(helm: Helm) -> None:
    done = helm("template", "rel", CHART, *WARNED, *RENDERER)
    assert "warning: cleaner.resources.cpu: read as resources.requests.cpu" in done.stderr


@pytest.mark.parametrize("how", ["> log 2>&1", ">> log 2>&1", "2> log", "2>> log", "2>&1 | cat > log"])
def test_messages_in_a_log(helm: Helm, tmp_path: Path, how: str) -> None:
    """Helm continues at its own position in a file not opened for appending: neither text may be lost."""
    (tmp_path / "log").write_text("")
    command = f'"$HELM_BIN" template rel "{CHART}" {" ".join(BAD + RENDERER)} {how}'
    subprocess.run(["bash", "-c", command], cwd=tmp_path, env=helm.env, check=False, capture_output=True)
    log = (tmp_path / "log").read_text()
    assert MESSAGE in log
    assert "Error: error while running post render on files" in log


def test_messages_on_a_terminal_are_colored(helm4: Helm) -> None:
    ours, theirs = pty.openpty()
    command = (helm4.binary, "template", "rel", CHART, *BAD, *RENDERER)
    with subprocess.Popen(
        command, env=helm4.env | {"TERM": "xterm"}, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs
    ) as p:
        os.close(theirs)
        text = b""
        while chunk := read_some(ours):
            text += chunk
    os.close(ours)
    assert p.returncode != 0
    assert b"\x1b[1;31merror:\x1b[0m cleaner.imagePullPolicy" in text


def read_some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # Linux says EIO where the other side has gone
        return b""


def test_helm4_with_its_python_gone(helm4: Helm) -> None:
    launcher = Path(helm4.env["HELM_PLUGINS"], "helm-cleaner", "post-render")
    text = launcher.read_text()
    try:
        launcher.write_text(text.replace("\npython=", "\npython=/gone"))
        done = helm4("template", "rel", CHART, *RENDERER, check=False)
    finally:
        launcher.write_text(text)
    assert done.returncode != 0
    assert "does not exist\n    hint: run 'helm-cleaner plugin install' again" in done.stderr


# ---- values ---------------------------------------------------------------------------------------------------------

GOOD_VALUES = "# mine\nedition: agent\ncleaner:\n  imageTag: dev\n  nodeSelector: {pool: small}\n"
FLAT_VALUES = "cleaner:\n  resources:\n    memory: 64Mi\n    cpu: 50m\n"


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("values.yaml", "cleaner://values.yaml"),
        ("values.yaml", "cleaner://{folder}/values.yaml"),
        ("sub/values.yaml", "cleaner://sub/values.yaml"),
        ("sub/../values.yaml", "cleaner://./sub/../values.yaml"),
        ("my values.yaml", "cleaner://./my values.yaml"),
        ("my values.yaml", "cleaner://{folder}/my values.yaml"),
        ("größe#1?.yaml", "cleaner://größe#1?.yaml"),
        ("C:\\v.yaml", "cleaner:C:\\v.yaml"),
    ],
)
def test_a_good_values_file_renders_the_same(helm: Helm, tmp_path: Path, name: str, url: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / name).write_text(GOOD_VALUES)
    plain = helm("template", "rel", CHART, "-f", tmp_path / name)
    done = helm("template", "rel", CHART, "-f", url.format(folder=tmp_path), cwd=tmp_path)
    assert done.stdout == plain.stdout
    assert done.stderr == ""


def test_a_values_file_is_made_regular(helm: Helm, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text(FLAT_VALUES)
    done = helm("template", "rel", CHART, "-f", "cleaner://values.yaml", cwd=tmp_path)
    section = json.loads(objects(done.stdout)["ConfigMap", "rel-polyaxon-agent-config"]["data"][KEY])
    assert section["resources"]["requests"] == {"cpu": "50m", "memory": "64Mi"}
    assert set(section["resources"]) == {"limits", "requests"}
    assert (
        "values.yaml:3:5: warning: cleaner.resources.memory: memory and cpu are read as resources.requests;"
        in done.stderr
    )


def test_several_values_files(helm: Helm, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD_VALUES)
    (tmp_path / "b.yaml").write_text(FLAT_VALUES)
    (tmp_path / "c.yaml").write_text("cleaner: {imageTag: plain}\n")
    files = ("-f", "cleaner://a.yaml", "-f", "cleaner://b.yaml", "-f", "c.yaml")
    done = helm("template", "rel", CHART, *files, cwd=tmp_path)
    section = json.loads(objects(done.stdout)["ConfigMap", "rel-polyaxon-agent-config"]["data"][KEY])
    assert section["imageTag"] == "plain"
    assert section["nodeSelector"] == {"pool": "small"}
    assert section["resources"]["requests"] == {"cpu": "50m", "memory": "64Mi"}


@pytest.mark.parametrize("command", [("template", "rel"), ("lint",), ("install", "rel", "--dry-run=client")], ids=str)
def test_a_bad_values_file_stops_every_command(helm: Helm, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "values.yaml").write_text("a: 1\ncleaner:\n  imageTag: 2.10\n")
    done = helm(*command, CHART, "-f", "cleaner://values.yaml", cwd=tmp_path, check=False)
    assert done.returncode != 0
    assert "values.yaml:3:13: error: cleaner.imageTag: must be a string, found the number 2.1 [type]" in done.stderr
    assert KEY not in done.stdout


def test_a_missing_values_file(helm: Helm, tmp_path: Path) -> None:
    done = helm("template", "rel", CHART, "-f", "cleaner://no.yaml", cwd=tmp_path, check=False)
    assert done.returncode != 0
    assert "no.yaml: error: cannot be read: No such file or directory [file]" in done.stderr


def test_the_command_is_a_plugin_of_helm(helm: Helm, tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text(FLAT_VALUES)
    done = helm("cleaner", "merge", "-f", "values.yaml", "--set", "cleaner.imageTag=dev", "-o", "json", cwd=tmp_path)
    assert json.loads(done.stdout)["resources"]["requests"] == {"cpu": "50m", "memory": "64Mi"}
    assert "warning: cleaner.resources.memory: memory and cpu are read as " in done.stderr
    refused = helm("cleaner", "merge", "--set", "cleaner.imagePullPolicy=never", check=False)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert 'cleaner.imagePullPolicy: "never" is not one of' in refused.stderr
