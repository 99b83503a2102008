"""Small manifests as Polyaxon's charts render them."""

from __future__ import annotations

import json

CONFIGMAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: rel-agent-config
  labels: {app.kubernetes.io/version: "2.15.1"}
data:
  POLYAXON_AGENT_CLEANER: '%s'
"""
DEPLOYMENT = """\
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: rel-agent
spec:
  template:
    metadata:
      labels: {app: agent}
    spec:
      containers:
      - envFrom: [{configMapRef: {name: rel-agent-config}}]
"""
WHOLE = (
    '{"image":"polyaxon/polyaxon-init","imagePullPolicy":"IfNotPresent","imageTag":"2.15.1",'
    '"resources":{"limits":{"cpu":"1000m","memory":"2000Mi"},"requests":{"cpu":"100m","memory":"100Mi"}}}'
)
STORE = '{"kind":"volume_claim","name":"pv","schema":{"mountPath":"/plx","volumeClaim":"plx-pvc"}}'
# Values with a store that every node reaches.
S3 = "artifactsStore: {name: s3, kind: s3, schema: {bucket: 's3://b'}}\n"
SMALL_STREAM = b"kind: ConfigMap\nmetadata: {name: c}\ndata: {POLYAXON_AGENT_CLEANER: '{}'}\n"


def agent_configmap(section: str, name: str = "rel-agent-config", namespace: str = "", **data: str) -> str:
    """An agent's ConfigMap with more data than the section."""
    metadata = {"name": name, "labels": {"app.kubernetes.io/version": "2.15.1"}}
    if namespace:
        metadata["namespace"] = namespace
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
    return json.dumps({**manifest, "data": {"POLYAXON_AGENT_CLEANER": section, **data}}, indent=1) + "\n"
