"""What both programs know: Polyaxon's API, the store, and the rules for a folder.

A rule that does not hold raises `Refusal`: the program ends there, and nothing is deleted after it.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import ssl
import threading
import time
import uuid
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Iterator, NamedTuple  # noqa: UP035 the image's Python may be 3.8
from urllib.parse import quote, urlsplit

HOUR, DAY = 3600, 86_400  # seconds
YOUNGEST = 2 * DAY  # a younger folder is never a leftover
BLOCK = 50  # folders between two proofs that this is the right API
TIMEOUT = 30  # seconds for one answer
# Polyaxon names a run's folder by its UUID of version 4, in lower case and without dashes.
RUN = re.compile(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}")
KNOWN, ARCHIVED, DELETED, UNKNOWN = "known", "archived", "deleted-today", "unknown"


class Refusal(Exception):
    """A rule does not hold. The message says which."""


def say(text: str) -> None:
    print(text, flush=True)


def format_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Api:
    """Polyaxon's API. Only GET requests; no redirect is followed and no proxy used."""

    def __init__(self, host: str, owner: str, token: str = "") -> None:
        url = urlsplit(host)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise Refusal(f"POLYAXON_HOST is {host!r}, not the URL of an API: is this the agent's environment?")
        self.url = f"{url.scheme}://{url.netloc}{url.path.rstrip('/')}"
        self.owner = owner
        self._root = url.path.rstrip("/") + "/api/v1"
        self._at = (url.hostname, url.port)
        self._tls = _tls() if url.scheme == "https" else None
        self._headers = {"Accept": "application/json", **({"Authorization": f"Token {token}"} if token else {})}
        self._mine = threading.local()  # each thread has a connection of its own
        self._not_found: Any = None  # the JSON body of the 404 for a run that cannot exist
        self._project = ""  # the one in which a run was listed last
        self._connections: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        for connection in self._connections:
            connection.close()

    def prove(self, witnesses: list[str]) -> None:
        """Refuses an API that does not know its own runs, that knows every run, or that has another database.

        witnesses: runs that it has known before; it knows a run for a day after its deletion.
        """
        stranger = uuid.uuid4().hex
        status, body = self._get(f"/orgs/{self.owner}/runs/{stranger}")
        if status != 404 or not isinstance(body, dict) or set(body) != {"detail"}:
            raise Refusal(
                f"asked for a run that cannot exist, the API answered {_describe(status, body)}, not its own 404"
            )
        if self._not_found not in (None, body):
            raise Refusal(f"the API now answers a different 404: {_describe(status, body)}")
        self._not_found = body
        listed = self._listed()
        if self.state_of(listed) == UNKNOWN:
            raise Refusal(f"the API lists the run {listed}, but asked for it answers 404")
        for run in witnesses:
            if self.state_of(run) == UNKNOWN:
                raise Refusal(f"the API no longer knows the run {run}: it is another one, or its database was replaced")

    def state_of(self, run: str) -> str:
        """KNOWN, ARCHIVED, DELETED or UNKNOWN. Unknown is exactly the 404 of a run that cannot exist."""
        status, body = self._get(f"/orgs/{self.owner}/runs/{run}")
        if status == 200 and isinstance(body, dict) and body.get("uuid") == run:
            state = body.get("live_state")
            if isinstance(state, int):
                return KNOWN if state > 0 else ARCHIVED if state == 0 else DELETED
        if status == 404 and body is not None and body == self._not_found:
            return UNKNOWN
        raise Refusal(f"asked for the run {run}, the API answered {_describe(status, body)}")

    def _listed(self) -> str:
        """A run that the API lists."""
        for project in self._projects():
            status, body = self._get(f"/{self.owner}/{quote(project, safe='')}/runs?limit=1")
            if status == 404 and project == self._project:
                continue  # the project was deleted meanwhile
            for run in _read_results(status, body, f"for the runs of {project}"):
                self._project = project
                return str(run.get("uuid"))
        raise Refusal("the API knows no run, so it proves nothing about folders: create a run, and keep it")

    def _projects(self) -> Iterator[str]:
        if self._project:
            yield self._project
        start = 0
        while True:
            status, body = self._get(f"/{self.owner}/projects/list?limit=100&offset={start}")
            found = _read_results(status, body, "for projects")
            yield from (str(project.get("name")) for project in found)
            start += len(found)
            if not found or not body.get("next"):
                return

    def _get(self, path: str) -> tuple[int, Any]:
        """The status, and the JSON if it is JSON. Refusal without an answer, or if the clocks differ by an hour."""
        try:
            answer, content = self._ask(path)
        except (OSError, http.client.HTTPException) as e:  # a time-out among them
            self._mine.connection = None
            raise Refusal(f"no answer from {self.url} to GET {path}: {e!r}") from None
        try:
            skew = parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()
        except (TypeError, ValueError):
            raise Refusal(f"the answer to GET {path} has no Date, so ages cannot be compared") from None
        if abs(skew) > HOUR:
            raise Refusal(f"the API's clock and this node's differ by {abs(skew) / HOUR:.1f} hours: correct them first")
        try:
            if answer.headers.get("Content-Encoding") == "gzip":
                content = gzip.decompress(content)
            is_json = answer.headers.get_content_type() == "application/json"
            return answer.status, json.loads(content) if is_json else None
        except (OSError, EOFError, ValueError):
            return answer.status, None

    def _ask(self, path: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection = getattr(self._mine, "connection", None)
        if connection:
            try:
                return self._send(connection, path)
            except (ConnectionError, http.client.BadStatusLine):
                connection.close()  # the server has closed it while it was idle
        if self._tls:
            connection = http.client.HTTPSConnection(*self._at, timeout=TIMEOUT, context=self._tls)
        else:
            connection = http.client.HTTPConnection(*self._at, timeout=TIMEOUT)
        self._mine.connection = connection
        self._connections.append(connection)
        return self._send(connection, path)

    def _send(self, connection: http.client.HTTPConnection, path: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection.request("GET", self._root + path, headers=self._headers)
        answer = connection.getresponse()
        return answer, answer.read()


def _tls() -> ssl.SSLContext:
    """As the SDK has it: POLYAXON_SSL_CA_CERT names a certificate authority."""
    return ssl.create_default_context(cafile=os.environ.get("POLYAXON_SSL_CA_CERT") or None)


def _read_results(status: int, body: Any, what: str) -> list[dict[str, Any]]:
    found = body.get("results") if status == 200 and isinstance(body, dict) else None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Refusal(f"asked {what}, the API answered {_describe(status, body)}, not a list")
    return found


def _describe(status: int, body: Any) -> str:
    return f"{status} {'without JSON' if body is None else json.dumps(body)[:200]}"


class Folder(NamedTuple):
    """A run's folder. newest: the time of its newest file, or None if it cannot be told."""

    size: int
    files: int
    newest: float | None
    problem: str = ""


class Store:
    """The artifacts store, through the file system that Polyaxon's own cleaner uses."""

    def __init__(self, connection: dict[str, Any]) -> None:
        os.environ["POLYAXON_CONNECTIONS_CATALOG"] = json.dumps({"connections": [connection]})
        try:
            from polyaxon._connections import CONNECTION_CONFIG
            from polyaxon._fs.fs import get_fs_from_name

            CONNECTION_CONFIG.catalog = CONNECTION_CONFIG.load_connections_catalog()
            self.fs = get_fs_from_name(connection["name"])
        except ImportError as e:
            raise Refusal(f"this image lacks Polyaxon's SDK 2, or what it needs for this kind of store: {e}") from None
        except Exception as e:  # of each store's own library: no credentials, say
            raise Refusal(f"Polyaxon's SDK cannot open the store {connection['name']}: {e!r}") from None
        self.path = str(CONNECTION_CONFIG.get_connection_for(connection["name"]).store_path or "")
        self._is_local = connection["kind"] in ("host_path", "volume_claim")
        self._root = str(self.fs._strip_protocol(self.path)).rstrip("/")
        # An empty path is everything there is, and fsspec would expand the others as patterns.
        is_pattern = re.search(r"[*?\[\]{}]", self.path) or ".." in self.path.split("/")
        if not self.path.strip("/") or not self._root or is_pattern:
            raise Refusal(f"the store's path {self.path!r} is not one that can be listed safely")

    def list_names(self) -> list[str]:
        """What is directly below the store's path, sorted."""
        self.fs.invalidate_cache()
        try:
            found = [str(path).rstrip("/") for path in self.fs.ls(self.path + "/", detail=False)]
        except Exception as e:
            raise Refusal(f"the store {self.path} cannot be listed: {e!r}") from None
        start = self._root + "/"
        names = sorted({path[len(start) :] for path in found if path != self._root})
        if any(path != self._root and not path.startswith(start) for path in found) or any("/" in n for n in names):
            raise Refusal(f"the list of {self.path} names what is not directly below it")
        return names

    def look(self, name: str) -> Folder | None:
        """A run's folder; None if it is not there, or not a folder but a file or a link."""
        self.fs.invalidate_cache()
        path = f"{self._root}/{name}"
        try:
            info = self.fs.info(path)
            if info.get("type") != "directory" or info.get("islink"):
                return None
            entries = list(self._below(path))
        except FileNotFoundError:
            return None
        except Refusal:
            raise
        except Exception as e:  # of each store's own library
            return Folder(0, 0, None, repr(e))
        files = [entry for entry in entries if entry.get("type") != "directory"]
        times = [read_time(entry) for entry in files or [info, *entries]]
        if not files:
            times = [each for each in times if each is not None]
        known = [each for each in times if each is not None]
        newest = max(known) if known and len(known) == len(times) else None
        return Folder(sum(int(entry.get("size") or 0) for entry in files), len(files), newest)

    def _below(self, folder: str) -> Iterator[dict[str, Any]]:
        """Everything below a folder; on a disk without following links. Each must really be below it."""
        if not self._is_local:
            found = self.fs.find(folder + "/", withdirs=True, detail=True).values()
            for entry in found:
                name = str(entry["name"])
                if name == folder:
                    if entry.get("type") != "directory":
                        raise ValueError("it is a file and a folder")
                elif name.startswith(folder + "/"):  # a key that ends in / is an empty folder
                    yield {**entry, "type": "directory"} if name.endswith("/") else entry
                else:
                    raise ValueError(f"its list names {name}, which is not below it")
            return
        folders = [folder]
        while folders:
            for entry in self.fs.ls(folders.pop() + "/", detail=True):
                yield entry
                if entry["type"] == "directory" and not entry.get("islink"):
                    folders.append(entry["name"])

    def delete(self, name: str) -> None:
        """Deletes a folder as Polyaxon's cleaner does, but lets errors through."""
        self.fs.delete(f"{self.path}/{name}/", recursive=True)


def read_time(entry: dict[str, Any]) -> float | None:
    """When a file was last written, as the stores' libraries tell it; None if they do not."""
    for key in ("mtime", "LastModified", "last_modified", "updated"):
        value = entry.get(key)
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value.replace("Z", "+00:00"))
            except ValueError:
                return None
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=timezone.utc)).timestamp()
        if isinstance(value, (int, float)):
            return float(value)
    return None


def find_prefixes(names: list[str]) -> set[str]:
    """The names that another name of the sorted list begins with: a store might take both for one."""
    return {name for name, following in zip(names, names[1:]) if following.startswith(name)}
