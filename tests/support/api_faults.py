"""What an API may answer that means neither that it knows a run nor that it does not."""

from __future__ import annotations

from tests.support.fake_polyaxon import NOT_FOUND, Answer

FAULTS = {
    "401": Answer(401, b'{"detail":"Authentication credentials were not provided."}'),
    "403": Answer(403, b'{"detail":"You do not have permission."}'),
    "500": Answer(500, b'{"detail":"No Run matches the given query."}'),
    "502 of a gateway": Answer(502, b"<html><h1>502 Bad Gateway</h1></html>", "text/html"),
    "an empty 404": Answer(404, b"", "text/html"),
    "an empty 404 of JSON": Answer(404, b""),
    "404 as HTML": Answer(404, b"<html>No Run matches the given query.</html>", "text/html"),
    "404 of another server": Answer(404, b'{"error":"not found"}'),
    "404 with another detail": Answer(404, b'{"detail":"Not found."}'),
    "404 as text": Answer(404, NOT_FOUND.body, "text/plain"),
    "the UI": Answer(200, b"<!doctype html><title>Polyaxon</title>", "text/html"),
    "200 without a run": Answer(200, b"{}"),
    "200 with another run": Answer(200, b'{"uuid":"00000000000040008000000000000000","live_state":1}'),
    "200 with half a body": Answer(200, b'{"uuid":"0000'),
    "a redirect": Answer(302, b"", "text/html"),
    "204": Answer(204, b""),
}
