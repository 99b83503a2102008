"""The schemas of the fields that are used. The API server guarantees them, but an edited file may not have them.

Quantities, and what is deep inside pods, are checked where they are used, because there are many pods. Those of claims
and volumes are checked here.
"""

from __future__ import annotations

from helm_cleaner.cluster.amounts import NotQuantity, parse_amount
from helm_cleaner.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def _is_quantity(value: Any) -> bool:
    try:
        parse_amount(value)
    except NotQuantity:
        return False
    return True


_ANY: dict[str, Any] = {}
_LABELS = {"*": str}
_EXPRESSIONS = [{"key!": str, "operator!": str, "values": [str]}]
_TERMS = [{"matchExpressions": _EXPRESSIONS, "matchFields": _EXPRESSIONS}]
_STORAGE = {"storage": _is_quantity}
_SELECTOR = {"matchLabels": _LABELS, "matchExpressions": _EXPRESSIONS}
_TAINTS = [{"key": str, "value": str, "effect": str}]
_CONDITIONS = [{"type": str, "status": str}]
_REFERENCES = [{"name": str}]
_OWNED = {"labels": _ANY, "annotations": _ANY, "ownerReferences": [_ANY], "finalizers": [str], "creationTimestamp": str,
          "deletionTimestamp": str}  # fmt: skip

# By kind, named as in kinds.py. A mapping describes the entries of a mapping (! marks required ones, * describes
# all), a list describes the items of a list, and str, int and bool stand for themselves.
SCHEMAS: dict[str, Any] = {
    "nodes": {
        "metadata": {"labels": _LABELS},
        "spec": {"taints": _TAINTS},
        "status": {"allocatable": _ANY},
    },
    "pods": {
        "metadata": {"namespace!": str, "labels": _ANY, "ownerReferences": [_ANY]},
        "spec!": {"containers!": [_ANY], "nodeName": str},
        "status": {"nominatedNodeName": str, "conditions": [_ANY], "containerStatuses": [_ANY],
                   "initContainerStatuses": [_ANY]},
    },
    "namespaces": {"metadata": {"labels": _LABELS, "annotations": _LABELS}, "status": _ANY},
    "limitranges": {
        "spec": {"limits": [{"type": str, "max": _ANY, "min": _ANY, "default": _ANY, "defaultRequest": _ANY,
                             "maxLimitRequestRatio": _ANY}]},
    },
    "resourcequotas": {
        "spec": {"scopes": [str], "scopeSelector": {"matchExpressions": [{"values": [str]}]}},
        "status": {"hard": _ANY, "used": _ANY},
    },
    "serviceaccounts": {"imagePullSecrets": _REFERENCES},
    "persistentvolumeclaims": {
        "metadata": {"annotations": _LABELS},
        "spec": {"volumeName": str, "storageClassName": str, "accessModes": [str], "resources": {"requests": _STORAGE},
                 "volumeMode": str, "selector": _SELECTOR, "volumeAttributesClassName": str},
        "status": _ANY,
    },
    "persistentvolumes": {
        "metadata": {"labels": _LABELS, "annotations": _LABELS},
        "spec": {"nodeAffinity": {"required": {"nodeSelectorTerms": _TERMS}}, "storageClassName": str,
                 "capacity": _STORAGE, "accessModes": [str], "volumeMode": str, "volumeAttributesClassName": str,
                 "claimRef": {"name": str, "namespace": str, "uid": str},
                 "csi": {"driver": str, "volumeHandle": str}},
        "status": _ANY,
    },
    "storageclasses": {
        "provisioner": str,
        "volumeBindingMode": str,
        "allowedTopologies": [{"matchLabelExpressions": [{"key!": str, "values": [str]}]}],
    },
    "csinodes": {"spec": {"drivers": [{"name!": str, "allocatable": {"count": int}}]}},
    "csidrivers": {"spec": {"storageCapacity": bool}},
    "csistoragecapacities": {"storageClassName": str, "nodeTopology": _SELECTOR, "capacity": _is_quantity,
                             "maximumVolumeSize": _is_quantity},
    "volumeattachments": {"spec": {"attacher": str, "nodeName": str, "source": {"persistentVolumeName": str}}},
    "priorityclasses": {"value": int, "globalDefault": bool, "preemptionPolicy": str},
    "secrets": {"type": str},
    "configmaps": {"data": _ANY},
    "jobs": {"metadata": _OWNED, "spec": {"template": {"spec": _ANY}}, "status": {"conditions": _CONDITIONS}},
    "jobs.polyaxon.com": {"metadata": _OWNED, "batchJobSpec": {"template": {"spec": _ANY}},
                          "status": {"conditions": _CONDITIONS}},
    "deployments": {"metadata": _OWNED, "spec": _ANY, "status": {"conditions": [_ANY]}},
    "events": {"involvedObject": _ANY, "regarding": _ANY, "series": _ANY},
    "nodepools": {
        "spec": {
            "template": {"metadata": {"labels": _LABELS}, "spec": {"requirements": _EXPRESSIONS, "taints": _TAINTS}},
            "limits": _ANY,
        },
        "status": {"resources": _ANY, "conditions": _CONDITIONS},
    },
}  # fmt: skip
_NAMED = {"metadata!": {"name!": str, "namespace": str}}


def is_well_formed(kind: str, each: Any) -> bool:
    """Whether an object of a kind has the expected shape."""
    return _has(each, _NAMED) and _has(each, SCHEMAS[kind])


def _has(value: Any, schema: Any) -> bool:
    if value is None:
        return True
    if isinstance(schema, type):
        return isinstance(value, schema) and (schema is bool or not isinstance(value, bool))
    if schema is _is_quantity:
        return bool(schema(value))
    if isinstance(schema, list):
        return isinstance(value, list) and all(item is not None and _has(item, schema[0]) for item in value)
    if not isinstance(value, dict):
        return False
    for name, entry in schema.items():
        if name == "*":
            if not all(item is not None and _has(item, entry) for item in value.values()):
                return False
        elif name[-1] == "!":
            if value.get(name[:-1]) is None or not _has(value[name[:-1]], entry):
                return False
        elif name in value and not _has(value[name], entry):
            return False
    return True
