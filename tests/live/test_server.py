"""The server that the tests start: who may use it, and that nothing of it outlives them."""

from __future__ import annotations

import base64
import json
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support import apiserver
from tools import ROOT, envtest
from tools.programs import Unavailable

STARTER = """\
import sys, time
from pathlib import Path
from tests.support.apiserver import running
with running(Path(sys.argv[1]), Path(sys.argv[2])):
    print("started", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def programs(kube_config: str) -> Path:
    """kube-apiserver and etcd. Where a server is given, they may be missing."""
    found = envtest.find()
    if found is None:
        pytest.skip(f"{kube_config} is a server of the user's own")
    return found


def cluster_of(kubeconfig: Path) -> Any:
    return json.loads(kubeconfig.read_text())["clusters"][0]["cluster"]


def is_listening(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as client:
        return client.connect_ex((parts.hostname, parts.port)) == 0


def test_only_who_has_the_token_is_let_in(programs: Path, tmp_path: Path) -> None:
    with apiserver.running(programs, tmp_path / "server") as kubeconfig:
        cluster = cluster_of(kubeconfig)
        assert urlsplit(cluster["server"]).hostname == "127.0.0.1"
        assert kubeconfig.stat().st_mode & 0o077 == 0
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(cluster["server"])  # noqa: S310  an https: address
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        secure = ssl.create_default_context(cadata=authority)
        with pytest.raises(urllib.error.HTTPError, match="Unauthorized"):
            urllib.request.urlopen(cluster["server"], context=secure)  # noqa: S310  as above
    assert not is_listening(cluster["server"])
    assert not (tmp_path / "server" / "etcd").exists()
    assert (tmp_path / "server" / "kube-apiserver.log").stat().st_size


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=lambda s: s.name)
def test_it_ends_with_whoever_started_it(programs: Path, tmp_path: Path, how: signal.Signals) -> None:
    folder = tmp_path / "server"
    command = [sys.executable, "-c", STARTER, str(programs), str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "started\n"
        server = cluster_of(folder / "kubeconfig")["server"]
        assert is_listening(server)
        starter.send_signal(how)
    deadline = time.monotonic() + 30
    while is_listening(server) or (folder / "etcd").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    for name in envtest.PROGRAMS:
        (tmp_path / name).write_text(f"#!/bin/sh\necho {name} cannot run here >&2\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    with (
        pytest.raises(apiserver.ServerError, match="does not get ready: kube-apiserver cannot run here"),
        apiserver.running(tmp_path, tmp_path / "server"),
    ):
        pass


def test_assets_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting is never made good by another server."""
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(tmp_path))
    for look in envtest.find, envtest.build:
        with pytest.raises(Unavailable, match=f"KUBEBUILDER_ASSETS={tmp_path}: no kube-apiserver and no etcd in it"):
            look()
    for name in envtest.PROGRAMS:
        (tmp_path / name).touch(0o755)
    assert envtest.find() == envtest.build() == tmp_path
