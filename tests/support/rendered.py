"""What real Helm pipes to a post-renderer: renderings of Polyaxon's charts where they are, else of our own."""

from __future__ import annotations

import functools
import gzip
import os
import subprocess
import tempfile
from pathlib import Path

from tests.conftest import tool
from tools import AS_POLYAXON, CHART, STREAMS

FULL = '{"priorityClassName":"low","nodeSelector":{"pool":"small"},"tolerations":[{"operator":"Exists"}]}'
VARIANTS = {  # of our own chart, named as the renderings of Polyaxon's are
    "polyaxon-v2.15.1": (),
    "agent-v2.15.1": ("--set", "edition=agent"),
    "polyaxon-v2.15.1-agent-disabled+orgkey": ("--set", "agent.enabled=false,organizationKey=mine"),
    "polyaxon-v2.15.1-cleaner-null": ("--set", "cleaner=null"),
    "polyaxon-v2.15.1-full-setjson": ("--set-json", f"cleaner={FULL}"),
    "polyaxon-v2.15.1-full": ("--values", str(CHART / "ci" / "full-values.yaml")),
}
# Helm 4 starts a post-renderer as a plugin; Helm 3 starts the program.
PLUGIN = """\
apiVersion: v1
type: postrenderer/v1
name: capture
version: 0.1.0
runtime: subprocess
runtimeConfig:
  platformCommand: [{command: "${HELM_PLUGIN_DIR}/capture"}]
"""

_REAL = {path.name.removesuffix(".yaml.gz"): path for path in sorted(STREAMS.glob("*.yaml.gz"))}
# "full-setjson" holds what Polyaxon refuses; every other one is accepted.
NAMES = sorted(_REAL or (f"{name}-{helm}" for name in VARIANTS for helm in ("helm3", "helm4")))
ACCEPTED = [name for name in NAMES if "full-setjson" not in name]


@functools.cache
def read(name: str) -> bytes:
    """The stream, one of NAMES. Skips the test where our chart must be rendered and that Helm is not here."""
    if name in _REAL:
        return gzip.decompress(_REAL[name].read_bytes())
    variant, _, helm = name.rpartition("-")
    binary = tool(helm)
    with tempfile.TemporaryDirectory() as folder:
        return _captured(binary, Path(folder), VARIANTS[variant], plugin=helm == "helm4")


def _captured(helm: Path, home: Path, options: tuple[str, ...], *, plugin: bool) -> bytes:
    folder = home / "plugins" / "capture"
    folder.mkdir(parents=True)
    stream = home / "stream"
    program = folder / "capture"
    program.write_text(f"#!/bin/sh\nexec tee '{stream}'\n")
    program.chmod(0o755)
    env = {key: value for key, value in os.environ.items() if not key.startswith("HELM_")}
    env |= {f"HELM_{place}_HOME": str(home / place.lower()) for place in ("CONFIG", "CACHE", "DATA")}
    if plugin:
        (folder / "plugin.yaml").write_text(PLUGIN)
        env["HELM_PLUGINS"] = str(folder.parent)
    renderer = "capture" if plugin else program
    command = [helm, "template", "rel", CHART, AS_POLYAXON, "--post-renderer", renderer, *options]
    subprocess.run(command, env=env, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return stream.read_bytes()
