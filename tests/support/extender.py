"""A scheduler extender that refuses every pod of a judging profile, and keeps which nodes the scheduler offered it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.controllers import PROFILE


class Extender:
    """url: for the scheduler's configuration."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._offered: dict[str, list[dict[str, Any]]] = {}

    def offered(self, pod: dict[str, Any]) -> list[dict[str, Any]]:
        """The nodes that passed the profile's plugins, as the scheduler knows them; none before the pod is judged."""
        return self._offered.get(pod["metadata"]["uid"], [])

    def filter(self, args: dict[str, Any]) -> dict[str, Any]:
        """The answer to the scheduler (k8s.io/kube-scheduler/extender/v1: ExtenderArgs, ExtenderFilterResult)."""
        pod, nodes = args["Pod"], args["Nodes"]["items"]
        if not pod["spec"]["schedulerName"].startswith(PROFILE):
            return {"Nodes": args["Nodes"]}
        self._offered[pod["metadata"]["uid"]] = nodes
        return {"Nodes": {"items": []}, "FailedNodes": {node["metadata"]["name"]: "only judged" for node in nodes}}


@contextmanager
def serving() -> Iterator[Extender]:
    """An extender on a free port of loopback, as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            args = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = json.dumps(extender.filter(args)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        extender = Extender(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield extender
        finally:
            server.shutdown()
            thread.join()
