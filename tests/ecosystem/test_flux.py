"""Our patches in Flux's own post-renderer, with each of its strategies for hooks."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import COMMAND, Helm
from tools import CHART, ecosystem

pytestmark = [pytest.mark.ecosystem, pytest.mark.helm, pytest.mark.slow]

VALUES = ("--set", "cleaner.resources.cpu=50m")
LABELS = {"helm.toolkit.fluxcd.io/name": "rel", "helm.toolkit.fluxcd.io/namespace": "polyaxon"}
Objects = dict[tuple[str, str], dict[str, Any]]


def objects(stream: str) -> Objects:
    return {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(stream) if each}


def is_hook(each: dict[str, Any]) -> bool:
    return "helm.sh/hook" in (each["metadata"].get("annotations") or {})


def without_fluxs_labels(found: Objects) -> Objects:
    """Flux labels every object with its HelmRelease."""
    for each in found.values():
        labels = each["metadata"]["labels"]
        assert LABELS.items() <= labels.items()
        for name in LABELS:
            del labels[name]
    return found


class Flux:
    """Flux's post-renderer with our patches for some manifests."""

    def __init__(self, binary: Path, folder: Path, manifests: str) -> None:
        self.binary, self.release = binary, folder / "release.yaml"
        made = subprocess.run(
            [COMMAND, "patch", "-o", "flux"], input=manifests, capture_output=True, text=True, check=True
        )
        release = {
            "apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease",
            "metadata": {"name": "rel", "namespace": "polyaxon"},
            "spec": {"interval": "1h", **yaml.safe_load(made.stdout)},
        }  # fmt: skip
        self.release.write_text(yaml.safe_dump(release))

    def __call__(self, found: Objects) -> Objects:
        """What comes of the objects, sent as one stream."""
        stream = yaml.safe_dump_all(found.values())
        done = subprocess.run([self.binary, self.release], input=stream, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return without_fluxs_labels(objects(done.stdout))


@pytest.mark.parametrize("strategy", ["nohooks", "combined", "separate"])
def test_flux_makes_what_post_render_makes(helm4: Helm, tmp_path: Path, strategy: str) -> None:
    binary = ecosystem.find("flux")
    if binary is None:
        pytest.skip("Flux's post-renderer is not here: make test-ecosystem builds it")
    args = ("template", "rel", CHART, "-n", "polyaxon", *VALUES)
    manifests = helm4(*args).stdout
    wanted = objects(helm4(*args, "--post-renderer", "helm-cleaner").stdout)
    rendered = objects(manifests)
    hooks = {name: each for name, each in rendered.items() if is_hook(each)}
    assert hooks, "the chart has a hook"
    rest = {name: each for name, each in rendered.items() if name not in hooks}
    flux = Flux(binary, tmp_path, manifests)
    if strategy == "combined":
        found = flux(rendered)
    elif strategy == "separate":
        found = flux(hooks) | flux(rest)
    else:
        found = hooks | flux(rest)
    assert found == wanted
