"""The kinds of objects that matter, and their names in kubectl."""

from __future__ import annotations

from helm_cleaner.typed import NamedTuple


class Kind(NamedTuple):
    """A kind. name: the resource's, as in `kubectl get NAME`; short: its other names."""

    name: str
    group: str
    kind: str
    short: tuple[str, ...] = ()
    is_namespaced: bool = True


_CORE, _STORAGE = "", "storage.k8s.io"
KINDS = (
    Kind("nodes", _CORE, "Node", ("no",), is_namespaced=False),
    Kind("pods", _CORE, "Pod", ("po",)),
    Kind("namespaces", _CORE, "Namespace", ("ns",), is_namespaced=False),
    Kind("limitranges", _CORE, "LimitRange", ("limits",)),
    Kind("resourcequotas", _CORE, "ResourceQuota", ("quota",)),
    Kind("serviceaccounts", _CORE, "ServiceAccount", ("sa",)),
    Kind("secrets", _CORE, "Secret"),
    Kind("configmaps", _CORE, "ConfigMap", ("cm",)),
    Kind("persistentvolumeclaims", _CORE, "PersistentVolumeClaim", ("pvc",)),
    Kind("persistentvolumes", _CORE, "PersistentVolume", ("pv",), is_namespaced=False),
    Kind("storageclasses", _STORAGE, "StorageClass", ("sc",), is_namespaced=False),
    Kind("csinodes", _STORAGE, "CSINode", is_namespaced=False),
    Kind("csidrivers", _STORAGE, "CSIDriver", is_namespaced=False),
    Kind("csistoragecapacities", _STORAGE, "CSIStorageCapacity"),
    Kind("volumeattachments", _STORAGE, "VolumeAttachment", is_namespaced=False),
    Kind("priorityclasses", "scheduling.k8s.io", "PriorityClass", ("pc",), is_namespaced=False),
    Kind("events", _CORE, "Event", ("ev",)),
    Kind("deployments", "apps", "Deployment", ("deploy",)),
    Kind("jobs", "batch", "Job"),
    Kind("jobs.polyaxon.com", "polyaxon.com", "Job"),
    Kind("nodepools", "karpenter.sh", "NodePool", is_namespaced=False),
)
BY_OBJECT = {(each.group, each.kind): each for each in KINDS}


def _names(kind: Kind) -> set[str]:
    plural = kind.name.partition(".")[0]
    names = {kind.name, *kind.short, f"{plural}.{kind.group}" if kind.group else plural}
    if kind.name == plural:  # jobs are those of batch, as in kubectl
        names.add(kind.kind.lower())
    return names


_BY_NAME = {name: each for each in KINDS for name in _names(each)}
NAMES = tuple(each.name for each in KINDS)


def find_kind(name: str) -> Kind | None:
    """The kind that kubectl knows by a name, such as pods, Pod, po or jobs.polyaxon.com."""
    return _BY_NAME.get(name.strip().lower())
