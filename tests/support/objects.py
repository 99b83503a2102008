"""Objects on an API server: made, read, waited for and removed, by the manifest that describes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pykube

PATIENCE = 300.0  # seconds for a condition or an answer; where nothing else runs, each takes about one
_SHORTEST, _LONGEST = 0.02, 0.5  # seconds between two looks: what comes at once is seen at once
CLUSTER_WIDE = (
    "Namespace", "Node", "PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass", "CSINode", "CSIDriver",
    "VolumeAttachment", "ClusterRole", "ClusterRoleBinding",
)  # fmt: skip

Manifest = dict[str, Any]
T = TypeVar("T")


class Refused(Exception):
    """The API server did not take a request. status: the HTTP status; the message is the server's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@contextmanager
def connected(kubeconfig: str) -> Iterator[pykube.HTTPClient]:
    """A client of the server, closed at the end of the block."""
    client = pykube.HTTPClient(pykube.KubeConfig.from_file(kubeconfig), timeout=PATIENCE)
    with client.session:
        yield client


class Objects:
    """The operations of a client on objects. get, patch and delete only need the names in a manifest."""

    def __init__(self, client: pykube.HTTPClient) -> None:
        self.client = client

    def create(self, manifest: Manifest, **params: str) -> Manifest:
        """The object as created by the server. Refused if it is not."""
        return self._answer(self.client.post(json=manifest, params=params, **_where(manifest)))

    def would_refuse(self, manifest: Manifest) -> str:
        """Why the server would refuse it; "" if it would accept it."""
        try:
            self.create(manifest, dryRun="All", fieldValidation="Strict")
        except Refused as reason:
            if reason.status not in (400, 403, 422):  # it could not tell
                raise
            return reason.message
        return ""

    def get(self, manifest: Manifest) -> Manifest | None:
        """The object, None where there is none."""
        try:
            return self._answer(self.client.get(**_where(manifest, manifest["metadata"]["name"])))
        except Refused as reason:
            if reason.status == 404:
                return None
            raise

    def items(self, kind: str, namespace: str = "", version: str = "v1", **params: str) -> list[Manifest]:
        """All objects of a kind; of all namespaces where none is given."""
        where = _where({"apiVersion": version, "kind": kind, "metadata": {"namespace": namespace}})
        found: list[Manifest] = self._answer(self.client.get(params=params, **where))["items"]
        return found

    def patch(self, manifest: Manifest, change: Manifest, subresource: str = "") -> Manifest:
        """The object after a merge patch."""
        where = _where(manifest, manifest["metadata"]["name"], *filter(None, [subresource]))
        return self._answer(
            self.client.patch(json=change, headers={"Content-Type": "application/merge-patch+json"}, **where)
        )

    def delete(self, manifest: Manifest) -> None:
        """Removes the object and everything it owns at once; it may not exist any more."""
        options = {"gracePeriodSeconds": 0, "propagationPolicy": "Background"}
        try:
            self._answer(self.client.delete(json=options, **_where(manifest, manifest["metadata"]["name"])))
        except Refused as reason:
            if reason.status != 404:
                raise

    def _answer(self, response: Any) -> Manifest:
        answer: Manifest = response.json()
        if not response.ok:
            raise Refused(response.status_code, answer["message"])
        return answer


@contextmanager
def removed(objects: Objects, *manifests: Manifest, until_gone: bool = True) -> Iterator[None]:
    """Removes these objects at the end of the block, however it ends. until_gone: whether it waits for that."""
    try:
        yield
    finally:
        for each in manifests:
            objects.delete(each)
        for each in manifests if until_gone else ():
            wait(f"the end of {each['kind']} {each['metadata']['name']}", lambda each=each: objects.get(each) is None)  # type: ignore[misc]


def wait(what: str, look: Callable[[], T | None]) -> T:
    """What `look` returns once it is true; AssertionError, naming what was waited for, if it never is."""
    deadline, pause = time.monotonic() + PATIENCE, _SHORTEST
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {PATIENCE:.0f} s for {what}"
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST)
    return found


def condition(manifest: Manifest, name: str) -> Manifest:
    """A condition in an object's status; empty where it has none of that type."""
    return next((c for c in manifest.get("status", {}).get("conditions") or () if c["type"] == name), {})


def named(kind: str, name: str, namespace: str = "", version: str = "v1") -> Manifest:
    """A manifest of names alone."""
    metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def _where(manifest: Manifest, *rest: str) -> dict[str, Any]:
    """The API path of a kind, or of one object, in pykube."""
    kind = manifest["kind"]
    plural = f"{kind.lower()[:-1]}ies" if kind.endswith("ity") else kind.lower() + ("es" if kind.endswith("s") else "s")
    namespace = None if kind in CLUSTER_WIDE else manifest["metadata"].get("namespace") or None
    return {"version": manifest["apiVersion"], "namespace": namespace, "url": "/".join([plural, *rest])}


def names(manifests: Iterable[Manifest]) -> set[str]:
    return {each["metadata"]["name"] for each in manifests}
