"""Where an artifacts store is, to tell whether two releases share one."""

from __future__ import annotations

import posixpath

from helm_cleaner.polyaxon.store import CLAIM, HOST_PATH, Store, field, text
from helm_cleaner.typed import NamedTuple
from helm_cleaner.values import Map, Value

_BUCKETS = ("s3", "gcs", "wasb")


class StoreLocation(NamedTuple):
    """root: a disk or bucket; parts: the path in it; description: for people."""

    root: tuple[str, ...]
    parts: tuple[str, ...]
    description: str


def locate(store: Store, namespace: str) -> StoreLocation | None:
    """Where a store is; None if its kind or its schema does not tell. namespace: the release's."""
    schema = store.connection.get("schema")
    if not isinstance(schema, Map):
        return None

    def value(*names: str) -> str:
        found: Value | None = field(schema, *names)
        return text(found)

    if store.kind == HOST_PATH and (path := value("hostPath", "host_path")):
        path = posixpath.normpath(path)
        return StoreLocation((HOST_PATH,), _parts(path), f"the node's folder {path}")
    if store.kind == CLAIM and (claim := value("volumeClaim", "volume_claim")):
        return StoreLocation((CLAIM, namespace, claim), (), f"the claim {claim}")
    if store.kind in _BUCKETS and (bucket := value("bucket", "bucket")):
        _, _, path = bucket.rpartition("://")
        root, *parts = _parts(path) or ("",)
        return StoreLocation((store.kind, root), tuple(parts), bucket.rstrip("/"))
    return None


def overlap(one: StoreLocation, other: StoreLocation) -> bool:
    """Whether two stores are the same, or one is in the other."""
    shorter = min(len(one.parts), len(other.parts))
    return one.root == other.root and one.parts[:shorter] == other.parts[:shorter]


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)
