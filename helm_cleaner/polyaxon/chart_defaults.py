"""The charts' defaults that affect the agent and the Job, and what they render into the agent's ConfigMap from them."""

from __future__ import annotations

import json

from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_RESOURCES = {"limits": {"cpu": "1000m", "memory": "2000Mi"}, "requests": {"cpu": "100m", "memory": "100Mi"}}


def _container(image: str, **more: Any) -> dict[str, Any]:
    return {"image": f"polyaxon/{image}", "imagePullPolicy": "IfNotPresent", "resources": _RESOURCES, **more}


# The same in the CE and the Agent chart, from 1.14 to 2.15. Without the imageTags, which are the chart's version.
DEFAULTS: dict[str, Any] = {
    "agent": {"enabled": True, "additionalNamespaces": [], "watchCluster": False},
    "init": _container("polyaxon-init"),
    "sidecar": _container("polyaxon-sidecar", sleepInterval=10, syncInterval=10),
    "notifier": _container("polyaxon-events-handlers"),
    "affinity": {
        "podAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {
                    "weight": 100,
                    "podAffinityTerm": {
                        "labelSelector": {
                            "matchExpressions": [{"key": "type", "operator": "In", "values": ["polyaxon-core"]}]
                        },
                        "topologyKey": "kubernetes.io/hostname",
                    },
                }
            ]
        }
    },
    "defaultArtifactsStore": {
        "name": "default-artifacts-store",
        "kind": "host_path",
        "schema": {"hostPath": "/tmp/artifactsStore", "mountPath": "/artifactsStore"},  # noqa: S108
    },
    "rbac": {"enabled": True},
}

_CONTAINERS = {
    "POLYAXON_AGENT_SIDECAR": "sidecar",
    "POLYAXON_AGENT_INIT": "init",
    "POLYAXON_AGENT_NOTIFIER": "notifier",
}
_STORE = "POLYAXON_AGENT_ARTIFACTS_STORE"
# The entries that Polyaxon's SDK loads, each with the texts that the charts render by default.
_RENDERED = {
    _STORE: (),
    "POLYAXON_AGENT_CONNECTIONS": (),
    **dict.fromkeys(_CONTAINERS, ()),
    "POLYAXON_AGENT_DEFAULT_SCHEDULING": (),
    "POLYAXON_AGENT_DEFAULT_IMAGE_PULL_SECRETS": (),
    "POLYAXON_ADDITIONAL_NAMESPACES": ("[]",),
    "POLYAXON_WATCH_CLUSTER": ("true", "false"),
    "POLYAXON_SINGLE_NAMESPACE": ("true", "false"),
    "POLYAXON_AGENT_ENABLE_HEALTH_CHECKS": ("true", "false"),
    "POLYAXON_AGENT_USE_PROXY_ENV_VARS_IN_OPS": ("true", "false"),
    "POLYAXON_AGENT_EXECUTOR_REFRESH_INTERVAL": ("300",),
}


def custom_entries(data: dict[str, Any], version: str | None) -> dict[str, Any]:
    """The entries that the SDK loads and that are not as the charts render them by default.

    The store is among them if anything is, since its name must differ from those of the connections.
    """
    found = {name: data[name] for name, texts in _RENDERED.items() if name in data and data[name] not in texts}
    for name, key in _CONTAINERS.items():
        if name in found and found[name] == _json({**DEFAULTS[key], "imageTag": version}):
            del found[name]
    scheduling = "POLYAXON_AGENT_DEFAULT_SCHEDULING"
    if found.get(scheduling) == _json({"affinity": DEFAULTS["affinity"]}):
        del found[scheduling]
    if list(found) == [_STORE] and found[_STORE] == _json(DEFAULTS["defaultArtifactsStore"]):
        del found[_STORE]
    return found


def _json(data: Any) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"))
