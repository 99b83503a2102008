"""An API that answers like haupt's for the paths that `leftovers` asks, with faults on demand."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

LIVE, ARCHIVED, DELETED = 1, 0, -1


class Answer(NamedTuple):
    """An answer instead of the API's own. delay: seconds; date: the header, or None to leave it out."""

    status: int
    body: bytes
    kind: str = "application/json"
    delay: float = 0
    date: float | None = 0


NOT_FOUND = Answer(404, b'{"detail":"No Run matches the given query."}')
Fault = Callable[[str, int], Answer | None]


class FakeApi:
    """runs: the live_state of each; fault: may answer a path in the API's place, told how many requests came before;
    clock: seconds that its clock is ahead; most: the requests that were answered at the same time.
    """

    def __init__(self) -> None:
        self.url = ""
        self.runs: dict[str, int] = {}
        self.fault: Fault = lambda _path, _count: None
        self.clock = 0.0
        self.paths: list[str] = []
        self.most = self.now = 0
        self.lock = threading.Lock()

    def answer(self, path: str) -> Answer:
        with self.lock:
            count = len(self.paths)
            self.paths.append(path)
        if fault := self.fault(path, count):
            return fault
        if match := re.fullmatch(r"/api/v1/orgs/default/runs/(\w+)", path):
            if match[1] not in self.runs:
                return NOT_FOUND
            return _json({"uuid": match[1], "live_state": self.runs[match[1]]})
        if re.fullmatch(r"/api/v1/default/projects/list\?.*", path):
            return _json({"count": 1, "next": None, "results": [{"name": "empty"}, {"name": "p"}]})
        if match := re.fullmatch(r"/api/v1/default/(\w+)/runs\?limit=1", path):
            found = [{"uuid": run} for run, state in self.runs.items() if state == LIVE and match[1] == "p"]
            return _json({"count": len(found), "next": None, "results": found[:1]})
        return Answer(404, b"", "text/html")


def _json(data: object) -> Answer:
    return Answer(200, json.dumps(data).encode())


@contextmanager
def serve(host: str = "127.0.0.1") -> Iterator[FakeApi]:
    """A running API."""
    api = FakeApi()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet for each answer

        def do_GET(self) -> None:
            with api.lock:
                api.now += 1
                api.most = max(api.most, api.now)
            answer = api.answer(self.path)
            time.sleep(answer.delay)
            with api.lock:
                api.now -= 1
            self.send_response_only(answer.status)
            if answer.date is not None:
                self.send_header("Date", formatdate(time.time() + api.clock + answer.date, usegmt=True))
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *_: object) -> None:
            pass  # the client has gone

    server = Server((host, 0), Handler)
    api.url = f"http://{host}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
