"""What the artifacts store adds to the pod that deletes from it.

Follows Polyaxon's SDK 2.18 (`get_pod_volumes`, `MountsMixin`, `EnvMixin`): a claim or a host path is a volume; a Secret
or ConfigMap is a read-only volume if it has a `mountPath`, else environment variables.
"""

from __future__ import annotations

import json

from helm_cleaner import polyaxon
from helm_cleaner.polyaxon.origins import add_label, fixed, make_list, make_map, make_map_of
from helm_cleaner.polyaxon.scheduling import parsed
from helm_cleaner.typed import NamedTuple
from helm_cleaner.values import Map, Scalar, Seq, Value, is_null, to_data

FROM_STORE = "artifacts store"
HOST_PATH = "host_path"
CLAIM = "volume_claim"
# The fields of a connection that name a Secret or a ConfigMap, with the key of the name in a pod's volume.
RESOURCES = (("secret", "secret", "secretName"), ("configMap", "config_map", "name"))
_KEYS = ("artifactsStore", "defaultArtifactsStore")
_TRUE = ("1", "on", "t", "true", "y", "yes")


class Store(NamedTuple):
    """What the store adds to the pod and its container.

    kind: the connection's, "" without a store; connection: the connection itself, empty without a store; path: its
    dotted path.
    """

    kind: str
    volumes: Seq
    mounts: Seq
    env_from: Seq
    env: Seq
    annotations: Map
    connection: Map
    path: str = ""


def store_of(agent: polyaxon.Agent) -> Store:
    """The store in an agent's ConfigMap. What the agent cannot load counts as missing."""
    found = parsed(agent, polyaxon.ARTIFACTS_STORE, {}, FROM_STORE)
    assert isinstance(found, Map)
    return store(found, polyaxon.ARTIFACTS_STORE)


def store_in(values: Map) -> Store:
    """The store that the charts render from a release's values, their defaults included."""
    for key in _KEYS:
        value = values.get(key)
        if isinstance(value, Map) and value:
            labelled_store = add_label(value, FROM_STORE)
            assert isinstance(labelled_store, Map)
            return store(labelled_store, key)
    return store(Map(values.origin))


def store(connection: Map, path: str = "") -> Store:
    """What a connection adds to the pod. A field that the connection lacks is missing in the pod too."""
    kind = text(connection.get("kind"))
    volumes, mounts = [], []
    name, schema = connection.get("name"), connection.get("schema")
    if kind in (CLAIM, HOST_PATH) and isinstance(schema, Map):
        read_only = _flag(field(schema, "readOnly", "read_only"))
        if kind == CLAIM:
            claim = make_map(claimName=field(schema, "volumeClaim", "volume_claim"), readOnly=read_only)
            volumes.append(make_map(name=name, persistentVolumeClaim=claim))
        else:
            volumes.append(make_map(name=name, hostPath=make_map(path=field(schema, "hostPath", "host_path"))))
        mount_path = field(schema, "mountPath", "mount_path")
        mounts.append(make_map(name=name, mountPath=mount_path, readOnly=read_only))
    env_from, env = [], _variables(connection.get("env"))
    for key, other, name_key in RESOURCES:
        resource = field(connection, key, other)
        if not isinstance(resource, Map):
            continue
        name, items = resource.get("name"), resource.get("items")
        if text(mount_path := field(resource, "mountPath", "mount_path")):
            mode = field(resource, "defaultMode", "default_mode")
            volume = make_map(**{name_key: name, "items": None if is_null(items) else items, "defaultMode": mode})
            volumes.append(make_map(name=name, **{key: volume}))
            mounts.append(make_map(name=name, mountPath=mount_path, readOnly=fixed(True)))
        elif not isinstance(items, Seq) or not items:
            env_from.append(make_map(**{f"{key}Ref": make_map(name=name)}))
        if isinstance(items, Seq) and (key == "configMap" or not text(mount_path)):  # of ConfigMaps, mounted ones too
            for item in items:
                reference = make_map(**{f"{key}KeyRef": make_map(name=name, key=item)})
                env.append(make_map(name=item, valueFrom=reference))
    annotations = connection.get("annotations")
    return Store(
        kind,
        make_list(*volumes),
        make_list(*mounts),
        make_list(*env_from),
        make_list(*_last_of_each_name(env)),
        _texts(annotations) if isinstance(annotations, Map) else Map(connection.origin),
        connection,
        path,
    )


def _variables(env: Value | None) -> list[Map]:
    """The connection's own environment: a mapping is one variable, unchanged, and a list of pairs is lost."""
    if not isinstance(env, Map) or not env:
        return []
    return [make_map_of({key: _leaves_as_text(value, walk=key not in ("name", "value")) for key, value in env.items()})]


def _leaves_as_text(value: Value, *, walk: bool = True) -> Value:
    """walk: whether a mapping stays a mapping; otherwise it becomes JSON too."""
    if not isinstance(value, Map) or not walk:
        return _text(value)
    return make_map_of({key: _leaves_as_text(item) for key, item in value.items()})


def _last_of_each_name(env: list[Map]) -> list[Map]:
    names = [text(variable.get("name")) for variable in env]
    return [variable for at, variable in enumerate(env) if not names[at] or names[at] not in names[at + 1 :]]


def _texts(annotations: Map) -> Map:
    """Annotations as the SDK passes them on: anything but a string as JSON."""
    result = Map(annotations.origin)
    for key, value in annotations.items():
        result.put(key, _text(value), annotations.keys_at[key])
    return result


def _text(value: Value) -> Scalar:
    if isinstance(value, Scalar) and isinstance(value.value, str):
        return value
    return Scalar(json.dumps(to_data(value), ensure_ascii=False, separators=(",", ":")), value.origin)


def field(where: Map, name: str, python_name: str) -> Value | None:
    """A field, by its own name or Python's, which the SDK accepts too; None for null."""
    for each in (name, python_name):
        value = where.get(each)
        if not is_null(value):
            return value
    return None


def _flag(value: Value | None) -> Value | None:
    """A flag as the SDK reads it, which accepts strings and numbers too."""
    if not isinstance(value, Scalar) or isinstance(value.value, bool):
        return value
    return Scalar(str(value.value).lower() in _TRUE, value.origin)


def text(value: Value | None) -> str:
    """A leaf as a string; "" if it is empty or not a leaf."""
    return str(to_data(value)) if isinstance(value, Scalar) and value.value else ""


NO_STORE = store(make_map())
