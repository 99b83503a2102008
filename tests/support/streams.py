"""Small streams as Polyaxon's charts render them, and the result of post-render."""

from __future__ import annotations

import pytest

from helm_cleaner import values
from helm_cleaner.actions.post_render import Options, render
from helm_cleaner.diagnostics import CleanerError
from helm_cleaner.yamltext.stream import Stream

NAME = "rel-polyaxon-agent-config"
DEFAULT = Options()
GIVEN = '{"image":"polyaxon/polyaxon-init","imageTag":"2.15.1"}'
FILLED = (
    '{"image":"polyaxon/polyaxon-init","imagePullPolicy":"IfNotPresent","imageTag":"2.15.1",'
    '"resources":{"limits":{"cpu":"1000m","memory":"2000Mi"},"requests":{"cpu":"100m","memory":"100Mi"}}}'
)
ESCAPED = FILLED.replace('"', '\\"')
# The checksum of what `configmap` holds once its section is FILLED.
HASH = "8bd36affbe13454d1c386a136984eb66e9d4de75e6db894f314ac985a164dd20"


def configmap(entry: str = f"  POLYAXON_AGENT_CLEANER: '{GIVEN}'\n", name: str = NAME, namespace: str = "") -> str:
    """An agent's ConfigMap; entry: the lines of its key."""
    return f"""\
---
# Source: polyaxon/templates/config.yaml
kind: ConfigMap
metadata:
  name: {name}
{f"  namespace: {namespace}" if namespace else "  # the release's namespace"}
  labels: {{app.kubernetes.io/version: "2.15.1"}}
data:
{entry}  POLYAXON_AGENT_INIT: '{{}}'
"""


def workload(
    metadata: str = "", name: str = NAME, kind: str = "Deployment", head: str = "metadata: {name: api}", spec: str = ""
) -> str:
    """A workload; metadata: the lines of its pod template's metadata; spec: those of its pod's spec."""
    spec = spec or f"      containers:\n      - envFrom:\n        - configMapRef: {{name: {name}}}  # c\n"
    return f"---\nkind: {kind}\n{head}\nspec:\n  template:\n{metadata}    spec:\n{spec}"


def stamped(value: str = HASH, indent: int = 4) -> str:
    """The lines that are added to a pod template's metadata if there are none."""
    margin = " " * indent
    return f"{margin}metadata:\n{margin}  annotations:\n{margin}    checksum/agent-config: {value}\n"


def output(stream: str | bytes, options: Options = DEFAULT) -> bytes:
    data = stream.encode() if isinstance(stream, str) else stream
    return b"".join(render(Stream(data), options).pieces)


def overrides(text: str) -> Options:
    return Options(overrides=values.read(text.encode(), "values.yaml"))


def refused(stream: str | bytes, options: Options = DEFAULT) -> CleanerError:
    """The error that the stream ends in."""
    with pytest.raises(CleanerError) as caught:
        output(stream, options)
    return caught.value


KEY = "POLYAXON_AGENT_CLEANER"
