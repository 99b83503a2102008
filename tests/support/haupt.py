"""Polyaxon's own API, served by haupt from SQLite, and the Python environment that has it, the SDK and an S3 server.

`make .tools/haupt/.stamp` makes the environment; `make test-polyaxon` runs the tests that need it.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.support.processes import free_port, last_lines, process
from tools.programs import TOOLS

ENVIRONMENT = TOOLS / "haupt"
PYTHON = ENVIRONMENT / "bin" / "python"
_PATIENCE = 120.0  # seconds until the API answers: it creates its tables first
_SETUP = "import os, sys, json, django\ndjango.setup()\nfrom haupt.db.defs import Models\n"


def lacking() -> str:
    """Why the API cannot run here; "" if it can."""
    return "" if (ENVIRONMENT / ".stamp").exists() else "no haupt here: make test-polyaxon installs it"


class Answer(NamedTuple):
    """What the API answers. data: its JSON, or None."""

    status: int
    data: Any


class Haupt(NamedTuple):
    """A running API. env: what its process got."""

    url: str
    env: Mapping[str, str]

    def __call__(self, method: str, path: str, data: object = None) -> Answer:
        """A request below /api/v1."""
        body = None if data is None else json.dumps(data).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", body, headers, method=method)  # noqa: S310 ours
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return Answer(answer.status, _json(answer.read()))
        except urllib.error.HTTPError as e:
            with e:
                return Answer(e.code, _json(e.read()))

    def django(self, script: str, *args: str) -> str:
        """What a script prints that uses the API's own models on its database."""
        done = subprocess.run(
            [PYTHON, "-c", _SETUP + script, *args], env=dict(self.env), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def _json(body: bytes) -> Any:
    if body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    try:
        return json.loads(body)
    except ValueError:
        return None


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of Polyaxon's programs, with all that they write below the folder."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    return {
        "PATH": f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "POLYAXON_CONTEXT_ROOT": str(home),
        "POLYAXON_LOGS_ROOT": str(home),
        **more,
    }


@contextmanager
def serve(folder: Path, **env: str) -> Iterator[Haupt]:
    """An API with an empty database in the folder. env: for the process, such as POLYAXON_AGENT_CLEANER."""
    port = free_port()
    settings = {
        "DJANGO_SETTINGS_MODULE": "haupt.polyconf.settings",
        "POLYAXON_DB_ENGINE": "sqlite",
        "POLYAXON_DB_NAME": str(folder / "haupt.db"),
        "POLYAXON_ENVIRONMENT": "testing",
        "POLYAXON_LOG_LEVEL": "WARNING",
        "POLYAXON_SECRET_KEY": "secret",
        "POLYAXON_SERVICE": "api",
        "POLYAXON_UI_ENABLED": "false",
    }
    api = Haupt(f"http://127.0.0.1:{port}", environment(folder, **settings, **env))
    command = [str(ENVIRONMENT / "bin" / "haupt"), "server", "--host", "127.0.0.1", "--port", str(port)]
    with process(folder, "haupt", [*command, "--workers", "1"], env=api.env) as child:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                assert api("GET", "/default/projects/list").status == 200
                break
            except (OSError, AssertionError):
                assert child.poll() is None, last_lines(folder / "haupt.log", 20)
                assert time.monotonic() < until, last_lines(folder / "haupt.log", 20)
                time.sleep(0.2)
        yield api
