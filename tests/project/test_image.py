"""The container image: the Dockerfile's facts, and, where IMAGE_ROOT names a folder with its files, the image at work.

    docker build --tag helm-cleaner . && docker export "$(docker create helm-cleaner)" | tar -x -C FOLDER
    sudo env IMAGE_ROOT=FOLDER .venv/bin/python -m pytest tests/project/test_image.py

The image runs as it would: in a root, a process and a mount namespace of its own, as an unprivileged user.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from helm_cleaner import __version__
from tests.support.manifests import CONFIGMAP
from tools import CHART, ROOT, sbom

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8") if (ROOT / "Dockerfile").exists() else ""
if not DOCKERFILE:
    pytest.skip("the Dockerfile is not part of the source distribution", allow_module_level=True)
INSTRUCTIONS = re.sub(r" *\\\n *", " ", DOCKERFILE).splitlines()
PLUGIN = yaml.safe_load((ROOT / "image" / "plugin.yaml").read_text(encoding="utf-8"))
ARGOCD, NOBODY = 999, 65534
BAD = 'error: cleaner.imagePullPolicy: "always" is not one of Always, IfNotPresent, Never'


def told(instruction: str) -> list[str]:
    """What stands behind an instruction, each time it comes."""
    return [line.partition(" ")[2] for line in INSTRUCTIONS if line.startswith(f"{instruction} ")]


def test_it_does_not_run_as_root() -> None:
    assert told("USER") == [str(ARGOCD)]


def test_what_it_copies_is_let_through() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    copied = [words.split()[0] for words in told("COPY") if not words.startswith("--from")]
    copied += re.findall(r"type=bind,source=([^,]+),", DOCKERFILE)
    for path in copied:
        assert any(path == each[1:] or path.startswith(f"{each[1:]}/") for each in ignored[1:]), path
    assert sbom.HELM_MODULES in " ".join(told("COPY"))


def test_every_base_has_a_digest_that_is_renewed() -> None:
    stages = [words.split() for words in told("FROM")]
    pulled = [image for image, *_ in stages if not image.startswith("$")]
    assert pulled
    for image in pulled:
        assert re.fullmatch(r"docker\.io/library/[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}", image), image
    names = {words[2] for words in stages if len(words) > 2}
    assert {words.partition("=")[2] for words in told("ARG") if words.partition("=")[0] in ("DEBIAN", "GO")} <= names
    renewed = yaml.safe_load((ROOT / ".github" / "dependabot.yaml").read_text(encoding="utf-8"))["updates"]
    assert "docker" in [each["package-ecosystem"] for each in renewed]


def test_its_labels_say_where_it_is_from() -> None:
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]*)"', " ".join(told("LABEL"))))
    assert labels.keys() >= {"title", "description", "licenses", "source", "revision", "version"}
    built = (ROOT / ".github" / "workflows" / "release.yaml").read_text(encoding="utf-8")
    for name in ("source", "revision", "version"):
        argument = labels[name].strip("${}")
        assert f'--build-arg "{argument}=' in built


def test_its_argocd_plugin_is_the_guides() -> None:
    guide = (ROOT / "docs" / "argocd.md").read_text(encoding="utf-8")
    assert (ROOT / "image" / "plugin.yaml").read_text(encoding="utf-8") in guide


# ---- the image at work ----------------------------------------------------------------------------------------------


class Image:
    """The image's files, and how a program in it is run."""

    def __init__(self, root: Path, user: int) -> None:
        self.root, self.user = root, user
        self.env = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
        self.env |= dict(pair.split("=", 1) for words in told("ENV") for pair in words.split())

    def __call__(self, *args: str, stdin: str = "", cwd: str = "/", **env: str) -> subprocess.CompletedProcess[str]:
        inside = ["env", "-i", f"--chdir={cwd}", *(f"{k}={v}" for k, v in (self.env | env).items()), *args]
        namespaces = ["unshare", "--mount", "--pid", "--fork", f"--mount-proc={self.root / 'proc'}"]
        root = ["chroot", f"--userspec={self.user}:{self.user}", str(self.root)]
        return subprocess.run([*namespaces, *root, *inside], input=stdin, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def root() -> Path:
    folder = os.environ.get("IMAGE_ROOT")
    if not folder:
        pytest.skip("IMAGE_ROOT names no folder with the files of the image")
    if os.geteuid() != 0:
        pytest.skip("only root may change into the image")
    return Path(folder).absolute()


@pytest.fixture
def app(root: Path) -> Iterator[str]:
    """The path in the image of a folder with the chart, which Argo CD's user may not write to."""
    folder = root / "tmp" / "app"
    shutil.copytree(CHART, folder)
    (folder / "values.schema.json").unlink()  # as Polyaxon's charts have none
    (folder / "bad.yaml").write_text("cleaner: {imagePullPolicy: always}\n")
    yield "/tmp/app"  # noqa: S108
    shutil.rmtree(folder)


def test_it_is_this_version_and_a_helm_4(root: Path) -> None:
    image = Image(root, ARGOCD)
    assert image("helm-cleaner", "--version").stdout == f"helm-cleaner {__version__}\n"
    assert image("helm", "version", "--template", "{{.Version}}").stdout.startswith("v4.")
    assert image("helm", "cleaner", "--version").stdout == f"helm-cleaner {__version__}\n"


def test_it_checks_and_renders_for_argocd(root: Path, app: str) -> None:
    image = Image(root, ARGOCD)
    told_by_argocd = {"ARGOCD_APP_NAME": "plx", "ARGOCD_APP_NAMESPACE": "polyaxon"}
    generate = [*PLUGIN["spec"]["generate"]["command"], *PLUGIN["spec"]["generate"]["args"]]
    rendered = image(*generate, cwd=app, **told_by_argocd)
    assert rendered.returncode == 0, rendered.stderr
    objects = [each for each in yaml.safe_load_all(rendered.stdout) if each]
    deployed = {each["metadata"]["name"]: each for each in objects if each["kind"] == "Deployment"}
    assert "checksum/agent-config" in deployed["plx-polyaxon-api"]["spec"]["template"]["metadata"]["annotations"]

    refused = image(*generate, cwd=app, ARGOCD_ENV_VALUES="bad.yaml", **told_by_argocd)
    assert refused.returncode != 0
    assert refused.stdout == ""
    assert BAD in refused.stderr

    checked = image("helm", "template", "plx", ".", "-f", "cleaner://bad.yaml", cwd=app)
    assert checked.returncode != 0
    assert f"bad.yaml:1:28: {BAD}" in checked.stderr


def test_it_is_a_krm_function(root: Path) -> None:
    """kustomize runs it as nobody, without arguments."""
    items = [each for each in yaml.safe_load_all(CONFIGMAP % "{}") if each]
    config = {
        "apiVersion": "helm-cleaner/v1", "kind": "Cleaner", "metadata": {"name": "cleaner"},
        "spec": {"values": {"cleaner": {"imageTag": "dev"}}},
    }  # fmt: skip
    data = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "functionConfig": config, "items": items}
    (entrypoint,) = [yaml.safe_load(words) for words in told("ENTRYPOINT")]
    done = Image(root, NOBODY)(*entrypoint, stdin=yaml.safe_dump(data))
    assert done.returncode == 0, done.stderr
    assert '"imageTag":"dev"' in yaml.safe_load(done.stdout)["items"][0]["data"]["POLYAXON_AGENT_CLEANER"]


def test_its_bill_of_materials_has_all_three_kinds(root: Path) -> None:
    names = {each["purl"].partition("@")[0] for each in sbom.of_root(root, "helm-cleaner", __version__)["components"]}
    assert {"pkg:deb/debian/python3", "pkg:pypi/helm-cleaner", "pkg:pypi/pyyaml", "pkg:golang/helm.sh/helm/v4"} <= names
