"""Reports of surveys, as a Job's log has them."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any

from helm_cleaner.in_cluster.report import Leftover
from helm_cleaner.in_cluster.rules import format_time
from tests.support.store_folders import DAY, run_name

WITNESS = "0123456789ab4def8123456789abcdef"
CONNECTION = {"name": "artifacts", "kind": "s3", "schema": {"bucket": "s3://bucket/plx"}, "secret": {"name": "s3"}}


def head(**changes: Any) -> dict[str, Any]:
    """The first line of a report about the release of `manifests`."""
    counts = {"known": 9, "archived": 0, "deleted-today": 0, "too-young": 0, "not-a-run": 1, "not-listed": 0}
    return {
        "version": 1, "release": "plx", "namespace": "polyaxon", "node": "node-1", "time": format_time(time.time()),
        "api": "http://plx-polyaxon-gateway:80", "counts_only": False, "witnesses": [WITNESS],
        "store": {"name": "artifacts", "kind": "s3", "where": "s3://bucket/plx", "path": "s3://bucket/plx"},
        **changes, "counts": {**counts, **changes.get("counts", {})},
    }  # fmt: skip


def write(folders: list[Leftover], **changes: Any) -> str:
    """A whole report."""
    first = head(**{**changes, "counts": {"leftover": len(folders), **changes.get("counts", {})}})
    lines = [f"leftovers-report {json.dumps(first, sort_keys=True)}"]
    lines += [f"leftovers-folder {each.name} {each.size} {each.files} {format_time(each.newest)}" for each in folders]
    return "\n".join([*lines, end_of(lines)]) + "\n"


def end_of(lines: list[str]) -> str:
    digest = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    return f"leftovers-end {len(lines) - 1} {digest}"


def leftovers(number: int, days: float = 30) -> list[Leftover]:
    """Folders in the order of their names."""
    newest = float(int(time.time() - days * DAY))
    return [Leftover(name, 1000 * at, at, newest) for at, name in enumerate(sorted(run_name() for _ in range(number)))]


def manifests(connection: dict[str, Any] | None = None, release: str = "plx", chart: str = "polyaxon") -> str:
    """The agent's ConfigMap of a release in the namespace polyaxon."""
    text = json.dumps(CONNECTION if connection is None else connection)
    return (
        f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {release}-polyaxon-agent-config\n  namespace: polyaxon\n"
        f'  labels: {{app.kubernetes.io/version: "2.15.1", app.kubernetes.io/instance: {chart}-2.15.1}}\n'
        f"data:\n  POLYAXON_AGENT_CLEANER: '{{}}'\n  POLYAXON_AGENT_ARTIFACTS_STORE: '{text}'\n"
    )


def configmaps(*stores: tuple[str, str, dict[str, Any]]) -> str:
    """What kubectl get configmaps -A -o json prints. stores: namespace, release and connection of each."""
    items = [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": f"{release}-polyaxon-agent-config", "namespace": namespace, "uid": f"{at}"},
            "data": {"POLYAXON_AGENT_CLEANER": "{}", "POLYAXON_AGENT_ARTIFACTS_STORE": json.dumps(connection)},
        }
        for at, (namespace, release, connection) in enumerate(stores)
    ]
    other = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "kube-root-ca.crt", "namespace": "default"}}
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": [other, *items]})
