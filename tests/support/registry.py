"""A registry on loopback with one private image in it, as far as containerd pulls from it."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.images import MANIFEST, Image, digest

HOST = "registry.example.com"  # what nodes call it
REPOSITORY = "team/init"
TAG = "2.15.1"
USER, PASSWORD = "puller", "letmein"


@contextmanager
def serving(image: Image) -> Iterator[int]:
    """The port of a registry, as long as the block lasts. It answers only to USER with PASSWORD."""
    manifest = image.manifest()
    known = {f"/v2/{REPOSITORY}/blobs/{name}": data for name, data in image.blobs().items()}
    known |= {f"/v2/{REPOSITORY}/manifests/{reference}": manifest for reference in (TAG, digest(manifest))}
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.headers["Authorization"] != expected:
                self._answer(401, b"", {"WWW-Authenticate": 'Basic realm="registry"'})
            elif (data := known.get(self.path.partition("?")[0])) is None:
                self._answer(404, b"", {})
            else:
                kind = MANIFEST if data is manifest else "application/octet-stream"
                self._answer(200, data, {"Content-Type": kind, "Docker-Content-Digest": digest(data)})

        do_HEAD = do_GET  # noqa: N815  http.server's name

        def _answer(self, status: int, data: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  http.server's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
