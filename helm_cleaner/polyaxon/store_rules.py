"""The rules for the artifacts store, as far as the Job depends on it.

An error means that there is no Job: the agent cannot load its configuration, or Polyaxon fails while it makes the Job.
A warning means that the Job lacks something, or is refused. Follows Polyaxon 2.18 (`vents.connections`, `EnvMixin`).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.polyaxon.store import CLAIM, HOST_PATH, RESOURCES, Store, field, text
from helm_cleaner.section import found, where, where_key
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Scalar, Seq, Value, is_null

if TYPE_CHECKING:
    from helm_cleaner.diagnostics import Severity
    from helm_cleaner.paths import Path

CODE = "store"
_LOST = "Polyaxon fails to make the job, and nothing is ever cleaned"
_NOT_LOADED = "the agent cannot load its configuration"
# For each kind of store: the required fields of its schema, and the optional one.
_SCHEMAS = {
    HOST_PATH: (("hostPath", "host_path"), ("mountPath", "mount_path")),
    CLAIM: (("volumeClaim", "volume_claim"), ("mountPath", "mount_path")),
    **dict.fromkeys(("s3", "gcs", "wasb"), (("bucket", "bucket"),)),
}
# Only one name of a field may be used.
_FIELDS = (
    ("name",), ("kind",), ("isAlias", "is_alias"), ("description",), ("tags",), ("schema",), ("secret",),
    ("configMap", "config_map"), ("env",), ("annotations",),
)  # fmt: skip
_OF_RESOURCES = (
    ("name",), ("mountPath", "mount_path"), ("hostPath", "host_path"), ("items",), ("defaultMode", "default_mode"),
    ("isRequested", "is_requested"),
)  # fmt: skip
_FLAGS = {HOST_PATH: ("readOnly", "read_only"), CLAIM: ("readOnly", "read_only")}


def judge(store: Store) -> list[Diagnostic]:
    """Every error and warning about a store; none without a store."""
    return list(_judge(store.connection, (store.path,))) if store.connection else []


def _judge(connection: Map, path: Path) -> Iterator[Diagnostic]:
    yield from _unknown(connection, _FIELDS, path)
    if not text(connection.get("name")):
        yield _said("error", (*path, "name"), f"is missing: {_NOT_LOADED}", "write name: artifacts", connection)
    kind = connection.get("kind")
    if text(kind) not in _SCHEMAS:
        given = "is missing" if kind is None else f"{found(kind)} is not a kind of artifacts store"
        hint = f"use one of {', '.join(_SCHEMAS)}, as in kind: {HOST_PATH}"
        yield _said("error", (*path, "kind"), f"{given}: {_LOST}", hint, connection if kind is None else kind)
    else:
        yield from _judge_schema(text(kind), connection, path)
    for name, python_name, _ in RESOURCES:
        resource = field(connection, name, python_name)
        if resource is not None:
            yield from _judge_resource(name, resource, (*path, name))
    env = connection.get("env")
    if env is not None and not is_null(env):
        yield from _judge_env(env, (*path, "env"))
    annotations = connection.get("annotations")
    if annotations is not None and not is_null(annotations) and not isinstance(annotations, Map):
        message = f"must be a mapping, found {found(annotations)}: {_NOT_LOADED}"
        yield _said("error", (*path, "annotations"), message, "write annotations: {key: value}", annotations)


def _unknown(mapping: Map, fields: tuple[tuple[str, ...], ...], path: Path) -> Iterator[Diagnostic]:
    names = {name: names for names in fields for name in names}
    for name, value in mapping.items():
        if name not in names or (name != names[name][0] and names[name][0] in mapping):
            message = f"unknown field; allowed: {', '.join(each[0] for each in fields)}: {_NOT_LOADED}"
            finding = where_key((*path, name), message, f"remove {name}", value, mapping.keys_at[name])
            yield Diagnostic("error", CODE, *finding)


def _judge_schema(kind: str, connection: Map, path: Path) -> Iterator[Diagnostic]:
    schema, wanted = connection.get("schema"), _SCHEMAS[kind]
    hint = f"write schema: {{{', '.join(f'{name}: …' for name, _ in wanted)}}}"
    if not isinstance(schema, Map):
        message = f"must be a mapping for {kind}: {_LOST}"
        yield _said("error", (*path, "schema"), message, hint, connection if schema is None else schema)
        return
    for name, python_name in wanted:
        value = field(schema, name, python_name)
        if value is None or not isinstance(value, Scalar) or not isinstance(value.value, str):
            given = "is missing" if value is None else f"must be a string, found {found(value)}"
            yield _said("error", (*path, "schema", name), f"{given}: {_LOST}", hint, value or schema)
    known = {"kind", *(each for names in wanted for each in names), *_FLAGS.get(kind, ())}
    for name in schema:
        if name not in known:
            message = f"{kind} has no such field, and with it no field counts: {_LOST}"
            yield _said("error", (*path, "schema", name), message, f"remove {name}", schema[name])


def _judge_resource(name: str, resource: Value, path: Path) -> Iterator[Diagnostic]:
    if not isinstance(resource, Map) or not text(resource.get("name")):
        message = f"must be a mapping with a name, found {found(resource)}: {_NOT_LOADED}"
        yield _said("error", path, message, f"write {name}: {{name: my-{name.lower()}}}", resource)
        return
    yield from _unknown(resource, _OF_RESOURCES, path)
    mode = field(resource, "defaultMode", "default_mode")
    if isinstance(mode, Scalar) and not isinstance(mode.value, str):
        message = f"must be a string, found {found(mode)}: {_NOT_LOADED}"
        yield _said("error", (*path, "defaultMode"), message, "remove defaultMode: Kubernetes takes no string", mode)
    elif mode is not None:
        message = "goes into the pod as a string, which Kubernetes refuses: nothing is ever cleaned"
        yield _said("warning", (*path, "defaultMode"), message, "remove defaultMode", mode)
    items = resource.get("items")
    if items is not None and not is_null(items) and not _are_texts(items):
        message = f"must be a list of strings, the names of keys: {_NOT_LOADED}"
        yield _said("error", (*path, "items"), message, "write items: [key]", items)
    elif isinstance(items, Seq) and items and text(field(resource, "mountPath", "mount_path")):
        message = "with a mountPath they go into the pod as plain strings, which Kubernetes refuses: nothing is cleaned"
        yield _said("warning", (*path, "items"), message, "remove items: then every key is a file", items)


def _are_texts(value: Value) -> bool:
    return isinstance(value, Seq) and all(isinstance(each, Scalar) and isinstance(each.value, str) for each in value)


def _judge_env(env: Value, path: Path) -> Iterator[Diagnostic]:
    hint = f"put the variables into a ConfigMap, and write configMap: {{name: my-config}} in {path[0]}"
    if isinstance(env, Seq):
        if any(not isinstance(pair, Seq) for pair in env):
            message = f"must not be a list of mappings, whatever Polyaxon's documentation shows: {_NOT_LOADED}"
            yield _said("error", path, message, hint, env)
        elif env:
            yield _said("warning", path, "a list of pairs does not reach the job: Polyaxon drops it", hint, env)
    elif not isinstance(env, Map):
        yield _said("error", path, f"must be a mapping, found {found(env)}: {_NOT_LOADED}", hint, env)
    elif env and not text(env.get("name")):
        message = "becomes one variable without a name, which Kubernetes refuses: nothing is ever cleaned"
        yield _said("warning", path, message, hint, env)


def _said(severity: Severity, path: Path, message: str, hint: str, value: Value) -> Diagnostic:
    return Diagnostic(severity, CODE, *where(path, message, hint, value))
