"""The artifacts store, as far as it shapes the pod that deletes from it.

As Polyaxon's SDK makes it (`get_pod_volumes`, `MountsMixin`, `EnvMixin`, as they are in 2.18): a claim or a path of the
node is a volume; a Secret or ConfigMap is a read-only volume where it has a `mountPath`, else environment variables.
"""

from __future__ import annotations

from helm_cleaner import polyaxon
from helm_cleaner.polyaxon.origins import fixed, labelled, listed, mapping
from helm_cleaner.polyaxon.scheduling import parsed
from helm_cleaner.typed import NamedTuple
from helm_cleaner.values import Map, Scalar, Seq, Value, is_null, plain

FROM_STORE = "artifacts store"
HOST_PATH = "host_path"
CLAIM = "volume_claim"
_KEYS = ("artifactsStore", "defaultArtifactsStore")


class Store(NamedTuple):
    """What the store adds to the pod and its container. kind: the connection's, "" where there is no store."""

    kind: str
    volumes: Seq
    mounts: Seq
    env_from: Seq
    env: Seq


def store_of(agent: polyaxon.Agent) -> Store:
    """The store in an agent's ConfigMap. InputError where it is not a mapping in JSON: the agent could not load it."""
    hint = "see artifactsStore in the chart's values; with this the agent's configuration does not load"
    found = parsed(agent, polyaxon.ARTIFACTS_STORE, {}, "a mapping", FROM_STORE, hint)
    assert isinstance(found, Map)
    return store(found)


def store_in(values: Map) -> Store:
    """The store that the charts make of a release's values, their defaults included."""
    for key in _KEYS:
        value = values.get(key)
        if isinstance(value, Map) and value:
            labelled_store = labelled(value, FROM_STORE)
            assert isinstance(labelled_store, Map)
            return store(labelled_store)
    return store(Map(values.origin))


def store(connection: Map) -> Store:
    """What a connection adds to the pod. What the connection lacks, the pod lacks too."""
    kind = _text(connection.get("kind")) or ""
    volumes: list[Value] = []
    mounts: list[Value] = []
    env_from: list[Value] = []
    env: list[Value] = []
    name, schema = connection.get("name"), connection.get("schema")
    if kind in (CLAIM, HOST_PATH) and isinstance(schema, Map):
        read_only = _field(schema, "readOnly", "read_only")
        if kind == CLAIM:
            claim = mapping(claimName=_field(schema, "volumeClaim", "volume_claim"), readOnly=read_only)
            volumes.append(mapping(name=name, persistentVolumeClaim=claim))
        else:
            volumes.append(mapping(name=name, hostPath=mapping(path=_field(schema, "hostPath", "host_path"))))
        mount_path = _field(schema, "mountPath", "mount_path")
        mounts.append(mapping(name=name, mountPath=mount_path, readOnly=read_only))
    for key, other, source, name_key in (
        ("secret", "secret", "secret", "secretName"),
        ("configMap", "config_map", "configMap", "name"),
    ):
        resource = _field(connection, key, other)
        if not isinstance(resource, Map):
            continue
        name, items = resource.get("name"), _field(resource, "items", "items")
        path = _field(resource, "mountPath", "mount_path")
        if _text(path):
            mode = _field(resource, "defaultMode", "default_mode")
            volume = mapping(**{name_key: name, "items": items, "defaultMode": mode})
            volumes.append(mapping(name=name, **{source: volume}))
            mounts.append(mapping(name=name, mountPath=path, readOnly=fixed(True)))
        elif not isinstance(items, Seq) or not items:
            env_from.append(mapping(**{f"{source}Ref": mapping(name=name)}))
        else:
            for item in items:
                reference = mapping(**{f"{source}KeyRef": mapping(name=name, key=item)})
                env.append(mapping(name=item, valueFrom=reference))
    return Store(kind, listed(*volumes), listed(*mounts), listed(*env_from), listed(*env))


NO_STORE = Store("", listed(), listed(), listed(), listed())


def _field(where: Map, name: str, python_name: str) -> Value | None:
    """A field, by its name or by Python's, which the SDK takes as well; None for null."""
    for each in (name, python_name):
        value = where.get(each)
        if not is_null(value):
            return value
    return None


def _text(value: Value | None) -> str | None:
    return str(plain(value)) if isinstance(value, Scalar) and value.value else None
