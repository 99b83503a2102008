"""The codes of findings about the rest of the agent's configuration."""

from __future__ import annotations

from helm_cleaner.codes.code import OtherCode

AGENT_CODES = (
    OtherCode(
        "agent-config",
        "error or warning",
        "An entry of the agent's ConfigMap, or the values that it is rendered from, that Polyaxon does not load: "
        "neither the agent nor the API of CE starts, and no cleaner job is ever made. A warning if this Polyaxon "
        "may be more tolerant: a chart before 2.0, of an unknown version, or newer than helm-cleaner knows.",
        "write what the hint says; if you are sure that Polyaxon loads it: --ignore agent-config",
        "sidecar: {imagePullPolicy: always}",
        "sidecar: {imagePullPolicy: Always}",
    ),
)
