"""The rules for an artifacts store that the agent loads, as far as the cleaner's Job depends on it.

An error means that Polyaxon fails while it makes the Job. A warning means that the Job lacks something, or is refused.
Follows Polyaxon 2.18 (`vents.connections`, `EnvMixin`).
"""

from __future__ import annotations

from collections.abc import Iterator

from helm_cleaner.diagnostics import Diagnostic
from helm_cleaner.polyaxon.store import CLAIM, HOST_PATH, RESOURCES, Store, field, text
from helm_cleaner.section import found, where
from helm_cleaner.typed import TYPE_CHECKING
from helm_cleaner.values import Map, Scalar, Seq, Value

if TYPE_CHECKING:
    from helm_cleaner.diagnostics import Severity
    from helm_cleaner.paths import Path

CODE = "store"
_LOST = "Polyaxon fails to make the job, and nothing is ever cleaned"
# For each kind of store: the required fields of its schema, and the optional one.
_SCHEMAS = {
    HOST_PATH: (("hostPath", "host_path"), ("mountPath", "mount_path")),
    CLAIM: (("volumeClaim", "volume_claim"), ("mountPath", "mount_path")),
    **dict.fromkeys(("s3", "gcs", "wasb"), (("bucket", "bucket"),)),
}
_FLAGS = {HOST_PATH: ("readOnly", "read_only"), CLAIM: ("readOnly", "read_only")}


def check_store(store: Store) -> list[Diagnostic]:
    """Every error and warning about a store that the agent loads; none without a store."""
    return list(_check(store.connection, (store.path,))) if store.connection else []


def _check(connection: Map, path: Path) -> Iterator[Diagnostic]:
    kind = connection.get("kind")
    if text(kind) not in _SCHEMAS:
        given = "is missing" if kind is None else f"{found(kind)} is not a kind of artifacts store"
        hint = f"use one of {', '.join(_SCHEMAS)}, as in kind: {HOST_PATH}"
        yield _finding("error", (*path, "kind"), f"{given}: {_LOST}", hint, connection if kind is None else kind)
    else:
        yield from _check_schema(text(kind), connection, path)
    for name, python_name, _ in RESOURCES:
        resource = field(connection, name, python_name)
        if isinstance(resource, Map):
            yield from _check_resource(resource, (*path, name))
    env = connection.get("env")
    if env is not None:
        yield from _check_env(env, (*path, "env"))


def _check_schema(kind: str, connection: Map, path: Path) -> Iterator[Diagnostic]:
    schema, wanted = connection.get("schema"), _SCHEMAS[kind]
    hint = f"write schema: {{{', '.join(f'{name}: …' for name, _ in wanted)}}}"
    if not isinstance(schema, Map):
        message = f"must be a mapping for {kind}: {_LOST}"
        yield _finding("error", (*path, "schema"), message, hint, connection if schema is None else schema)
        return
    for name, python_name in wanted:
        value = field(schema, name, python_name)
        if value is None or not isinstance(value, Scalar) or not isinstance(value.value, str):
            given = "is missing" if value is None else f"must be a string, found {found(value)}"
            yield _finding("error", (*path, "schema", name), f"{given}: {_LOST}", hint, value or schema)
    known = {"kind", *(each for names in wanted for each in names), *_FLAGS.get(kind, ())}
    for name in schema:
        if name not in known:
            message = f"{kind} has no such field, and with it no field counts: {_LOST}"
            yield _finding("error", (*path, "schema", name), message, f"remove {name}", schema[name])


def _check_resource(resource: Map, path: Path) -> Iterator[Diagnostic]:
    mode = field(resource, "defaultMode", "default_mode")
    if mode is not None:
        message = "goes into the pod as a string, which Kubernetes refuses: nothing is ever cleaned"
        yield _finding("warning", (*path, "defaultMode"), message, "remove defaultMode", mode)
    items = resource.get("items")
    if isinstance(items, Seq) and items and text(field(resource, "mountPath", "mount_path")):
        message = "with a mountPath they go into the pod as plain strings, which Kubernetes refuses: nothing is cleaned"
        yield _finding("warning", (*path, "items"), message, "remove items: then every key is a file", items)


def _check_env(env: Value, path: Path) -> Iterator[Diagnostic]:
    hint = f"put the variables into a ConfigMap, and write configMap: {{name: my-config}} in {path[0]}"
    if isinstance(env, Seq) and env:
        yield _finding("warning", path, "a list of pairs does not reach the job: Polyaxon drops it", hint, env)
    elif isinstance(env, Map) and env and not text(env.get("name")):
        message = "becomes one variable without a name, which Kubernetes refuses: nothing is ever cleaned"
        yield _finding("warning", path, message, hint, env)


def _finding(severity: Severity, path: Path, message: str, hint: str, value: Value) -> Diagnostic:
    return Diagnostic(severity, CODE, *where(path, message, hint, value))
